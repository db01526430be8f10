"""Organisations as a person works with them: added, switched to, named; nothing follows (connections.md §16.9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.access import Role
from app.domain.organizations import Organization
from app.errors import Forbidden, UsageError
from app.events import OrganizationChosen
from app.places import Home
from app.store import connections
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import run

SECRET = "a-key-of-the-first-one"


async def add_vitec(workspace: Workspace) -> None:
    params = {"name": "vitec", "kind": "vitec"}
    made = await run(workspace, "connections.create", params=params, secrets={"access_key": SECRET})
    assert made.error is None


async def test_after_switching_everything_is_the_others(home: Home, keyring: MemoryKeyring) -> None:
    async with await Workspace.open(home, keyring=keyring) as first:
        await add_vitec(first)
        await run(first, "schedules.create", params={"operation": "offices.sync"})
        heard: list[OrganizationChosen] = []
        first.events.subscribe(OrganizationChosen, heard.append)
        assert (await run(first, "organizations.add", params={"name": "Acme AS"})).error is None
        switched = (await run(first, "organizations.switch", params={"name": "acme as"})).run.result
        assert isinstance(switched, dict)
        assert (switched["name"], switched["current"]) == ("Acme AS", True)
        assert [event.organization.name for event in heard] == ["Acme AS"]
        assert first.organization == Organization("", "default")  # until it is opened anew
    async with await Workspace.open(home, keyring=keyring) as second:
        assert (second.organization.name, second.organization.owner) == ("Acme AS", "Acme AS")
        assert second.home.pictures != first.home.pictures
        for operation, key in (("connections.list", "connections"), ("schedules.list", "schedules")):
            report = await run(second, operation)
            assert isinstance(report.run.result, dict)
            assert report.run.result[key] == []
        with pytest.raises(UsageError, match="There is no connection named vitec"):
            await run(second, "offices.sync", "vitec")
        assert (await run(second, "connections.create", params={"name": "vitec", "kind": "vitec"})).error is None
        own = await second.store.read(connections.find_connection, "vitec")
        assert own is not None
        assert await second.vault.get(own, "access_key") == ""  # the other's key is the other's
    async with await Workspace.open(replace(home, organization=""), keyring=keyring) as again:
        kept = await again.store.read(connections.find_connection, "vitec")
        assert kept is not None
        assert await again.vault.get(kept, "access_key") == SECRET


async def test_only_an_administrator_adds_or_names_one(workspace: Workspace) -> None:
    workspace.settings_file.change(role=Role.OPERATOR)
    for operation in ("organizations.add", "organizations.rename"):
        with pytest.raises(Forbidden, match=r"integrations\.admin"):
            await run(workspace, operation, params={"name": "Acme AS"})


async def test_a_dry_run_makes_nothing(workspace: Workspace) -> None:
    for operation in ("organizations.add", "organizations.rename"):
        assert (await run(workspace, operation, params={"name": "Acme AS"}, dry_run=True)).error is None
    report = await run(workspace, "organizations.list")
    assert isinstance(report.run.result, dict)
    assert report.run.result["organizations"] == [{"key": "", "name": "default", "current": True}]


async def test_a_name_of_its_own_is_on_its_exports(workspace: Workspace) -> None:
    assert workspace.organization.owner == ""
    assert (await run(workspace, "organizations.rename", params={"name": " Acme   AS "})).error is None
    assert workspace.organization.owner == "Acme AS"
    assert (await run(workspace, "organizations.add", params={"name": "ACME as"})).exit_code == 2


async def test_one_that_the_settings_name_and_that_is_gone_is_said(home: Home, keyring: MemoryKeyring) -> None:
    home.settings.write_text('{"organization": "gone_12345678"}')
    with pytest.raises(UsageError, match="There is no organization gone_12345678") as refused:
        await Workspace.open(home, keyring=keyring)
    assert "--organization default" in refused.value.remedy
    async with await Workspace.open(replace(home, organization=""), keyring=keyring) as workspace:
        assert (await run(workspace, "organizations.switch", params={"name": "default"})).error is None
    async with await Workspace.open(home, keyring=keyring) as workspace:
        assert workspace.organization.key == ""
