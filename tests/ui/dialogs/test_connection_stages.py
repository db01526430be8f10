"""What is known of a test while it runs, as lines."""

from __future__ import annotations

from app.domain.health import Stage, TestReport
from app.events import StageReached
from ui.dialogs.connection_stages import StagesSeen
from ui.widgets.stages import StageState


def ended(name: str, *, ok: bool = True) -> StageReached:
    return StageReached("run", name, Stage(name, ok, f"{name} said so.", 7))


def states(seen: StagesSeen) -> dict[str, StageState]:
    return {line.title: line.state for line in seen.lines()}


def after(*events: StageReached) -> StagesSeen:
    seen = StagesSeen()
    for event in events:
        seen = seen.reached(event)
    return seen


def test_before_the_first_step_all_wait() -> None:
    assert set(states(StagesSeen()).values()) == {StageState.WAITING}


def test_a_step_runs_and_the_later_ones_wait() -> None:
    seen = after(ended("settings"), StageReached("run", "address"))
    assert list(states(seen).items())[:3] == [
        ("Settings", StageState.PASSED), ("Address", StageState.RUNNING), ("Encryption", StageState.WAITING),
    ]  # fmt: skip


def test_a_step_that_was_passed_over_has_no_line() -> None:
    seen = after(ended("settings"), ended("address"), StageReached("run", "sign_in"))
    assert "Encryption" not in states(seen)


def test_after_a_failure_the_rest_was_not_reached() -> None:
    seen = after(ended("settings"), ended("address", ok=False))
    assert states(seen)["Address"] is StageState.FAILED
    assert states(seen)["Data"] is StageState.NOT_REACHED


def test_a_report_that_is_over_shows_only_what_was_done() -> None:
    report = TestReport(True, (Stage("settings", True, "", 1), Stage("sign_in", True, "", 2)), "Connected.")
    assert list(states(StagesSeen.of(report))) == ["Settings", "Sign-in"]
