"""Rows of contact-centre data: what is taken, what is refused by which rule, what is only odd (§5, §7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exchange import SHAPES, DataType, Problem, Rule, folded
from app.domain.exchange.checker import Checker, Expectations, FieldRule
from app.domain.exchange.findings import MOST_LISTED, Findings
from app.domain.exchange.rows import COLUMNS, Row, told
from app.errors import UsageError

MOSCOW = ZoneInfo("Europe/Moscow")
GOOD: dict[DataType, dict[str, Any]] = {
    DataType.GROUP_METRICS: {
        "groupId": "g-1", "startInterval": "2026-03-05T06:00:00Z", "endInterval": "2026-03-05T06:05:00Z",
        "notUniqueReceived": "14", "notUniqueTreated": "11", "notUniqueMissed": "3", "aht": "287000",
        "postProcessing": "12000",
    },
    DataType.STATUS: {
        "agentId": "op-1", "startDate": "2026-03-05T06:00:10Z", "endDate": "2026-03-05T06:24:40Z", "stateCode": "Work",
    },
    DataType.LOGIN: {"agentId": "op-1", "loginDate": "2026-03-05T06:00:00Z"},
    DataType.CALLS: {
        "agentId": "op-1", "groupId": "g-1", "startCall": "2026-03-05T07:03:15Z", "endCall": "2026-03-05T07:08:15Z",
    },
    DataType.CHAT_TIME: {"agentId": "op-1", "workDate": "2026-03-05", "workTime": "4500000"},
    DataType.QUEUE_METRICS: {
        "groupId": "g-1", "timestamp": "2026-03-05T07:00:00Z", "callNumber": 3, "operatorNumber": 5,
    },
}  # fmt: skip
START_MS = 1_772_690_400_000


def checker(data_type: DataType = DataType.GROUP_METRICS, **expected: Any) -> Checker:
    return Checker(SHAPES[data_type], Expectations(MOSCOW, **expected))


def cells(data_type: DataType = DataType.GROUP_METRICS, **changes: Any) -> list[object]:
    values = GOOD[data_type] | changes
    return [values.get(spec.key) for spec in SHAPES[data_type].fields]


def check(data_type: DataType = DataType.GROUP_METRICS, **changes: Any) -> tuple[Row | None, Sequence[Problem]]:
    return checker(data_type).check(cells(data_type, **changes))


def stored(data_type: DataType = DataType.GROUP_METRICS, **changes: Any) -> dict[str, Any]:
    row, problems = check(data_type, **changes)
    assert row is not None, problems
    return dict(zip((*COLUMNS[data_type], "extra"), row, strict=True))


def rules(problems: Sequence[Problem]) -> list[tuple[str, Rule]]:
    return [(p.field, p.rule) for p in problems]


@pytest.mark.parametrize("data_type", DataType)
def test_a_row_with_what_is_needed_is_taken_without_a_word(data_type: DataType) -> None:
    row, problems = check(data_type)
    assert row is not None
    assert list(problems) == []
    assert len(row) == len(COLUMNS[data_type]) + 1


@pytest.mark.parametrize(
    ("data_type", "key"), [(t, key) for t in DataType for key in SHAPES[t].required]
)  # fmt: skip
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_needed_is_named_when_it_is_missing(data_type: DataType, key: str, blank: str | None) -> None:
    row, problems = check(data_type, **{key: blank})
    assert (row, rules(problems)) == (None, [(key, Rule.REQUIRED)])
    assert all(p.message and p.fix for p in problems)


@pytest.mark.parametrize(
    ("data_type", "changes", "field", "rule"),
    [
        (DataType.GROUP_METRICS, {"aht": "five"}, "aht", Rule.NUMBER),
        (DataType.GROUP_METRICS, {"aht": "287 s"}, "aht", Rule.NUMBER),
        (DataType.GROUP_METRICS, {"aht": True}, "aht", Rule.NUMBER),
        (DataType.GROUP_METRICS, {"aht": float("nan")}, "aht", Rule.NUMBER),
        (DataType.GROUP_METRICS, {"aht": "12,5"}, "aht", Rule.WHOLE_NUMBER),
        (DataType.GROUP_METRICS, {"notUniqueReceived": "-1"}, "notUniqueReceived", Rule.NOT_NEGATIVE),
        (DataType.GROUP_METRICS, {"notUniqueReceived": 10**30}, "notUniqueReceived", Rule.TOO_LARGE),
        (DataType.GROUP_METRICS, {"notUniqueReceived": "9" * 17}, "notUniqueReceived", Rule.TOO_LARGE),
        (DataType.GROUP_METRICS, {"startInterval": "yesterday"}, "startInterval", Rule.MOMENT),
        (DataType.GROUP_METRICS, {"startInterval": "2026-03-05T06:00:00 03:00"}, "startInterval", Rule.MOMENT),
        (DataType.GROUP_METRICS, {"startInterval": "0001-01-01T00:00:00"}, "startInterval", Rule.MOMENT),
        (DataType.GROUP_METRICS, {"startInterval": 45_000.5}, "startInterval", Rule.MOMENT),
        (DataType.GROUP_METRICS, {"endInterval": "2026-03-05T05:00:00Z"}, "endInterval", Rule.ORDER),
        (DataType.GROUP_METRICS, {"endInterval": "2026-03-05T06:00:00Z"}, "endInterval", Rule.ORDER),
        (DataType.GROUP_METRICS, {"groupId": "g" * 256}, "groupId", Rule.TEXT),
        (DataType.GROUP_METRICS, {"groupId": "g\0"}, "groupId", Rule.TEXT),
        (DataType.GROUP_METRICS, {"groupId": "\ud800"}, "groupId", Rule.TEXT),
        (DataType.GROUP_METRICS, {"groupId": False}, "groupId", Rule.TEXT),
        (DataType.STATUS, {"endDate": "2026-03-05T06:00:00Z"}, "endDate", Rule.ORDER),
        (DataType.LOGIN, {"logoutDate": "2026-03-04T06:00:00Z"}, "logoutDate", Rule.ORDER),
        (DataType.CALLS, {"endCall": "2026-03-05T07:03:14Z"}, "endCall", Rule.ORDER),
        (DataType.CHAT_TIME, {"workDate": "2026-02-30"}, "workDate", Rule.DAY),
        (DataType.QUEUE_METRICS, {"acd": "-0,5"}, "acd", Rule.NOT_NEGATIVE),
    ],
)
def test_what_cannot_be_is_refused_by_its_rule(
    data_type: DataType, changes: dict[str, Any], field: str, rule: Rule
) -> None:
    row, problems = check(data_type, **changes)
    assert (row, rules(problems)) == (None, [(field, rule)])
    assert all(p.message and p.fix and not p.warning for p in problems)


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    _row, problems = check(groupId="", aht="x", startInterval="y", notUniqueReceived=-1)
    assert rules(problems) == [
        ("groupId", Rule.REQUIRED), ("startInterval", Rule.MOMENT), ("notUniqueReceived", Rule.NOT_NEGATIVE),
        ("aht", Rule.NUMBER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05T06:00:00Z", "2026-03-05T09:00:00+03:00", "2026-03-05T06:00:00.000Z", "2026-03-05 09:00:00",
        "2026-03-05T09:00", "05.03.2026 09:00", "05.03.2026 09:00:00", "5.3.2026, 9:00",
        datetime(2026, 3, 5, 6, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=MOSCOW).replace(tzinfo=None),
        " 2026-03-05T06:00:00Z ",
    ],
)  # fmt: skip
def test_times_may_be_written_in_many_ways(written: object) -> None:
    assert stored(startInterval=written)["start_ms"] == START_MS


@pytest.mark.parametrize("written", ["2026-03-05", "05.03.2026", date(2026, 3, 5), "2026-03-04T22:00:00Z"])
def test_days_are_those_of_the_connections_zone(written: object) -> None:
    assert stored(DataType.CHAT_TIME, workDate=written)["day"] == "2026-03-05"


@pytest.mark.parametrize("written", ["287000", 287_000, 287_000.0, "287000,0", "287 000", "287\u00a0000", "287000."])
def test_numbers_may_be_written_in_many_ways(written: object) -> None:
    if written == "287000.":
        assert rules(check(aht=written)[1]) == [("aht", Rule.NUMBER)]
    else:
        assert stored(aht=written)["aht_ms"] == 287_000


def test_a_percentage_may_have_a_decimal_comma() -> None:
    assert stored(DataType.QUEUE_METRICS, acd="95,0554")["answered_pct"] == 95.0554


@pytest.mark.parametrize(("written", "kept"), [(17, "17"), (17.0, "17"), ("  op-17 ", "op-17"), ("00-0417", "00-0417")])
def test_ids_are_texts_even_where_they_look_like_numbers(written: object, kept: str) -> None:
    assert stored(DataType.LOGIN, agentId=written)["agent_id"] == kept


def test_a_time_that_nothing_was_handled_in_is_undefined_and_not_zero() -> None:
    row = stored(notUniqueTreated=0, notUniqueReceived=3, aht=0, postProcessing=0)
    assert (row["aht_ms"], row["post_ms"]) == (None, None)
    assert stored(aht="")["aht_ms"] is None


def test_what_names_no_service_belongs_to_the_fixed_one() -> None:
    assert stored()["service_id"] == "1"
    assert stored(serviceId="Линия-1")["service_id"] == "Линия-1"


def test_equal_contacts_are_counted_and_overlapping_ones_accepted() -> None:
    rows = checker(DataType.CALLS)
    found = [rows.check(cells(DataType.CALLS)) for _n in range(3)]
    assert [row[4] for row, _problems in found if row] == [0, 1, 2]
    assert not any(problems for _row, problems in found)
    assert stored(DataType.CALLS)["duration_ms"] == 300_000
    assert stored(DataType.CALLS, duration=299_000)["duration_ms"] == 299_000  # a second is rounding


@pytest.mark.parametrize(
    ("data_type", "changes", "field", "rule"),
    [
        (DataType.GROUP_METRICS, {"endInterval": "2026-03-05T06:07:00Z"}, "endInterval", Rule.INTERVAL),
        (DataType.GROUP_METRICS, {"notUniqueTreated": 15}, "notUniqueTreated", Rule.COUNTS),
        (DataType.GROUP_METRICS, {"receivedCalls": 1, "treatedCalls": 2}, "treatedCalls", Rule.COUNTS),
        (DataType.GROUP_METRICS, {"groupId": "g-9"}, "groupId", Rule.UNKNOWN_ID),
        (DataType.STATUS, {"agentId": "op-9"}, "agentId", Rule.UNKNOWN_ID),
        (DataType.LOGIN, {"logoutDate": "2026-03-05T07:00:00Z", "duration": 1}, "duration", Rule.DURATION),
        (DataType.CALLS, {"duration": 298_999}, "duration", Rule.DURATION),
        (DataType.CHAT_TIME, {"workTime": 90_000_001}, "workTime", Rule.DURATION),
    ],
)
def test_what_is_odd_is_a_warning_and_an_error_where_the_check_is_strict(
    data_type: DataType, changes: dict[str, Any], field: str, rule: Rule
) -> None:
    known: dict[str, Any] = {"groups": frozenset({"g-1"}), "agents": frozenset({"op-1"})}
    row, problems = checker(data_type, **known).check(cells(data_type, **changes))
    assert row is not None
    assert [(p.field, p.rule, p.warning) for p in problems] == [(field, rule, True)]
    row, problems = checker(data_type, **known, strict=True).check(cells(data_type, **changes))
    assert row is None
    assert [(p.field, p.rule, p.warning) for p in problems] == [(field, rule, False)]


def test_a_second_row_about_the_same_and_overlapping_statuses_are_odd() -> None:
    rows = checker()
    rows.check(cells())
    assert rules(rows.check(cells())[1]) == [("", Rule.DOUBLE)]
    statuses = checker(DataType.STATUS)
    statuses.check(cells(DataType.STATUS))
    elsewhere = statuses.check(cells(DataType.STATUS, groupId="g-2"))
    assert list(elsewhere[1]) == []  # the same stretch under another group of the agent
    later = {"startDate": "2026-03-05T06:20:00Z", "endDate": "2026-03-05T06:30:00Z", "stateCode": "Break"}
    assert rules(statuses.check(cells(DataType.STATUS, **later))[1]) == [("startDate", Rule.OVERLAP)]


def test_fields_that_nobody_knows_are_kept_as_raw_data_or_refused_where_the_check_is_strict() -> None:
    row, _problems = checker().check(cells(), {"call_type": "sale", "Note": "\ud800"})
    assert row is not None
    assert row[-1] == '{"call_type": "sale", "Note": "\\ud800"}'
    row, problems = checker(strict=True).check(cells(), {"call_type": "sale"})
    assert (row, rules(problems)) == (None, [("call_type", Rule.UNKNOWN_FIELD)])


@pytest.mark.parametrize(
    ("rule", "value", "broken"),
    [
        (FieldRule(min_value=0), 0, None),
        (FieldRule(min_value=1), 0, Rule.MIN_VALUE),
        (FieldRule(max_value=0), 1, Rule.MAX_VALUE),
        (FieldRule(max_value=0), 0, None),
        (FieldRule(required=True), "", Rule.REQUIRED),
        (FieldRule(min_value=5), "", None),
        (FieldRule(pattern="^1"), 21, Rule.PATTERN),
        (FieldRule(pattern="^1"), 12, None),
        (FieldRule(one_of=(1, "2")), 2, None),
        (FieldRule(one_of=(1, "2")), 3, Rule.ONE_OF),
    ],
)
def test_a_person_adds_rules_of_their_own(rule: FieldRule, value: object, broken: Rule | None) -> None:
    row, problems = checker(rules={"received_calls": rule}).check(cells(receivedCalls=value))
    assert [p.rule for p in problems] == ([broken] if broken else [])
    assert (row is None) == (broken is not None)


def test_a_pattern_that_tries_every_way_is_as_quick_as_any() -> None:
    _row, problems = checker(rules={"group_id": FieldRule(pattern="^(a+)+$")}).check(cells(groupId="a" * 50 + "b"))
    assert rules(problems) == [("groupId", Rule.PATTERN)]


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("nothing", FieldRule(required=True)),
        ("groupId", FieldRule(min_value=1)),
        ("groupId", FieldRule(pattern="(")),
        ("groupId", FieldRule(pattern="(?=a)")),
        ("groupId", FieldRule(pattern="(" * 2000)),
        ("startInterval", FieldRule(pattern="2026")),
    ],
)
def test_a_rule_that_cannot_be_is_refused(field: str, rule: FieldRule) -> None:
    with pytest.raises(UsageError):
        checker(rules={field: rule})


@pytest.mark.parametrize("name", ["groupId", "group_id", "Group ID", "GROUPID", "group-id", "queue_id"])
def test_a_field_is_known_by_every_spelling(name: str) -> None:
    shape = SHAPES[DataType.GROUP_METRICS]
    assert shape.places[folded(name)] == shape.place("groupId")


@pytest.mark.parametrize("data_type", DataType)
def test_every_name_means_one_field(data_type: DataType) -> None:
    shape = SHAPES[data_type]
    assert all(shape.places[folded(spec.key)] == place for place, spec in enumerate(shape.fields))


@pytest.mark.parametrize("data_type", DataType)
def test_a_stored_row_tells_all_its_fields(data_type: DataType) -> None:
    row, _problems = check(data_type)
    assert row is not None
    fields = told(data_type, row)
    assert list(fields) == [spec.key for spec in SHAPES[data_type].fields]
    again, problems = checker(data_type).check([as_written(v) for v in fields.values()])
    assert (again, list(problems)) == (row, [])


def as_written(value: Any) -> object:
    """Moments as a platform would write them."""
    if isinstance(value, int) and value > 10**12:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)).isoformat()
    return value


ANY_CELL = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes(), st.dates(),
    st.datetimes(timezones=st.just(MOSCOW)), st.text(alphabet="0123456789.,:-+TZ /е"),
)  # fmt: skip


@given(data=st.data(), data_type=st.sampled_from(DataType), strict=st.booleans())
def test_any_cells_are_taken_or_refused_with_reasons(data: st.DataObject, data_type: DataType, strict: bool) -> None:
    good = cells(data_type)
    row = [data.draw(st.one_of(st.just(cell), ANY_CELL)) for cell in good]
    extra = data.draw(st.none() | st.dictionaries(st.text(), ANY_CELL, max_size=3))
    found, problems = checker(data_type, strict=strict).check(row, extra)
    if found is None:
        assert any(not p.warning for p in problems)
    else:
        assert all(p.warning for p in problems)
        assert len(found) == len(COLUMNS[data_type]) + 1
        assert all(isinstance(value, str | int | float | None) for value in found)
        "".join(v for v in found if isinstance(v, str)).encode()
    assert all(p.message and p.fix for p in problems)


class TestFindings:
    def test_errors_are_grouped_by_rule_and_field_the_most_frequent_first(self) -> None:
        found = Findings(["aht", "groupId"])
        for row in range(30):
            found.total += 1
            problems = [Problem("aht", Rule.NUMBER, "m", "f")] + [Problem("groupId", Rule.TEXT, "m", "f")] * (row < 3)
            found.refuse(row + 2, ["x", "y"], problems)
        report = found.validation_report()
        assert [(g["field"], g["count"], len(g["rows"])) for g in report["error_groups"]] == [
            ("aht", 30, 20), ("groupId", 3, 3),
        ]  # fmt: skip
        assert (report["total_records"], report["invalid_records"], report["success_rate"]) == (30, 30, 0.0)
        assert report["validation_errors"][0]["record"] == {"aht": "x", "groupId": "y"}

    def test_a_result_names_so_many_rows_and_a_file_of_errors_all(self) -> None:
        found = Findings(["aht"], keep=MOST_LISTED + 5)
        for row in range(MOST_LISTED + 5):
            found.total += 1
            found.refuse(row, [None], [Problem("aht", Rule.NUMBER, "m", "f")])
        assert len(found.validation_report()["validation_errors"]) == MOST_LISTED
        assert len(found.rows_of_file()) == MOST_LISTED + 5

    def test_nothing_to_check_is_all_right(self) -> None:
        assert Findings([]).validation_report()["success_rate"] == 100.0
