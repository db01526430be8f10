"""The test of a connection to a CETEC installation that really answers (cetec-mysql.md §2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.demo.cetec.server import BadToken, DemoCetec
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.customers import NEEDED_COLUMNS
from app.errors import ExitCode, UsageError
from app.store import connections
from app.workspace import Workspace
from tests.support.running import dump, run

NO_DATABASES = "No MySQL connection is chosen, so no databases will be checked."
IN_THE_CLEAR = "With http everybody on the way can read the token."


@pytest.fixture
def installation() -> Iterator[DemoCetec]:
    with DemoWorld(people=1, offices=1, terminals=2, workers=12, customers=50) as world:
        yield world.cetec


async def connect(workspace: Workspace, token: str, **settings: str) -> None:
    params = {"name": "cetec", "kind": "cetec", "settings": settings}
    report = await run(workspace, "connections.create", params=params, secrets={"preshared_token": token})
    assert report.error is None


async def probed(workspace: Workspace) -> tuple[dict[str, Any], int]:
    """What a test of the connection found, and the exit code."""
    report = await run(workspace, "connections.test", "cetec")
    return report.run.result, report.exit_code


@pytest.fixture
async def linked(workspace: Workspace, installation: DemoCetec) -> Workspace:
    await connect(workspace, installation.preshared_token, api_url=installation.base_url)
    return workspace


class TestTest:
    async def test_every_stage_has_its_tick_and_says_what_it_found(self, linked: Workspace) -> None:
        result, exit_code = await probed(linked)
        assert [(s["name"], s["ok"]) for s in result["stages"]] == [
            ("settings", True), ("address", True), ("sign_in", True), ("data", True),
        ]  # fmt: skip
        billable, count = result["details"]["billable"], result["details"]["customers"]
        assert billable == 50 < count
        assert result["stages"][-1]["message"] == f"{count} customers, {billable} of them billable."
        assert (result["category"], exit_code) == ("works", ExitCode.DONE)

    async def test_it_says_when_no_databases_will_be_checked(self, linked: Workspace) -> None:
        assert list((await probed(linked))[0]["warnings"]) == [NO_DATABASES]

    async def test_an_address_on_this_computer_needs_no_encryption(self, linked: Workspace) -> None:
        assert IN_THE_CLEAR not in (await probed(linked))[0]["warnings"]

    async def test_http_to_another_computer_is_warned_about(self, workspace: Workspace) -> None:
        await connect(workspace, "planted-token", domain="no-such-host.invalid", protocol="http")
        result, exit_code = await probed(workspace)
        assert IN_THE_CLEAR in result["warnings"]
        assert exit_code == ExitCode.STOPPED

    async def test_the_status_names_host_and_customers_and_no_secret(self, linked: Workspace) -> None:
        status = (await probed(linked))[0]["details"]["status"]
        assert (status["connected"], status["api_url"], status["backups"]) == (True, "127.0.0.1", None)
        assert status["customers"] > status["billable"] == 50

    async def test_one_request_asks_for_no_more_columns_than_needed(
        self, linked: Workspace, installation: DemoCetec
    ) -> None:
        await probed(linked)
        (request,) = installation.requests
        asked = dict(parse_qsl(urlsplit(request.path).query))
        assert tuple(asked["columns"].split(",")) == NEEDED_COLUMNS
        assert asked["preshared_token"] == installation.preshared_token

    async def test_customers_that_are_left_out_do_not_count(
        self, workspace: Workspace, installation: DemoCetec
    ) -> None:
        hidden = ", ".join(str(customer["id"]) for customer in installation.customers[:3])
        settings = {"api_url": installation.base_url, "excluded_customer_ids": hidden}
        await connect(workspace, installation.preshared_token, **settings)
        result, _exit_code = await probed(workspace)
        assert result["details"]["customers"] == len(installation.customers) - 3


class TestRefusals:
    @pytest.mark.parametrize("how", [h for h in BadToken if h is not BadToken.MESSAGE])
    async def test_a_wrong_token_fails_at_the_sign_in(
        self, linked: Workspace, installation: DemoCetec, how: BadToken
    ) -> None:
        installation.preshared_token, installation.bad_token = "another", how
        result, exit_code = await probed(linked)
        assert [s["name"] for s in result["stages"] if not s["ok"]] == ["sign_in"]
        assert (result["category"], exit_code) == ("authentication_error", ExitCode.NOT_CONFIGURED)

    async def test_the_servers_own_words_are_told_without_the_token(
        self, linked: Workspace, installation: DemoCetec
    ) -> None:
        token = installation.preshared_token
        installation.preshared_token, installation.bad_token = "another", BadToken.MESSAGE
        result, _exit_code = await probed(linked)
        assert result["message"] == "preshared_token •••• is not valid"
        assert token not in json.dumps(result, default=str) + "".join(await dump(linked))

    async def test_a_test_is_asked_once_and_not_repeated(self, linked: Workspace, installation: DemoCetec) -> None:
        installation.fault = FaultPlan(Fault.SERVER_ERROR, times=1)
        result, exit_code = await probed(linked)
        assert not result["success"]
        assert exit_code == ExitCode.STOPPED
        assert (await probed(linked))[0]["success"]

    async def test_no_customers_at_all_are_warned_about(self, linked: Workspace, installation: DemoCetec) -> None:
        installation.customers.clear()
        result, _exit_code = await probed(linked)
        assert result["stages"][-1]["message"] == "0 customers, 0 of them billable."
        assert "CETEC returned no customers." in result["warnings"]

    async def test_a_missing_token_is_named(self, workspace: Workspace, installation: DemoCetec) -> None:
        await connect(workspace, "", api_url=installation.base_url)
        result, exit_code = await probed(workspace)
        assert (result["category"], exit_code) == ("credentials_missing", ExitCode.NOT_CONFIGURED)
        assert "preshared_token is required" in result["message"]


class TestKeptSecret:
    async def test_the_token_is_in_the_keyring_alone(self, linked: Workspace, installation: DemoCetec) -> None:
        await probed(linked)
        (known,) = await linked.store.read(connections.connections)
        assert known.secrets == ("preshared_token",)
        assert installation.preshared_token not in "".join(await dump(linked)) + repr(known)

    async def test_an_address_copied_with_its_token_is_not_even_kept_in_the_history(self, workspace: Workspace) -> None:
        copied = "https://acme.cetecerp.com/api/customer?preshared_token=planted-token"
        params = {"name": "cetec", "kind": "cetec", "settings": {"api_url": copied}}
        with pytest.raises(UsageError, match="preshared_token is a secret"):
            await run(workspace, "connections.create", params=params)
        assert "planted-token" not in "".join(await dump(workspace))
