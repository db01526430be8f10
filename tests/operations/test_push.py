"""Pushing people and faces onto terminals that really answer: what is sent, what is said of it, what stops it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from msgspec.structs import replace

from app.demo.terminals.calls import Latency
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.quirks import Lie, Quirks
from app.demo.world import DemoWorld
from app.domain.coverage import CoverageState
from app.domain.devices import DeviceFacts
from app.domain.outcomes import Action, RunState, Status
from app.domain.terminals import StoredPerson
from app.errors import ErrorKind, ExitCode
from app.operations.push import engine
from app.store import devices
from app.workspace import Workspace
from tests.support.site import Site, a_person, by_pair

RECORD = "/ISAPI/AccessControl/UserInfo/Record"
FACE = "/ISAPI/Intelligent/FDLib/FaceDataRecord"


@pytest.fixture
def plain_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=12, offices=3, terminals=3) as world:
        for terminal in world.terminals.terminals:
            terminal.quirks = Quirks()
        yield world


@pytest.fixture
async def site(workspace: Workspace, plain_world: DemoWorld) -> Site:
    """Three plain terminals, two people, nothing pushed yet."""
    site = Site(workspace, plain_world)
    await site.add_devices()
    await site.add_people([a_person(1001, "Ana"), a_person(1002, "Dan")])
    return site


class TestWhatIsSent:
    async def test_the_person_to_the_letter(self, site: Site) -> None:
        await site.run()
        sent = [c for c in site.terminals[0].calls if c.path == RECORD and c.signed]
        assert sent[0].query == "format=json"
        assert sent[0].body["UserInfo"] == {
            "employeeNo": "1001",
            "name": "Popescu Ana",
            "userType": "normal",
            "Valid": {
                "enable": True, "beginTime": "2020-01-01T00:00:00", "endTime": "2037-12-31T23:59:59",
                "timeType": "local",
            },
            "doorRight": "1",
            "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}],
        }  # fmt: skip

    async def test_everybody_arrives_everywhere_and_is_proven(self, site: Site) -> None:
        report = await site.run()
        assert report.exit_code is ExitCode.DONE
        assert report.run.summary == {
            "total": 6, "success": 6, "partial": 0, "skipped": 0, "fatal": 0, "not_attempted": 0, "verified": 6,
        }  # fmt: skip
        assert all(set(t.people) == {"1001", "1002"} for t in site.terminals)
        assert {p.state for p in (await site.placements()).values()} == {CoverageState.VERIFIED}

    async def test_somebody_without_photo_is_a_success_that_says_so(self, site: Site) -> None:
        report = await site.run()
        assert {o.message for o in report.outcomes} == {"No photo, face left out"}

    async def test_one_request_at_a_time_per_terminal(self, site: Site) -> None:
        await site.add_people([a_person(2000 + n, f"P{n}") for n in range(20)])
        await site.run()
        assert [t.most_at_once for t in site.terminals] == [1, 1, 1]

    async def test_a_person_costs_two_requests_and_reading_back_a_batch_two_more(self, site: Site) -> None:
        await site.run()
        paths = Counter(c.path.rpartition("/")[2] for c in site.terminals[0].calls)
        assert paths == {"deviceInfo": 2, "Record": 4, "Search": 2}


class TestWhoIsSkipped:
    async def test_no_number_and_a_number_that_two_carry(self, site: Site) -> None:
        await site.add_people([a_person(None, "Ion"), a_person(1002, "Eva")])
        report = await site.run(devices=site.terminals[0].name)
        outcomes = {name: o for (name, _device), o in by_pair(report).items()}
        assert outcomes["Ion"].status is Status.SKIPPED
        assert outcomes["Ion"].message == "No terminal number"
        assert {outcomes["Dan"].status, outcomes["Eva"].status} == {Status.SKIPPED}
        assert outcomes["Ana"].status is Status.SUCCESS
        assert report.exit_code is ExitCode.INCOMPLETE
        assert report.run.reasons == {"no_number": 1, "doubled_number": 2}

    async def test_whoever_is_proven_costs_no_request_the_next_time(self, site: Site) -> None:
        await site.run()
        for terminal in site.terminals:
            terminal.forget_calls()
        report = await site.run()
        assert report.exit_code is ExitCode.DONE
        assert {(o.status, o.action) for o in report.outcomes} == {(Status.SKIPPED, Action.UNCHANGED)}
        assert all(not t.calls for t in site.terminals)

    async def test_a_person_who_is_named_is_sent_all_the_same(self, site: Site) -> None:
        await site.run()
        report = await site.run("terminals.push_person", person="person-Ana")
        assert {(o.status, o.action) for o in report.outcomes} == {(Status.SUCCESS, Action.UNCHANGED)}
        assert "Already on the device" in report.outcomes[0].message


class TestSomebodyAlreadyThere:
    async def occupy(self, site: Site, name: str = "Somebody Else") -> None:
        terminal = site.terminals[0]
        await site.run(people="person-Ana", devices=terminal.name)
        terminal.people["1001"] = replace(terminal.people["1001"], name=name)

    async def test_is_a_success_and_is_left_as_it_is(self, site: Site) -> None:
        await self.occupy(site)
        report = await site.run("terminals.push_person", person="person-Ana", devices=site.terminals[0].name)
        (outcome,) = report.outcomes
        assert outcome.status is Status.SUCCESS
        assert "left as it is" in outcome.message
        assert "Somebody Else" in outcome.message
        assert site.terminals[0].people["1001"].name == "Somebody Else"
        assert (await site.placements())["device-1", "person-Ana"].state is CoverageState.DIFFERENT

    async def test_is_changed_to_match_when_that_is_wanted(self, site: Site) -> None:
        await self.occupy(site)
        report = await site.run(
            "terminals.push_person", person="person-Ana", devices=site.terminals[0].name, when_person_exists="update"
        )
        assert report.outcomes[0].action is Action.UPDATE
        assert site.terminals[0].people["1001"].name == "Popescu Ana"
        assert report.run.summary["verified"] == 1


class TestADeviceThatFails:
    async def test_stops_the_run_and_the_rest_is_not_attempted(self, site: Site) -> None:
        site.terminals[2].switch_off()
        report = await site.run(pace="gentle")
        assert report.exit_code is ExitCode.STOPPED
        assert report.run.state is RunState.STOPPED
        outcomes = by_pair(report)
        first, third, second = (t.name for t in site.terminals)  # visited in the order of their names
        assert report.run.first_fatal == outcomes["Ana", second].message
        assert outcomes["Ana", first].status is Status.SUCCESS
        assert outcomes["Ana", second].status is Status.FATAL
        assert outcomes["Ana", third].status is Status.NOT_ATTEMPTED
        assert outcomes["Dan", first].status is Status.NOT_ATTEMPTED
        assert outcomes["Ana", third].message.startswith(f"Not attempted: {second}")
        assert len(report.outcomes) == 6

    async def test_is_parked_when_that_is_wanted(self, site: Site) -> None:
        site.terminals[1].switch_off()
        report = await site.run(pace="gentle", on_fatal="park")
        assert report.run.state is RunState.FINISHED
        assert report.exit_code is ExitCode.INCOMPLETE
        outcomes = by_pair(report)
        second = site.terminals[1].name
        assert [outcomes[name, second].status for name in ("Ana", "Dan")] == [Status.FATAL, Status.SKIPPED]
        assert report.run.summary["success"] == 4

    async def test_the_run_goes_on_without_it(self, site: Site) -> None:
        site.terminals[1].switch_off()
        stopped = await site.run(pace="gentle")
        report = await site.resume(stopped.run.run_id, "device-2")
        assert report.run.run_id == stopped.run.run_id
        assert report.run.state is RunState.FINISHED
        assert report.run.summary["success"] == 4
        outcomes = by_pair(report)
        assert outcomes["Ana", site.terminals[1].name].status is Status.FATAL
        assert "Left out" in outcomes["Dan", site.terminals[1].name].message

    async def test_a_stopped_run_resumes_where_it_stopped(self, site: Site) -> None:
        site.terminals[1].switch_off()
        stopped = await site.run(pace="gentle")
        site.terminals[1].switch_on()
        report = await site.resume(stopped.run.run_id)
        assert report.exit_code is ExitCode.DONE
        assert report.run.summary["verified"] == 6
        assert len(report.outcomes) == 6
        records = Counter(
            c.body["UserInfo"]["employeeNo"] for c in site.terminals[0].calls if c.path == RECORD and c.signed
        )
        assert records == {"1001": 1, "1002": 1}

    @pytest.mark.parametrize("operation", ["terminals.push_all"])
    async def test_a_wrong_password_costs_one_failed_sign_in_whatever_is_tried_next(
        self, site: Site, operation: str
    ) -> None:
        await site.workspace.vault.set("device-1", "password", "wrong")
        report = await site.run(operation)
        assert report.exit_code is ExitCode.STOPPED
        assert report.run.error is not None
        assert report.run.error.kind == ErrorKind.REFUSED_SIGN_IN
        again = await site.run(operation)
        assert again.run.state is RunState.STOPPED
        signed = [c for c in site.terminals[0].calls if c.signed]
        assert len(signed) == 1

    async def test_another_terminal_at_the_address_gets_nothing(self, site: Site) -> None:
        facts = DeviceFacts(serial="DS-K1T-OTHER")
        await site.workspace.store.write(devices.note_facts, "device-1", facts)
        report = await site.run(devices=site.terminals[0].name)
        assert report.exit_code is ExitCode.STOPPED
        assert "Another terminal" in (report.run.first_fatal or "")
        assert not site.terminals[0].people

    async def test_two_entries_with_one_address_take_turns(self, site: Site) -> None:
        first = await site.workspace.store.read(devices.find_device, "device-1")
        assert first is not None
        await site.workspace.store.write(
            devices.add_device, dataclasses.replace(first, id="device-9", name="The same again")
        )
        await site.workspace.vault.set("device-9", "password", site.terminals[0].password)
        await site.run(pace="fast")
        assert site.terminals[0].most_at_once == 1

    async def test_an_address_that_is_no_terminal_is_said_to_be_none(self, site: Site) -> None:
        site.terminals[0].quirks = Quirks(speaks_html=True)
        report = await site.run(devices=site.terminals[0].name)
        assert report.exit_code is ExitCode.STOPPED
        assert report.outcomes[0].status is Status.FATAL

    async def test_a_full_device_takes_no_more_adds(self, site: Site) -> None:
        site.terminals[0].capacity_people = 1
        report = await site.run(devices=site.terminals[0].name, on_fatal="park")
        assert [o.status for o in report.outcomes] == [Status.SUCCESS, Status.FATAL]

    async def test_a_busy_device_is_given_time(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.operations.push.visit._BUSY_PAUSES_S", (0.0, 0.0, 0.0))
        site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code="deviceBusy", only=Place.PERSON, times=3)]
        report = await site.run(devices=site.terminals[0].name)
        assert report.exit_code is ExitCode.DONE

    async def test_what_is_wrong_with_one_person_costs_only_that_person(self, site: Site) -> None:
        site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code="badJsonContent", only=Place.PERSON, times=1)]
        report = await site.run(devices=site.terminals[0].name)
        assert [o.status for o in report.outcomes] == [Status.FATAL, Status.SUCCESS]
        assert report.run.state is RunState.FINISHED


class TestADeviceThatLies:
    async def test_about_everybody_is_caught_and_stops_the_run(self, site: Site) -> None:
        site.terminals[0].quirks = Quirks(lies=frozenset({Lie.STORES_NO_PERSON}))
        report = await site.run(devices=site.terminals[0].name)
        assert {o.status for o in report.outcomes} == {Status.FATAL}
        assert report.run.state is RunState.STOPPED
        assert {p.state for p in (await site.placements()).values()} == {CoverageState.MISSING}

    async def test_about_the_door_right_is_caught(self, site: Site) -> None:
        site.terminals[0].quirks = Quirks(lies=frozenset({Lie.STORES_NO_DOOR_RIGHT}))
        report = await site.run(devices=site.terminals[0].name)
        assert {o.status for o in report.outcomes} == {Status.PARTIAL}
        assert "no door opens" in report.outcomes[0].message


class TestPace:
    async def test_gentle_leaves_a_second_between_visits_and_never_asks_two_at_once(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "GENTLE_PAUSE_S", 0.2)
        await site.run(pace="gentle")
        calls = sorted((c for t in site.terminals for c in t.calls), key=lambda c: c.arrived_at)
        visits = [c for c in calls if c.path == RECORD]
        pairs = list(zip(visits[::2], visits[1::2], strict=True))  # handshake and signed request
        gaps = [later[0].arrived_at - earlier[1].answered_at for earlier, later in pairwise(pairs)]
        assert min(gaps) >= 0.2
        assert all(a.answered_at <= b.arrived_at for a, b in pairwise(calls))


class TestCancel:
    async def test_leaves_a_run_that_can_be_resumed(self, site: Site) -> None:
        await site.add_people([a_person(2000 + n, f"P{n}") for n in range(30)])
        for terminal in site.terminals:
            terminal.latency = Latency(person_s=0.05, face_s=0, read_s=0)
        handle = await site.start()
        await asyncio.sleep(0.4)
        handle.cancel()
        report = await handle.report()
        assert report.run.state is RunState.CANCELLED
        assert len(report.outcomes) == 96
        counts = Counter(o.status for o in report.outcomes)
        assert counts[Status.SUCCESS] > 0
        assert counts[Status.NOT_ATTEMPTED] > 0
        done = await site.resume(report.run.run_id)
        assert done.exit_code is ExitCode.DONE
        assert done.run.summary["verified"] == 96


class TestPreview:
    async def test_calls_no_device_and_says_what_would_happen_at_each(self, site: Site) -> None:
        await site.run(people="person-Ana", devices=site.terminals[0].name)
        for terminal in site.terminals:
            terminal.forget_calls()
        report = await site.run(dry_run=True)
        rows = {row["device"]: (row["add"], row["unchanged"]) for row in (report.run.result or {})["devices"]}
        assert rows == {site.terminals[0].name: (1, 1), site.terminals[1].name: (2, 0), site.terminals[2].name: (2, 0)}
        assert len(report.outcomes) == 6
        assert not any(t.calls for t in site.terminals)


class TestVerify:
    async def test_another_terminal_at_the_address_proves_nothing(self, site: Site) -> None:
        await site.run()
        await site.workspace.store.write(devices.note_facts, "device-1", DeviceFacts(serial="DS-K1T-OTHER"))
        report = await site.run("terminals.verify", devices=site.terminals[0].name)
        assert report.exit_code is ExitCode.STOPPED
        assert "Another terminal" in (report.run.first_fatal or "")
        placements = await site.workspace.store.read(devices.placements, ["device-1"])
        assert {p.state for p in placements} == {CoverageState.VERIFIED}

    async def test_names_who_is_missing_different_and_extra(self, site: Site) -> None:
        await site.run()
        first, second, _third = site.terminals
        del first.people["1001"]
        first.people["1002"] = replace(first.people["1002"], name="Somebody Else")
        second.people["777"] = replace(second.people["1001"], number="777", name="Stranger")
        report = await site.run("terminals.verify")
        assert report.exit_code is ExitCode.INCOMPLETE
        outcomes = by_pair(report)
        assert outcomes["Ana", first.name].action is Action.MISSING
        assert outcomes["Dan", first.name].action is Action.DIFFERENT
        assert outcomes["Stranger", second.name].action is Action.EXTRA
        assert outcomes["Ana", second.name].status is Status.SUCCESS
        assert report.run.summary["verified"] == 4
        assert (await site.placements())["device-2", "#777"].state is CoverageState.EXTRA

    async def test_somebody_who_left_and_is_still_on_a_device_is_extra(self, site: Site) -> None:
        await site.run()
        await site.run("employees.deactivate", employees="person-Ana")
        report = await site.run("terminals.verify", devices=site.terminals[0].name)
        (left,) = [o for o in report.outcomes if o.action is Action.EXTRA]
        assert left.subject == "Ana Popescu"
        assert "No longer active" in left.message

    async def test_an_incomplete_list_proves_nobody_missing(self, site: Site) -> None:
        await site.add_people([a_person(2000 + n, f"P{n}") for n in range(40)])
        await site.run(devices=site.terminals[0].name)
        site.terminals[0].quirks = Quirks(empty_from=30)
        report = await site.run("terminals.verify", devices=site.terminals[0].name)
        actions = Counter(o.action for o in report.outcomes)
        assert actions[Action.MISSING] == 0
        assert actions[Action.INCOMPLETE] == 12
        assert "incomplete" in report.run.warnings[0]


class TestADeviceThatSaysLittle:
    async def test_what_its_lists_leave_out_counts_as_neither_right_nor_wrong(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from app.connectors.hikvision import reading

        def little(raw: dict[str, object]) -> StoredPerson:
            return whole({key: raw[key] for key in ("employeeNo", "name", "numOfFace") if key in raw})

        whole = reading._person
        monkeypatch.setattr(reading, "_person", little)
        report = await site.run()
        assert report.run.summary["verified"] == 6

    async def test_one_that_cannot_be_searched_keeps_what_was_sent_and_says_so(self, site: Site) -> None:
        site.terminals[0].quirks = Quirks(missing={"UserInfo/Search": 404})
        report = await site.run(devices=site.terminals[0].name)
        assert report.exit_code is ExitCode.DONE
        assert (report.run.summary["success"], report.run.summary["verified"]) == (2, 0)
        assert "could not be read back" in report.run.warnings[0]
