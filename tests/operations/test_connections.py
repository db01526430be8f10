"""Managing connections (connections.md §1, §6-§8; vitec-hub.md §2, §6; command-line.md)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection, ConnectionStatus
from app.errors import NoKeyring, UsageError
from app.operations import connection_test
from app.operations.runner import Request
from app.store import connections, directory
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import dump, run

KEY = "planted-access-key"


@pytest.fixture
async def desk(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace connected to Vitec Hub of the small demo world alone."""
    await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
    return workspace


async def create(workspace: Workspace, name: str = "vitec", key: str = KEY, **settings: str) -> Any:
    values = {"installation_id": "MSXYTEST", "product_login": "muster"} | settings
    params = {"name": name, "kind": "vitec", "settings": values}
    return await run(workspace, "connections.create", params=params, secrets={"access_key": key} if key else {})


async def only(workspace: Workspace) -> Connection:
    (found,) = await workspace.store.read(connections.connections)
    return found


class RefusingKeyring(MemoryKeyring):
    """Reads, but keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("the keyring is full")


class TestCreate:
    async def test_settings_go_to_the_store_and_the_secret_to_the_keyring_alone(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        report = await create(workspace)
        connection = await only(workspace)
        assert report.run.result | {"id": ""} == {
            "id": "", "name": "vitec", "kind": "vitec", "status": "active",
            "settings": {"installation_id": "MSXYTEST", "product_login": "muster"},
            "secrets": {"access_key": True}, "last_sync": None, "last_error": None,
        }  # fmt: skip
        assert await workspace.vault.get(connection, "access_key") == KEY
        assert KEY not in "\n".join(await dump(workspace))

    async def test_a_taken_name_is_refused_and_leaves_no_secret_behind(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        await create(workspace)
        before = dict(keyring._values)
        report = await create(workspace, key="another-key")
        assert (report.exit_code, report.error.message) == (2, "There is already a connection named vitec.")
        assert keyring._values == before

    @pytest.mark.parametrize("keyring", [RefusingKeyring()])
    async def test_without_keyring_nothing_is_stored_at_all(self, workspace: Workspace) -> None:
        report = await create(workspace)
        assert (report.exit_code, isinstance(report.error, NoKeyring)) == (5, True)
        assert await workspace.store.read(connections.connections) == []

    @pytest.mark.parametrize(
        "settings",
        [{"access_key": KEY}, {"base_url": f"https://me:{KEY}@hub.example"}],
        ids=["as a setting", "in the address"],
    )
    async def test_a_secret_among_the_settings_is_refused_and_kept_nowhere(
        self, workspace: Workspace, settings: dict[str, str]
    ) -> None:
        with pytest.raises(UsageError):
            await create(workspace, **settings)
        await create(workspace)
        with pytest.raises(UsageError):
            await run(workspace, "connections.update", "vitec", params={"settings": settings})
        tried = await run(workspace, "connections.try", params={"kind": "vitec", "settings": settings})
        assert tried.exit_code == 2
        assert KEY not in "\n".join(await dump(workspace))

    @pytest.mark.parametrize(
        ("settings", "secrets"), [({"no_such": "1"}, {}), ({"timeout_s": "x"}, {}), ({}, {"password": "x" * 8})]
    )
    async def test_what_the_kind_does_not_have(
        self, workspace: Workspace, settings: dict[str, str], secrets: dict[str, str]
    ) -> None:
        params = {"name": "vitec", "kind": "vitec", "settings": settings}
        report = await run(workspace, "connections.create", params=params, secrets=secrets)
        assert report.exit_code == 2
        assert await workspace.store.read(connections.connections) == []

    async def test_a_name_is_needed(self, workspace: Workspace) -> None:
        assert (await create(workspace, name="  ")).exit_code == 2


class TestUpdate:
    async def test_only_what_is_given_changes_and_the_secret_stays(self, workspace: Workspace) -> None:
        await create(workspace)
        await run(workspace, "connections.update", "vitec", params={"settings": {"max_rps": "5"}})
        connection = await only(workspace)
        assert connection.settings == {"installation_id": "MSXYTEST", "product_login": "muster", "max_rps": 5}
        assert await workspace.vault.get(connection, "access_key") == KEY

    async def test_an_empty_value_goes_back_to_the_default(self, workspace: Workspace) -> None:
        await create(workspace, max_rps="5")
        await run(workspace, "connections.update", "vitec", params={"settings": {"max_rps": ""}})
        assert (await only(workspace)).setting("max_rps") == 50

    async def test_a_new_secret_replaces_the_old(self, workspace: Workspace) -> None:
        await create(workspace)
        await run(workspace, "connections.update", "vitec", secrets={"access_key": "rotated-key"})
        assert await workspace.vault.get(await only(workspace), "access_key") == "rotated-key"

    async def test_an_edit_clears_the_error(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        await run(desk, "offices.sync")
        assert (await only(desk)).status is ConnectionStatus.ERROR
        await run(desk, "connections.update", "vitec", params={"settings": {"max_rps": "5"}})
        connection = await only(desk)
        assert (connection.status, connection.last_error) == (ConnectionStatus.ACTIVE, None)

    async def test_a_change_is_used_by_the_next_call(self, desk: Workspace) -> None:
        await run(desk, "offices.sync")
        await run(desk, "connections.update", "vitec", params={"settings": {"installation_id": "MSWRONG"}})
        assert (await run(desk, "offices.sync")).exit_code == 4

    async def test_a_name_that_is_taken(self, workspace: Workspace) -> None:
        await create(workspace)
        await create(workspace, name="two")
        report = await run(workspace, "connections.update", "two", params={"name": "vitec"})
        assert (report.exit_code, report.error.message if report.error else "") == (
            2, "There is already a connection named vitec.",
        )  # fmt: skip

    async def test_a_new_name_keeps_the_history(self, desk: Workspace) -> None:
        await run(desk, "offices.sync")
        await run(desk, "connections.update", "vitec", params={"name": "hub"})
        status = await run(desk, "connections.status", "hub")
        types = [r["type"] for r in status.run.result["performance_metrics"]["recent_syncs"]]
        assert "offices.sync" in types


async def test_a_removed_connection_leaves_its_records_and_no_secret(desk: Workspace, keyring: MemoryKeyring) -> None:
    await run(desk, "directory.sync")
    await run(desk, "connections.delete", "vitec", params={"purge": True, "confirm": True})
    assert keyring._values == {}
    assert await desk.store.read(connections.connections) == []
    people = await desk.store.read(directory.employees)
    assert {p.connection for p in people} == {None}


class TestTest:
    """The staged test (connections.md §6, vitec-hub.md §6.2)."""

    async def stages(self, workspace: Workspace, name: str = "vitec") -> tuple[Any, list[tuple[str, bool]]]:
        report = await run(workspace, "connections.test", name)
        return report, [(s["name"], s["ok"]) for s in report.run.result["stages"]]

    async def test_every_stage_has_its_tick(self, desk: Workspace) -> None:
        report, stages = await self.stages(desk)
        assert stages == [("settings", True), ("address", True), ("sign_in", True), ("rights", True), ("data", True)]
        result = report.run.result
        assert (report.exit_code, result["success"], result["category"]) == (0, True, "works")
        assert (result["details"]["departments"], result["details"]["employees"]) == (3, 12)
        assert result["details"]["status"] | {"checked_at": ""} == {
            "configured": True, "connected": True, "installation_id": "MSFJ…TEST", "error": None,
            "available_methods": result["details"]["available_methods"], "checked_at": "",
        }  # fmt: skip
        assert "GetEmployees" in result["details"]["available_methods"]

    @pytest.mark.parametrize(
        ("fault", "failed", "category", "exit_code"),
        [
            (FaultPlan(Fault.UNAUTHORIZED), "sign_in", "authentication_error", 5),
            (FaultPlan(Fault.FORBIDDEN), "sign_in", "authentication_error", 5),
            (FaultPlan(Fault.NOT_FOUND), "sign_in", "other_error", 4),
            (FaultPlan(Fault.HTML), "sign_in", "other_error", 4),
            (FaultPlan(Fault.REDIRECT), "sign_in", "other_error", 5),
            (FaultPlan(Fault.FORBIDDEN, only="installation"), "rights", "authentication_error", 5),
            (FaultPlan(Fault.NOT_FOUND, only="installation"), "rights", "other_error", 4),
            (FaultPlan(Fault.FORBIDDEN, only="employees"), "data", "authentication_error", 5),
        ],
    )
    async def test_the_first_stage_that_fails_names_cause_and_remedy(
        self, desk: Workspace, small_world: DemoWorld, fault: FaultPlan, failed: str, category: str, exit_code: int
    ) -> None:
        small_world.vitec.fault = fault
        report, stages = await self.stages(desk)
        assert stages[-1] == (failed, False)
        assert all(ok for _name, ok in stages[:-1])
        result = report.run.result
        assert (result["success"], result["category"], report.exit_code) == (False, category, exit_code)
        assert result["message"]
        assert result["remedy"]
        connection = await only(desk)
        assert (connection.last_error, connection.last_test_ok) == (result["message"], False)
        assert connection.status is ConnectionStatus.ERROR

    async def test_a_valid_login_without_right_to_the_installation_says_just_that(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN, only="installation")
        report, _stages = await self.stages(desk)
        assert report.run.result["message"] == (
            "The login is valid, but it has no right to this installation. Vitec Hub forbidden."
        )

    async def test_a_login_without_functions_is_connected_with_a_hint(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        small_world.vitec.methods.clear()
        report, _stages = await self.stages(desk)
        (sign_in,) = [s for s in report.run.result["stages"] if s["name"] == "sign_in"]
        assert "no functions are granted" in sign_in["message"]
        assert report.exit_code == 0

    async def test_without_installation_id_the_login_alone_is_tested(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        await run(desk, "connections.update", "vitec", params={"settings": {"installation_id": ""}})
        report, stages = await self.stages(desk)
        assert [name for name, _ok in stages] == ["settings", "address", "sign_in"]
        assert list(report.run.result["warnings"]) == ["No installation id yet: the login works, but a sync needs one."]

    async def test_missing_fields_are_named_and_nothing_is_sent(
        self, workspace: Workspace, small_world: DemoWorld
    ) -> None:
        await create(workspace, key="", product_login="", base_url=small_world.vitec.base_url)
        report, stages = await self.stages(workspace)
        assert stages == [("settings", False)]
        assert report.run.result["message"] == (
            "Vitec Hub credentials are not configured. Missing: product_login, access_key."
        )
        assert (report.exit_code, report.run.result["category"]) == (5, "credentials_missing")
        assert small_world.vitec.requests == []

    async def test_an_unknown_environment_is_not_configured(self, workspace: Workspace) -> None:
        await create(workspace, environment="staging")
        report, _stages = await self.stages(workspace)
        assert (report.exit_code, "base_url" in report.run.result["message"]) == (5, True)

    @pytest.mark.parametrize(
        ("address", "cause"),
        [("http://127.0.0.1:9", "cannot be reached"), ("https://no-such-host.invalid", "cannot be reached")],
    )
    async def test_an_address_where_nobody_listens(self, workspace: Workspace, address: str, cause: str) -> None:
        await create(workspace, base_url=address)
        report, stages = await self.stages(workspace)
        assert stages[-1] == ("address", False)
        assert cause in report.run.result["message"]
        assert report.exit_code == 4

    async def test_a_certificate_that_nobody_vouches_for(self, workspace: Workspace, tmp_path: Path) -> None:
        import ssl
        import subprocess

        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")],
            capture_output=True,
        )  # fmt: skip
        if made.returncode:
            pytest.skip("openssl is not on this computer")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=context)
        async with server:
            await create(workspace, base_url=f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            report, stages = await self.stages(workspace)
        assert stages[-1] == ("tls", False)
        assert "The certificate of 127.0.0.1 is not trusted" in report.run.result["message"]

    async def test_a_silent_server_ends_the_stage_within_the_budget(
        self, desk: Workspace, small_world: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection_test, "BUDGET_S", 0.3)
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        report, stages = await self.stages(desk)
        assert stages[-1] == ("sign_in", False)
        assert (report.run.result["message"], report.exit_code) == ("No answer within 0.3 seconds.", 4)

    @pytest.mark.parametrize("keyring", [RefusingKeyring()])
    async def test_without_keyring_the_settings_stage_says_so(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await create(workspace, key="")

        def locked(_self: object, _service: str, _username: str) -> str:
            raise OSError("no bus")

        monkeypatch.setattr(RefusingKeyring, "get_password", locked)
        report, stages = await self.stages(workspace)
        assert (stages, report.exit_code) == ([("settings", False)], 5)
        assert report.run.result["message"] == "The keyring cannot be used: no bus"

    async def test_a_viewer_may_test_but_not_store_the_result(self, desk: Workspace) -> None:
        from app.access import Role

        desk.settings_file.change(role=Role.VIEWER)
        report, _stages = await self.stages(desk)
        assert report.exit_code == 0
        assert (await only(desk)).last_test_at is None

    async def test_values_of_a_form_are_tested_before_they_are_saved(
        self, workspace: Workspace, small_world: DemoWorld
    ) -> None:
        values = dict(small_world.describe()["vitec"])
        key = values.pop("access_key")
        params = {"kind": "vitec", "settings": values}
        good = await run(workspace, "connections.try", params=params, secrets={"access_key": key})
        assert good.exit_code == 0
        bad = await run(workspace, "connections.try", params=params, secrets={"access_key": "wrong-key"})
        assert bad.exit_code == 5
        assert await workspace.store.read(connections.connections) == []
        await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
        connection = await only(workspace)
        stored = await run(workspace, "connections.try", params=params | {"connection": connection.id})
        assert stored.exit_code == 0


class TestStatusAndHealth:
    async def test_the_status_of_one_without_asking_the_hub(self, desk: Workspace, small_world: DemoWorld) -> None:
        before = (await run(desk, "connections.status", "vitec")).run.result
        assert (before["configured"], before["connected"], before["health"]) == (True, False, "never_tested")
        await run(desk, "connections.test", "vitec")
        await run(desk, "offices.sync")
        small_world.vitec.forget_requests()
        status = (await run(desk, "connections.status", "vitec")).run.result
        assert small_world.vitec.requests == []
        assert (status["connected"], status["health"], status["error"]) == (True, "connected", None)
        assert (status["installation_id"], status["error_count"]) == ("MSFJ…TEST", 0)
        assert status["available_methods"]
        assert status["checked_at"].endswith("Z")
        assert status["success_rate"] == 100.0

    async def test_an_edit_after_a_good_test_counts(self, desk: Workspace) -> None:
        await run(desk, "connections.test", "vitec")
        await run(desk, "connections.update", "vitec", params={"settings": {"product_login": ""}})
        status = (await run(desk, "connections.status", "vitec")).run.result
        assert (status["configured"], status["connected"], status["cause"]) == (False, False, "Product login")

    async def test_an_error_counts_and_is_shown(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        await run(desk, "offices.sync")
        status = (await run(desk, "connections.status", "vitec")).run.result
        assert (status["health"], status["error"]) == ("error", "Vitec Hub forbidden.")
        assert status["error_count"] == 1
        assert status["checked_at"]

    async def test_the_health_of_all(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "offices.sync")
        await create(desk, name="two")
        await run(desk, "connections.update", "two", params={"paused": True})
        health = (await run(desk, "connections.health")).run.result
        assert (health["service"], health["status"], health["active_connections"]) == ("muster", "healthy", 1)
        assert health["performance_metrics"]["inactive_connections"] == 1
        assert health["last_sync_times"]["vitec"].endswith("Z")
        assert health["uptime_seconds"] >= 0

    async def test_health_without_connections_is_a_warning(self, workspace: Workspace) -> None:
        assert (await run(workspace, "connections.health")).run.result["status"] == "warning"


class TestImportEnv:
    async def imported(self, workspace: Workspace, path: Path, text: str | bytes) -> Any:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return await run(workspace, "connections.import_env", params={"file": str(path)})

    @pytest.fixture
    def env(self, tmp_path: Path) -> Path:
        return tmp_path / ".env"

    async def test_customers_and_their_databases_come_from_one_file_and_belong_together(
        self, workspace: Workspace, env: Path
    ) -> None:
        text = """VITE_CETEC_DOMAIN=acme
VITE_PRESHARED_TOKEN=a;b|[c&%
MYSQL_HOST=db.example.com
MYSQL_PORT=3307
MYSQL_USER=reader
MYSQL_PASSWORD=secret-of-mysql
"""
        report = await self.imported(workspace, env, text)
        cetec, mysql = report.run.result["connections"]
        assert (cetec["name"], mysql["name"]) == ("cetec", "mysql")
        assert cetec["settings"] == {"domain": "acme.cetecerp.com", "backups": "mysql"}
        assert mysql["settings"] == {"host": "db.example.com", "port": 3307, "user": "reader"}
        assert [w for w in report.run.warnings if "VITE_PRESHARED_TOKEN" in w]
        assert "a;b|[c&%" not in repr(report)

    async def test_quotes_export_comments_and_byte_order_mark(self, workspace: Workspace, env: Path) -> None:
        text = """\ufeff# Vitec
export VITEC_INSTALLATION_ID="MSXYTEST"
VITEC_HUB_PRODUCT_LOGIN='muster'  # the login
VITEC_HUB_ACCESS_KEY="pl$nted ${HOME} key"
VITEC_ENVIRONMENT=prod
OTHER=1
"""
        report = await self.imported(workspace, env, text)
        (made,) = report.run.result["connections"]
        assert (made["name"], made["kind"], made["secrets"]) == ("vitec", "vitec", {"access_key": True})
        assert made["settings"] == {
            "installation_id": "MSXYTEST", "product_login": "muster", "environment": "production",
        }  # fmt: skip
        assert await workspace.vault.get(await only(workspace), "access_key") == "pl$nted ${HOME} key"

    async def test_the_older_name_of_the_key_is_a_fallback(self, workspace: Workspace, env: Path) -> None:
        await self.imported(workspace, env, "VITEC_ACCESS_KEY=old-name-key\nVITEC_HUB_PRODUCT_LOGIN=x\n")
        assert await workspace.vault.get(await only(workspace), "access_key") == "old-name-key"
        await self.imported(workspace, env, "VITEC_ACCESS_KEY=old-name-key\nVITEC_HUB_ACCESS_KEY=new-name-key\n")
        assert await workspace.vault.get(await only(workspace), "access_key") == "new-name-key"

    async def test_a_second_import_updates(self, workspace: Workspace, env: Path) -> None:
        await self.imported(workspace, env, "VITEC_INSTALLATION_ID=A\nVITEC_HUB_PRODUCT_LOGIN=x\n")
        await self.imported(workspace, env, "VITEC_INSTALLATION_ID=B\n")
        assert (await only(workspace)).settings == {"installation_id": "B", "product_login": "x"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("OTHER=1\n", "The file holds no settings that Muster knows."),
            ("", "The file holds no settings that Muster knows."),
            ("VITEC_INSTALLATION_ID=\n", "The file holds no settings that Muster knows."),
            (
                "VITEC_HUB_BASE_URL=http://hub.example\n",
                "Plain http is only allowed to this computer, not to hub.example.",
            ),
        ],
    )
    async def test_nothing_known_or_something_impossible(
        self, workspace: Workspace, env: Path, text: str, message: str
    ) -> None:
        report = await self.imported(workspace, env, text)
        assert (report.exit_code, report.error.message) == (2, message)
        assert await workspace.store.read(connections.connections) == []

    async def test_a_file_that_is_not_there_or_no_text(self, workspace: Workspace, env: Path) -> None:
        report = await run(workspace, "connections.import_env", params={"file": str(env)})
        assert (report.exit_code, "There is no file" in report.error.message if report.error else "") == (2, True)
        report = await self.imported(workspace, env, b"VITEC_HUB_PRODUCT_LOGIN=\xff\xfe\n")
        assert report.exit_code == 1
        assert report.error.remedy == "Save it as UTF-8 text."

    async def test_a_dry_run_imports_nothing(self, workspace: Workspace, env: Path) -> None:
        env.write_text("VITEC_INSTALLATION_ID=A\n")
        before = await dump(workspace)
        await run(workspace, "connections.import_env", params={"file": str(env)}, dry_run=True)
        assert await dump(workspace) == before


async def test_every_request_of_the_list_is_masked(desk: Workspace) -> None:
    report = await run(desk, "connections.list")
    assert "Fj0rdheim-demo-key-1" not in str(report.run.result)
    assert (await desk.runner.start(Request("connections.show", "vitec"))).operation.writes is False
