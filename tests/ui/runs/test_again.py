"""Doing a run again: for whom, and why not."""

from __future__ import annotations

from dataclasses import replace

from app.access import Role
from app.domain.outcomes import RunState, Status
from tests.support.outcomes import failed, left_out, outcome, run, unchanged
from ui.desk import Desk
from ui.runs.again import failed_again, failed_ids, obstacle, resume_obstacle, same_again

OUTCOMES = [
    outcome("Kari"),
    unchanged("Ola"),
    left_out("Nils"),
    failed("Åse"),
    outcome("Per", status=Status.PARTIAL),
    outcome("Eva", status=Status.NOT_ATTEMPTED),
    outcome("Liv", status=Status.UNKNOWN),
    failed("Åse", target="pictures"),
]


def test_failed_are_those_it_did_not_work_out_for_each_once() -> None:
    assert failed_ids(OUTCOMES) == ["åse", "per", "eva", "liv"]


def test_an_operation_that_takes_subjects_is_run_for_the_failed_only() -> None:
    request = failed_again(run(operation="employees.pictures", params={"employees": ["all"]}), OUTCOMES)
    assert request.operation == "employees.pictures"
    assert request.connection == "vitec"
    assert request.params == {"employees": ["åse", "per", "eva", "liv"]}


def test_one_that_takes_none_is_run_whole() -> None:
    request = failed_again(run(params={}), OUTCOMES)
    assert (request.operation, request.params) == ("directory.sync", {})


def test_failures_without_an_id_cannot_be_singled_out() -> None:
    given = run(operation="employees.deactivate", connection="", params={"employees": ["a", "b"]})
    assert failed_again(given, [failed("?", subject_id="")]).params == {"employees": ["a", "b"]}


def test_the_same_again_keeps_everything() -> None:
    request = same_again(run(params={"employees": ["a"]}, dry_run=True))
    assert (request.params, request.dry_run) == ({"employees": ["a"]}, True)


async def test_what_needs_a_secret_cannot_be_done_from_the_history(desk: Desk) -> None:
    assert "Secrets" in obstacle(desk, run(operation="connections.create", connection=""))
    assert obstacle(desk, run()) == ""


async def test_who_lacks_the_right_is_told_so(desk: Desk) -> None:
    desk.workspace.settings_file.change(role=Role.VIEWER)
    assert "viewer" in obstacle(desk, run())


async def test_an_operation_that_is_no_more_cannot_be_done(desk: Desk) -> None:
    assert "no longer" in obstacle(desk, run(operation="gone.forever"))


async def test_only_a_run_that_ended_early_can_be_resumed(desk: Desk) -> None:
    assert resume_obstacle(desk, run(state=RunState.RUNNING)) == "It is still running."
    assert "nothing left" in resume_obstacle(desk, run(state=RunState.FINISHED))
    assert resume_obstacle(desk, run(state=RunState.INTERRUPTED)) == ""


async def test_one_that_finished_with_open_steps_can_be_taken_up_where_its_operation_retries(
    desk: Desk,
) -> None:
    sent = run(operation="onec.send_schedule", connection="zup", state=RunState.FINISHED)
    assert resume_obstacle(desk, sent, left=True) == ""
    assert "nothing left" in resume_obstacle(desk, sent, left=False)
    assert "nothing left" in resume_obstacle(desk, run(state=RunState.FINISHED), left=True)
    assert "nothing left" in resume_obstacle(desk, replace(sent, dry_run=True), left=True)
