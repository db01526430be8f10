"""Settings that hold for all connections, and those of one that go before them (connections.md §12)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import UsageError
from app.places import Home
from app.settings import Settings, hold_for_all
from app.store import connections
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import run


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    level = logging.getLogger("app").level
    yield
    hold_for_all(Settings())
    logging.getLogger("app").setLevel(level)


async def change(workspace: Workspace, **values: Any) -> dict[str, Any]:
    report = await run(workspace, "settings.update", params=values)
    assert report.error is None, report.error
    assert isinstance(report.run.result, dict)
    return report.run.result


async def setting(workspace: Workspace, name: str, key: str) -> Any:
    found = await workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found.setting(key)


async def add(workspace: Workspace, name: str, **settings: Any) -> None:
    params = {"name": name, "kind": "onec", "settings": settings}
    assert (await run(workspace, "connections.create", params=params)).error is None


async def test_what_holds_for_all_holds_where_a_connection_says_nothing(workspace: Workspace) -> None:
    await add(workspace, "plain")
    await add(workspace, "own", timeout_seconds=7)
    await change(workspace, timeout_seconds=90, retry_attempts=0, enable_webhooks=False)
    assert await setting(workspace, "plain", "timeout_seconds") == 90
    assert await setting(workspace, "plain", "retry_attempts") == 0
    assert await setting(workspace, "plain", "enable_webhooks") is False
    assert await setting(workspace, "own", "timeout_seconds") == 7


async def test_settings_of_the_same_name_that_mean_something_else_are_left_alone(workspace: Workspace) -> None:
    assert (await run(workspace, "connections.create", params={"name": "db", "kind": "mysql"})).error is None
    before = await setting(workspace, "db", "batch_size")
    await change(workspace, batch_size=7)
    assert await setting(workspace, "db", "batch_size") == before != 7


async def test_the_defaults_are_those_of_the_reference(workspace: Workspace) -> None:
    report = await run(workspace, "settings.show")
    assert isinstance(report.run.result, dict)
    assert report.run.result["settings"] == {
        "sync_interval": 900, "retry_attempts": 3, "timeout_seconds": 30, "batch_size": 1000, "enable_webhooks": True,
        "log_level": "INFO",
    }  # fmt: skip


async def test_who_has_their_own_is_shown(workspace: Workspace) -> None:
    await add(workspace, "own", sync_interval=60)
    shown = await change(workspace, sync_interval="600")
    assert (shown["settings"]["sync_interval"], shown["overrides"]) == (600, {"own": {"sync_interval": 60}})


async def test_a_blank_one_goes_back_to_its_default(workspace: Workspace) -> None:
    await change(workspace, log_level="debug")
    assert (workspace.settings.log_level, logging.getLogger("app").level) == ("DEBUG", logging.DEBUG)
    await change(workspace, log_level="")
    assert workspace.settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("key", "value"),
    [("sync_interval", 59), ("sync_interval", 86_401), ("retry_attempts", 11), ("timeout_seconds", 0),
     ("batch_size", 10_001), ("batch_size", "many"), ("log_level", "LOUD"), ("enable_webhooks", "perhaps")],
)  # fmt: skip
async def test_an_impossible_value_is_refused_and_not_bent(workspace: Workspace, key: str, value: Any) -> None:
    report = await run(workspace, "settings.update", params={key: value})
    assert (report.exit_code, workspace.settings) == (2, Settings())


async def test_they_hold_from_the_start_and_unknown_keys_are_kept(home: Home, keyring: MemoryKeyring) -> None:
    home.settings.write_text(json.dumps({"timeout_seconds": 45, "from_the_future": [1]}))
    async with await Workspace.open(home, keyring=keyring) as workspace:
        await add(workspace, "plain")
        assert await setting(workspace, "plain", "timeout_seconds") == 45
        shown = await change(workspace, retry_attempts=1)
        assert shown["unknown"] == {"from_the_future": [1]}
    assert json.loads(home.settings.read_text())["from_the_future"] == [1]


async def test_a_setting_that_a_newer_muster_gave_a_connection_is_kept(workspace: Workspace) -> None:
    await add(workspace, "plain")
    found = await workspace.store.read(connections.find_connection, "plain")
    assert found is not None
    found.settings["from_the_future"] = 7
    await workspace.store.write(connections.change_connection, found)
    assert (await run(workspace, "connections.update", "plain", params={"settings": {"batch_size": 5}})).error is None
    after = await workspace.store.read(connections.find_connection, "plain")
    assert after is not None
    assert after.settings == {"from_the_future": 7, "batch_size": 5}


async def test_days_of_webhooks_and_the_address_of_the_database_are_checked(workspace: Workspace) -> None:
    shown = await change(workspace, webhook_attempt_days=7, database_url="postgresql://muster@db/muster")
    assert shown["installation"]["webhook_attempt_days"] == 7
    assert shown["installation"]["database_url"] == "postgresql://muster@db/muster"
    for values in ({"webhook_delivery_days": 0}, {"database_url": "postgresql://a:geheim@db/muster"}):
        report = await run(workspace, "settings.update", params=values)
        assert isinstance(report.error, UsageError)
    assert workspace.settings.webhook_delivery_days == Settings().webhook_delivery_days
