"""The Hub's connector: paths, headers and every row of the table of errors (vitec-hub.md §2-§5, §11)."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
import respx

from app.connectors.http import RetryPolicy
from app.connectors.vitec import MOST_PICTURE_BYTES, VitecHub, VitecSettings, hub_address
from app.errors import (
    BadData,
    ErrorKind,
    ExitCode,
    MusterError,
    NotConfigured,
    RateLimited,
    RemoteError,
    TimedOut,
)
from app.redaction import MASK

BASE = "https://hub.example"
KEY = "planted-access-key"
SETTINGS = VitecSettings(BASE, "MSXYTEST", "muster", KEY, max_rps=200)
Call = Callable[[VitecHub], Awaitable[object]]
LISTS: list[Call] = [lambda hub: hub.departments(), lambda hub: hub.employees(), lambda hub: hub.methods()]


@pytest.fixture
async def hub() -> AsyncIterator[VitecHub]:
    async with VitecHub(SETTINGS, RetryPolicy(())) as hub:
        yield hub


@pytest.fixture
def answers() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


class TestWhereAndHow:
    @pytest.mark.parametrize(
        ("base_url", "environment", "address"),
        [
            ("https://own.example", "production", "https://own.example"),
            (None, "production", "https://hub.megler.vitec.net"),
            ("", "qa", "https://hub.qa.vitecnext.no"),
            (None, "staging", ""),
            (None, None, ""),
        ],
    )
    def test_the_address(self, base_url: str | None, environment: str | None, address: str) -> None:
        assert hub_address(base_url, environment) == address

    async def test_the_paths_are_written_as_every_known_client_writes_them(
        self, hub: VitecHub, answers: respx.MockRouter
    ) -> None:
        answers.get(url__startswith=BASE).respond(200, json=[])
        await hub.methods()
        await hub.departments()
        await hub.employees()
        await hub.employee_picture("KAR/NOR 1")
        asked = [call.request.url.raw_path.decode() for call in answers.calls]
        assert asked == [
            "/Account/Methods",
            "/MSXYTEST/Departments",
            "/MSXYTEST/Employees",
            "/MSXYTEST/Employees/KAR%2FNOR%201/Picture",
        ]

    async def test_basic_sign_in_with_login_and_key(self, hub: VitecHub, answers: respx.MockRouter) -> None:
        route = answers.get("/Account/Methods").respond(200, json=[])
        await hub.methods()
        sent = route.calls.last.request.headers
        assert sent["authorization"] == "Basic " + base64.b64encode(f"muster:{KEY}".encode()).decode()
        assert sent["accept"] == "application/json"
        assert sent["user-agent"].startswith("Muster/")

    async def test_pictures_are_asked_for_as_pictures(self, hub: VitecHub, answers: respx.MockRouter) -> None:
        route = answers.get("/MSXYTEST/Employees/A/Picture").respond(200, content=b"\xff\xd8")
        assert await hub.employee_picture("A") == b"\xff\xd8"
        assert route.calls.last.request.headers["accept"] == "image/*"

    async def test_an_installation_id_is_one_segment_of_the_path(self, answers: respx.MockRouter) -> None:
        answers.get(url__startswith=BASE).respond(200, json=[])
        async with VitecHub(VitecSettings(BASE, "../Account?x=1#y", "muster", KEY)) as hub:
            await hub.departments()
        assert answers.calls.last.request.url.raw_path == b"/..%2FAccount%3Fx%3D1%23y/Departments"

    def test_the_key_is_in_no_representation(self, hub: VitecHub) -> None:
        assert KEY not in repr(SETTINGS) + repr(hub) + repr(hub.http.settings)


class TestNotConfigured:
    @pytest.mark.parametrize(
        ("settings", "fields"),
        [
            (VitecSettings("", "MS", "muster", KEY), "base_url"),
            (VitecSettings(BASE, "MS", "", KEY), "product_login"),
            (VitecSettings(BASE, "MS", "muster", ""), "access_key"),
            (VitecSettings("", "", "", ""), "base_url, product_login, access_key"),
        ],
    )
    def test_missing_credentials_are_named(self, settings: VitecSettings, fields: str) -> None:
        with pytest.raises(NotConfigured) as refused:
            VitecHub(settings)
        assert refused.value.message == f"Vitec Hub credentials are not configured. Missing: {fields}."
        assert refused.value.exit_code is ExitCode.NOT_CONFIGURED

    @pytest.mark.parametrize("call", [*LISTS[:2], lambda hub: hub.employee_picture("A")])
    async def test_pitfall_1_without_installation_id_nothing_is_sent(
        self, answers: respx.MockRouter, call: Call
    ) -> None:
        async with VitecHub(VitecSettings(BASE, "", "muster", KEY)) as hub:
            with pytest.raises(NotConfigured) as refused:
                await call(hub)
        assert refused.value.message == "VITEC_INSTALLATION_ID is not configured."
        assert not answers.calls

    async def test_the_login_can_be_tested_without_installation_id(self, answers: respx.MockRouter) -> None:
        answers.get("/Account/Methods").respond(200, json=[{"name": "GetDepartments"}])
        async with VitecHub(VitecSettings(BASE, "", "muster", KEY)) as hub:
            assert await hub.methods() == ("GetDepartments",)


ENVIRONMENTS = "a QA key does not open production"
ROWS = [
    (401, "Vitec Hub unauthorized.", ENVIRONMENTS, ErrorKind.REFUSED_SIGN_IN, 5),
    (403, "Vitec Hub forbidden.", "Ask Vitec", ErrorKind.FORBIDDEN, 5),
    (404, "Vitec Hub does not know this installation id (or path).", "installation id", ErrorKind.REMOTE_ERROR, 4),
    (400, "Vitec Hub error 400: because", "runs the system", ErrorKind.REMOTE_ERROR, 4),
    (422, "Vitec Hub error 422: because", "runs the system", ErrorKind.REMOTE_ERROR, 4),
    (500, "Vitec Hub error 500: because", "runs the system", ErrorKind.REMOTE_ERROR, 4),
    (503, "Vitec Hub error 503: because", "runs the system", ErrorKind.REMOTE_ERROR, 4),
]


class TestTheTableOfErrors:
    """vitec-hub.md §5."""

    @pytest.mark.parametrize("call", LISTS)
    @pytest.mark.parametrize(("status", "message", "remedy", "kind", "exit_code"), ROWS)
    async def test_a_status_becomes_a_sentence_a_remedy_and_an_exit_code(
        self, hub: VitecHub, answers: respx.MockRouter, call: Call, status: int, message: str, remedy: str,
        kind: ErrorKind, exit_code: int,
    ) -> None:  # fmt: skip
        answers.get(url__startswith=BASE).respond(status, text=" because\n")
        with pytest.raises(MusterError) as refused:
            await call(hub)
        error = refused.value
        assert (error.message, error.kind, error.exit_code) == (message, kind, exit_code)
        assert remedy in error.remedy

    @pytest.mark.parametrize("call", LISTS)
    async def test_pitfall_3_429_names_the_seconds(self, hub: VitecHub, answers: respx.MockRouter, call: Call) -> None:
        answers.get(url__startswith=BASE).respond(429, headers={"Retry-After": "120"})
        with pytest.raises(RateLimited) as refused:
            await call(hub)
        error = refused.value
        assert error.message == "Vitec Hub rate limit reached. Retry after 120 seconds."
        assert (error.retry_after, error.kind, error.exit_code) == (120.0, ErrorKind.RATE_LIMITED, 4)

    @pytest.mark.parametrize("call", LISTS)
    async def test_a_redirect_is_a_configuration_error_naming_the_target(
        self, hub: VitecHub, answers: respx.MockRouter, call: Call
    ) -> None:
        answers.get(url__startswith=BASE).respond(302, headers={"Location": "https://login.example/x?secret=1"})
        with pytest.raises(MusterError) as refused:
            await call(hub)
        error = refused.value
        assert (error.message, error.kind, error.exit_code) == (
            "Vitec Hub redirects to login.example.", ErrorKind.REDIRECTED, 5,
        )  # fmt: skip
        assert error.remedy == "Check the address of the connection."

    @pytest.mark.parametrize("call", LISTS)
    async def test_no_connection_is_unreachable_with_a_short_cause(
        self, hub: VitecHub, answers: respx.MockRouter, call: Call
    ) -> None:
        answers.get(url__startswith=BASE).mock(side_effect=httpx.ConnectError("Name or service not known"))
        with pytest.raises(MusterError) as refused:
            await call(hub)
        error = refused.value
        assert error.message == "Vitec Hub request failed. Name or service not known"
        assert (error.kind, error.exit_code) == (ErrorKind.UNREACHABLE, 4)

    @pytest.mark.parametrize("call", LISTS)
    async def test_no_answer_is_a_time_out(self, hub: VitecHub, answers: respx.MockRouter, call: Call) -> None:
        answers.get(url__startswith=BASE).mock(side_effect=httpx.ReadTimeout("slow"))
        with pytest.raises(TimedOut) as refused:
            await call(hub)
        assert refused.value.message == "Vitec Hub request failed. No answer within 30 seconds."
        assert refused.value.exit_code == 4

    @pytest.mark.parametrize("body", ["<html><body>Logg inn</body></html>", "", '[{"departmentId": 1'])
    async def test_pitfall_11_a_page_with_status_200_is_bad_data(
        self, hub: VitecHub, answers: respx.MockRouter, body: str
    ) -> None:
        answers.get(url__startswith=BASE).respond(200, text=body)
        with pytest.raises(BadData) as refused:
            await (await hub.departments()).snapshot()
        assert (refused.value.message, refused.value.exit_code) == ("Invalid Vitec Hub response.", 4)

    async def test_json_that_is_no_list_is_bad_data_naming_its_type(
        self, hub: VitecHub, answers: respx.MockRouter
    ) -> None:
        answers.get(url__startswith=BASE).respond(200, json={"items": []})
        with pytest.raises(BadData, match="Invalid Vitec Hub response. Expected a list, received: object."):
            await (await hub.employees()).snapshot()

    async def test_pitfall_10_404_is_an_error_for_a_list_and_no_picture_for_a_picture(
        self, hub: VitecHub, answers: respx.MockRouter
    ) -> None:
        answers.get(url__startswith=BASE).respond(404)
        with pytest.raises(RemoteError):
            await hub.employees()
        assert await hub.employee_picture("A") is None

    async def test_pitfall_16_the_key_is_masked_in_what_the_hub_sends_back(
        self, hub: VitecHub, answers: respx.MockRouter
    ) -> None:
        header = "Basic " + base64.b64encode(f"muster:{KEY}".encode()).decode()
        answers.get(url__startswith=BASE).respond(400, text=f"bad key {KEY} in {header}")
        with pytest.raises(RemoteError) as refused:
            await hub.departments()
        assert refused.value.message == f"Vitec Hub error 400: bad key {MASK} in Basic {MASK}"

    async def test_a_picture_over_25_mb_is_not_read(self, hub: VitecHub, answers: respx.MockRouter) -> None:
        answers.get(url__startswith=BASE).respond(200, content=b"x" * (MOST_PICTURE_BYTES + 1))
        with pytest.raises(BadData, match="Vitec Hub sent more than 25 MB."):
            await hub.employee_picture("A")


async def test_a_large_list_is_read_off_the_event_loop_and_gives_the_same(
    hub: VitecHub, answers: respx.MockRouter
) -> None:
    people = [{"employeeId": n, "name": "Kari " * 20} for n in range(2000)]
    answers.get(url__startswith=BASE).respond(200, json=people)
    listing = await hub.employees()
    assert len(listing.body) > 100_000
    assert len((await listing.snapshot()).records) == 2000


async def test_equal_lists_have_equal_digests(hub: VitecHub, answers: respx.MockRouter) -> None:
    route = answers.get(url__startswith=BASE).respond(200, json=[{"employeeId": 1}])
    first, again = await hub.employees(), await hub.employees()
    route.respond(200, json=[{"employeeId": 2}])
    assert first.digest == again.digest
    assert (await hub.employees()).digest != first.digest
