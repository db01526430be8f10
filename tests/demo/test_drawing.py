"""Drawn pictures: one face per person, always the same."""

from __future__ import annotations

from app.demo.drawing.banner import banner
from app.demo.drawing.look import look_of
from app.demo.drawing.portrait import portrait


def test_a_person_keeps_the_face() -> None:
    first = portrait("KARNOR01", "Kari Nordmann")
    portrait.cache_clear()
    assert portrait("KARNOR01", "Kari Nordmann") == first


def test_people_look_different() -> None:
    assert len({look_of(str(number), "Kari Nordmann") for number in range(50)}) > 45
    assert portrait("1", "Kari Nordmann") != portrait("2", "Kari Nordmann")


def test_only_men_have_beards() -> None:
    assert not any(look_of(str(number), "Kari-Anne Nordmann").beard for number in range(40))
    assert any(look_of(str(number), "Ola Nordmann").beard for number in range(40))


def test_a_face_needs_no_name() -> None:
    assert look_of("1", "  ") == look_of("1", "")


def test_offices_have_banners_of_their_own() -> None:
    assert banner("4701") != banner("4704")
