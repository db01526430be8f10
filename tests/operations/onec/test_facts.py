"""Worked time to 1C: shown, confirmed, sent a single time, looked for (onec-zup.md §5.5, §12.4)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.access import Role
from app.connectors.onec import OneCBusinessError
from app.domain.onec import FactDay, OneCReply, TimesheetDay, TimesheetPeriod
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.outcomes import Action, Outcome, RunState, Status
from app.errors import ErrorKind, ExitCode, Forbidden, MusterError, OutcomeUnknown, Unreachable
from app.operations.runner import Report, Request
from app.settings import Settings
from app.store import onec_sent, runs
from app.store.onec import people
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC, external_id, person
from tests.support.running import dump, run

DAY = date(2026, 3, 9)
MINUTE_MS = 60_000
WORKED = {
    "agent_id": external_id(1),
    "shift_start": "2026-03-09T09:00",
    "periods": json.dumps(
        [{"start": "2026-03-09T09:00", "end": "2026-03-09T09:39"}, {"start": "22:00", "end": "00:10"}]
    ),
}


async def send(workspace: Workspace, dry_run: bool = False, **params: Any) -> Report:
    return await run(workspace, "onec.send_fact_work_time", params=WORKED | params, dry_run=dry_run)


async def kept(workspace: Workspace) -> FactReceipt | None:
    connection = (await workspace.store.read(people))[0].connection
    return await workspace.store.read(onec_sent.find_fact, connection, external_id(1), DAY)


def sent(onec: FakeOneC) -> list[FactDay]:
    return onec.asked("send_fact_work_time")


class TestBefore:
    async def test_without_a_confirmation_it_is_shown_and_held(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await send(synced)
        assert (report.exit_code, sent(onec), await kept(synced)) == (ExitCode.HELD, [], None)
        assert [s["time"] / MINUTE_MS for s in report.run.result["slices"]] == [15, 15, 9, *[15] * 8, 10]
        assert report.run.result["slices"][0]["start"] == "2026-03-09T09:00:00+03:00"
        assert report.run.result["initiator_name"] == report.run.actor
        assert [o.status for o in report.outcomes] == [Status.NOT_ATTEMPTED]
        assert report.error is not None
        assert report.error.kind is ErrorKind.HELD

    async def test_a_dry_run_shows_it_and_writes_nothing(self, synced: Workspace, onec: FakeOneC) -> None:
        before = await dump(synced)
        report = await send(synced, confirm=True, dry_run=True)
        assert (report.exit_code, sent(onec), await dump(synced)) == (ExitCode.DONE, [], before)
        assert len(report.run.result["slices"]) == 12

    @pytest.mark.parametrize(
        ("start", "end", "warnings"),
        [
            ("2026-03-10T09:00", "12:00", ()),
            ("2026-03-10T09:00", "12:01", ("The shift is not over yet.",)),
        ],
    )
    async def test_a_shift_that_is_not_over_gets_a_warning(
        self, synced: Workspace, start: str, end: str, warnings: tuple[str, ...]
    ) -> None:
        periods = json.dumps([{"start": "09:00", "end": end}])
        report = await send(synced, shift_start=start, periods=periods, dry_run=True)
        assert report.run.warnings == warnings

    @pytest.mark.parametrize("dry_run", [True, False])
    @pytest.mark.parametrize("start", ["2026-03-10T12:01", "2027-03-09T09:00"])
    async def test_a_shift_that_has_not_begun_is_refused(
        self, synced: Workspace, onec: FakeOneC, start: str, dry_run: bool
    ) -> None:
        periods = json.dumps([{"start": start, "end": start.replace(":0", ":5")}])
        report = await send(synced, shift_start=start, periods=periods, confirm=True, again=True, dry_run=dry_run)
        assert [(o.status, o.message) for o in report.outcomes] == [
            (Status.SKIPPED, "The shift has not begun yet, so nothing was worked in it.")
        ]
        assert (report.exit_code, sent(onec)) == (ExitCode.INCOMPLETE, [])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"shift_start": "early"},
            {"shift_start": ""},
            {"periods": '[{"start": "2026-03-09T09:00", "end": "whenever"}]'},
            {"periods": '[{"start": "2026-03-09T09:00", "end": "2026-03-09T08:00"}]'},
            {"periods": '[{"start": "09:00", "end": "10:00"}, {"start": "09:30", "end": "11:00"}]'},
            {"periods": '[{"start": "2026-03-09T09:00", "end": "2026-03-10T09:01"}]'},
            {"periods": '[{"start": "2026-03-19T09:00", "end": "2026-03-19T10:00"}]'},
        ],
    )
    async def test_times_that_cannot_be_are_refused(
        self, synced: Workspace, onec: FakeOneC, wrong: dict[str, Any]
    ) -> None:
        report = await send(synced, confirm=True, **wrong)
        assert (report.exit_code, sent(onec)) == (ExitCode.USAGE, [])

    @pytest.mark.parametrize("name", [external_id(1).upper(), f" {external_id(1)} ", "00-0001"])
    async def test_whoever_is_known_is_not_asked_for_however_they_are_named(
        self, synced: Workspace, onec: FakeOneC, name: str
    ) -> None:
        asked = len(onec.asked("agents"))
        report = await send(synced, confirm=True, agent_id=name)
        assert [fact.external_id for fact in sent(onec)] == [external_id(1)]
        assert (report.exit_code, len(onec.asked("agents"))) == (ExitCode.DONE, asked)

    async def test_a_personnel_number_of_two_people_names_nobody(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), person(2, personnel_number="00-0001"))
        await run(payroll, "onec.sync_personnel")
        report = await send(payroll, confirm=True, agent_id="00-0001")
        assert (report.exit_code, sent(onec)) == (ExitCode.INCOMPLETE, [])

    async def test_somebody_1c_does_not_know(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await send(synced, confirm=True, agent_id="stranger")
        assert [(o.status, o.action) for o in report.outcomes] == [(Status.SKIPPED, Action.SKIP)]
        assert (report.exit_code, sent(onec)) == (ExitCode.INCOMPLETE, [])

    async def test_a_role_that_may_not_write_is_refused(
        self, synced: Workspace, onec: FakeOneC, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(synced.settings_file, "values", Settings(role=Role.VIEWER))
        for operation in ("onec.send_fact_work_time", "onec.send_schedule"):
            with pytest.raises(Forbidden, match="integrations.write"):
                await synced.runner.start(Request(operation, params=WORKED if "fact" in operation else {}))
        assert sent(onec) == []


class TestSending:
    async def test_one_request_with_the_slices_and_who_confirmed(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await send(synced, confirm=True, initiator_name="Петров П.П.")
        (fact,) = sent(onec)
        assert (fact.external_id, fact.initiator_name, len(fact.slices)) == (external_id(1), "Петров П.П.", 12)
        assert [(o.status, o.message) for o in report.outcomes] == [
            (Status.SUCCESS, "1C made a document: Сверхурочная работа")
        ]
        assert (report.exit_code, report.run.result["document"]) == (ExitCode.DONE, "Сверхурочная работа")
        receipt = await kept(synced)
        assert receipt is not None
        assert (receipt.status, receipt.slices) == (SentStatus.SENT, fact.slices)

    async def test_no_document_is_said_and_may_be_sent_again(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.replies[external_id(1)] = OneCReply(False)
        report = await send(synced, confirm=True)
        assert [(o.status, o.message) for o in report.outcomes] == [(Status.PARTIAL, "1C made no document.")]
        assert report.exit_code is ExitCode.INCOMPLETE
        await send(synced, confirm=True)
        assert len(sent(onec)) == 2

    async def test_nobody_there_is_sent_as_no_slices(self, synced: Workspace, onec: FakeOneC) -> None:
        await send(synced, confirm=True, periods="[]")
        assert sent(onec)[0].slices == ()

    async def test_a_refusal_is_as_if_it_had_not_been_sent(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.troubles["send_fact_work_time"] = [OneCBusinessError("Месяц закрыт."), Unreachable("Away.")]
        refused, away = await send(synced, confirm=True), await send(synced, confirm=True)
        assert [(r.exit_code, r.outcomes[0].status) for r in (refused, away)] == [
            (ExitCode.INCOMPLETE, Status.FATAL), (ExitCode.STOPPED, Status.FATAL),
        ]  # fmt: skip
        assert await kept(synced) is None


class TestOnlyOnce:
    async def test_a_second_sending_of_the_same_shift_is_held(self, synced: Workspace, onec: FakeOneC) -> None:
        await send(synced, confirm=True)
        report = await send(synced, confirm=True)
        assert (report.exit_code, len(sent(onec))) == (ExitCode.HELD, 1)
        assert report.run.result["sent_before"]["status"] == "sent"
        assert (await send(synced, again=True)).exit_code is ExitCode.HELD  # and still has to be confirmed
        assert (await send(synced, confirm=True, again=True)).exit_code is ExitCode.DONE
        assert len(sent(onec)) == 2

    async def test_after_a_time_out_it_is_unknown_and_never_sent_by_itself(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        onec.troubles["send_fact_work_time"] = [OutcomeUnknown("Nobody knows whether 1C took the worked time.")]
        report = await send(synced, confirm=True)
        assert [o.status for o in report.outcomes] == [Status.UNKNOWN]
        assert report.exit_code is ExitCode.STOPPED
        receipt = await kept(synced)
        assert receipt is not None
        assert receipt.status is SentStatus.UNKNOWN
        again = await (await synced.runner.resume(report.run.run_id)).report()
        assert (again.exit_code, [o.status for o in again.outcomes]) == (ExitCode.HELD, [Status.UNKNOWN])
        assert (await send(synced, confirm=True)).exit_code is ExitCode.HELD
        assert len(sent(onec)) == 1

    async def test_even_a_run_that_may_send_again_sends_once(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.troubles["send_fact_work_time"] = [OutcomeUnknown("?")]
        report = await send(synced, confirm=True, again=True)
        await (await synced.runner.resume(report.run.run_id)).report()
        assert len(sent(onec)) == 1

    async def test_what_the_program_was_killed_over_counts_as_unknown(self, synced: Workspace, onec: FakeOneC) -> None:
        await send(synced, confirm=True)
        receipt = await kept(synced)
        assert receipt is not None
        connection = (await synced.store.read(people))[0].connection
        await synced.store.write(onec_sent.put_fact, connection, replace(receipt, status=SentStatus.SENDING))
        report = await send(synced, confirm=True)
        assert (report.exit_code, len(sent(onec))) == (ExitCode.HELD, 1)

    @pytest.mark.parametrize("trouble", [None, OneCBusinessError("Месяц закрыт."), OutcomeUnknown("?")])
    async def test_while_it_is_under_way_the_run_says_already_that_nobody_knows(
        self, synced: Workspace, onec: FakeOneC, trouble: MusterError | None
    ) -> None:
        """A program that is killed then can say it no more."""
        seen: list[Outcome] = []
        answer = onec.send_fact_work_time

        async def look(fact: FactDay) -> OneCReply:
            run_id = next(iter(synced.runner.handles))
            seen.extend(await synced.store.read(runs.outcomes, run_id))
            return await answer(fact)

        onec.send_fact_work_time = look  # type: ignore[method-assign]  # for one answer
        onec.troubles["send_fact_work_time"] = [trouble] if trouble else []
        report = await send(synced, confirm=True)
        assert [(o.status, o.target_id, o.step) for o in seen] == [(Status.UNKNOWN, external_id(1), "fact 2026-03-09")]
        assert await synced.store.read(runs.outcomes, report.run.run_id) == list(report.outcomes)
        assert len(report.outcomes) == 1

    async def test_cancelled_while_1c_works_is_unknown(self, synced: Workspace, onec: FakeOneC) -> None:
        asked = asyncio.Event()

        async def never(fact: FactDay) -> OneCReply:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        onec.send_fact_work_time = never  # type: ignore[method-assign]  # for one answer
        handle = await synced.runner.start(Request("onec.send_fact_work_time", params=WORKED | {"confirm": True}))
        await asked.wait()
        handle.cancel()
        report = await handle.report()
        receipt = await kept(synced)
        assert receipt is not None
        assert (report.run.state, receipt.status) == (RunState.CANCELLED, SentStatus.UNKNOWN)
        assert [o.status for o in report.outcomes] == [Status.UNKNOWN]


class TestLookingFor:
    @pytest.mark.parametrize(
        ("code", "status", "action", "then"),
        [
            ("C", Status.SUCCESS, Action.VERIFIED, SentStatus.SENT),  # a Latin C
            ("Я", Status.PARTIAL, Action.MISSING, SentStatus.UNKNOWN),
        ],
    )
    async def test_the_timesheet_tells(
        self, synced: Workspace, onec: FakeOneC, code: str, status: Status, action: Action, then: SentStatus
    ) -> None:
        onec.troubles["send_fact_work_time"] = [OutcomeUnknown("?")]
        await send(synced, confirm=True)
        onec.periods = [TimesheetPeriod(external_id(1), DAY, DAY, (TimesheetDay(DAY, code, Decimal(2)),))]
        params = {"agent_id": external_id(1), "day": "2026-03-09"}
        report = await run(synced, "onec.check_fact", params=params)
        assert onec.asked("timesheet") == [(DAY, DAY, (external_id(1),))]
        assert [(o.status, o.action) for o in report.outcomes] == [(status, action)]
        receipt = await kept(synced)
        assert receipt is not None
        assert receipt.status is then
