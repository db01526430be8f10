"""A push in the run panel: results by device, rows that turn from sent to verified, going on without a device."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QAbstractButton

from app.demo.world import DemoWorld
from app.domain.outcomes import Action, Outcome, RunError, RunState, Status
from app.events import OutcomesRevised
from app.operations.runner import Request
from tests.support.outcomes import outcome, run, tell
from tests.support.site import Site, a_person
from tests.support.window import click, eventually, part
from tests.ui.runs.conftest import Place
from ui.desk import Desk
from ui.runs.again import failed_again, stopped_by
from ui.runs.rows import Result, result_of
from ui.runs.shown import ShownRun
from ui.widgets import Button

PUSH: dict[str, Any] = {
    "operation": "terminals.push_all",
    "connection": "",
    "params": {"without": [], "pace": "gentle"},
}
STOP = RunError("refused_sign_in", "Gate 3: The password is wrong.", "Enter the right one.")


def pushed(person: str, device: str = "Gate", **fields: Any) -> Outcome:
    values = {
        "target": device,
        "target_id": device.lower(),
        "step": "face",
        "message": "Added.",
        "action": Action.CREATE,
    }
    return outcome(person, **{**values, **fields})


def verified(person: str, device: str = "Gate") -> Outcome:
    return pushed(person, device, step="read_back")


def not_attempted(person: str, device: str) -> Outcome:
    return pushed(
        person, device, status=Status.NOT_ATTEMPTED, step="check", action=Action.SKIP, message="Stopped before."
    )


def targets(place: Place) -> dict[str, tuple[int, ...]]:
    """Verified, sent, partial, failed, left out, not attempted by device."""
    lines = place.panel.view.targets.lines()
    return {line.name: (line.verified, line.sent, line.partial, line.failed, line.left, line.waiting) for line in lines}


def rows(place: Place) -> list[tuple[str, str, str]]:
    table = place.panel.view.pane.visible_table()
    return [(str(row[0]), str(row[1]), str(row[2])) for row in table.rows]


def test_what_was_sent_is_not_yet_verified_and_a_read_back_proves_it() -> None:
    assert result_of(pushed("Ana")) is Result.SENT
    assert result_of(verified("Ana")) is Result.VERIFIED
    assert result_of(pushed("Ana", step="read_back", action=Action.UNCHANGED)) is Result.VERIFIED


def test_what_a_verification_found_has_words_of_its_own() -> None:
    found = {
        action: result_of(pushed("Ana", status=Status.PARTIAL, step="read_back", action=action))
        for action in (Action.MISSING, Action.DIFFERENT, Action.EXTRA, Action.INCOMPLETE)
    }
    assert list(found.values()) == [Result.MISSING, Result.DIFFERENT, Result.EXTRA, Result.INCOMPLETE]
    assert all(result.needs_look for result in found.values())


async def test_results_are_counted_by_device_beside_the_rows(place: Place, desk: Desk) -> None:
    tell(
        desk.workspace,
        run(**PUSH),
        [verified("Ana"), pushed("Ion"), pushed("Ana", "Yard", status=Status.PARTIAL), not_attempted("Ion", "Yard")],
        run(**PUSH, state=RunState.FINISHED),
    )
    assert targets(place) == {
        "All devices": (1, 1, 1, 0, 0, 1), "Gate": (1, 1, 0, 0, 0, 0), "Yard": (0, 0, 1, 0, 0, 1),
    }  # fmt: skip
    assert ("Ion", "Yard", "Not attempted") in rows(place)


async def test_a_chosen_device_shows_its_results_alone(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(**PUSH), [verified("Ana"), verified("Ana", "Yard")], run(**PUSH, state=RunState.FINISHED))
    place.panel.view.targets.table.select_key("yard")
    assert rows(place) == [("Ana", "Yard", "Verified")]
    place.panel.view.targets.table.select_key("")
    assert len(rows(place)) == 2


async def test_a_row_turns_from_sent_to_verified_in_its_place(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(**PUSH), [pushed("Ana"), pushed("Ion")])
    await eventually(lambda: [row[2] for row in rows(place)] == ["Sent", "Sent"])
    desk.workspace.events.publish(OutcomesRevised("run-1", ((0, verified("Ana")),)))
    await eventually(lambda: rows(place) == [("Ana", "Gate", "Verified"), ("Ion", "Gate", "Sent")])
    await eventually(lambda: targets(place)["Gate"] == (1, 1, 0, 0, 0, 0))


async def test_runs_without_devices_show_no_column_of_them(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome("Kari")], run(state=RunState.FINISHED))
    assert not place.panel.view.targets.isVisible()


def test_what_is_revised_before_its_row_is_made_counts_once() -> None:
    shown = ShownRun(run(**PUSH))
    shown.add([pushed("Ana"), pushed("Ion")])
    shown.make_lines(1)
    shown.revise([(0, verified("Ana")), (1, verified("Ion"))])
    shown.make_lines()
    assert shown.counts[Result.VERIFIED] == 2
    assert shown.counts[Result.SENT] == 0
    assert shown.revised == {0}


def test_the_device_that_stopped_a_push_is_named() -> None:
    stopped = run(**PUSH, state=RunState.STOPPED, error=STOP)
    outcomes = [verified("Ana", "Gate"), not_attempted("Ion", "Gate 3"), not_attempted("Ion", "Gate")]
    assert stopped_by(stopped, outcomes) == ("gate 3", "Gate 3")
    assert stopped_by(run(**PUSH, state=RunState.CANCELLED, error=STOP), outcomes) is None


def test_failed_ones_are_pushed_again_to_the_devices_they_failed_at() -> None:
    outcomes = [verified("Ana", "Gate"), pushed("Ion", "Yard", status=Status.FATAL)]
    assert failed_again(run(**PUSH), outcomes).params == {**PUSH["params"], "people": ["ion"], "devices": ["yard"]}


async def test_a_stopped_push_goes_on_without_the_device_that_stopped_it(
    place: Place, desk: Desk, small_world: DemoWorld
) -> None:
    site = Site(desk.workspace, small_world)
    await site.add_people([a_person(number, name) for number, name in enumerate(("Ana", "Ion", "Kari"), 1)])
    first, second = await site.add_devices(2)
    await desk.workspace.vault.set(first.id, "password", "wrong")
    desk.run(Request("terminals.push_all", params={"pace": "fast"}))
    go_on = part(place.panel, Button, "run.continue")
    await eventually(go_on.isVisible, patience_s=20)
    assert go_on.text() == f"Continue without {first.name}"
    assert part(place.panel, QAbstractButton, "run.resume").isVisible()
    click(place.panel, "run.continue")
    await eventually(lambda: targets(place).get(second.name, ())[:1] == (3,), patience_s=20)
    await eventually(lambda: not go_on.isVisible())
    await eventually(lambda: len(rows(place)) >= 6)
    assert len(rows(place)) == 6, "what is done again is not shown twice"
    await eventually(lambda: targets(place)[first.name][0] == 0)
