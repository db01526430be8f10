"""The states of all pairs, one byte each: totals, filters, changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.coverage import CoverageState
from app.domain.devices import Device, DeviceStatus
from app.domain.directory import EmployeeStatus
from tests.support.coverage import a_device, a_person
from ui.pages.devices.coverage.grid import CoverageGrid, Person, rows_of

S = CoverageState
GATE, YARD = a_device("Gate"), a_device("Yard")
ANA, ION = Person("ana", "Popescu Ana"), Person("ion", "Popescu Ion")


def grid(*cells: tuple[str, str, CoverageState]) -> CoverageGrid:
    return CoverageGrid([ANA, ION], [GATE, YARD], cells)


def test_a_pair_without_a_placement_waits() -> None:
    assert grid().state(0, 0) is S.WAITING
    assert grid().counts()[S.WAITING] == 4


def test_a_paused_device_expects_nobody_and_still_tells_who_is_there() -> None:
    paused = a_device("Paused", status=DeviceStatus.INACTIVE)
    found = CoverageGrid([ANA, ION], [paused], [("paused", "ana", S.VERIFIED)])
    assert found.state(1, 0) is None
    assert found.device_total(0) == (1, 1)
    assert found.counts()[S.WAITING] == 0


def test_totals_are_of_those_expected() -> None:
    found = grid(("gate", "ana", S.VERIFIED), ("yard", "ana", S.SENT), ("gate", "ion", S.FAILED))
    assert found.person_total(0) == (1, 2)
    assert found.device_total(0) == (1, 2)
    assert found.device_total(1) == (0, 2)


def test_somebody_whom_only_a_device_knows_counts_in_no_total() -> None:
    stranger = Person("#77", "VISITOR", "77", expected=False)
    found = CoverageGrid([ANA, stranger], [GATE, YARD], [("gate", "#77", S.EXTRA)])
    assert found.device_total(0) == (0, 1)
    assert found.state(1, 1) is None


def test_a_change_names_the_rows_it_touched_and_nothing_where_nothing_changed() -> None:
    found = grid(("gate", "ana", S.SENT))
    assert found.put([("gate", "ana", S.SENT)]) == []
    assert found.put([("gate", "ana", S.VERIFIED), ("yard", "ion", S.SENT)]) == [0, 1]
    assert found.state(0, 0) is S.VERIFIED


def test_pairs_nobody_knows_are_ignored() -> None:
    assert grid().put([("gone", "ana", S.SENT), ("gate", "stranger", S.SENT)]) == []


def test_people_are_found_by_state_anywhere_or_at_one_device() -> None:
    found = grid(("gate", "ana", S.PHOTO_MISSING), ("yard", "ion", S.PHOTO_MISSING))
    assert found.rows_with([S.PHOTO_MISSING]) == {0, 1}
    assert found.rows_with([S.PHOTO_MISSING], [0]) == {0}


def test_who_is_absent_where() -> None:
    found = grid(("gate", "ana", S.VERIFIED), ("yard", "ana", S.MISSING), ("gate", "ion", S.SENT))
    assert [device.name for device in found.absent_at(0)] == ["Yard"]
    assert [person.name for person in found.absent_people(1)] == ["Popescu Ana", "Popescu Ion"]


def test_rows_are_those_who_are_pushed_and_whoever_else_is_on_a_device() -> None:
    left = a_person("left", status=EmployeeStatus.INACTIVE)
    agent = a_person("agent", employee_no=None, supabase_id=None)
    rows = rows_of([a_person("ana"), left, agent], ["ana", "left", "#77"], {"#77": "VISITOR"})
    assert [(row.id, row.name, row.expected) for row in rows] == [
        ("ana", "Popescu Ana", True), ("left", "Popescu Left", False), ("#77", "VISITOR", False),
    ]  # fmt: skip


devices = st.integers(1, 6).map(lambda count: [Device(f"d{n}", f"D{n}", "h") for n in range(count)])


@given(devices, st.integers(1, 8), st.data())
def test_what_was_put_last_is_what_is_read_and_counted(doors: list[Device], people: int, data: st.DataObject) -> None:
    persons = [Person(f"p{n}", f"P {n}") for n in range(people)]
    pairs = st.tuples(
        st.sampled_from([d.id for d in doors]), st.sampled_from([p.id for p in persons]), st.sampled_from(list(S))
    )
    cells = data.draw(st.lists(pairs))
    found = CoverageGrid(persons, doors)
    found.put(cells)
    expected = {(d.id, p.id): S.WAITING for d in doors for p in persons} | {(d, p): s for d, p, s in cells}
    for (device, person), state in expected.items():
        assert found.state(found.row_of[person], found.column_of[device]) is state
    assert sum(found.counts().values()) == len(expected)
    assert found.counts()[S.VERIFIED] == sum(found.device_total(at)[0] for at in range(len(doors)))
