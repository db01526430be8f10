"""The photos of the demo Supabase: addresses as section 7 of supabase.md says, and faces that can be found."""

from __future__ import annotations

import io
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from app.demo.drawing.badge import badge, badge_of
from app.demo.supabase.pictures import picture
from app.demo.supabase.project import SupabaseProject
from app.demo.supabase.workforce import Photo, PhotoKind, build_workforce
from app.photos import PhotoProblem, Verdict, examine

OBJECT = "/storage/v1/object"
PUBLIC, OWN, SIGN = (f"{OBJECT}/{kind}/pontaj-photos" for kind in ("public", "authenticated", "sign"))


def code_of(answer: httpx.Response) -> tuple[str, str]:
    """The code and the status in words; that on the wire is 400."""
    assert answer.status_code == 400
    body = answer.json()
    assert set(body) == {"statusCode", "error", "message", "code"}
    assert isinstance(body["statusCode"], str)
    return body["code"], body["statusCode"]


def signed(client: httpx.Client, path: str, seconds: int = 3600) -> str:
    answer = client.post(f"{SIGN}/{quote(path)}", json={"expiresIn": seconds})
    assert answer.status_code == 200, answer.text
    address: str = answer.json()["signedURL"]
    return address


# -- addresses -------------------------------------------------------------------------------------------------------


def test_a_public_file_needs_no_key(project: SupabaseProject) -> None:
    answer = httpx.get(f"{project.base_url}{PUBLIC}/1000.jpg", trust_env=False)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_a_private_bucket_does_not_exist_in_public(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.storage.public = False
    assert code_of(supabase.get(f"{PUBLIC}/1000.jpg")) == ("NoSuchBucket", "404")
    assert supabase.get(f"{OWN}/1000.jpg").status_code == 200
    assert supabase.get(f"/storage/v1{signed(supabase, '1000.jpg')}").status_code == 200


@pytest.mark.parametrize("root", [PUBLIC, OWN])
def test_a_file_that_is_not_there(supabase: httpx.Client, root: str) -> None:
    assert code_of(supabase.get(f"{root}/nobody.jpg")) == ("NoSuchKey", "404")
    assert code_of(supabase.get(f"{root.replace('pontaj', 'alte')}/1000.jpg")) == ("NoSuchBucket", "404")


def test_what_one_may_not_see_does_not_exist(
    supabase: httpx.Client, stranger: httpx.Client, project: SupabaseProject
) -> None:
    project.storage.policy = False
    assert code_of(supabase.get(f"{OWN}/1000.jpg")) == ("NoSuchKey", "404")
    assert code_of(supabase.post(f"{SIGN}/1000.jpg", json={"expiresIn": 60})) == ("NoSuchKey", "404")
    service = {"apikey": project.gateway.secret_key}
    assert httpx.get(f"{project.base_url}{OWN}/1000.jpg", headers=service, trust_env=False).status_code == 200


def test_the_service_of_files_judges_tokens_itself(supabase: httpx.Client, project: SupabaseProject) -> None:
    assert code_of(supabase.get(f"{OWN}/1000.jpg", headers={"Authorization": "Bearer a.b.c"}))[0] == "InvalidJWT"
    project.tokens.clock_shift_s = 4000
    assert code_of(supabase.get(f"{OWN}/1000.jpg"))[0] == "ExpiredToken"


def test_a_signed_address_is_relative_and_opens_one_file(supabase: httpx.Client, project: SupabaseProject) -> None:
    spoken = next(path for path in project.storage.files if " " in path)
    assert spoken.startswith("fețe/")
    for path in ("1000.jpg", spoken):
        address = signed(supabase, path)
        assert address.startswith(f"/object/sign/pontaj-photos/{path}?token=")
        answer = httpx.get(f"{project.base_url}/storage/v1{address}", trust_env=False)
        assert answer.content == supabase.get(f"{PUBLIC}/{quote(path)}").content
    assert code_of(supabase.get(f"/storage/v1{address.replace(spoken, '1001.jpg')}"))[0] == "InvalidSignature"
    assert code_of(supabase.get(f"/storage/v1{address}x"))[0] == "InvalidJWT"
    assert code_of(supabase.get(f"{SIGN}/1000.jpg"))[0] == "InvalidRequest"


def test_a_signed_address_ends(supabase: httpx.Client, project: SupabaseProject) -> None:
    address = signed(supabase, "1000.jpg", 60)
    project.tokens.clock_shift_s = 61
    assert code_of(supabase.get(f"/storage/v1{address}"))[0] == "InvalidJWT"


def test_many_are_signed_at_once_each_with_its_own_error(supabase: httpx.Client) -> None:
    answer = supabase.post(SIGN, json={"expiresIn": 60, "paths": ["1000.jpg", "nobody.jpg"]})
    found, missing = answer.json()
    assert supabase.get(f"/storage/v1{found['signedURL']}").status_code == 200
    assert (found["path"], found["error"]) == ("1000.jpg", None)
    assert (missing["path"], missing["signedURL"]) == ("nobody.jpg", None)
    assert "does not exist" in missing["error"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"{}", b'{"expiresIn":0,"paths":["a"]}', b'{"expiresIn":60}', b'{"expiresIn":60,"paths":[1]}',
     b'{"expiresIn":60,"paths":[' + b",".join([b'"a"'] * 1001) + b"]}"],
)  # fmt: skip
def test_what_cannot_be_signed_is_refused(supabase: httpx.Client, body: bytes) -> None:
    assert code_of(supabase.post(SIGN, content=body)) == ("InvalidRequest", "400")


def test_files_can_be_changed(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.storage.files["1000.jpg"] = b"nothing"
    assert supabase.get(f"{PUBLIC}/1000.jpg").content == b"nothing"
    del project.storage.files["1000.jpg"]
    assert code_of(supabase.get(f"{PUBLIC}/1000.jpg"))[0] == "NoSuchKey"


# -- what is in them -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portraits() -> list[bytes]:
    """Of the sixty people that the demo world serves, all photos that are meant to be good."""
    photos = build_workforce(60, 2026, "http://x").photos.values()
    return [picture(photo) for photo in photos if photo.kind is PhotoKind.FACE]


def test_at_least_nine_in_ten_photos_are_good_as_they_are(portraits: list[bytes]) -> None:
    exams = [examine(photo) for photo in portraits]
    assert len(exams) == 50
    assert sum(exam.verdict is Verdict.GOOD for exam in exams) >= 45


def test_each_cascade_alone_finds_most_faces(portraits: list[bytes]) -> None:
    import cv2
    import numpy

    pictures = [cv2.imdecode(numpy.frombuffer(photo, numpy.uint8), cv2.IMREAD_GRAYSCALE) for photo in portraits]
    for name in ("default", "alt2"):
        cascade = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_{name}.xml")  # type: ignore[attr-defined]
        found = [len(cascade.detectMultiScale(grey, 1.1, 5, minSize=(80, 80))) for grey in pictures if grey is not None]
        assert len(found) == 50
        assert sum(faces == 1 for faces in found) >= 45, name


def test_a_person_keeps_the_face_and_no_other_has_it() -> None:
    first = badge("1000", woman=True)
    badge.cache_clear()
    assert badge("1000", woman=True) == first
    assert len({badge_of(str(number), woman=False) for number in range(50)}) == 50


def test_photos_have_the_size_a_terminal_likes() -> None:
    drawn = badge("1000", woman=False)
    with Image.open(io.BytesIO(drawn)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (480, 640))
    assert len(drawn) < 60_000


@pytest.mark.parametrize(
    ("kind", "verdict", "problem"),
    [
        (PhotoKind.LARGE, Verdict.REPAIRED, PhotoProblem.CONVERTED),
        (PhotoKind.TINY, Verdict.UNUSABLE, PhotoProblem.TOO_SMALL),
        (PhotoKind.TWO_FACES, Verdict.UNUSABLE, PhotoProblem.SEVERAL_FACES),
        (PhotoKind.NO_FACE, Verdict.UNUSABLE, PhotoProblem.NO_FACE),
        (PhotoKind.TEXT, Verdict.UNUSABLE, PhotoProblem.NOT_A_PICTURE),
        (PhotoKind.TURNED, Verdict.REPAIRED, PhotoProblem.TURNED),
    ],
)
def test_the_bad_ones_are_bad_in_their_way(kind: PhotoKind, verdict: Verdict, problem: PhotoProblem) -> None:
    exam = examine(picture(Photo("1009", woman=False, kind=kind)))
    assert exam.verdict is verdict
    assert problem in {finding.problem for finding in exam.findings}


def test_the_large_one_has_megabytes() -> None:
    assert len(picture(Photo("1009", woman=False, kind=PhotoKind.LARGE))) > 1_000_000
