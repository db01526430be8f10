"""Schedules to 1C: checked, sent per person and month, remembered (onec-zup.md §5.3, §12)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.connectors.http import RepeatableError
from app.connectors.onec import OneCBusinessError, OneCFailed, OneCLost, OneCSessionLost
from app.domain.onec import OneCReply, PersonSchedule
from app.domain.onec_receipts import SentStatus
from app.domain.outcomes import Action, RunState, Status
from app.errors import BadData, ExitCode, MusterError, RefusedSignIn, TimedOut, Unreachable, UsageError
from app.exports import export_rows
from app.operations.onec import asking
from app.operations.runner import Report, Request
from app.store import onec_sent, runs
from app.store.onec import people
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC, external_id, person
from tests.support.running import dump, run

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
HOUR_MS = 3_600_000
NIGHT = {
    "agent_id": external_id(1),
    "start": "2026-03-12T20:00",
    "end": "2026-03-13T08:00",
    "unpaid_breaks": [{"start": "2026-03-13T01:00", "end": "2026-03-13T02:00"}],
}


def day(number: int, on: str = "2026-03-16", start: str = "09:00", end: str = "18:00") -> dict[str, str]:
    return {"agent_id": external_id(number), "start": f"{on}T{start}", "end": f"{on}T{end}"}


async def send(workspace: Workspace, *shifts: object, dry_run: bool = False, **params: Any) -> Report:
    given = {"shifts": json.dumps(shifts)} if shifts else {}
    return await run(workspace, "onec.send_schedule", params=given | params, dry_run=dry_run)


def lost() -> MusterError:
    """What is raised for a request that went out and got no answer."""
    error = TimedOut("No answer.")
    error.__cause__ = RepeatableError(TimedOut("No answer."), sent=True)
    return error


async def connection_id(workspace: Workspace) -> str:
    return (await workspace.store.read(people))[0].connection


class TestSending:
    @pytest.mark.parametrize("name", [external_id(1), external_id(1).upper(), "00-0001"])
    async def test_only_those_are_sent_who_are_named_in_any_of_their_ways(
        self, synced: Workspace, onec: FakeOneC, name: str
    ) -> None:
        await send(synced, NIGHT | {"agent_id": "00-0001"}, day(2), people=name)
        assert [s.external_id for s in onec.asked("send_schedule")] == [external_id(1)]

    async def test_one_request_per_person_and_month(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await send(synced, NIGHT, day(2), day(1, "2026-04-02"))
        assert [(s.external_id, s.first, s.last) for s in onec.asked("send_schedule")] == [
            (external_id(1), *MARCH),
            (external_id(1), date(2026, 4, 1), date(2026, 4, 30)),
            (external_id(2), *MARCH),
        ]
        (shift,) = onec.asked("send_schedule")[0].shifts
        assert (shift.start.isoformat(), shift.day_ms, shift.night_ms) == (
            "2026-03-12T20:00:00+03:00", 4 * HOUR_MS, 7 * HOUR_MS,
        )  # fmt: skip
        assert report.run.summary == {"total": 3, "created": 3, "updated": 0, "skipped": 0, "failed": 0}
        assert {o.message for o in report.outcomes} == {"Записано"}
        assert report.exit_code is ExitCode.DONE

    async def test_a_dry_run_shows_the_split_and_sends_nothing(self, synced: Workspace, onec: FakeOneC) -> None:
        before = await dump(synced)
        report = await send(synced, NIGHT, dry_run=True)
        (row,) = report.run.result
        assert (row["daily_hours"], row["night_hours"], row["period"], row["sendable"]) == (4, 7, "2026-03", True)
        assert [(o.status, o.message) for o in report.outcomes] == [(Status.SUCCESS, "Would be sent")]
        assert (onec.asked("send_schedule"), await dump(synced)) == ([], before)

    async def test_a_refusal_is_that_persons_and_the_others_go_on(self, synced: Workspace, onec: FakeOneC) -> None:
        text = "Документ за часть месяца уже проведён."
        onec.replies[external_id(1)] = OneCReply(False, text)
        report = await send(synced, day(1), day(2))
        assert [(o.status, o.message) for o in report.outcomes] == [
            (Status.FATAL, text), (Status.SUCCESS, "Записано"),
        ]  # fmt: skip
        assert (report.exit_code, report.run.first_fatal) == (ExitCode.INCOMPLETE, text)
        kept = await synced.store.read(onec_sent.receipts, await connection_id(synced), *MARCH)
        assert [r.status for r in kept] == [SentStatus.REFUSED, SentStatus.SENT]

    async def test_a_business_error_and_an_unreadable_answer_are_that_persons_too(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        onec.troubles["send_schedule"] = [OneCBusinessError("Календарь не заполнен."), BadData("It says nothing.")]
        report = await send(synced, day(1), day(2))
        assert [o.status for o in report.outcomes] == [Status.FATAL, Status.UNKNOWN]
        assert report.run.state is RunState.FINISHED

    async def test_a_month_that_is_over_is_not_sent(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await send(synced, day(1, "2026-02-16"))
        (outcome,) = report.outcomes
        assert (outcome.status, outcome.step) == (Status.SKIPPED, "check closed_month")
        assert "2026-02 is over" in outcome.message
        assert (report.exit_code, onec.asked("send_schedule")) == (ExitCode.INCOMPLETE, [])

    async def test_of_a_period_that_begins_in_the_past_the_earlier_months_are_skipped_with_a_warning(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        report = await send(
            synced, day(1, "2026-02-16"), day(1, "2026-03-16"), start_date="2026-01-01", end_date="2026-03-31"
        )
        assert [(o.status, o.step) for o in report.outcomes] == [(Status.SUCCESS, "schedule 2026-03")]
        assert report.run.warnings == (
            "The period begins in the past: 1C writes from 2026-03 on, earlier months will be skipped.",
        )
        assert (report.exit_code, len(onec.asked("send_schedule"))) == (ExitCode.DONE, 1)

    async def test_a_period_that_lies_in_the_past_altogether_is_still_refused(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        report = await send(synced, day(1, "2026-02-16"), start_date="2026-02-01", end_date="2026-02-28")
        assert [o.step for o in report.outcomes] == ["check closed_month"]
        assert (report.exit_code, onec.asked("send_schedule")) == (ExitCode.INCOMPLETE, [])

    async def test_an_empty_schedule_is_not_sent(self, synced: Workspace, onec: FakeOneC) -> None:
        for params in ({"shifts": "[]"}, {"stored": True}, {"stored": True, "people": external_id(1)}):
            report = await send(synced, **params)
            assert [o.step for o in report.outcomes] == ["check empty"]
            assert (report.exit_code, onec.asked("send_schedule")) == (ExitCode.INCOMPLETE, [])

    async def test_wrong_rows_name_row_field_rule_and_fix_and_good_people_are_sent(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        stranger = {"agent_id": "stranger", "start": "2026-03-16T09:00", "end": "2026-03-16T18:00"}
        report = await send(synced, day(1), day(1, start="17:00", end="20:00"), stranger, day(2))
        assert [(o.status, o.step) for o in report.outcomes] == [
            (Status.SKIPPED, "check overlaps"),
            (Status.SKIPPED, "check unknown_person"),
            (Status.NOT_ATTEMPTED, "schedule 2026-03"),
            (Status.SUCCESS, "schedule 2026-03"),
        ]
        assert report.outcomes[0].message == "Row 2, start: The shift begins before an earlier one ends."
        assert report.outcomes[0].remedy
        assert report.run.reasons == {"overlaps": 1, "unknown_person": 1}
        assert [s.external_id for s in onec.asked("send_schedule")] == [external_id(2)]
        assert {row["rule"] for row in report.run.result if "rule" in row} == {"overlaps", "unknown_person"}

    async def test_before_any_sync_1c_itself_says_who_is_there(self, payroll: Workspace, onec: FakeOneC) -> None:
        report = await send(payroll, day(1), {"agent_id": "00-0002", "start": "2026-03-16T09:00", "end": "18:00"})
        assert {s.external_id for s in onec.asked("send_schedule")} == {external_id(1), external_id(2)}
        assert report.exit_code is ExitCode.DONE


class TestAgain:
    async def test_an_unchanged_month_is_not_sent_again(self, synced: Workspace, onec: FakeOneC) -> None:
        await send(synced, NIGHT)
        report = await send(synced, NIGHT)
        assert [(o.status, o.action) for o in report.outcomes] == [(Status.SKIPPED, Action.UNCHANGED)]
        assert (len(onec.asked("send_schedule")), report.exit_code) == (1, ExitCode.DONE)

    async def test_a_changed_one_is(self, synced: Workspace, onec: FakeOneC) -> None:
        await send(synced, NIGHT)
        report = await send(synced, NIGHT, day(1))
        assert [o.action for o in report.outcomes] == [Action.UPDATE]
        assert len(onec.asked("send_schedule")) == 2

    async def test_so_is_one_that_was_refused_or_wanted_again(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.replies[external_id(1)] = OneCReply(False, "Нет")
        await send(synced, NIGHT)
        del onec.replies[external_id(1)]
        await send(synced, NIGHT)
        await send(synced, NIGHT, again=True)
        assert len(onec.asked("send_schedule")) == 3

    async def test_another_period_over_the_same_days_makes_the_old_receipt_worthless(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        await send(synced, NIGHT)
        await send(synced, day(1), start_date="2026-03-10", end_date="2026-03-20")
        await send(synced, NIGHT)
        assert len(onec.asked("send_schedule")) == 3


class TestThePlan:
    async def test_what_was_sent_is_the_plan(self, synced: Workspace) -> None:
        await send(synced, NIGHT)
        (planned,) = await synced.store.read(onec_sent.planned, await connection_id(synced), *MARCH)
        assert planned.shift.start.isoformat() == "2026-03-12T20:00:00+03:00"
        assert planned.shift.unpaid_breaks[0].end.isoformat() == "2026-03-13T02:00:00+03:00"

    async def test_a_plan_can_be_kept_first_and_sent_later(self, synced: Workspace, onec: FakeOneC) -> None:
        shifts = json.dumps([NIGHT, day(2)])
        report = await run(synced, "onec.plan_shifts", params={"shifts": shifts})
        assert report.run.summary == {"total": 2, "created": 0, "updated": 2, "skipped": 0, "failed": 0}
        assert onec.asked("send_schedule") == []
        await send(synced, stored=True, people=external_id(1))
        (sent,) = onec.asked("send_schedule")
        assert (sent.external_id, sent.shifts[0].night_ms) == (external_id(1), 7 * HOUR_MS)

    async def test_without_days_the_plan_is_sent_from_this_month_on(self, synced: Workspace, onec: FakeOneC) -> None:
        shifts = json.dumps([day(1, "2026-04-02"), day(1, "2026-06-02"), day(2), day(2, "2026-05-02")])
        await run(synced, "onec.plan_shifts", params={"shifts": shifts})
        report = await send(synced, stored=True)
        assert [(s.external_id, f"{s.first:%Y-%m}") for s in onec.asked("send_schedule")] == [
            (external_id(1), "2026-04"), (external_id(1), "2026-06"),
            (external_id(2), "2026-03"), (external_id(2), "2026-05"),
        ]  # fmt: skip
        assert (report.exit_code, report.run.warnings) == (ExitCode.DONE, ())
        assert (await send(synced, stored=True)).exit_code is ExitCode.DONE  # 1C has it already
        await send(synced, stored=True, again=True, start_date="2026-04-01", end_date="2026-04-30")
        assert [f"{s.first:%Y-%m}" for s in onec.asked("send_schedule")[4:]] == ["2026-04"]

    async def test_a_month_that_is_over_is_no_part_of_it(
        self, synced: Workspace, onec: FakeOneC, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await run(synced, "onec.plan_shifts", params={"shifts": json.dumps([day(1), day(1, "2026-04-02")])})
        monkeypatch.setattr(asking, "now", lambda: datetime(2026, 4, 20, 9, tzinfo=UTC))
        report = await send(synced, stored=True)
        assert [f"{s.first:%Y-%m}" for s in onec.asked("send_schedule")] == ["2026-04"]
        assert report.exit_code is ExitCode.DONE

    @pytest.mark.parametrize("operation", ["onec.send_schedule", "onec.keep_worked_time"])
    async def test_columns_of_a_file_that_nothing_reads_are_named(
        self, synced: Workspace, tmp_path: Path, operation: str
    ) -> None:
        file = tmp_path / "shifts.csv"
        file.write_text("agent_id;start;end;braeks;note\n00-0001;2026-03-09T09:00;2026-03-09T18:00;13:00-14:00;\n")
        report = await run(synced, operation, params={"file": str(file)})
        assert "The file has fields that are not used: “braeks”." in report.run.warnings

    async def test_a_file_of_shifts(self, synced: Workspace, onec: FakeOneC, tmp_path: Path) -> None:
        table = [
            ["00-0001", "16.03.2026", "20:00", "08:00", "01:00-02:00"],
            [external_id(2), "16.03.2026", "09:00", "18:00", ""],
            [external_id(2), "17.03.2026", "late", "18:00", ""],
        ]
        for name in ("shifts.csv", "shifts.xlsx"):
            file = tmp_path / name
            export_rows(file, ["tabN", "date", "start", "end", "breaks"], table)
            report = await send(synced, file=str(file), again=True)
            (sent,) = onec.asked("send_schedule")
            onec.calls.clear()
            assert (sent.external_id, sent.shifts[0].night_ms) == (external_id(1), 7 * HOUR_MS)
            assert report.outcomes[0].message == "Row 4, start: late is not a time."

    async def test_a_file_that_is_none_is_refused(self, synced: Workspace, tmp_path: Path) -> None:
        assert (await send(synced, file=str(tmp_path / "none.csv"))).exit_code is ExitCode.USAGE


class TestBadDays:
    async def test_what_concerns_everybody_stops_the_run(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.troubles["send_schedule"] = [RefusedSignIn("No.")]
        report = await send(synced, day(1), day(2))
        assert [o.status for o in report.outcomes] == [Status.NOT_ATTEMPTED, Status.NOT_ATTEMPTED]
        assert report.outcomes[0].message == "Not attempted: No."
        assert report.exit_code is ExitCode.NOT_CONFIGURED

    @pytest.mark.parametrize(
        ("trouble", "status", "kept"),
        [
            (OneCFailed("1C failed: 500"), Status.FATAL, SentStatus.UNKNOWN),
            (lost(), Status.UNKNOWN, SentStatus.UNKNOWN),
            (OneCSessionLost("404 in a session."), Status.UNKNOWN, SentStatus.UNKNOWN),
            (OneCLost("504"), Status.UNKNOWN, SentStatus.UNKNOWN),
            (OneCBusinessError("Нет календаря."), Status.FATAL, SentStatus.REFUSED),
        ],
        ids=["500", "time-out", "404 in a session", "504", "refusal"],
    )
    async def test_one_failure_does_not_keep_the_others_and_resuming_tries_it_alone(
        self, synced: Workspace, onec: FakeOneC, trouble: MusterError, status: Status, kept: SentStatus
    ) -> None:
        onec.troubles["send_schedule"] = [trouble]
        report = await send(synced, day(1), day(2), {"agent_id": "stranger", "start": "", "end": ""})
        assert [o.status for o in report.outcomes] == [Status.SKIPPED, status, Status.SUCCESS]
        assert (report.exit_code, report.run.summary["created"]) == (ExitCode.INCOMPLETE, 1)
        receipts = await synced.store.read(onec_sent.receipts, await connection_id(synced), *MARCH)
        assert {r.external_id: r.status for r in receipts} == {
            external_id(1): kept, external_id(2): SentStatus.SENT,
        }  # fmt: skip
        again = await (await synced.runner.resume(report.run.run_id)).report()
        assert [s.external_id for s in onec.asked("send_schedule")] == [external_id(n) for n in (1, 2, 1)]
        assert sorted(o.status for o in again.outcomes) == [Status.SKIPPED, Status.SUCCESS, Status.SUCCESS]
        with pytest.raises(UsageError, match="finished"):
            await synced.runner.resume(report.run.run_id)

    async def test_five_failures_in_a_row_stop_the_run(self, synced: Workspace, onec: FakeOneC) -> None:
        months = [day(1, f"2026-{month:02}-16") for month in range(3, 11)]
        onec.troubles["send_schedule"] = [OneCFailed("1C failed: 500")] * 5
        report = await send(synced, *months)
        assert [o.status for o in report.outcomes] == [Status.FATAL] * 5 + [Status.NOT_ATTEMPTED] * 3
        assert (report.exit_code, len(onec.asked("send_schedule"))) == (ExitCode.STOPPED, 5)
        await (await synced.runner.resume(report.run.run_id)).report()
        assert len(onec.asked("send_schedule")) == 13

    async def test_an_address_nobody_answers_at_stops_the_run_at_once(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.troubles["send_schedule"] = [Unreachable("Away.")]
        report = await send(synced, day(1), day(2))
        assert [o.status for o in report.outcomes] == [Status.NOT_ATTEMPTED] * 2
        assert (report.exit_code, len(onec.asked("send_schedule"))) == (ExitCode.STOPPED, 1)

    async def test_when_no_request_at_all_gets_an_answer_the_system_is_away(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        onec.troubles["send_schedule"] = [lost(), lost()]
        report = await send(synced, day(1), day(2))
        assert [o.status for o in report.outcomes] == [Status.UNKNOWN] * 2
        assert report.exit_code is ExitCode.STOPPED

    async def test_what_was_confirmed_before_an_interruption_is_not_sent_again(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        asked, go = asyncio.Event(), asyncio.Event()
        send_now = onec.send_schedule

        async def hesitate(schedule: Any) -> OneCReply:
            if schedule.external_id == external_id(2) and not go.is_set():
                asked.set()
                await go.wait()
            return await send_now(schedule)

        onec.send_schedule = hesitate  # type: ignore[method-assign]  # for one answer
        handle = await synced.runner.start(
            Request("onec.send_schedule", params={"shifts": json.dumps([day(1), day(2)])})
        )
        await asked.wait()
        handle.cancel()
        report = await handle.report()
        assert (report.run.state, [o.subject_id for o in report.outcomes]) == (
            RunState.CANCELLED, [report.outcomes[0].subject_id],
        )  # fmt: skip
        go.set()
        again = await (await synced.runner.resume(report.run.run_id)).report()
        assert [s.external_id for s in onec.asked("send_schedule")] == [external_id(1), external_id(2)]
        assert [o.status for o in again.outcomes] == [Status.SUCCESS, Status.SUCCESS]
        assert again.run.summary["created"] == 2


class TestSideBySide:
    async def test_as_many_people_as_the_connection_allows_each_once_and_told_in_order(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        everybody = range(1, 9)
        onec.says(*(person(n) for n in everybody))
        await run(synced, "onec.sync_personnel")
        await run(synced, "connections.update", "1c", params={"settings": {"max_parallel": 4}})
        at_once, most = 0, 0
        send_now = onec.send_schedule

        async def slowly(schedule: PersonSchedule) -> OneCReply:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.4 - 0.04 * int(schedule.external_id[-1]))  # later ones are answered sooner
            at_once -= 1
            return await send_now(schedule)

        onec.send_schedule = slowly  # type: ignore[method-assign]  # for these answers
        report = await send(synced, *(day(n) for n in everybody))
        assert most == 4
        assert sorted(s.external_id for s in onec.asked("send_schedule")) == [external_id(n) for n in everybody]
        assert [o.target_id for o in report.outcomes] == [external_id(n) for n in everybody]
        stored = await synced.store.read(runs.outcomes, report.run.run_id)
        assert [o.target_id for o in stored] == [external_id(n) for n in everybody]

    async def test_one_after_the_other_unless_it_says_so(self, synced: Workspace, onec: FakeOneC) -> None:
        at_once: list[int] = []

        async def watched(schedule: PersonSchedule) -> OneCReply:
            at_once.append(1)
            assert (len(at_once), schedule.first) == (1, MARCH[0])
            await asyncio.sleep(0.01)
            at_once.pop()
            return OneCReply(True)

        onec.send_schedule = watched  # type: ignore[method-assign]  # for these answers
        report = await send(synced, day(1), day(2))
        assert [o.status for o in report.outcomes] == [Status.SUCCESS] * 2
