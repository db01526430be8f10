"""Garbage is collected when nobody feels it: not during a run, and all of it when the person is elsewhere."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui import collecting
from ui.collecting import SETTLED_TICKS, Collector


class Ring:
    """Garbage that only a collection finds."""

    alive = 0

    def __init__(self) -> None:
        self.me = self
        Ring.alive += 1

    def __del__(self) -> None:
        Ring.alive -= 1


@pytest.fixture
def working() -> list[bool]:
    return [False]


@pytest.fixture
def collector(qapp: QApplication, working: list[bool]) -> Iterator[Collector]:
    gc.collect()
    Ring.alive = 0
    made = Collector(working=lambda: working[0])
    yield made
    made.stop()
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # as all tests find it


def litter() -> None:
    for _number in range(collecting.DUE):
        Ring()


def test_python_itself_collects_nothing_on_other_threads(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_garbage_goes_when_there_is_enough_of_it(collector: Collector) -> None:
    Ring()
    collector.collect_due()
    assert Ring.alive == 1
    litter()
    collector.collect_due()
    assert Ring.alive == 0


def test_what_a_page_reads_at_once_stands_aside_too(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "FELT", collecting.DUE)
    litter()
    litter()
    collector.collect_due()
    assert Ring.alive > 0
    assert gc.get_freeze_count() > 0
    monkeypatch.setattr(collecting, "FULL_AT_LATEST_S", -1.0)
    monkeypatch.setattr(collecting, "FULL_EVERY_S", -1.0)
    collector.collect_due()
    assert Ring.alive == 0


def test_a_run_is_left_alone_and_what_it_brought_stands_aside_until_the_person_is_elsewhere(
    collector: Collector, working: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    working[0] = True
    litter()
    collector.collect_due()
    assert Ring.alive > 0
    working[0] = False
    for _tick in range(SETTLED_TICKS):
        collector.collect_due()
    assert Ring.alive > 0
    assert gc.get_freeze_count() > 0
    monkeypatch.setattr(collecting, "FULL_EVERY_S", -1.0)
    monkeypatch.setattr(collecting, "FULL_AT_LATEST_S", -1.0)
    collector.collect_due()
    assert Ring.alive == 0


def test_even_a_run_waits_when_there_is_too_much(
    collector: Collector, working: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "TOO_MUCH", 100)
    working[0] = True
    litter()
    collector.collect_due()
    assert Ring.alive == 0


def test_what_stood_aside_is_looked_at_while_the_person_is_elsewhere(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    gc.freeze()
    del ring
    monkeypatch.setattr(collecting, "FULL_EVERY_S", -1.0)
    monkeypatch.setattr(collecting, "FULL_AT_LATEST_S", -1.0)
    collector.collect_due()
    assert Ring.alive == 0
