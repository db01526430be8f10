"""The words in which a run is told."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from app.domain.outcomes import RunError, RunState
from app.operations.registry import operations
from tests.support.outcomes import run
from ui.runs.words import asked_rows, counted_sections, duration_text, end_sentence, reason_text, run_title

ERROR = RunError("unreachable", "Vitec Hub cannot be reached.", "Check the network.")


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "< 0.1 s"),
        (99, "< 0.1 s"),
        (400, "0.4 s"),
        (9_900, "9.9 s"),
        (12_400, "12 s"),
        (180_000, "3 min"),
        (200_000, "3 min 20 s"),
        (7_500_000, "2 h 5 min"),
    ],
)
def test_a_duration_is_as_precise_as_it_is_short(milliseconds: int, text: str) -> None:
    assert duration_text(milliseconds) == text


def test_a_run_is_called_by_its_operation() -> None:
    assert run_title(run()) == "Sync employees"
    assert run_title(run(dry_run=True)) == "Preview: Sync employees"
    assert run_title(run(operation="gone.forever")) == "gone.forever"


@pytest.mark.parametrize(
    ("state", "fields", "sentence"),
    [
        (RunState.FINISHED, {"summary": {"total": 4, "updated": 3, "skipped": 1}}, "3 of 4 changed"),
        (RunState.STOPPED, {"error": ERROR}, "Vitec Hub cannot be reached."),
        (RunState.CANCELLED, {"error": RunError("cancelled", "Cancelled.")}, ""),
        (RunState.INTERRUPTED, {}, "Muster ended before this run did."),
        (RunState.FINISHED, {"dry_run": True}, "2 changes found, nothing stored"),
        (RunState.RUNNING, {}, ""),
    ],
)
def test_the_end_is_one_sentence(state: RunState, fields: dict[str, Any], sentence: str) -> None:
    assert end_sentence(run(state=state, **fields), changes=2) == sentence


def test_what_was_asked_is_told_in_words() -> None:
    params = {"employees": ["a", "b", "c", "d"], "values": {"title": "Daglig leder"}, "unpin": [], "paused": None}
    assert asked_rows(run(params=params)) == [("Employees", "4 chosen"), ("New values", "Title: Daglig leder")]
    assert asked_rows(run(params={"employees": ["all"]})) == [("Employees", "all")]


def test_days_are_told_as_the_form_asks_for_them() -> None:
    params = {"start_date": "2026-03-01", "end_date": "2026-03-31", "all_days": True}
    asked = asked_rows(run(operation="onec.deviations", params=params))
    assert [label for label, _text in asked] == ["From day", "To day", "Also days without a difference"]


def test_no_parameter_of_a_run_that_is_kept_is_shown_by_its_raw_name() -> None:
    names = {field.name for one in operations().values() if one.history for field in fields(one.params)}
    told = {name: asked_rows(run(params={name: "1"}))[0][0] for name in names}
    assert {name for name, label in told.items() if label == name or "_" in label} == set()


def test_counts_stand_under_what_was_counted() -> None:
    part = {"total": 14, "synced": 2, "created": 0, "updated": 2, "skipped": 12}
    sections = counted_sections(run(summary={"offices": part, "employees": part | {"missing_office": 1}}))
    assert [title for title, _rows in sections] == ["Offices", "Employees"]
    assert sections[0][1][0] == ("Total", "14")
    assert ("Without an office", "1") in sections[1][1]
    assert counted_sections(run(summary=part))[0][0] == ""
    assert counted_sections(run()) == []


def test_reasons_are_told_in_words() -> None:
    assert reason_text("duplicate_id") == "Listed twice with the same id"
    assert reason_text("missing_office:4711") == "Department 4711 is not known here"
    assert reason_text("over_24_hours") == "Longer than 24 hours"
    assert reason_text("warning_overlap") == "Overlaps another"
    assert reason_text("something new") == "something new"


def test_settings_of_a_connection_go_by_the_labels_of_its_form() -> None:
    asked = asked_rows(run(params={"settings": {"installation_id": "MSTEST", "odd": "1"}}))
    assert asked == [("Settings", "Installation id: MSTEST, odd: 1")]
