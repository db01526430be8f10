"""What an outcome means to a person, and the rows and filters made of it."""

from __future__ import annotations

import pytest

from app.domain.outcomes import Action, FieldChange, Outcome, Status
from tests.support.outcomes import failed, left_out, outcome, run, unchanged
from ui.runs.rows import OutcomeLine, Result, filters, happened, problems_first, result_of
from ui.runs.shown import ShownRun


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (outcome(action=Action.CREATE), Result.CHANGED),
        (outcome(action=Action.UPDATE), Result.CHANGED),
        (outcome(action=Action.DEACTIVATE), Result.CHANGED),
        (unchanged(), Result.UNCHANGED),
        (left_out(), Result.LEFT_OUT),
        (outcome(status=Status.SKIPPED, action=Action.CONFLICT), Result.LEFT_OUT),
        (failed(), Result.FAILED),
        (outcome(status=Status.PARTIAL), Result.PARTIAL),
        (outcome(status=Status.UNKNOWN), Result.UNKNOWN),
        (outcome(status=Status.NOT_ATTEMPTED), Result.NOT_ATTEMPTED),
    ],
)
def test_every_outcome_means_one_thing(given: Outcome, meant: Result) -> None:
    assert result_of(given) is meant


def test_what_is_done_or_was_well_before_needs_no_look() -> None:
    assert [r for r in Result if not r.needs_look] == [
        Result.CHANGED, Result.SENT, Result.VERIFIED, Result.SUCCESS, Result.UNCHANGED,
    ]  # fmt: skip


def lines(*outcomes: Outcome) -> list[OutcomeLine]:
    shown = ShownRun(run())
    shown.add(outcomes)
    shown.make_lines()
    return shown.lines


def test_what_needs_a_look_comes_first_and_else_the_order_stays() -> None:
    given = lines(unchanged("Ola"), outcome("Kari"), failed("Åse"), unchanged("Per"), left_out("Nils"), failed("Eva"))
    assert [line.outcome.subject for line in problems_first(given)] == ["Åse", "Eva", "Nils", "Kari", "Ola", "Per"]


def test_a_slice_makes_only_so_many_rows_and_the_next_goes_on() -> None:
    shown = ShownRun(run())
    shown.add([outcome(f"Kari {n}") for n in range(7)])
    shown.make_lines(3)
    assert [line.seq for line in shown.lines] == [0, 1, 2]
    assert shown.changes == 3
    shown.make_lines(3)
    shown.make_lines(3)
    assert [line.seq for line in shown.lines] == list(range(7))
    assert shown.changes == 7


def test_only_what_occurs_is_a_filter() -> None:
    chips = filters({Result.UNCHANGED, Result.FAILED}, planned=False)
    assert [chip.label for chip in chips] == ["Failed", "No changes"]
    one, other = lines(failed(), unchanged())
    assert [chip.predicate(one) for chip in chips] == [True, False]
    assert [chip.predicate(other) for chip in chips] == [False, True]


def test_what_happened_names_the_fields_that_changed() -> None:
    changes = (FieldChange("title", "Fullmektig", "Daglig leder"), FieldChange("phone", None, "900 00 001"))
    assert happened(outcome(changes=changes)) == "Updated: Title, Phone"
    assert happened(outcome()) == "Updated"
    assert happened(failed(changes=changes)) == "Refused"
