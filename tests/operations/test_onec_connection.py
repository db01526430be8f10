"""A connection to a 1C that really answers: its test in stages, its sign-ins, what is kept (onec-zup.md §6.5)."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from app.demo.terminals.certificate import new_context
from app.domain.connections import Connection
from app.domain.mappings import Check, CheckKind, Rule
from app.operations.runner import Request
from app.store import connections, mappings
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.onec import AGENT, MOSCOW, NO_LICENCE, ScriptedOneC, listening
from tests.support.running import run

STAGES = ["settings", "address", "sign_in", "data"]
TOKENS = "/oauth/token"
TODAY = datetime.now(UTC).astimezone(MOSCOW).date()


@pytest.fixture
def service() -> ScriptedOneC:
    return ScriptedOneC()


@pytest.fixture
async def url(service: ScriptedOneC) -> AsyncIterator[str]:
    async with service.published() as url:
        yield url


async def create(workspace: Workspace, url: str, secrets: dict[str, str] | None = None, **settings: Any) -> None:
    given = {"endpoint_url": url, "username": "Обмен"} | settings
    params = {"name": "zup", "kind": "onec", "settings": given}
    secrets = {"password": "Пароль"} if secrets is None else secrets
    assert (await run(workspace, "connections.create", params=params, secrets=secrets)).exit_code == 0


async def probed(workspace: Workspace) -> Any:
    return (await run(workspace, "connections.test", "zup")).run.result


async def known(workspace: Workspace) -> Connection:
    (found,) = await workspace.store.read(connections.connections)
    return found


def kept(keyring: MemoryKeyring) -> dict[str, str]:
    return {account.partition(":")[2]: value for (_service, account), value in keyring._values.items()}


def ticks(result: Any) -> list[tuple[str, bool]]:
    return [(stage["name"], stage["ok"]) for stage in result["stages"]]


class TestTest:
    async def test_every_stage_has_its_tick(self, workspace: Workspace, service: ScriptedOneC, url: str) -> None:
        await create(workspace, url)
        result = await probed(workspace)
        assert ticks(result) == [(name, True) for name in STAGES]
        details = result["details"]
        assert (details["test_type"], details["people"], details["test_results"]) == (
            "full", 1, dict.fromkeys(STAGES, True),
        )  # fmt: skip
        assert details["response_time_ms"] >= 0
        assert details["recommendations"] == ["Data and password travel unencrypted; use https."]
        assert {"connection_id", "timestamp"} <= details.keys()
        assert [one.line for one in service.heard] == [
            "GET /zup/hs/wfm HTTP/1.1",
            f"GET {service.agents} HTTP/1.1",
        ]

    @pytest.mark.parametrize("status", [200, 404, 405])
    async def test_the_address_itself_may_answer_what_it_likes(
        self, workspace: Workspace, service: ScriptedOneC, url: str, status: int
    ) -> None:
        service.answers["/zup/hs/wfm"] = (status, b"")
        await create(workspace, url)
        assert (await probed(workspace))["success"]

    @pytest.mark.parametrize(
        ("status", "text", "message", "code"),
        [
            (401, "", "1C does not accept the sign-in.", 5),
            (403, "", "1C knows the user, who has no right to the service.", 5),
            (503, "", "1C cannot take calls just now: 503", 4),
            (500, NO_LICENCE, "1C answers, but no free licence.", 4),
        ],
    )
    async def test_the_first_stage_that_fails_names_the_cause(
        self, workspace: Workspace, service: ScriptedOneC, url: str, status: int, text: str, message: str, code: int
    ) -> None:  # fmt: skip
        service.answers["/zup/hs/wfm"] = (status, text.encode())
        await create(workspace, url)
        report = await run(workspace, "connections.test", "zup")
        result = report.run.result
        assert (ticks(result)[-1], result["message"], report.exit_code) == (("sign_in", False), message, code)
        assert result["details"]["recommendations"]
        assert len(service.asked("/zup/hs/wfm")) == 1

    @pytest.mark.parametrize(
        ("status", "text", "first"),
        [
            (500, NO_LICENCE, "Is a licence free?"),
            (302, "", "Is it the address that 1C leads on to?"),
            (500, "", "Is the service published"),
            (401, "", "Are user and password right"),
        ],
    )
    async def test_what_to_look_at_begins_with_the_likeliest_and_names_the_licences(
        self, workspace: Workspace, service: ScriptedOneC, url: str, status: int, text: str, first: str
    ) -> None:
        service.answers["/zup/hs/wfm"] = (status, text.encode())
        await create(workspace, url)
        advice = (await probed(workspace))["details"]["recommendations"]
        assert advice[0].startswith(first)
        assert [a for a in advice if "licence free" in a]
        assert len(advice) == len(set(advice))

    async def test_a_service_that_is_not_published_fails_at_the_contract(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        del service.answers[service.agents]
        await create(workspace, url)
        result = await probed(workspace)
        assert ticks(result)[-1] == ("data", False)
        assert result["message"] == "1C does not know this address."

    async def test_something_else_behind_the_address_fails_at_the_contract(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        service.answers[service.agents] = (200, b"<html>Welcome</html>")
        await create(workspace, url)
        result = await probed(workspace)
        assert ticks(result)[-1] == ("data", False)
        assert "<html>Welcome</html>" in result["message"]
        assert result["details"]["recommendations"][0].startswith("Does the 1C service itself answer there")

    async def test_more_people_than_fit_are_not_waited_for(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        many = [{"AR_agents": [{"agentId": f"{AGENT}{n}", "tabN": "1"} for n in range(20_000)]}]
        service.answers[service.agents] = (200, json.dumps(many).encode())
        await create(workspace, url)
        result = await probed(workspace)
        assert result["success"]
        assert result["stages"][-1]["message"] == "1C sends people; there are more than fit into a test."

    async def test_fields_of_another_name_are_read_by_the_mapping(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        renamed = [{"AR_agents": [{"employeeCode": AGENT, "tabN": "1"}]}]
        service.answers[service.agents] = (200, json.dumps(renamed).encode())
        await create(workspace, url)
        assert (await probed(workspace))["details"]["people"] == 0
        rules = (Rule("agentId", ("employeeCode",)),)
        await workspace.store.write(mappings.keep_rules, (await known(workspace)).id, "agent", rules, "tester")
        assert (await probed(workspace))["details"]["people"] == 1
        settings = {"endpoint_url": url, "username": "Обмен"}
        params = {"kind": "onec", "settings": settings, "connection": (await known(workspace)).id}
        tried = await run(workspace, "connections.try", params=params)
        assert tried.run.result["details"]["people"] == 1

    async def test_people_whom_the_mapping_refuses_are_a_warning(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        sent = [{"AR_agents": [{"agentId": AGENT, "tabN": "1"}, {"agentId": "other"}]}]
        service.answers[service.agents] = (200, json.dumps(sent).encode())
        await create(workspace, url)
        rules = (Rule("tabN", ("tabN",), checks=(Check(CheckKind.REQUIRED),)),)
        await workspace.store.write(mappings.keep_rules, (await known(workspace)).id, "agent", rules, "tester")
        result = await probed(workspace)
        assert result["details"]["people"] == 1
        assert "1 record was left out because the mapping cannot take it." in result["warnings"]
        assert not [text for text in result["warnings"] if "cannot be read" in text]

    async def test_an_address_without_a_service_path_is_recommended_against(
        self, workspace: Workspace, service: ScriptedOneC, url: str
    ) -> None:
        service.answers[service.agents.replace("/zup/hs/wfm", "/api")] = service.answers[service.agents]
        await create(workspace, url.replace("/zup/hs/wfm", "/api"))
        result = await probed(workspace)
        assert result["success"]
        assert any("/hs/" in text for text in result["warnings"])

    async def test_a_silent_socket_is_told_within_ten_seconds(self, workspace: Workspace) -> None:
        stalls = 0.0

        async def watch() -> None:
            nonlocal stalls
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.01)
                stalls = max(stalls, time.perf_counter() - begun)

        async def swallow(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await reader.read()

        async with listening(swallow) as address:
            await create(workspace, f"{address}/zup/hs/wfm")
            begun = time.monotonic()
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(watch())
                result = await probed(workspace)
                watching.cancel()
        assert time.monotonic() - begun < 10.5
        assert ticks(result)[-1] == ("sign_in", False)
        assert stalls < 1.0

    async def test_a_certificate_of_their_own_is_trusted_when_its_file_is_named(
        self, workspace: Workspace, service: ScriptedOneC, tmp_path: Path
    ) -> None:
        async with service.published(new_context("1c", "127.0.0.1")) as url:
            await create(workspace, url)
            assert ticks(await probed(workspace))[-1] == ("tls", False)
            port = urlsplit(url).port or 0
            file = tmp_path / "own.pem"
            file.write_text(await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port)))
            await run(workspace, "connections.update", "zup", params={"settings": {"ca_file": str(file)}})
            result = await probed(workspace)
        assert ticks(result) == [(name, True) for name in ("settings", "address", "tls", "sign_in", "data")]
        assert result["details"]["recommendations"] == []

    async def test_without_the_check_it_works_with_a_warning(self, workspace: Workspace, service: ScriptedOneC) -> None:
        async with service.published(new_context("1c", "127.0.0.1")) as url:
            await create(workspace, url, verify_tls=False)
            result = await probed(workspace)
        assert result["success"]
        assert result["stages"][2]["message"] == "Encrypted; the certificate is not checked."
        assert any("certificate is not checked" in text for text in result["warnings"])

    async def test_a_certificate_file_that_is_none_is_named(self, workspace: Workspace, tmp_path: Path) -> None:
        (tmp_path / "own.pem").write_text("no certificate")
        await create(workspace, "https://127.0.0.1:1/zup/hs/wfm")
        for file in ("own.pem", "missing.pem"):
            await run(workspace, "connections.update", "zup", params={"settings": {"ca_file": str(tmp_path / file)}})
            report = await run(workspace, "connections.test", "zup")
            assert (ticks(report.run.result), report.exit_code) == ([("settings", False)], 5)
            assert file in report.run.result["message"]


class TestSignIns:
    async def test_a_token_that_ends_soon_is_said(self, workspace: Workspace, service: ScriptedOneC, url: str) -> None:
        token = jwt.encode({"exp": time.time() + 86_400}, "x" * 32)
        await create(workspace, url, {"token": token}, authentication_type="bearer")
        result = await probed(workspace)
        assert result["success"]
        assert any(text.startswith("The token ends on ") for text in result["warnings"])
        assert service.heard[0].headers["authorization"] == f"Bearer {token}"
        assert token not in str(result)

    async def test_an_empty_password_is_not_configured(self, workspace: Workspace, url: str) -> None:
        await create(workspace, url, {})
        report = await run(workspace, "connections.test", "zup")
        assert (ticks(report.run.result), report.exit_code) == ([("settings", False)], 5)
        assert "password" in report.run.result["message"]


class TestOAuth:
    @pytest.fixture
    def tokens(self, service: ScriptedOneC) -> ScriptedOneC:
        token = {"access_token": "acc3ss-1", "expires_in": 3600, "refresh_token": "r3fresh-2"}
        service.answers[TOKENS] = (200, json.dumps(token).encode())
        return service

    async def connect(self, workspace: Workspace, url: str, **secrets: str) -> None:
        token_url = url.replace("/zup/hs/wfm", TOKENS)
        secrets = {"client_secret": "cl1ent-secret"} | secrets
        await create(
            workspace, url, secrets, authentication_type="oauth2", token_url=token_url, client_id="muster", username=""
        )

    async def test_the_client_itself(self, workspace: Workspace, tokens: ScriptedOneC, url: str) -> None:
        await self.connect(workspace, url)
        assert (await probed(workspace))["success"]
        assert tokens.asked(TOKENS)[0].body == b"grant_type=client_credentials"
        assert tokens.asked(tokens.agents)[0].headers["authorization"] == "Bearer acc3ss-1"

    async def test_a_refresh_token_that_changed_is_kept_and_the_typed_one_forgotten(
        self, workspace: Workspace, tokens: ScriptedOneC, url: str, keyring: MemoryKeyring
    ) -> None:
        await self.connect(workspace, url, refresh_token="r3fresh-1")
        onec = await workspace.links.onec(await known(workspace))
        await onec.agents(TODAY, TODAY)
        assert b"refresh_token=r3fresh-1" in tokens.asked(TOKENS)[0].body
        assert kept(keyring) == {"client_secret": "cl1ent-secret", "session_token": "r3fresh-2"}
        again = await known(workspace)
        assert again.secrets == ("client_secret", "session_token")
        assert again.missing_fields() == ()
        assert await workspace.links.onec(again) is onec

    async def test_another_program_goes_on_with_the_kept_one(
        self, workspace: Workspace, tokens: ScriptedOneC, url: str
    ) -> None:
        await self.connect(workspace, url, refresh_token="r3fresh-1")
        connection = await known(workspace)
        await (await workspace.links.onec(connection)).agents(TODAY, TODAY)
        await workspace.links.drop(connection.id)
        await (await workspace.links.onec(await known(workspace))).agents(TODAY, TODAY)
        assert b"refresh_token=r3fresh-2" in tokens.asked(TOKENS)[1].body

    async def test_a_typed_refresh_token_is_not_spent_before_it_is_saved(
        self, workspace: Workspace, tokens: ScriptedOneC, url: str
    ) -> None:
        settings = {
            "endpoint_url": url,
            "authentication_type": "oauth2",
            "token_url": url.replace("/zup/hs/wfm", TOKENS),
            "client_id": "muster",
        }
        request = Request(
            "connections.try",
            "",
            {"kind": "onec", "settings": settings},
            secrets={"client_secret": "cl1ent-secret", "refresh_token": "r3fresh-1"},
        )
        report = await (await workspace.runner.start(request)).report()
        assert report.run.result["success"]
        assert ticks(report.run.result) == [("settings", True), ("address", True)]
        assert any("only once" in text for text in report.run.result["warnings"])
        assert tokens.asked(TOKENS) == []

    async def test_a_refused_client_needs_a_new_sign_in(
        self, workspace: Workspace, tokens: ScriptedOneC, url: str
    ) -> None:
        tokens.answers[TOKENS] = (400, b'{"error": "invalid_client"}')
        await self.connect(workspace, url)
        report = await run(workspace, "connections.test", "zup")
        assert (ticks(report.run.result)[-1], report.exit_code) == (("sign_in", False), 5)
        assert "cl1ent-secret" not in str(report.run.result)


class TestLinks:
    async def test_a_client_is_handed_out_again_until_its_settings_change(self, workspace: Workspace, url: str) -> None:
        await create(workspace, url)
        onec = await workspace.links.onec(await known(workspace))
        assert await workspace.links.onec(await known(workspace)) is onec
        params = {"settings": {"timezone": "Asia/Yekaterinburg", "max_parallel": 3, "session_mode": "ibsession"}}
        assert (await run(workspace, "connections.update", "zup", params=params)).exit_code == 0
        other = await workspace.links.onec(await known(workspace))
        assert other is not onec
        assert other.settings.zone.key == "Asia/Yekaterinburg"
        assert (other.settings.max_parallel, other.settings.session_mode.value) == (3, "ibsession")
