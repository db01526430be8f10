"""Syncs against the demo Hub over real HTTP: errors, counters and pitfalls (vitec-hub.md §5, §9, §13)."""

from __future__ import annotations

import pytest

from app.demo.faults import Fault, FaultPlan, RetryAfter
from app.demo.world import DemoWorld
from app.domain.connections import Connection
from app.domain.outcomes import Action, RunState, Status
from app.errors import ErrorKind
from app.store import connections, directory, runs
from app.workspace import Workspace
from tests.support.running import dump, run

SYNCS = ["offices.sync", "employees.sync", "directory.sync"]


async def the_hub(desk: Workspace) -> Connection:
    """The Vitec connection of the demo."""
    found = await desk.store.read(connections.find_connection, "vitec")
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _no_pauses(no_waiting: list[float]) -> None:
    """Attempts follow each other at once."""


async def stored(workspace: Workspace) -> tuple[int, int]:
    offices = await workspace.store.read(directory.offices)
    return len(offices), len(await workspace.store.read(directory.employees))


class TestTheFirstSync:
    async def test_the_whole_demo_firm_arrives(self, workspace: Workspace, world: DemoWorld) -> None:
        from app.demonstration import connect_demo

        await connect_demo(workspace, world.describe())
        report = await run(workspace, "directory.sync")
        assert (report.run.state, report.exit_code, report.error) == (RunState.FINISHED, 0, None)
        assert report.run.summary == {
            "offices": {"total": 14, "synced": 14, "created": 14, "updated": 0, "skipped": 0},
            "employees": {
                "total": 340, "synced": 340, "created": 340, "updated": 0, "skipped": 0, "missing_office": 0,
            },
        }  # fmt: skip
        assert await stored(workspace) == (14, 340)
        assert len(report.outcomes) == 354
        assert {(o.status, o.action) for o in report.outcomes} == {(Status.SUCCESS, Action.CREATE)}

    async def test_offices_come_first_then_employees(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.forget_requests()
        await run(desk, "directory.sync")
        assert [r.path for r in small_world.vitec.requests] == ["/MSFJORDTEST/Departments", "/MSFJORDTEST/Employees"]

    async def test_nobody_asks_for_customer_data(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "directory.sync")
        await run(desk, "connections.test", "vitec")
        asked = {r.path.rpartition("/")[2] for r in small_world.vitec.requests}
        assert asked == {"Methods", "Departments", "Employees"}

    async def test_the_connection_remembers_when(self, desk: Workspace) -> None:
        await run(desk, "offices.sync")
        connection = await the_hub(desk)
        assert connection.last_sync is not None
        assert connection.last_error is None


class TestTheSecondSync:
    async def test_nothing_new_creates_and_updates_nothing(self, desk: Workspace) -> None:
        await run(desk, "directory.sync")
        again = await run(desk, "directory.sync")
        assert again.run.summary["offices"] == {"total": 3, "synced": 0, "created": 0, "updated": 0, "skipped": 3}
        assert again.run.summary["employees"] == {
            "total": 12, "synced": 0, "created": 0, "updated": 0, "skipped": 12, "missing_office": 0,
        }  # fmt: skip
        assert (again.exit_code, len(again.outcomes)) == (0, 15)
        assert {o.action for o in again.outcomes} == {Action.UNCHANGED}

    async def test_the_same_list_in_another_order_changes_nothing_either(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.employees.reverse()
        small_world.vitec.departments.reverse()
        again = await run(desk, "directory.sync")
        assert again.run.summary["employees"]["synced"] == again.run.summary["offices"]["synced"] == 0

    async def test_only_what_changed_is_updated(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.employees[0]["title"] = "Fagansvarlig"
        again = await run(desk, "directory.sync")
        assert again.run.summary["employees"] | {"missing_office": 0} == {
            "total": 12, "synced": 1, "created": 0, "updated": 1, "skipped": 11, "missing_office": 0,
        }  # fmt: skip
        (changed,) = [o for o in again.outcomes if o.action is Action.UPDATE]
        assert [(c.field, c.after) for c in changed.changes] == [("title", "Fagansvarlig")]

    async def test_a_known_list_is_compared_again_once_something_changed_here(self, desk: Workspace) -> None:
        await run(desk, "directory.sync")
        person = (await desk.store.read(directory.employees))[0]
        await run(desk, "employees.edit", params={"id": person.id, "values": {"title": "Sjef"}, "unpin": ["title"]})
        assert person.title != "Sjef"
        again = await run(desk, "directory.sync")
        assert again.run.summary["employees"]["updated"] == 1
        (now,) = [p for p in await desk.store.read(directory.employees) if p.id == person.id]
        assert now.title == person.title

    async def test_a_known_list_is_compared_again_also_after_the_clock_was_set_back(
        self, desk: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from datetime import UTC, datetime

        import app.store.directory as stored_directory

        await run(desk, "directory.sync")
        person = (await desk.store.read(directory.employees))[0]
        monkeypatch.setattr(stored_directory, "now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
        await run(desk, "employees.edit", params={"id": person.id, "values": {"title": "Sjef"}, "unpin": ["title"]})
        again = await run(desk, "directory.sync")
        assert again.run.summary["employees"]["updated"] == 1

    async def test_a_known_list_says_the_same_warnings_again(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.employees[0]["employeePositions"] = [{"type": 14}]
        first, second = await run(desk, "directory.sync"), await run(desk, "directory.sync")
        assert "Unmapped position types: 14 ×1." in first.run.warnings
        assert first.run.warnings == second.run.warnings
        assert first.run.result["employees"]["unmapped_position_types"] == {"14": 1}
        assert second.run.result == first.run.result


class TestWhatIsLeftOut:
    async def test_people_without_a_usable_department_are_counted_with_reasons(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        people = small_world.vitec.employees
        people[0]["departmentId"], people[1]["departmentId"], people[2]["name"] = [], 999_999, "  "
        report = await run(desk, "directory.sync")
        assert report.run.summary["employees"] == {
            "total": 12, "synced": 9, "created": 9, "updated": 0, "skipped": 2, "missing_office": 1,
        }  # fmt: skip
        assert report.run.reasons == {"missing_department_id": 1, "missing_office:999999": 1, "missing_name": 1}
        assert (report.run.state, report.exit_code) == (RunState.FINISHED, 3)
        left_out = [o for o in report.outcomes if o.action is Action.SKIP]
        assert all(o.status is Status.SKIPPED and o.message and o.remedy for o in left_out)

    async def test_pitfall_2_employees_without_offices_are_missing_one(self, desk: Workspace) -> None:
        report = await run(desk, "employees.sync")
        assert report.run.summary["missing_office"] == 12
        assert await stored(desk) == (0, 0)

    async def test_pitfall_4_another_email_makes_no_duplicate(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.employees[0]["email"] = "quite.another@example.no"
        await run(desk, "directory.sync")
        assert await stored(desk) == (3, 12)


class TestMissing:
    async def test_pitfall_12_an_empty_list_warns_and_locks_removals(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.fault = FaultPlan(Fault.EMPTY_LIST)
        report = await run(desk, "directory.sync")
        assert (report.run.state, report.exit_code) == (RunState.FINISHED, 0)
        assert "Vitec Hub sent an empty list of employees. Nothing was removed." in report.run.warnings
        assert report.run.result["employees"]["suspicious"] is True
        people = await desk.store.read(directory.employees)
        assert [p.missing_since for p in people] == [None] * 12
        held = await run(desk, "employees.deactivate", params={"employees": [p.id for p in people[:2]]})
        assert (held.exit_code, held.error.kind if held.error else None) == (6, ErrorKind.HELD)
        single = await run(desk, "employees.deactivate", params={"employees": [people[0].id]})
        assert single.exit_code == 0

    async def test_the_lock_opens_when_the_list_is_complete_again(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.fault = FaultPlan(Fault.EMPTY_LIST)
        await run(desk, "directory.sync")
        small_world.vitec.fault = FaultPlan()
        await run(desk, "directory.sync")
        people = await desk.store.read(directory.employees)
        report = await run(desk, "employees.deactivate", params={"employees": [p.id for p in people[:2]]})
        assert (report.exit_code, report.run.summary["updated"]) == (0, 2)

    async def test_the_lock_stays_when_the_connection_is_renamed(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "directory.sync")
        small_world.vitec.fault = FaultPlan(Fault.EMPTY_LIST)
        await run(desk, "directory.sync")
        await run(desk, "connections.update", "vitec", params={"name": "hub"})
        people = await desk.store.read(directory.employees)
        held = await run(desk, "employees.deactivate", params={"employees": [p.id for p in people[:2]]})
        assert held.exit_code == 6

    async def test_one_that_left_is_marked_and_unmarked_when_it_returns(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        desk.settings_file.change(missing_limit_percent=50)
        await run(desk, "directory.sync")
        gone = small_world.vitec.employees.pop()
        report = await run(desk, "directory.sync")
        assert [m["name"] for m in report.run.result["employees"]["not_in_vitec"]] == [
            " ".join(str(gone["name"]).split())
        ]
        (marked,) = [p for p in await desk.store.read(directory.employees) if p.missing_since]
        assert marked.vitec_employee_id == str(gone["employeeId"])
        small_world.vitec.employees.append(gone)
        await run(desk, "directory.sync")
        assert not any(p.missing_since for p in await desk.store.read(directory.employees))


ERRORS = [
    (FaultPlan(Fault.UNAUTHORIZED), "refused_sign_in", "Vitec Hub unauthorized.", 5),
    (FaultPlan(Fault.FORBIDDEN), "forbidden", "Vitec Hub forbidden.", 5),
    (FaultPlan(Fault.NOT_FOUND), "remote_error", "Vitec Hub does not know this installation id (or path).", 4),
    (
        FaultPlan(Fault.RATE_LIMITED, seconds=90),
        "rate_limited", "Vitec Hub rate limit reached. Retry after 90 seconds.", 4,
    ),
    (
        FaultPlan(Fault.RATE_LIMITED, retry_after=RetryAfter.MISSING),
        "rate_limited", "Vitec Hub rate limit reached. Retry after 60 seconds.", 4,
    ),
    (FaultPlan(Fault.SERVER_ERROR, status=502), "remote_error", "Vitec Hub error 502: The service is unavailable.", 4),
    (FaultPlan(Fault.HTML), "bad_data", "Invalid Vitec Hub response.", 4),
    (FaultPlan(Fault.CUT_JSON), "bad_data", "Invalid Vitec Hub response.", 4),
    (FaultPlan(Fault.CUT_JSON, breaks=True), "unreachable", "Vitec Hub request failed. ", 4),
    (FaultPlan(Fault.NOT_A_LIST), "bad_data", "Invalid Vitec Hub response. Expected a list, received: object.", 4),
    (FaultPlan(Fault.REDIRECT), "redirected", "Vitec Hub redirects to login.fjordheim.example.", 5),
]  # fmt: skip


class TestTheTableOfErrors:
    """Each row ends the run with its sentence and exit code, and nothing is written to offices or employees."""

    @pytest.mark.parametrize("operation", SYNCS)
    @pytest.mark.parametrize(("fault", "kind", "message", "exit_code"), ERRORS, ids=lambda v: getattr(v, "fault", None))
    async def test_a_row(
        self, desk: Workspace, small_world: DemoWorld, operation: str, fault: FaultPlan, kind: str, message: str,
        exit_code: int,
    ) -> None:  # fmt: skip
        small_world.vitec.fault = fault
        report = await run(desk, operation)
        assert report.run.state is RunState.STOPPED
        assert report.run.error is not None
        assert message in report.run.error.message
        assert (report.run.error.kind, report.exit_code) == (kind, exit_code)
        assert report.run.error.remedy
        assert report.run.first_fatal == report.run.error.message
        assert await stored(desk) == (0, 0)
        connection = await the_hub(desk)
        assert connection.last_error == report.run.error.message
        assert connection.last_sync is None

    async def test_a_row_in_the_second_half_names_it_and_keeps_the_offices(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN, only="employees")
        report = await run(desk, "directory.sync")
        assert report.run.error is not None
        assert report.run.error.message == (
            "The offices are in step, but the employees could not be synced: Vitec Hub forbidden."
        )
        assert report.run.summary == {"offices": {"total": 3, "synced": 3, "created": 3, "updated": 0, "skipped": 0}}
        assert (report.exit_code, await stored(desk)) == (5, (3, 0))

    async def test_when_the_offices_fail_the_employees_do_not_start(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        small_world.vitec.forget_requests()
        small_world.vitec.fault = FaultPlan(Fault.NOT_FOUND, only="departments")
        report = await run(desk, "directory.sync")
        assert report.run.error is not None
        assert report.run.error.message.startswith("The offices could not be synced: ")
        assert not any(r.path.endswith("/Employees") for r in small_world.vitec.requests)

    async def test_no_answer_in_time(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "connections.update", "vitec", params={"settings": {"timeout_s": "1"}})
        connection = await the_hub(desk)
        hub = await desk.links.vitec(connection)
        from dataclasses import replace

        hub.http.settings = replace(hub.http.settings, timeout_s=0.1)
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        report = await run(desk, "offices.sync")
        assert report.run.error is not None
        assert (report.run.error.kind, report.exit_code) == ("timed_out", 4)

    async def test_more_than_100_mb_are_refused(
        self, desk: Workspace, small_world: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HUGE)
        report = await run(desk, "offices.sync")
        assert report.run.error is not None
        assert report.run.error.message == "Vitec Hub sent more than 100 MB."

    async def test_a_hub_that_repeats_our_credentials_gives_none_away(
        self, desk: Workspace, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR, leaks=True)
        report = await run(desk, "offices.sync")
        assert report.run.error is not None
        assert len(report.run.error.message) <= 500 + len("Vitec Hub error 503: ")
        key = small_world.vitec.access_keys[0]
        everything = "\n".join(await dump(desk))
        assert "authorization" in report.run.error.message.lower()
        assert key not in everything
        assert "Basic bX" not in everything

    async def test_exactly_1000_records_may_be_cut_off(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.EXACT_1000, only="employees")
        report = await run(desk, "directory.sync")
        assert "The list is possibly truncated: it has exactly 1000 elements." in report.run.warnings
        assert report.exit_code == 0

    async def test_a_short_rate_limit_is_waited_for(
        self, desk: Workspace, small_world: DemoWorld, no_waiting: list[float]
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.RATE_LIMITED, seconds=7, times=2)
        report = await run(desk, "offices.sync")
        assert (report.exit_code, no_waiting) == (0, [7.0, 7.0])

    async def test_a_passing_outage_is_not_noticed(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR, times=2)
        assert (await run(desk, "offices.sync")).exit_code == 0

    async def test_the_error_goes_with_the_next_good_sync(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        await run(desk, "offices.sync")
        small_world.vitec.fault = FaultPlan()
        await run(desk, "offices.sync")
        connection = await the_hub(desk)
        assert (connection.last_error, connection.status.value) == (None, "active")


@pytest.fixture
async def halfway(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A connection without an installation id."""
    values = small_world.describe()["vitec"]
    settings = {key: values[key] for key in ("base_url", "product_login")}
    await run(
        workspace, "connections.create", params={"name": "vitec", "kind": "vitec", "settings": settings},
        secrets={"access_key": values["access_key"]},
    )  # fmt: skip
    return workspace


@pytest.mark.parametrize("operation", SYNCS)
async def test_pitfall_1_without_installation_id_nothing_is_sent(
    halfway: Workspace, small_world: DemoWorld, operation: str
) -> None:
    report = await run(halfway, operation)
    assert report.run.error is not None
    assert "VITEC_INSTALLATION_ID is not configured." in report.run.error.message
    assert (report.run.error.kind, report.exit_code) == ("not_configured", 5)
    assert small_world.vitec.requests == []


async def test_a_dry_run_says_everything_and_writes_nothing(desk: Workspace, small_world: DemoWorld) -> None:
    before = await dump(desk)
    report = await run(desk, "directory.sync", dry_run=True)
    assert report.run.summary["employees"]["created"] == 12
    assert report.run.summary["employees"]["missing_office"] == 0  # counts on the offices it would create
    assert {(o.action, o.message) for o in report.outcomes} == {(Action.CREATE, "Would be created")}
    assert await dump(desk) == before
    assert await desk.store.read(runs.find_run, report.run.run_id) is None
    small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
    assert (await run(desk, "directory.sync", dry_run=True)).exit_code == 5
    assert await dump(desk) == before


async def test_a_sync_claims_what_a_removed_connection_left_behind(desk: Workspace, small_world: DemoWorld) -> None:
    from app.demonstration import connect_demo

    await run(desk, "directory.sync")
    ids = {p.id for p in await desk.store.read(directory.employees)}
    await run(desk, "connections.delete", "vitec", params={"purge": True, "confirm": True})
    await connect_demo(desk, small_world.describe())
    report = await run(desk, "directory.sync")
    assert report.run.summary["employees"]["created"] == 0
    assert {p.id for p in await desk.store.read(directory.employees)} == ids


async def test_a_removed_twin_connection_does_not_disturb_the_other(desk: Workspace, small_world: DemoWorld) -> None:
    values = small_world.describe()["vitec"]
    settings = {key: values[key] for key in ("base_url", "installation_id", "product_login")}
    await run(
        desk, "connections.create", params={"name": "twin", "kind": "vitec", "settings": settings},
        secrets={"access_key": values["access_key"]},
    )  # fmt: skip
    await run(desk, "directory.sync", "vitec")
    await run(desk, "directory.sync", "twin")
    await run(desk, "connections.delete", "vitec", params={"purge": True, "confirm": True})
    small_world.vitec.employees[0]["title"] = "Ny tittel"
    report = await run(desk, "directory.sync", "twin")
    assert (report.exit_code, report.error) == (0, None)
    assert report.run.summary["employees"]["created"] == 0
