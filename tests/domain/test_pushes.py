"""Who takes part in a push, and what a push would do, from stored state alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device, DeviceFacts
from app.domain.directory import Employee, EmployeeStatus
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import (
    Candidate,
    PushSettings,
    WhenFaceExists,
    WhenPersonExists,
    candidates,
    digest_of,
    photo_digest,
    preview_device,
    push_summary,
    takes_part,
)

GATE = Device("gate", "Gate", "192.0.2.31")


def person(number: str | None = "1004", name: str = "Ana", **fields: Any) -> Employee:
    values: dict[str, Any] = {"supabase_id": f"s-{name}", "photo_address": f"{name}.jpg", **fields}
    return Employee(f"id-{name}", name, "Popescu", employee_no=number, **values)


def placed(candidate: Candidate, state: CoverageState = CoverageState.VERIFIED, **fields: Any) -> Placement:
    values: dict[str, Any] = {
        "person_digest": candidate.person_digest,
        "face_digest": photo_digest(candidate.employee),
        **fields,
    }
    return Placement(GATE.id, candidate.id, candidate.number, state, **values)


def one(employee: Employee, *others: Employee, photo_only: bool = False) -> Candidate:
    return candidates([employee], [employee, *others], photo_only=photo_only)[0]


class TestWhoTakesPart:
    def test_active_people_with_a_number_or_from_supabase(self) -> None:
        assert takes_part(person())
        assert takes_part(person(None))
        assert takes_part(person("7", supabase_id=None))
        assert not takes_part(person(None, supabase_id=None))

    def test_nobody_who_left_or_is_on_leave(self) -> None:
        assert not takes_part(person(status=EmployeeStatus.INACTIVE))
        assert not takes_part(person(supabase_missing_since=datetime.now(UTC)))


class TestCandidates:
    def test_the_family_name_comes_first_and_the_number_is_text_without_padding(self) -> None:
        candidate = one(person("0042"))
        assert (candidate.name, candidate.number, candidate.problem) == ("Popescu Ana", "42", "")

    @pytest.mark.parametrize(
        ("employee", "reason"),
        [
            (person(None), "no_number"),
            (person("  "), "no_number"),
            (person("0"), "bad_number"),
            (person("-4"), "bad_number"),
            (person("12a"), "bad_number"),
            (person("٣"), "bad_number"),
            (person("2147483648"), "bad_number"),
            (person(status=EmployeeStatus.INACTIVE), "not_active"),
            (replace(person(), first_name="", last_name=" "), "no_name"),
        ],
    )
    def test_what_keeps_a_person_from_being_sent_is_said(self, employee: Employee, reason: str) -> None:
        candidate = one(employee)
        assert candidate.reason == reason
        assert candidate.problem
        assert candidate.remedy

    def test_a_number_that_two_people_carry_blocks_both(self) -> None:
        ana, dan = person(name="Ana"), person(name="Dan")
        found = candidates([ana, dan], [ana, dan])
        assert [c.reason for c in found] == ["doubled_number", "doubled_number"]
        assert "Dan" in found[0].problem

    def test_a_number_that_the_source_gave_to_somebody_else_too_blocks_the_one_known_here(self) -> None:
        found = one(person(name="Ana", number_shared_with="Popa Dan"))
        assert found.reason == "doubled_number"
        assert "Popa Dan" in found.problem

    def test_somebody_inactive_does_not_hold_a_number(self) -> None:
        assert one(person(), person(name="Dan", status=EmployeeStatus.INACTIVE)).problem == ""

    def test_a_photo_push_needs_a_photo(self) -> None:
        assert one(person(photo_address=None), photo_only=True).reason == "no_photo"
        assert one(person(photo_address=None)).problem == ""

    def test_the_order_is_stable(self) -> None:
        people = [person(str(n), name) for n, name in enumerate(("Dan", "Ana", "ana"), 1)]
        assert [c.employee.first_name for c in candidates(people, people)] == ["Ana", "Dan", "ana"] or [
            c.id for c in candidates(people, people)
        ] == [c.id for c in candidates(reversed(people), people)]


class TestPreview:
    def preview(
        self, *pairs: tuple[Candidate, Placement | None], device: Device = GATE, **settings: Any
    ) -> tuple[dict[str, int | None], list[Outcome]]:
        known = {c.id: p for c, p in pairs if p is not None}
        found, outcomes = preview_device(device, [c for c, _p in pairs], known, PushSettings(**settings))
        names = ("add", "already", "change", "unchanged", "no_number", "no_photo", "no_room", "left_out")
        return {name: getattr(found, name) for name in names if getattr(found, name)}, outcomes

    def test_somebody_never_sent_would_be_added(self) -> None:
        counts, (outcome,) = self.preview((one(person()), None))
        assert counts == {"add": 1}
        assert (outcome.status, outcome.action, outcome.target) == (Status.SUCCESS, Action.CREATE, "Gate")

    def test_somebody_without_number_is_skipped_and_somebody_without_photo_is_not(self) -> None:
        counts, outcomes = self.preview((one(person(None)), None), (one(person(photo_address=None)), None))
        assert counts == {"no_number": 1, "no_photo": 1, "add": 1}
        assert [o.status for o in outcomes] == [Status.SKIPPED, Status.SUCCESS]

    def test_somebody_proven_is_unchanged_unless_named(self) -> None:
        candidate = one(person())
        assert self.preview((candidate, placed(candidate)))[0] == {"unchanged": 1}
        assert self.preview((candidate, placed(candidate)), named=True)[0] == {"already": 1}

    def test_somebody_sent_and_not_proven_is_already_there(self) -> None:
        candidate = one(person())
        assert self.preview((candidate, placed(candidate, CoverageState.SENT)))[0] == {"already": 1}

    def test_another_name_would_be_changed_only_when_that_is_wanted(self) -> None:
        candidate = one(person())
        other = placed(candidate, CoverageState.DIFFERENT, person_digest=digest_of("1004", "Other"))
        assert self.preview((candidate, other))[0] == {"already": 1}
        assert self.preview((candidate, other), when_person_exists=WhenPersonExists.UPDATE)[0] == {"change": 1}

    def test_a_missing_or_changed_photo_would_be_sent(self) -> None:
        candidate = one(person())
        lacking = placed(candidate, CoverageState.PHOTO_MISSING)
        changed = placed(candidate, CoverageState.VERIFIED, face_digest="another")
        assert self.preview((candidate, lacking))[0] == {"change": 1}
        assert self.preview((candidate, changed))[0] == {"change": 1}
        assert self.preview((candidate, changed), when_face_exists=WhenFaceExists.KEEP)[0] == {"already": 1}

    def test_no_more_are_added_than_the_device_has_room_for(self) -> None:
        full = replace(GATE, facts=DeviceFacts(people=8, most_people=10))
        people = [person(str(n), f"P{n}") for n in range(1, 5)]
        counts, outcomes = self.preview(*((c, None) for c in candidates(people, people)), device=full)
        assert counts == {"add": 2, "no_room": 2}
        assert outcomes[-1].status is Status.SKIPPED


def test_the_summary_counts_every_outcome_once_and_the_proven_ones() -> None:
    def outcome(status: Status, step: str = "person") -> Outcome:
        return Outcome("A", "a", "Gate", "gate", status, step, "", Action.CREATE)

    assert push_summary(
        [outcome(Status.SUCCESS), outcome(Status.SUCCESS, "read_back"), outcome(Status.FATAL), outcome(Status.SKIPPED)]
    ) == {"total": 4, "success": 2, "partial": 0, "skipped": 1, "fatal": 1, "not_attempted": 0, "verified": 1}
