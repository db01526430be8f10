"""Finding entries of the palette by a few letters."""

from __future__ import annotations

import time

import pytest

from ui.dialogs.palette import Group, PaletteEntry
from ui.dialogs.palette.search import MOST_HITS, Finder


def entry(title: str, group: Group = Group.OPERATION, detail: str = "") -> PaletteEntry:
    return PaletteEntry(group, title, lambda: None, detail)


ENTRIES = [
    entry("Sync offices", detail="vitec"),
    entry("Sync employees", detail="vitec"),
    entry("Offices", Group.PAGE),
    entry("Look: Dark", Group.SETTING),
    entry("Fjordheim Sentrum", Group.OFFICE, "Oslo"),
    entry("Øyvind Ștefănuță", Group.EMPLOYEE, "Daglig leder · Fjordheim Sentrum"),
    entry("Synnøve Berg", Group.EMPLOYEE, "Fullmektig"),
]


def titles(query: str) -> list[str]:
    return [hit.title for hit in Finder(ENTRIES).find(query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sync", ["Sync offices", "Sync employees"]),
        ("offices", ["Offices", "Sync offices"]),
        ("off", ["Offices", "Sync offices"]),
        ("sync emp", ["Sync employees"]),
        ("emp sync", ["Sync employees"]),
        ("oyvind stef", ["Øyvind Ștefănuță"]),
        ("DARK", ["Look: Dark"]),
        ("sentrum", ["Fjordheim Sentrum", "Øyvind Ștefănuță"]),
        ("daglig", ["Øyvind Ștefănuță"]),
        ("sypl", ["Sync employees"]),
        ("zzz", []),
    ],
)
def test_all_words_occur_and_the_best_comes_first(query: str, found: list[str]) -> None:
    assert titles(query) == found


def test_without_a_query_everything_but_records_is_offered() -> None:
    assert titles("  ") == ["Sync offices", "Sync employees", "Offices", "Look: Dark"]


def test_a_beginning_beats_an_occurrence_and_a_whole_name_beats_both() -> None:
    names = ["Anna Berg", "Bergljot Lie", "Berg", "Iceberg"]
    finder = Finder([entry(name, Group.EMPLOYEE) for name in names])
    assert [hit.title for hit in finder.find("berg")] == ["Berg", "Bergljot Lie", "Anna Berg", "Iceberg"]


def test_ten_thousand_people_are_searched_within_a_frame() -> None:
    people = [entry(f"Kari Nordmann {n}", Group.EMPLOYEE, "Eiendomsmegler · Fjordheim Sentrum") for n in range(10_000)]
    finder = Finder([*ENTRIES, *people])
    spent = []
    for query in ("k", "ka", "kari", "kari 99", "kari nordmann 9999", "nrdmn", "zzz"):
        before = time.thread_time()
        found = finder.find(query)
        spent.append(time.thread_time() - before)
        assert len(found) <= MOST_HITS
    assert sorted(spent)[-1] < 0.050
    assert sorted(spent)[len(spent) // 2] < 0.016
