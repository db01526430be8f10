"""Photos: what a reference means, public and signed addresses, hosts that were allowed (supabase.md §7)."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.http import RetryPolicy
from app.connectors.route import Route
from app.connectors.supabase import PhotoMissing, Supabase
from app.connectors.supabase.photos import MOST_PHOTO_BYTES, PhotoRules
from app.connectors.supabase.references import PhotoFile, read_reference
from app.domain.kinds.supabase import PhotoMode
from app.domain.supabase import PhotoAddress, PhotoPlace
from app.errors import BadData, Forbidden, Held, MusterError, RateLimited, Redirected
from tests.support.supabase import SETTINGS, URL, Keeper, Project, storage_refusal

JPEG = b"\xff\xd8\xff\xe0 a picture"
RULES = PhotoRules(URL, "pontaj-photos", PhotoMode.AUTO, ("photos.example",), 30, Route())
STORED = f"{URL}/storage/v1/object"
Make = Callable[..., Any]


@pytest.fixture
async def make(project: Project) -> AsyncIterator[Make]:
    """Clients with settings of their own."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Supabase:
            client = Supabase(replace(SETTINGS, **settings), Keeper(), RetryPolicy(()))
            return await stack.enter_async_context(client)

        yield make


class TestReferences:
    """Pitfall 11."""

    @pytest.mark.parametrize(
        ("reference", "bucket", "path"),
        [
            ("1004.jpg", "pontaj-photos", "1004.jpg"),
            ("/1004.jpg", "pontaj-photos", "1004.jpg"),
            ("folder/1004.jpg", "pontaj-photos", "folder/1004.jpg"),
            ("Ana Maria.jpg", "pontaj-photos", "Ana Maria.jpg"),
            ("Ana%20Maria.jpg", "pontaj-photos", "Ana Maria.jpg"),
            ("Ștefan.jpg", "pontaj-photos", "Ștefan.jpg"),
            (f"{STORED}/public/faces/1004.jpg", "faces", "1004.jpg"),
            (f"{STORED}/public/faces/a%20b/%C8%98.jpg", "faces", "a b/Ș.jpg"),
            (f"{STORED}/public/faces/a b.jpg?v=2", "faces", "a b.jpg"),
            (f"{STORED}/sign/faces/1004.jpg?token=old", "faces", "1004.jpg"),
            (f"{STORED}/authenticated/faces/1004.jpg", "faces", "1004.jpg"),
            (f"{STORED}/faces/1004.jpg", "faces", "1004.jpg"),
            ("http://abcd.supabase.co/storage/v1/object/public/faces/1004.jpg", "faces", "1004.jpg"),
            ("https://ABCD.supabase.co:8443/storage/v1/object/public/faces/1.jpg", "faces", "1.jpg"),
        ],
    )
    def test_a_file_of_the_project(self, reference: str, bucket: str, path: str) -> None:
        assert read_reference(reference, RULES) == PhotoFile(bucket, path)

    def test_names_are_percent_encoded_once(self) -> None:
        found = read_reference("Ș a%20b&?#.jpg", RULES)
        assert isinstance(found, PhotoFile)
        assert found.public_path == "storage/v1/object/public/pontaj-photos/%C8%98%20a%20b%26%3F%23.jpg"

    @pytest.mark.parametrize(
        "reference",
        [
            "..", "../secrets", "a/../../b.jpg", "a//b.jpg", "%2e%2e/b.jpg", "/", "", "file:///etc/passwd",
            "data:image/png;base64,xx", "ftp://abcd.supabase.co/x.jpg", "//photos.example/x.jpg", "https://", "http://[::1",
            "https://me:pw@abcd.supabase.co/storage/v1/object/public/a/b.jpg", f"{STORED}/public/faces/../x/../../b",
            "javascript:alert(1)", "https://abcd.supabase.co:port/x.jpg", f"{STORED}/public/a%2Fb/c.jpg",
        ],
    )  # fmt: skip
    def test_what_is_no_photo_is_refused(self, reference: str) -> None:
        with pytest.raises(BadData, match="not the address of a photo"):
            read_reference(reference, RULES)

    def test_another_host_must_be_allowed(self) -> None:
        with pytest.raises(Held, match=r"lies on evil\.example, which is not allowed") as refused:
            read_reference("https://evil.example/1004.jpg", RULES)
        assert "other photo hosts" in refused.value.remedy

    @pytest.mark.parametrize(
        "reference", ["https://photos.example/a b/1.jpg?size=9", "https://photos.example:8443/x.jpg"]
    )
    def test_an_allowed_host_is_taken_as_it_is_whatever_the_port(self, reference: str) -> None:
        found = read_reference(reference, RULES)
        assert isinstance(found, PhotoAddress)
        assert (found.url, found.place) == (reference.replace(" ", "%20"), PhotoPlace.OTHER_HOST)

    def test_all_names_of_this_computer_are_the_project_on_it(self) -> None:
        here = replace(RULES, url="http://127.0.0.1:8000")
        reference = "http://localhost:9000/storage/v1/object/public/faces/1.jpg"
        assert read_reference(reference, here) == PhotoFile("faces", "1.jpg")

    @pytest.mark.parametrize("host", ["abcd.supabase.co.evil.example", "evil-abcd.supabase.co", "photos.example.evil"])
    def test_a_host_that_only_looks_alike_is_another(self, host: str) -> None:
        with pytest.raises(Held):
            read_reference(f"https://{host}/storage/v1/object/public/a/b.jpg", RULES)

    @given(st.text())
    def test_any_text_is_a_file_an_allowed_address_or_refused(self, text: str) -> None:
        try:
            found = read_reference(text, RULES)
        except MusterError as refused:
            assert refused.message
            return
        if isinstance(found, PhotoFile):
            assert ".." not in found.path.split("/")
        else:
            assert found.url.startswith((f"{URL}/", "https://photos.example"))

    @given(st.text(min_size=1).filter(lambda name: "/" not in name and name.strip() and "%" not in name))
    def test_any_name_survives_the_way_there_and_back(self, name: str) -> None:
        try:
            found = read_reference(
                f"{STORED}/public/faces/{httpx.URL('', path='/' + name).raw_path.decode()[1:]}", RULES
            )
        except (MusterError, httpx.InvalidURL, UnicodeEncodeError):
            return
        assert found == PhotoFile("faces", name)


class TestFetching:
    async def test_a_public_photo_is_fetched_without_any_key(self, make: Make, project: Project) -> None:
        project.files["pontaj-photos/1004.jpg"] = JPEG
        assert await (await make()).photo("1004.jpg") == JPEG
        (sent,) = project.requests
        assert not {"apikey", "authorization"} & set(sent.headers)

    async def test_a_private_bucket_is_read_by_signed_addresses_and_remembered(
        self, make: Make, project: Project
    ) -> None:
        project.public = False
        project.files |= {"pontaj-photos/1.jpg": JPEG, "pontaj-photos/2.jpg": JPEG}
        client = await make()
        assert await client.photo("1.jpg") == JPEG
        assert await client.photo("2.jpg") == JPEG
        assert len(project.asked("/object/public/")) == 1

    async def test_an_answer_that_is_no_picture_is_asked_for_with_a_signature(
        self, make: Make, project: Project
    ) -> None:
        project.files["pontaj-photos/1.jpg"] = JPEG
        project.instead["/object/public/"].append(httpx.Response(200, text="<html>sign in</html>"))
        assert await (await make()).photo("1.jpg") == JPEG

    @pytest.mark.parametrize(
        ("mode", "asked"), [(PhotoMode.PUBLIC, "/object/public/"), (PhotoMode.SIGNED, "/object/sign/")]
    )
    async def test_a_mode_is_kept_to(self, make: Make, project: Project, mode: PhotoMode, asked: str) -> None:
        project.files["pontaj-photos/1.jpg"] = JPEG
        await (await make(photo_mode=mode)).photo("1.jpg")
        assert [r for r in project.asked("/storage/") if asked not in str(r.url)] == []

    @pytest.mark.parametrize("mode", PhotoMode)
    async def test_pitfall_9_a_missing_photo_is_400_with_the_status_as_text(
        self, make: Make, project: Project, mode: PhotoMode
    ) -> None:
        with pytest.raises(PhotoMissing, match="no such photo"):
            await (await make(photo_mode=mode)).photo("none.jpg")

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (storage_refusal("AccessDenied", "no", "403"), Forbidden),
            (httpx.Response(400, json={"statusCode": "404", "error": "not_found", "message": "x"}), PhotoMissing),
            (httpx.Response(404, text="gone"), PhotoMissing),
            (storage_refusal("SlowDown", "slow", "429"), RateLimited),
            (httpx.Response(302, headers={"location": "https://evil.example/"}), Redirected),
            (httpx.Response(200, content=b"x" * (MOST_PHOTO_BYTES + 1)), BadData),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "",
    )
    async def test_what_storage_answers_instead(
        self, make: Make, project: Project, answer: httpx.Response, error: type[MusterError]
    ) -> None:
        project.instead["/object/public/"].append(answer)
        with pytest.raises(error):
            await (await make(photo_mode=PhotoMode.PUBLIC)).photo("1.jpg")

    async def test_another_host_gets_none_of_our_keys_and_its_redirects_are_not_followed(
        self, make: Make, project: Project
    ) -> None:
        client = await make(photo_hosts=("photos.example",))
        await client.account()
        with respx.mock as router:
            route = router.get("https://photos.example/1.jpg").respond(200, content=JPEG)
            assert await client.photo("https://photos.example/1.jpg") == JPEG
            assert not {"apikey", "authorization", "cookie"} & set(route.calls.last.request.headers)
            route.respond(302, headers={"location": f"{URL}/auth/v1/user"})
            with pytest.raises(Redirected):
                await client.photo("https://photos.example/1.jpg")

    async def test_a_host_that_is_not_allowed_is_never_called(self, make: Make, project: Project) -> None:
        client = await make()
        for ask in (client.photo, client.photo_address):
            with pytest.raises(Held):
                await ask("https://169.254.169.254/latest/meta-data")
        assert project.requests == []


class TestAddresses:
    async def test_a_public_bucket_gives_its_public_address(self, make: Make, project: Project) -> None:
        project.files["pontaj-photos/a b.jpg"] = JPEG
        found = await (await make()).photo_address("a b.jpg")
        assert (found.url, found.signed) == (f"{STORED}/public/pontaj-photos/a%20b.jpg", False)

    async def test_pitfall_10_a_signed_address_comes_relative(self, make: Make, project: Project) -> None:
        project.public = False
        project.files["pontaj-photos/1.jpg"] = JPEG
        found = await (await make()).photo_address("1.jpg")
        assert (found.url, found.signed) == (f"{STORED}/sign/pontaj-photos/1.jpg?token=signed-marker", True)

    async def test_a_stored_signed_address_is_signed_anew(self, make: Make, project: Project) -> None:
        project.files["faces/1.jpg"] = JPEG
        client = await make(photo_mode=PhotoMode.SIGNED)
        found = await client.photo_address(f"{STORED}/sign/faces/1.jpg?token=expired-long-ago")
        assert found.url.endswith("/sign/faces/1.jpg?token=signed-marker")

    @pytest.mark.parametrize("signed", ["https://evil.example/x", "//evil.example/x", "/object/../../auth", None, 7])
    async def test_a_signed_address_that_leads_elsewhere_is_refused(
        self, make: Make, project: Project, signed: object
    ) -> None:
        project.instead["/object/sign/"].append(httpx.Response(200, json={"signedURL": signed}))
        with pytest.raises(BadData):
            await (await make(photo_mode=PhotoMode.SIGNED)).photo_address("1.jpg")

    async def test_it_is_kept_for_fifty_minutes(
        self, make: Make, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passed = [0.0]
        real = time.monotonic
        monkeypatch.setattr("app.connectors.supabase.photos.time.monotonic", lambda: real() + passed[0])
        project.files["pontaj-photos/1.jpg"] = JPEG
        client = await make(photo_mode=PhotoMode.SIGNED)
        for minutes in (0, 49, 51):
            passed[0] = minutes * 60
            await client.photo_address("1.jpg")
        assert len(project.asked("/object/sign/")) == 2

    async def test_many_are_signed_a_thousand_at_a_time_and_failures_left_out(
        self, make: Make, project: Project
    ) -> None:
        project.files |= {f"pontaj-photos/{n}.jpg": JPEG for n in range(1500)}
        client = await make(photo_mode=PhotoMode.SIGNED)
        wanted = [*(f"{n}.jpg" for n in range(1500)), "missing.jpg", "../bad", "https://evil.example/x.jpg"]
        found = await client.sign_photos(wanted)
        assert len(found) == 1500
        assert len(project.asked("/object/sign/pontaj-photos")) == 2
        await client.photo_address("7.jpg")  # and they are kept
        assert len(project.asked("/object/sign/pontaj-photos")) == 2

    async def test_a_token_that_storage_calls_expired_is_renewed_once(self, make: Make, project: Project) -> None:
        project.files["pontaj-photos/1.jpg"] = JPEG
        project.instead["/object/sign/"].append(storage_refusal("InvalidJWT", "jwt expired", "400"))
        client = await make(photo_mode=PhotoMode.SIGNED)
        assert (await client.photo_address("1.jpg")).signed
        assert len(project.asked("/token")) == 2

    async def test_a_signed_address_is_seen_in_no_log_and_no_representation(
        self, make: Make, project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "app")
        project.files["pontaj-photos/1.jpg"] = JPEG
        client = await make(photo_mode=PhotoMode.SIGNED)
        found = await client.photo_address("1.jpg")
        await client.photo("1.jpg")
        assert "signed-marker" in found.url
        assert "signed-marker" not in repr(found) + caplog.text
