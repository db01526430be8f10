"""What the audit trail says of what a person set up: before and after of every change, and never a secret."""

from __future__ import annotations

from typing import Any

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import AuditKind
from app.domain.outcomes import RunState
from app.operations.runner import Report
from app.store.values import to_json
from app.workspace import Workspace
from tests.support.running import run
from tests.support.trail import changes, entries

MARKER = "planted-marker-4410"
VITEC = {"base_url": "http://127.0.0.1:9", "installation_id": "M1", "product_login": "p"}


async def add_vitec(workspace: Workspace, **params: Any) -> str:
    report = await run(
        workspace, "connections.create", params={"name": "vitec", "kind": "vitec", "settings": VITEC} | params,
        secrets={"access_key": MARKER},
    )  # fmt: skip
    assert report.error is None, report.error
    found: str = report.run.result["id"]
    return found


async def done(workspace: Workspace, operation: str, connection: str = "", **request: Any) -> Report:
    report = await run(workspace, operation, connection, **request)
    assert report.run.state is RunState.FINISHED, report.error
    return report


class TestSchedules:
    async def test_from_its_first_day_to_its_last(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await done(workspace, "schedules.create", params={"operation": "offices.sync", "name": "offices", "every": 600})
        await done(workspace, "schedules.update", params={"id": "offices", "every": 1200, "quiet": "22:00-06:00"})
        for step in ("pause", "resume", "delete"):
            await done(workspace, f"schedules.{step}", params={"id": "offices"})
        added, edited, paused, resumed, removed = await changes(workspace, "schedules.")
        assert {e.object for e in (added, edited, paused, resumed, removed)} == {"offices"}
        assert (added.before["name"], added.after["timing.every_s"]) == (None, 600)
        assert (edited.before, edited.after) == (
            {"timing.every_s": 600, "timing.quiet": ""}, {"timing.every_s": 1200, "timing.quiet": "22:00-06:00"},
        )  # fmt: skip
        assert (paused.after, resumed.after) == ({"paused": True}, {"paused": False})
        assert (removed.before["operation"], removed.after["operation"]) == ("offices.sync", None)
        assert removed.run_id

    async def test_a_change_of_nothing_is_no_entry(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await done(workspace, "schedules.create", params={"operation": "offices.sync", "name": "offices"})
        await done(workspace, "schedules.resume", params={"id": "offices"})
        assert len(await changes(workspace, "schedules.")) == 1

    async def test_those_that_come_and_go_with_a_connection(self, workspace: Workspace) -> None:
        await add_vitec(workspace, schedule=True)
        await done(workspace, "connections.delete", "vitec")
        found = [e for e in await changes(workspace, "connections.") if e.object == "vitec: directory.sync"]
        assert [e.operation for e in found] == ["connections.create", "connections.delete"]


class TestWebhooks:
    async def add(self, workspace: Workspace, **params: Any) -> str:
        given = {"name": "hook", "url": f"https://example.com/in?key={MARKER}-url", "event_types": "1c.*"} | params
        report = await done(workspace, "webhooks.create", params=given)
        secret: str = report.run.result["secret"]
        return secret

    async def test_from_its_first_day_to_its_last(self, workspace: Workspace) -> None:
        await self.add(workspace)
        await done(workspace, "webhooks.update", params={"id": "hook", "timeout_seconds": 7})
        for step in ("pause", "resume", "delete"):
            await done(workspace, f"webhooks.{step}", params={"id": "hook"})
        found = [e for e in await changes(workspace, "webhooks.") if e.kind == AuditKind.SETTING_CHANGED]
        added, edited, paused, resumed, removed = found
        assert (added.after["url"], added.after["event_types"]) == ("https://example.com/in", ["1c.*"])
        assert (edited.before, edited.after) == ({"timeout_seconds": 30.0}, {"timeout_seconds": 7.0})
        assert paused.after == {"is_active": False, "disabled_reason": "paused"}
        assert resumed.after == {"is_active": True, "disabled_reason": ""}
        assert (removed.before["name"], removed.after["name"]) == ("hook", None)

    async def test_secrets_are_named_when_they_come_are_rotated_and_go(self, workspace: Workspace) -> None:
        await self.add(workspace)
        await done(workspace, "webhooks.rotate", params={"id": "hook"})
        await done(workspace, "webhooks.update", params={"id": "hook", "unsigned": True})
        said = [e.after for e in await changes(workspace, "webhooks.") if e.kind == AuditKind.SECRET_CHANGED]
        assert said == [
            {"set": ["secret"]}, {"set": ["previous_secret", "secret"]}, {"forgotten": ["previous_secret", "secret"]},
        ]  # fmt: skip

    async def test_values_of_headers_queries_and_secrets_are_in_no_entry(self, workspace: Workspace) -> None:
        secret = await self.add(workspace, headers={"X-Key": f"{MARKER}-1"})
        fresh = (await done(workspace, "webhooks.rotate", params={"id": "hook"})).run.result["secret"]
        await done(workspace, "webhooks.update", params={"id": "hook", "headers": f'{{"X-Key": "{MARKER}-2"}}'})
        said = to_json([[e.before, e.after] for e in await changes(workspace, "webhooks.")])
        assert MARKER not in said
        assert secret not in said
        assert fresh not in said
        edited = (await changes(workspace, "webhooks.update"))[0]
        assert edited.after.keys() == {"headers.X-Key"}


class TestConnections:
    async def test_a_secret_typed_into_an_edit_names_who_where_and_which(self, workspace: Workspace) -> None:
        key = await add_vitec(workspace)
        report = await done(workspace, "connections.update", "vitec", secrets={"access_key": f"{MARKER}-2"})
        entry = (await entries(workspace, AuditKind.SECRET_CHANGED))[-1]
        assert (entry.actor, entry.object, entry.object_id) == (report.run.actor, "vitec", key)
        assert (entry.operation, entry.after) == ("connections.update", {"set": ["access_key"]})
        assert MARKER not in to_json(await entries(workspace))

    async def test_a_secret_swapped_by_signing_in_again_is_an_entry_of_that(
        self, workspace: Workspace, small_world: DemoWorld
    ) -> None:
        told = small_world.describe()["vitec"]
        await connect_demo(workspace, {"vitec": told})
        await done(workspace, "connections.sign_in", "vitec", secrets={"access_key": told["access_key"]})
        entry = (await entries(workspace, AuditKind.SECRET_CHANGED))[-1]
        assert (entry.operation, entry.object, entry.after) == (
            "connections.sign_in", "vitec", {"set": ["access_key"]},
        )  # fmt: skip
        assert told["access_key"] not in to_json(await entries(workspace))

    async def test_a_password_that_a_sign_in_takes_the_place_of_is_an_entry(
        self, workspace: Workspace, small_world: DemoWorld
    ) -> None:
        told = small_world.describe()["supabase"]
        await connect_demo(workspace, {"supabase": told})
        before = len(await entries(workspace, AuditKind.SECRET_CHANGED))
        await done(workspace, "people.sync", "supabase")
        (entry,) = (await entries(workspace, AuditKind.SECRET_CHANGED))[before:]
        assert (entry.object, entry.after) == ("supabase", {"set": ["refresh_token"], "forgotten": ["password"]})
        await workspace.links.close()
        await done(workspace, "people.sync", "supabase")  # the session goes on: a token that is renewed is no news
        assert len(await entries(workspace, AuditKind.SECRET_CHANGED)) == before + 1
        assert told["password"] not in to_json(await entries(workspace))

    async def test_limits_on_live_numbers(self, workspace: Workspace) -> None:
        settings = {"endpoint_url": "http://127.0.0.1:9", "authentication_type": "none"}
        await done(
            workspace, "connections.create", params={"name": "cc", "kind": "contact_center", "settings": settings}
        )
        for limits in ([{"metric": "waiting", "bound": 5}], [{"metric": "waiting", "bound": 9, "group_id": "g"}]):
            await done(workspace, "cc.live_limits", "cc", params={"limits": limits})
        first, second = await changes(workspace, "cc.live_limits")
        assert (first.object, first.before, first.after) == ("cc", {"waiting": None}, {"waiting": 5.0})
        assert (second.before, second.after) == (
            {"waiting": 5.0, "g.waiting": None}, {"waiting": None, "g.waiting": 9.0},
        )  # fmt: skip

    async def test_what_a_status_counts_as(self, workspace: Workspace) -> None:
        settings = {"endpoint_url": "http://127.0.0.1:9", "authentication_type": "none"}
        await done(
            workspace, "connections.create", params={"name": "cc", "kind": "contact_center", "settings": settings}
        )
        for meaning in ("break", "work"):
            await done(workspace, "cc.live_meaning", "cc", params={"state_code": "Lunch", "meaning": meaning})
        found = await changes(workspace, "cc.live_meaning")
        assert [(e.before, e.after) for e in found] == [
            ({"Lunch": ""}, {"Lunch": "break"}), ({"Lunch": "break"}, {"Lunch": "work"}),
        ]  # fmt: skip

    async def test_another_name_of_the_organization(self, workspace: Workspace) -> None:
        await done(workspace, "organizations.rename", params={"name": "Acme AS"})
        (entry,) = await changes(workspace, "organizations.")
        assert (entry.before, entry.after) == ({"name": "default"}, {"name": "Acme AS"})

    async def test_a_config_operation_is_an_entry_under_its_own_name(self, workspace: Workspace) -> None:
        settings = {"endpoint_url": "http://127.0.0.1:9", "authentication_type": "none"}
        for name, kind, operation in (("cc", "contact_center", "cc.config"), ("1c", "onec", "onec.config")):
            await done(workspace, "connections.create", params={"name": name, "kind": kind, "settings": settings})
            await done(workspace, operation, name, params={"batch_size": 77})
            (entry,) = await changes(workspace, operation)
            assert (entry.object, entry.after) == (name, {"settings.batch_size": 77})
