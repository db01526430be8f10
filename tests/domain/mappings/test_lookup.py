"""The transformation `lookup`: our own id by the one another system gave (connections.md §9)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.kinds import ConnectionKind
from app.domain.mappings import Mapper, Otherwise, Rule, Transform, TransformKind, check_rules, find_entity
from app.domain.mappings.registers import registers_of
from app.domain.mappings.rules import IdRegister
from app.domain.mappings.transforms import Unconvertible, convert
from app.errors import UsageError

NUMBERS = IdRegister.EMPLOYEE_BY_NUMBER.value
KNOWN = {NUMBERS: {"7": "emp-7", "A-1": "emp-1"}}
IDS = st.text(st.characters(exclude_categories=("Cs", "Zs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text == text.strip() != ""
)


def looked_up(value: Any, otherwise: Otherwise = Otherwise.ERROR) -> Any:
    return convert([value], [Transform(TransformKind.LOOKUP, NUMBERS, otherwise=otherwise)], KNOWN)


@pytest.mark.parametrize(
    ("value", "own"), [("7", "emp-7"), (7, "emp-7"), (7.0, "emp-7"), (" A-1 ", "emp-1"), (None, None), (" ", None)]
)
def test_an_id_is_found_however_it_is_written_and_none_stays_none(value: Any, own: str | None) -> None:
    assert looked_up(value) == own


def test_an_id_that_nobody_has_goes_the_otherwise_way() -> None:
    assert looked_up("8", Otherwise.KEEP) == "8"
    assert looked_up("8", Otherwise.EMPTY) is None
    with pytest.raises(Unconvertible, match="Nobody here has the id “8”"):
        looked_up("8")


@given(st.dictionaries(IDS, st.uuids().map(str), max_size=20), IDS)
def test_every_id_of_a_register_is_found_and_no_other(register: dict[str, str], other: str) -> None:
    step = Transform(TransformKind.LOOKUP, NUMBERS, otherwise=Otherwise.EMPTY)
    for theirs, own in register.items():
        assert convert([theirs], [step], {NUMBERS: register}) == own
    assert convert([other], [step], {NUMBERS: register}) == register.get(other)


@given(IDS)
def test_a_fingerprint_is_that_of_the_text_and_the_same_each_time(text: str) -> None:
    made = convert([text], [Transform(TransformKind.HASH)])
    assert made == hashlib.sha256(text.encode()).hexdigest() == convert([text], [Transform(TransformKind.HASH)])


def test_a_register_that_there_is_not_is_refused_with_those_that_are() -> None:
    entity = find_entity(ConnectionKind.VITEC, "employee")
    rule = Rule("email", ("id",), (Transform(TransformKind.LOOKUP, "of_the_moon"),))
    with pytest.raises(UsageError, match="employee_by_number"):
        check_rules(entity, (rule,))


def test_only_the_registers_that_are_looked_into_are_wanted() -> None:
    step = Transform(TransformKind.LOOKUP, NUMBERS)
    assert registers_of([(Rule("a", ("a",)),)]) == frozenset()
    assert registers_of([(Rule("a", ("a",), (step,)), Rule("b", ("b",), (step,), active=False))]) == {NUMBERS}


def test_a_list_is_read_anew_once_the_register_says_otherwise() -> None:
    rules = {"e": (Rule("a", ("a",), (Transform(TransformKind.LOOKUP, NUMBERS),)),)}
    before, after = Mapper(rules, registers=KNOWN), Mapper(rules, registers={NUMBERS: {"7": "emp-8"}})
    assert before.take("e", [{"a": "7"}]) == [{"a": "emp-7"}]
    assert before.fingerprint != after.fingerprint
