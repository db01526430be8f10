"""Single shifts of the plan: put in, taken out, checked with their neighbours; sending just what was ticked (§5.3)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from app.domain.outcomes import Action, Status
from app.errors import ExitCode
from app.operations.runner import Report
from app.store import onec_sent
from app.store.onec import people
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC, external_id
from tests.support.running import dump, run

SPRING = (date(2026, 3, 1), date(2026, 4, 30))


def day(number: int, on: str = "2026-03-16", start: str = "09:00", end: str = "18:00") -> dict[str, str]:
    return {"agent_id": external_id(number), "start": f"{on}T{start}", "end": f"{on}T{end}"}


def key(number: int, start: str = "2026-03-16T09:00") -> dict[str, str]:
    return {"agent_id": external_id(number), "start": start}


async def change(workspace: Workspace, dry_run: bool = False, **params: list[Any]) -> Report:
    return await run(
        workspace, "onec.change_shifts", params={k: json.dumps(v) for k, v in params.items()}, dry_run=dry_run
    )


async def planned(workspace: Workspace) -> list[tuple[str, str]]:
    connection = (await workspace.store.read(people))[0].connection
    found = await workspace.store.read(onec_sent.planned, connection, *SPRING)
    return [(p.external_id, p.shift.start.strftime("%d.%m %H:%M")) for p in found]


class TestChanging:
    async def test_shifts_are_put_in_and_taken_out_and_others_stay(self, synced: Workspace, onec: FakeOneC) -> None:
        await change(synced, add=[day(1), day(1, "2026-03-17"), day(2)])
        report = await change(synced, add=[day(1, "2026-03-16", "20:00", "23:00")], remove=[key(1, "2026-03-17T09:00")])
        assert [(o.status, o.action) for o in report.outcomes] == [
            (Status.SUCCESS, Action.CREATE), (Status.SUCCESS, Action.UPDATE),
        ]  # fmt: skip
        assert await planned(synced) == [
            (external_id(1), "16.03 09:00"), (external_id(1), "16.03 20:00"), (external_id(2), "16.03 09:00"),
        ]  # fmt: skip
        assert onec.asked("send_schedule") == []

    async def test_a_dry_run_says_what_would_become_of_the_plan(self, synced: Workspace) -> None:
        planned = {"shifts": json.dumps([day(1), day(2)])}
        report = await run(synced, "onec.plan_shifts", params=planned, dry_run=True)
        assert {o.message for o in report.outcomes} == {"Would be kept"}
        await run(synced, "onec.plan_shifts", params=planned)
        before = await dump(synced)
        report = await change(synced, dry_run=True, add=[day(1, "2026-03-17")], remove=[key(2)])
        assert [o.message for o in report.outcomes] == [
            "Would be put into the plan", "Would be taken out of the plan",
        ]  # fmt: skip
        assert await dump(synced) == before

    async def test_the_last_shift_of_a_month_can_be_taken_out(self, synced: Workspace) -> None:
        await change(synced, add=[day(1)])
        await change(synced, remove=[key(1)])
        assert await planned(synced) == []

    async def test_a_shift_is_replaced_in_one_go(self, synced: Workspace) -> None:
        await change(synced, add=[day(1)])
        await change(synced, add=[day(1, start="10:00", end="19:00")], remove=[key(1)])
        assert await planned(synced) == [(external_id(1), "16.03 10:00")]

    async def test_what_is_gone_already_is_said(self, synced: Workspace) -> None:
        report = await change(synced, remove=[key(1)])
        assert [(o.status, o.action) for o in report.outcomes] == [(Status.SKIPPED, Action.UNCHANGED)]

    @pytest.mark.parametrize(
        ("wrong", "rule"),
        [
            (day(1, start="17:00", end="20:00"), "overlaps"),
            (day(1, start="08:00", end="09:30"), "overlaps"),
            ({**day(2), "end": "2026-03-17T10:00"}, "over_24_hours"),
            ({**day(2), "end": "2026-03-16T08:00"}, "ends_before_it_begins"),
            ({**day(2), "start": "soon"}, "moment"),
            (day(9), "unknown_person"),
            (day(2, "2026-02-16"), "closed_month"),
        ],
    )
    async def test_a_wrong_shift_changes_nothing_at_all(
        self, synced: Workspace, wrong: dict[str, str], rule: str
    ) -> None:
        await change(synced, add=[day(1)])
        report = await change(synced, add=[day(2, "2026-03-20"), wrong])
        assert {o.step for o in report.outcomes} == {f"check {rule}"}
        assert all(o.remedy for o in report.outcomes)
        assert report.exit_code is ExitCode.INCOMPLETE
        assert await planned(synced) == [(external_id(1), "16.03 09:00")]

    async def test_a_shift_that_reaches_into_the_next_day_keeps_it_free(self, synced: Workspace) -> None:
        await change(synced, add=[{**day(1), "start": "2026-03-16T20:00", "end": "2026-03-17T08:00"}])
        report = await change(synced, add=[day(1, "2026-03-17", "07:00", "12:00")])
        assert [o.step for o in report.outcomes] == ["check overlaps"]

    async def test_a_dry_run_writes_nothing(self, synced: Workspace) -> None:
        before = await dump(synced)
        report = await change(synced, add=[day(1)], dry_run=True)
        assert (report.exit_code, await dump(synced)) == (ExitCode.DONE, before)

    async def test_nothing_to_change_is_refused(self, synced: Workspace) -> None:
        with pytest.raises(Exception, match="Name shifts"):
            await change(synced)


class TestSendingSome:
    async def test_only_the_ticked_pieces_are_sent(self, synced: Workspace, onec: FakeOneC) -> None:
        await change(synced, add=[day(1), day(1, "2026-04-16"), day(2)])
        params = {
            "stored": True, "start_date": "2026-03-01", "end_date": "2026-04-30", "pieces": f"{external_id(1)}/2026-04",
        }  # fmt: skip
        report = await run(synced, "onec.send_schedule", params=params)
        assert [(s.external_id, s.first) for s in onec.asked("send_schedule")] == [(external_id(1), date(2026, 4, 1))]
        assert [o.step for o in report.outcomes] == ["schedule 2026-04"]

    async def test_people_may_be_named_as_outcomes_name_them(self, synced: Workspace, onec: FakeOneC) -> None:
        await change(synced, add=[day(1), day(2)])
        (first, _second) = (await run(synced, "onec.send_schedule", params={"stored": True}, dry_run=True)).outcomes
        assert first.subject_id != external_id(1)
        await run(synced, "onec.send_schedule", params={"stored": True, "people": first.subject_id})
        assert [s.external_id for s in onec.asked("send_schedule")] == [external_id(1)]


class TestKeepingPartly:
    async def test_good_shifts_of_a_month_with_a_wrong_one_are_kept_when_asked_for(self, synced: Workspace) -> None:
        shifts = [day(1), {**day(1, "2026-03-17"), "end": "whenever"}, day(1, "2026-03-18")]
        shifts += [day(1, "2026-03-18", "17:00", "20:00"), day(2)]
        await run(synced, "onec.plan_shifts", params={"shifts": json.dumps(shifts)})
        assert await planned(synced) == [(external_id(2), "16.03 09:00")]
        report = await run(synced, "onec.plan_shifts", params={"shifts": json.dumps(shifts), "partly": True})
        assert await planned(synced) == [
            (external_id(1), "16.03 09:00"), (external_id(1), "18.03 09:00"), (external_id(2), "16.03 09:00"),
        ]  # fmt: skip
        assert report.run.reasons == {"moment": 1, "overlaps": 1}
