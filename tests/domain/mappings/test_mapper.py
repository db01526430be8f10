"""The mapper: rows through rules, samples without secrets, values with counts, trials (connections.md §9)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.kinds import ConnectionKind
from app.domain.mappings import (
    ENTITIES,
    Check,
    CheckKind,
    Mapper,
    Otherwise,
    Problem,
    Rule,
    Transform,
    TransformKind,
    check_rules,
    find_entity,
    try_rules,
)
from app.errors import UsageError

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
EMPLOYEE = find_entity(ConnectionKind.VITEC, "employee")
PEOPLE: list[dict[str, Any]] = [
    {"employeeId": f"E{n}", "departmentId": [1], "name": f"Kari {n}", "mobilePhone": f"9000000{n}", "extra": {"x": n}}
    for n in range(5)
]


def test_without_rules_the_very_list_passes() -> None:
    rows = [*PEOPLE, "no record", None]
    assert Mapper().take("employee", rows) is rows


def test_a_rule_reads_one_key_from_another_and_leaves_the_rest() -> None:
    (made,) = Mapper({"employee": (Rule("workPhone", ("mobilePhone",)),)}).take("employee", PEOPLE[:1])
    assert made == {**PEOPLE[0], "workPhone": "90000000"}


def test_every_rule_reads_what_the_source_sent_so_two_keys_can_change_places() -> None:
    rules = (Rule("name", ("title",)), Rule("title", ("name",)))
    assert Mapper({"e": rules}).take("e", [{"name": "a", "title": "b"}]) == [{"name": "b", "title": "a"}]


def test_a_rule_that_is_switched_off_does_nothing() -> None:
    rows = list(PEOPLE)
    assert Mapper({"employee": (Rule("name", ("title",), active=False),)}).take("employee", rows) is rows


def test_keys_are_found_in_any_spelling_and_set_in_place_of_it() -> None:
    (made,) = Mapper({"agent": (Rule("agentId", ("tab_n",)),)}).take("agent", [{"AGENT_ID": "7", "tabN": "0042"}])
    assert made == {"agentId": "0042", "tabN": "0042"}


def test_a_record_that_a_rule_cannot_take_is_left_out_and_told_and_the_others_go_on() -> None:
    mapper = Mapper({"employee": (Rule("departmentId", ("departmentId",), (Transform(TransformKind.TO_INT),)),)})
    problem, other = mapper.take("employee", [{"departmentId": "x", "password": "p"}, {"departmentId": "7"}])
    assert other == {"departmentId": 7}
    assert (problem.target, problem.message, problem.record) == (
        "departmentId",
        "“x” is not a number.",
        {"departmentId": "x"},
    )


def test_what_is_unique_is_so_within_one_list() -> None:
    mapper = Mapper({"employee": (Rule("email", ("email",), checks=(Check(CheckKind.UNIQUE),)),)})
    twice = [{"email": "a"}, {"email": "a"}]
    for _time in range(2):
        first, second = mapper.take("employee", twice)
        assert (first, isinstance(second, Problem)) == ({"email": "a"}, True)


def test_the_first_twenty_rows_are_remembered_until_they_are_asked_for() -> None:
    mapper = Mapper()
    for first in range(0, 60, 15):
        mapper.take("e", [{"id": n} for n in range(first, first + 15)])
    assert [row["id"] for row in mapper.harvest().samples["e"]] == list(range(20))
    assert mapper.harvest().samples == {}


@pytest.mark.parametrize("key", ["password_encrypted", "PasswordEncrypted", "techx_password", "TOKEN", "api_key"])
def test_secrets_are_in_no_sample_however_deep(key: str) -> None:
    mapper = Mapper()
    mapper.take("device", [{"id": 1, key: "s3cret", "inner": [{key: "s3cret"}]}])
    assert mapper.harvest().samples == {"device": [{"id": 1, "inner": [{}]}]}


def test_values_are_counted_and_said_ones_are_known() -> None:
    mapper = Mapper(values={"position_type": {"11": "salgsleder"}})
    mapper.seen("position_type", "12", 2)
    mapper.seen("position_type", "12")
    assert mapper.value("position_type", "11") == "salgsleder"
    assert mapper.value("position_type", "12") is None
    assert mapper.harvest().values["position_type"]["12"] == 3


def test_the_columns_to_ask_for_are_those_that_rules_read() -> None:
    mapper = Mapper({"employee": (Rule("nume", ("nume_familie", "id")),)})
    assert mapper.columns("employee", ("id", "nume", "prenume")) == ("id", "nume_familie", "prenume")


def test_the_fingerprint_changes_with_rules_and_values_and_is_nothing_without_them() -> None:
    mapper = Mapper()
    assert mapper.fingerprint == b""
    mapper.use({"employee": (Rule("name", ("title",)),)}, {})
    by_rules = mapper.fingerprint
    mapper.use({}, {"position_type": {"11": "salgsleder"}})
    assert len({b"", by_rules, mapper.fingerprint}) == 3


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ((Rule("nickname", ("name",)),), "There is no field nickname to fill."),
        ((Rule("name", ("a",)), Rule("name", ("b",))), "name is filled by two rows."),
        ((Rule("name"),), "name: choose the field it is read from."),
        ((Rule("name", ("password",)),), "password holds a secret, so nothing is read from it."),
        (
            (Rule("name", ("a",), (Transform(TransformKind.TO_DATETIME, "Nowhere/City"),)),),
            "name: There is no time zone Nowhere/City.",
        ),
        ((Rule("name", ("a",), (Transform(TransformKind.SPLIT),)),), "name: Say where to split."),
        ((Rule("name", ("a",), (Transform(TransformKind.MAP_VALUES),)),), "name: The table of values is empty."),
        ((Rule("name", ("a",), checks=(Check(CheckKind.MIN_VALUE, "x"),)),), "name: The limit is not a number."),
    ],
)
def test_rules_that_cannot_be(rules: tuple[Rule, ...], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_rules(EMPLOYEE, rules)
    assert refused.value.message == message


def test_rules_that_say_nothing_are_not_kept() -> None:
    assert check_rules(EMPLOYEE, (Rule("name", ("name",)),)) == ()


def test_a_trial_tells_field_by_field_what_changes() -> None:
    trial = try_rules(EMPLOYEE, PEOPLE, (), (Rule("workPhone", ("mobilePhone",)),), NOW)
    assert (trial.records, trial.changed, trial.blanked, trial.refused) == (5, 5, (), 0)
    first = trial.changes[0]
    assert (first.record, first.field, first.before, first.after) == ("E0", "workPhone", None, "90000000")


@pytest.mark.parametrize(
    "rule",
    [
        Rule("name", ("nothing",)),
        Rule("name", ("name",), (Transform(TransformKind.SPLIT, " ", 5),)),
        Rule("name", ("name",), (Transform(TransformKind.MAP_VALUES, table={"a": "b"}, otherwise=Otherwise.EMPTY),)),
    ],
)
def test_a_trial_names_required_fields_that_would_be_blank(rule: Rule) -> None:
    assert try_rules(EMPLOYEE, PEOPLE, (), (rule,), NOW).blanked == ("name",)


def test_a_trial_tells_when_different_records_would_be_one() -> None:
    key = EMPLOYEE.required[0][0]
    constant = Rule(key, (key,), (Transform(TransformKind.CONSTANT, "same"),))
    trial = try_rules(EMPLOYEE, PEOPLE, (), (constant,), NOW)
    assert trial.merged
    objection = trial.objection(EMPLOYEE)
    assert objection is not None
    assert "different records the same value" in objection.message
    upper = Rule(key, (key,), (Transform(TransformKind.UPPER),))
    assert try_rules(EMPLOYEE, PEOPLE, (), (upper,), NOW).objection(EMPLOYEE) is None


def test_rules_that_let_no_record_through_are_objected_to() -> None:
    boolean = Rule("name", ("name",), (Transform(TransformKind.TO_BOOL),))
    trial = try_rules(EMPLOYEE, PEOPLE, (), (boolean,), NOW)
    assert trial.refused == trial.records
    assert trial.objection(EMPLOYEE) is not None


def test_zero_is_a_value_also_in_a_required_field() -> None:
    rows = [{"employeeId": 0, "departmentId": 0, "name": "0"}]
    assert try_rules(EMPLOYEE, rows, (), (Rule("title", ("name",)),), NOW).blanked == ()


def test_a_trial_does_what_a_run_does() -> None:
    rules = (Rule("name", ("name",), (Transform(TransformKind.UPPER),)), Rule("title", ("mobilePhone",)))
    run = Mapper({"employee": rules}).take("employee", PEOPLE)
    trial = try_rules(EMPLOYEE, PEOPLE, (), rules, NOW)
    assert {(c.record, c.field): c.after for c in trial.changes} == {
        (row["employeeId"], key): row[key] for row in run for key in ("name", "title")
    }


@pytest.mark.parametrize(
    "entity", [entity for entities in ENTITIES.values() for entity in entities], ids=lambda entity: entity.id
)
def test_every_entity_names_its_record_and_each_key_once(entity: Any) -> None:
    keys = [field.key for field in entity.fields]
    assert len(keys) == len(set(keys))
    assert all(any(key in keys for key in group) for group in entity.required)
    assert entity.required
