"""The chain of the audit trail: its bytes can be checked by any program, and no two entries look alike to it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit import NOTHING_BEFORE, Anchor, Flaw, Walk, changed, link, told

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CONTENTS = st.tuples(st.integers(1, 2**31), *[TEXTS] * 13)


def chain(*contents: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Rows as they are stored."""
    rows, before = [], NOTHING_BEFORE
    for content in contents:
        before = link(before, content)
        rows.append((*content, before))
    return rows


@given(CONTENTS)
def test_the_hash_can_be_computed_with_any_json_and_sha256(content: tuple[Any, ...]) -> None:
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    expected = hashlib.sha256(f"{NOTHING_BEFORE}\n{plain}".encode()).hexdigest()
    assert link(NOTHING_BEFORE, content) == expected


@given(CONTENTS, CONTENTS)
def test_different_entries_have_different_hashes(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert (link(NOTHING_BEFORE, one) == link(NOTHING_BEFORE, other)) == (one == other)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_any_change_of_a_text_is_found_at_its_entry(names: list[str], data: st.DataObject) -> None:
    rows = chain(*((seq, name) for seq, name in enumerate(names, 1)))
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] = (rows[place][0], rows[place][1] + "!", rows[place][2])
    walk = Walk(1, NOTHING_BEFORE)
    assert not walk.go(rows)
    assert (walk.flaw, walk.flaw_at, walk.checked) == (Flaw.ALTERED, place + 1, place)


def test_pages_join_without_a_seam() -> None:
    rows = chain(*((seq, "x") for seq in range(1, 8)))
    walk = Walk(1, NOTHING_BEFORE)
    assert walk.go(rows[:3])
    assert walk.go(rows[3:])
    walk.end(7, rows[-1][-1])
    assert (walk.flaw, walk.checked) == (None, 7)


def test_an_anchor_within_the_chain_is_compared() -> None:
    rows = chain((1, "a"), (2, "b"))
    right, wrong = Anchor("c", 2, rows[1][-1]), Anchor("c", 2, "0" * 64)
    assert Walk(1, NOTHING_BEFORE, right).go(rows)
    walk = Walk(1, NOTHING_BEFORE, wrong)
    assert not walk.go(rows)
    assert (walk.flaw, walk.flaw_at) == (Flaw.REWRITTEN, 2)


def test_an_end_before_the_anchor_was_cut_off() -> None:
    rows = chain((1, "a"))
    walk = Walk(1, NOTHING_BEFORE, Anchor("c", 5, "f" * 64))
    walk.go(rows)
    walk.end(1, rows[0][-1])
    assert (walk.flaw, walk.flaw_at) == (Flaw.NEWEST_REMOVED, 2)


def test_changed_names_fields_that_came_went_or_moved() -> None:
    before, after = changed({"a": 1, "b": 2, "c": 0}, {"a": 1, "b": 3, "d": 4})
    assert (before, after) == ({"b": 2, "c": 0, "d": None}, {"b": 3, "c": None, "d": 4})


def test_of_headers_only_the_names_are_kept() -> None:
    assert told({"headers": {"X-Api-Token": "open sesame"}, "name": "a"}) == {
        "headers": {"X-Api-Token": "••••"}, "name": "a",
    }  # fmt: skip
    assert told({"headers": None}) == {"headers": None}


def test_long_values_are_cut_short_and_say_how_long_they_were() -> None:
    kept = told({"text": "x" * 5000, "list": list(range(100)), "number": 7})
    assert kept["text"].endswith("(5000 characters)")
    assert kept["list"][-1] == "… (100 in all)"
    assert kept["number"] == 7
