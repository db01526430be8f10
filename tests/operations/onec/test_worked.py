"""Worked time kept here, and sent to 1C shift by shift, each a single time (onec-zup.md §5.5, §12.4)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.onec import OneCReply
from app.domain.onec_receipts import SentStatus
from app.domain.onec_schedules import Period, Shift
from app.domain.onec_worked import WorkedDay, expected_documents
from app.domain.outcomes import Action, Status
from app.errors import ExitCode, OutcomeUnknown
from app.exports import export_rows
from app.operations.onec import worked as operations
from app.operations.runner import Report
from app.store import onec_sent, onec_worked
from app.store.onec import people
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC, external_id
from tests.support.running import dump, run

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(autouse=True)
def on_the_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "now", lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))


def shift(number: int, on: str = "2026-03-09", start: str = "09:00", end: str = "18:00", **more: Any) -> dict[str, Any]:
    return {"agent_id": external_id(number), "start": f"{on}T{start}", "end": f"{on}T{end}", **more}


def a_day(number: int, on: str = "2026-03-09") -> dict[str, str]:
    return {"agent_id": external_id(number), "day": on}


async def keep(workspace: Workspace, *shifts: dict[str, Any], **params: Any) -> Report:
    given = {"shifts": json.dumps(shifts)} if shifts else {}
    return await run(workspace, "onec.keep_worked_time", params=given | params)


async def post(workspace: Workspace, *days: dict[str, str], dry_run: bool = False, **params: Any) -> Report:
    given = {"days": json.dumps(days), "confirm": True} | params
    return await run(workspace, "onec.post_worked_time", params=given, dry_run=dry_run)


async def kept(workspace: Workspace) -> list[tuple[str, str, int]]:
    """Person, when they came, and how many periods they were there."""
    connection = (await workspace.store.read(people))[0].connection
    found = await workspace.store.read(onec_worked.worked, connection, *MARCH)
    return [(d.external_id, d.shift.start.strftime("%d %H:%M"), len(d.periods(MOSCOW))) for d in found]


class TestKeeping:
    async def test_shifts_of_one_day_are_one_day_with_a_break_between(self, synced: Workspace) -> None:
        breaks = [{"start": "2026-03-09T11:00", "end": "2026-03-09T11:30"}]
        await keep(synced, shift(1, end="12:00", unpaid_breaks=breaks), shift(1, start="14:00"), shift(2))
        assert await kept(synced) == [(external_id(1), "09 09:00", 3), (external_id(2), "09 09:00", 1)]

    async def test_what_is_kept_of_a_day_is_replaced(self, synced: Workspace) -> None:
        await keep(synced, shift(1))
        await keep(synced, shift(1, start="10:00"))
        assert await kept(synced) == [(external_id(1), "09 10:00", 1)]

    async def test_a_dry_run_says_what_would_be_kept_and_thrown_away(self, synced: Workspace) -> None:
        before = await dump(synced)
        params = {"shifts": json.dumps([shift(1)]), "remove": json.dumps([a_day(2)])}
        report = await run(synced, "onec.keep_worked_time", params=params, dry_run=True)
        assert [o.message for o in report.outcomes] == ["Would be kept", "Would be thrown away"]
        assert await dump(synced) == before

    async def test_who_did_not_come_is_kept_without_a_period(self, synced: Workspace) -> None:
        absent = json.dumps([{"agent_id": external_id(1), "shift_start": "2026-03-09T09:00"}])
        await keep(synced, absent=absent)
        assert await kept(synced) == [(external_id(1), "09 09:00", 0)]

    async def test_nobody_was_away_from_a_shift_that_has_not_begun(self, synced: Workspace) -> None:
        absent = [{"agent_id": external_id(n), "shift_start": f"2026-03-{day}T09:00"} for n, day in ((1, 20), (2, 10))]
        report = await keep(synced, absent=json.dumps(absent))
        assert [(o.status, o.message) for o in report.outcomes] == [
            (Status.SKIPPED, "The shift has not begun yet, so nothing was worked in it."), (Status.SUCCESS, "Kept"),
        ]  # fmt: skip
        assert report.run.reasons == {"not_begun": 1}
        assert await kept(synced) == [(external_id(2), "10 09:00", 0)]

    async def test_a_day_can_be_thrown_away(self, synced: Workspace) -> None:
        await keep(synced, shift(1), shift(2))
        await keep(synced, remove=json.dumps([a_day(1)]))
        assert await kept(synced) == [(external_id(2), "09 09:00", 1)]

    @pytest.mark.parametrize(
        ("wrong", "rule"),
        [
            (shift(1, start="17:00", end="20:00"), "overlaps"),
            (shift(1, start="20:00", end="19:00"), "ends_before_it_begins"),
            ({**shift(1, start="20:00"), "end": "2026-03-10T20:30"}, "over_24_hours"),
            (shift(1, "2026-03-10", "11:00", "12:30"), "not_over"),
            ({**shift(1), "end": "late"}, "moment"),
            ({**shift(1), "agent_id": "stranger"}, "unknown_person"),
        ],
    )
    async def test_a_day_with_a_wrong_row_is_left_out_and_others_are_kept(
        self, synced: Workspace, wrong: dict[str, Any], rule: str
    ) -> None:
        report = await keep(synced, shift(1), wrong, shift(2))
        assert rule in report.run.reasons
        assert (external_id(2), "09 09:00", 1) in await kept(synced)
        stays = rule in {"unknown_person", "not_over"}  # another person, another day
        assert ((external_id(1), "09 09:00", 1) in await kept(synced)) is stays

    async def test_a_workbook_is_read_and_its_rows_named(self, synced: Workspace, tmp_path: Path) -> None:
        file = tmp_path / "worked.xlsx"
        rows = [("00-0001", "09.03.2026", "09:00", "18:00"), ("00-0001", "08.03.2026", "22:00", "6:00"),
                ("00-0002", "09.03.2026", "early", "18:00")]  # fmt: skip
        export_rows(file, ("agent_id", "date", "start", "end"), rows)
        report = await keep(synced, file=str(file))
        assert [d[1] for d in await kept(synced)] == ["08 22:00", "09 09:00"]
        (problem,) = [o for o in report.outcomes if o.status is Status.SKIPPED]
        assert problem.message.startswith("Row 4, start")


class TestSending:
    async def test_without_a_confirmation_nothing_is_sent(self, synced: Workspace, onec: FakeOneC) -> None:
        await keep(synced, shift(1))
        report = await post(synced, a_day(1), confirm=False)
        assert (report.exit_code, onec.asked("send_fact_work_time")) == (ExitCode.HELD, [])

    @pytest.mark.parametrize("dry_run", [True, False])
    async def test_a_kept_shift_that_has_not_begun_is_not_sent(
        self, synced: Workspace, onec: FakeOneC, dry_run: bool
    ) -> None:
        await keep(synced, shift(1))
        connection = (await synced.store.read(people))[0].connection
        begin = datetime(2026, 3, 20, 9, tzinfo=MOSCOW)
        ahead = WorkedDay(external_id(1), begin.date(), Shift(begin, begin + timedelta(hours=8)))
        await synced.store.write(onec_worked.put_worked, connection, [ahead])
        report = await post(synced, a_day(1, "2026-03-20"), a_day(1), dry_run=dry_run)
        assert [(o.status, o.step) for o in report.outcomes] == [
            (Status.SKIPPED, "fact 2026-03-20"), (Status.SUCCESS, "fact 2026-03-09"),
        ]  # fmt: skip
        assert len(onec.asked("send_fact_work_time")) == (0 if dry_run else 1)

    async def test_a_day_may_be_named_by_the_personnel_number(self, synced: Workspace, onec: FakeOneC) -> None:
        await keep(synced, shift(1))
        await post(synced, {"agent_id": "00-0001", "day": "2026-03-09"})
        assert [fact.external_id for fact in onec.asked("send_fact_work_time")] == [external_id(1)]

    async def test_a_preview_says_what_1c_will_make_of_it(self, synced: Workspace, onec: FakeOneC) -> None:
        plan = [{"agent_id": external_id(1), "start": "2026-03-09T09:00", "end": "2026-03-09T17:00"}]
        await run(synced, "onec.plan_shifts", params={"shifts": json.dumps(plan)})
        await keep(synced, shift(1, end="19:00"), shift(2))
        before = await dump(synced)
        report = await post(synced, a_day(1), a_day(2), dry_run=True)
        first, second = report.run.result
        assert (first["planned_hours"], first["worked_hours"]) == (8, 10)
        assert first["expected"] == [{"code": "С", "hours": 2}]
        assert (second["planned_hours"], second["expected"]) == (None, None)  # only 1C knows their plan
        assert (onec.asked("send_fact_work_time"), await dump(synced)) == ([], before)

    async def test_each_day_is_one_request_and_is_kept_no_more(self, synced: Workspace, onec: FakeOneC) -> None:
        await keep(synced, shift(1), shift(2), shift(2, "2026-03-06"))
        report = await post(synced, a_day(1), a_day(2), initiator_name="Петров П.П.")
        assert [(f.external_id, f.initiator_name, len(f.slices)) for f in onec.asked("send_fact_work_time")] == [
            (external_id(1), "Петров П.П.", 36), (external_id(2), "Петров П.П.", 36),
        ]  # fmt: skip
        assert report.run.summary["created"] == 2
        assert await kept(synced) == [(external_id(2), "06 09:00", 1)]

    async def test_a_refusal_keeps_the_day_and_the_others_go_on(self, synced: Workspace, onec: FakeOneC) -> None:
        await keep(synced, shift(1), shift(2))
        onec.replies[external_id(1)] = OneCReply(False, "Не создан.")
        report = await post(synced, a_day(1), a_day(2))
        assert [o.status for o in report.outcomes] == [Status.PARTIAL, Status.SUCCESS]
        assert [d[0] for d in await kept(synced)] == [external_id(1)]

    async def test_after_a_lost_answer_it_stops_and_nothing_is_sent_twice(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        await keep(synced, shift(1), shift(2))
        onec.troubles["send_fact_work_time"] = [OutcomeUnknown("Nobody knows whether 1C took the worked time.")]
        report = await post(synced, a_day(1), a_day(2))
        assert [o.status for o in report.outcomes] == [Status.UNKNOWN, Status.NOT_ATTEMPTED]
        resumed = await (await synced.runner.resume(report.run.run_id)).report()
        assert [o.status for o in resumed.outcomes] == [Status.UNKNOWN, Status.SUCCESS]
        again = await post(synced, a_day(1))
        assert [o.status for o in again.outcomes] == [Status.UNKNOWN]
        assert [f.external_id for f in onec.asked("send_fact_work_time")] == [external_id(1), external_id(2)]
        connection = (await synced.store.read(people))[0].connection
        receipt = await synced.store.read(onec_sent.find_fact, connection, external_id(1), date(2026, 3, 9))
        assert receipt is not None
        assert receipt.status is SentStatus.UNKNOWN
        await post(synced, a_day(1), again=True)
        assert len(onec.asked("send_fact_work_time")) == 3

    @pytest.mark.parametrize("params", [{}, {"confirm": False}, {"dry_run": True}])
    async def test_a_day_that_was_sent_and_not_entered_again_is_unchanged(
        self, synced: Workspace, onec: FakeOneC, params: dict[str, Any]
    ) -> None:
        await keep(synced, shift(1))
        await post(synced, a_day(1))
        report = await post(synced, a_day(1), **params)
        (outcome,) = report.outcomes
        assert (outcome.status, outcome.action) == (Status.SUCCESS, Action.UNCHANGED)
        assert outcome.message == "It was sent before, and 1C took it: Сверхурочная работа"
        assert report.run.summary == {"total": 1, "created": 0, "updated": 0, "skipped": 1, "failed": 0}
        assert (report.exit_code, len(onec.asked("send_fact_work_time"))) == (ExitCode.DONE, 1)

    async def test_a_day_that_nobody_knows_of_stays_unknown_when_it_was_thrown_away(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        await keep(synced, shift(1))
        onec.troubles["send_fact_work_time"] = [OutcomeUnknown("Nobody knows whether 1C took the worked time.")]
        await post(synced, a_day(1))
        await keep(synced, remove=json.dumps([a_day(1)]))
        (outcome,) = (await post(synced, a_day(1))).outcomes
        assert (outcome.status, outcome.code) == (Status.UNKNOWN, "held")

    async def test_a_day_that_is_entered_again_is_held_and_the_others_are_sent(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        await keep(synced, shift(1))
        await post(synced, a_day(1))
        await keep(synced, shift(1), shift(2))
        report = await post(synced, a_day(1), a_day(2))
        assert [o.status for o in report.outcomes] == [Status.NOT_ATTEMPTED, Status.SUCCESS]
        assert report.error is not None
        assert (report.exit_code, report.error.code) == (ExitCode.HELD, "held")
        assert report.error.message == report.outcomes[0].message
        await post(synced, a_day(1), again=True)
        assert len(onec.asked("send_fact_work_time")) == 3

    async def test_a_day_that_is_not_kept_is_said(self, synced: Workspace, onec: FakeOneC) -> None:
        report = await post(synced, a_day(1))
        assert [o.message for o in report.outcomes] == ["No worked time of that day is kept here."]
        assert (report.exit_code, onec.asked("send_fact_work_time")) == (ExitCode.INCOMPLETE, [])


def between(start: int, end: int, breaks: tuple[Period, ...] = ()) -> Shift:
    """Hours of 9 March; beyond 24 of the next day."""

    def at(hour: int) -> datetime:
        return datetime(2026, 3, 9 + hour // 24, hour % 24, tzinfo=MOSCOW)

    return Shift(at(start), at(end), breaks)


class TestWhatOneCDecides:
    """The table of §5.5."""

    @pytest.mark.parametrize(
        ("plan", "fact", "documents"),
        [
            ((), between(9, 17), [("РВ", 8)]),
            ((), between(22, 26), [("РВН", 4)]),
            ((between(9, 17),), between(9, 9), [("НН", 8)]),
            ((between(9, 17),), between(9, 13), [("НН", 4)]),
            ((between(9, 17),), between(9, 19), [("С", 2)]),
            ((between(20, 32),), between(24, 24), [("НН", 4), ("НН", 8)]),
            ((between(9, 17),), between(10, 18), []),
        ],
    )
    def test_it_compares_plan_and_fact(
        self, plan: tuple[Shift, ...], fact: Shift, documents: list[tuple[str, float]]
    ) -> None:
        assert [(d.code, d.hours) for d in expected_documents(plan, fact, MOSCOW)] == documents
