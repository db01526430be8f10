"""The test of a MySQL connection, and the object that tells its result (cetec-mysql.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.mysql.server import DemoMysql
from app.demo.world import DemoWorld
from app.domain.kinds import ConnectionKind
from app.errors import ExitCode
from app.operations import connection_test
from app.operations.connection_test import stage_titles
from app.store import connections
from app.workspace import Workspace
from tests.support.customers import customers_world
from tests.support.mariadb import ALL, FEW, NAMES, NOBODY, PASSWORD, MariaDb
from tests.support.running import dump, run

STAGES = ["settings", "address", "sign_in", "rights", "data"]
NO_NAMES = "The account lacks SHOW DATABASES, so a missing right looks just like a missing database."
NOTHING_VISIBLE = "No database is visible: grant the account SELECT on the backup databases."
IN_THE_CLEAR = "The connection is not encrypted: everybody on the way can read along."
TCP = {"environment": "production", "connection_method": "direct_host", "connection_type": "tcp"}


async def connect(workspace: Workspace, password: str = PASSWORD, **settings: Any) -> None:
    params = {"name": "mysql", "kind": "mysql", "settings": {k: str(v) for k, v in settings.items()}}
    report = await run(workspace, "connections.create", params=params, secrets={"password": password})
    assert report.error is None


async def probed(workspace: Workspace) -> tuple[dict[str, Any], int]:
    """What a test of the connection told, and the exit code."""
    report = await run(workspace, "connections.test", "mysql")
    return report.run.result, report.exit_code


@pytest.fixture
async def workspace_with(workspace: Workspace, mariadb: MariaDb) -> Any:
    """Connects to the real server as somebody."""
    mariadb.hold(["acme", "few_1"], without=["empty"])

    async def connected(user: str = ALL, password: str = PASSWORD, **settings: str) -> Workspace:
        await connect(workspace, password, host="127.0.0.1", port=mariadb.port, user=user, **settings)
        return workspace

    return connected


class TestAgainstMariaDb:
    async def test_a_connection_that_works(self, workspace_with: Any) -> None:
        result, exit_code = await probed(await workspace_with())
        assert [(s["name"], s["ok"]) for s in result["stages"]] == [(name, True) for name in STAGES]
        details = result["details"]
        version = details.pop("server_version")
        assert "MariaDB" in version
        assert details == {
            "status": "success", "message": "MySQL connection and query test successful", **TCP,
            "visible_schemas": 7, "schemas_with_usage_stats": 2, "warnings": [],
        }  # fmt: skip
        assert result["stages"][2]["message"] == f"Signed in, encrypted; version {version}."
        assert result["stages"][-1]["message"] == "7 databases visible, 2 with the table usage_stats."
        assert (result["success"], result["category"], exit_code) == (True, "works", ExitCode.DONE)

    async def test_over_a_local_socket(self, workspace_with: Any, mariadb: MariaDb) -> None:
        result, _code = await probed(await workspace_with(socket=mariadb.socket, environment="development"))
        ways = {"environment": "development", "connection_method": "cloud_sql_proxy", "connection_type": "unix_socket"}
        assert result["details"].items() >= ways.items()
        assert result["success"]

    @pytest.mark.parametrize(
        ("user", "warnings"), [(NAMES, []), (FEW, [NO_NAMES]), (NOBODY, [NO_NAMES, NOTHING_VISIBLE])]
    )
    async def test_what_an_account_may_not_see_is_a_warning(
        self, workspace_with: Any, user: str, warnings: list[str]
    ) -> None:
        result, exit_code = await probed(await workspace_with(user))
        assert result["details"]["warnings"] == warnings
        assert list(result["warnings"]) == warnings
        assert exit_code == ExitCode.DONE

    async def test_a_wrong_password(self, workspace_with: Any) -> None:
        result, exit_code = await probed(await workspace_with(password="wrong-1234"))
        assert result["details"] == {
            "status": "error", "message": "MySQL connection failed", "code": "access_denied", "errno": 1045, **TCP,
        }  # fmt: skip
        assert result["message"] == "The MySQL server does not accept user and password."
        assert (result["category"], exit_code) == ("authentication_error", ExitCode.NOT_CONFIGURED)

    async def test_neither_host_nor_user_nor_password_are_told(self, workspace_with: Any) -> None:
        workspace = await workspace_with(password="wrong-1234")
        result, _code = await probed(workspace)
        for secret in ("127.0.0.1", "muster@", "'muster'", "wrong-1234"):
            assert secret not in repr(result)
        assert "wrong-1234" not in repr(await dump(workspace))

    async def test_the_status_repeats_what_the_test_saw(self, workspace_with: Any) -> None:
        workspace = await workspace_with()
        await probed(workspace)
        status = (await run(workspace, "connections.status", "mysql")).run.result
        assert status["connection_type"] == "tcp"
        assert (status["visible_schemas"], status["schemas_with_usage_stats"]) == (7, 2)


class TestWithoutAServer:
    async def test_a_host_that_nobody_listens_at(self, workspace: Workspace) -> None:
        await connect(workspace, host="127.0.0.1", port=1, user="eve")
        result, exit_code = await probed(workspace)
        assert [(s["name"], s["ok"]) for s in result["stages"]] == [("settings", True), ("address", False)]
        details = result["details"]
        assert (details["code"], details["errno"], exit_code) == ("cannot_connect", 2003, ExitCode.STOPPED)

    async def test_a_missing_field(self, workspace: Workspace) -> None:
        await connect(workspace, host="127.0.0.1")
        result, exit_code = await probed(workspace)
        assert (result["details"]["status"], exit_code) == ("not_configured", ExitCode.NOT_CONFIGURED)
        assert result["message"] == "The MySQL connection is not complete. Missing: user."

    def test_its_stages_have_titles(self) -> None:
        assert list(stage_titles(ConnectionKind.MYSQL)) == STAGES


class TestAgainstTheDemo:
    @pytest.fixture
    def demo(self) -> Iterator[DemoMysql]:
        world: DemoWorld = customers_world(20)
        with world:
            yield world.mysql

    @pytest.fixture
    async def linked(self, workspace: Workspace, demo: DemoMysql) -> Workspace:
        told = demo.describe()
        await connect(workspace, told["password"], host=told["host"], port=told["port"], user=told["user"])
        return workspace

    async def test_a_server_of_mysql_8_works_too(self, linked: Workspace) -> None:
        result, _code = await probed(linked)
        assert result["success"], result
        assert result["details"]["server_version"] == "8.0.39"
        assert result["stages"][2]["message"] == "Signed in; version 8.0.39."
        assert not result["warnings"]  # nobody reads along within one computer

    async def test_a_remote_server_without_encryption_is_a_warning(
        self, linked: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.operations.probe_mysql.LOOPBACK", frozenset[str]())
        result, _code = await probed(linked)
        assert list(result["warnings"]) == [IN_THE_CLEAR]

    async def test_too_many_connections(self, linked: Workspace, demo: DemoMysql) -> None:
        demo.fault = MysqlFaultPlan(MysqlFault.TOO_MANY)
        result, _code = await probed(linked)
        assert (result["details"]["code"], result["details"]["errno"]) == ("too_many_connections", 1040)

    @pytest.mark.parametrize("fault", [MysqlFault.SILENT, MysqlFault.HANG])
    async def test_a_silent_server_ends_within_the_budget(
        self, linked: Workspace, demo: DemoMysql, fault: MysqlFault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection_test, "BUDGET_S", 0.4)
        demo.fault = MysqlFaultPlan(fault)
        result, exit_code = await probed(linked)
        assert result["stages"][-1]["name"] == "sign_in"
        assert (result["details"]["code"], result["details"]["errno"]) == ("timed_out", None)
        assert (result["message"], exit_code) == ("No answer within 0.4 seconds.", ExitCode.STOPPED)

    async def test_a_test_that_works_is_remembered(self, linked: Workspace) -> None:
        await probed(linked)
        (stored,) = await linked.store.read(connections.connections)
        assert stored.last_test_ok
        assert stored.last_test is not None
        assert stored.last_test["details"]["status"] == "success"
