"""How a device is told in a row: state with its evidence, capacity, clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.devices import DeviceFacts, DeviceStatus
from app.store.values import now
from tests.support.coverage import a_device
from ui.pages.devices.rows import (
    COLUMNS,
    DeviceLine,
    DeviceState,
    capacity_text,
    capacity_tone,
    device_state,
    drift_text,
    evidence_text,
    filters,
    severity,
    state_chip,
)
from ui.theme import Tone

TESTED = {"tested_at": now(), "test_ok": True}


def line(*, testing: bool = False, facts: dict[str, Any] | None = None, **fields: Any) -> DeviceLine:
    return DeviceLine(a_device("Gate", facts=DeviceFacts(**(facts or {})), **fields), testing)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (line(), DeviceState.NOT_TESTED),
        (line(facts=TESTED), DeviceState.REACHABLE),
        (line(facts={"pushed_at": now()}), DeviceState.REACHABLE),
        (line(facts={**TESTED, "drift_s": -31.0}), DeviceState.CLOCK_OFF),
        (line(facts={**TESTED, "drift_s": 30.0}), DeviceState.REACHABLE),
        (line(facts={"test_ok": False, "test_problem": "authentication_error"}), DeviceState.REFUSED),
        (line(facts={"test_ok": False, "test_problem": "unreachable"}), DeviceState.UNREACHABLE),
        (line(facts={"test_ok": False, "test_problem": "timed_out"}), DeviceState.UNREACHABLE),
        (line(facts={"test_ok": False, "test_problem": "other_terminal"}), DeviceState.OTHER_TERMINAL),
        (line(facts={"test_ok": False, "test_problem": "certificate"}), DeviceState.UNTRUSTED),
        (line(facts={"test_ok": False, "test_problem": "not_activated"}), DeviceState.NOT_ACTIVATED),
        (line(facts={"test_ok": False, "test_problem": "bad_data"}), DeviceState.FAILED),
        (line(facts={"test_ok": False, "locked_until": now() + timedelta(hours=5)}), DeviceState.LOCKED),
        (line(has_password=False), DeviceState.INCOMPLETE),
        (line(username=""), DeviceState.INCOMPLETE),
        (line(missing_since=now(), facts=TESTED), DeviceState.GONE),
        (line(status=DeviceStatus.INACTIVE, has_password=False), DeviceState.PAUSED),
        (line(testing=True), DeviceState.TESTING),
    ],
)
def test_the_state_is_the_first_that_holds(given: DeviceLine, state: DeviceState) -> None:
    assert given.state is state


def test_a_lock_that_is_over_is_a_refused_sign_in() -> None:
    facts = {"test_ok": False, "test_problem": "locked", "locked_until": now() - timedelta(seconds=1)}
    assert line(facts=facts).state is DeviceState.REFUSED


def test_a_failure_says_what_the_device_said_and_when() -> None:
    facts = {"test_ok": False, "test_message": "The password is wrong.", "tested_at": now() - timedelta(minutes=5)}
    assert evidence_text(line(facts=facts)) == "The password is wrong. 5 min ago"


def test_every_state_has_a_word_a_colour_and_an_icon_and_the_worst_comes_first() -> None:
    refused = line(facts={"test_ok": False, "test_problem": "authentication_error"})
    assert state_chip(refused)[:2] == ("Sign-in refused", Tone.DANGER)
    assert severity(refused) < severity(line(missing_since=now()))


def test_capacity_is_told_in_words_and_by_the_smaller_limit() -> None:
    facts = {"people": 212, "most_people": 1500, "most_faces": 3000}
    assert capacity_text(line(facts=facts)) in {"212 of 1,500", "212 of 1500"}
    assert line(facts={**facts, "most_faces": 400}).share == 212 / 400


def test_capacity_that_is_not_known_is_empty() -> None:
    assert capacity_text(line()) == ""
    assert line(facts={"people": 3}).share is None


@pytest.mark.parametrize(("people", "tone"), [(800, None), (860, Tone.WARNING), (990, Tone.DANGER)])
def test_a_device_that_fills_up_says_so(people: int, tone: Tone | None) -> None:
    assert capacity_tone(line(facts={"people": people, "most_people": 1000})) is tone


@pytest.mark.parametrize(
    ("drift_s", "text"),
    [(0.2, "0 s"), (12.0, "+12 s"), (-243.0, "−4 min 3 s"), (7_260.0, "+2 h 1 min"), (-90_000.0, "−1 d 1 h")],
)
def test_the_clock_is_told_as_people_say_it(drift_s: float, text: str) -> None:
    assert drift_text(a_device("Gate", facts=DeviceFacts(drift_s=drift_s))) == text


def test_cells_of_a_device_that_said_nothing_yet_are_empty_not_zero() -> None:
    words = {column.key: column.words(line()) for column in COLUMNS}
    assert {words[key] for key in ("people", "faces", "capacity", "drift", "checked", "pushed")} == {""}


def test_filters_part_what_needs_a_look() -> None:
    chips = {chip.key: chip for chip in filters()}
    gone = line(missing_since=now())
    assert chips["attention"].predicate(gone)
    assert not chips["active"].predicate(gone)
    assert chips["paused"].predicate(line(status=DeviceStatus.INACTIVE))
    assert device_state(a_device("Gate")) is DeviceState.NOT_TESTED
