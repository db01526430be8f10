"""A list is turned into JSON once, until somebody takes it in hand."""

from __future__ import annotations

import json

from app.demo.listing import Listing


def test_an_untouched_list_is_encoded_once() -> None:
    listing = Listing([{"name": "Åse"}, {"name": "Bjørn"}])
    assert listing.json() is listing.json()
    assert json.loads(listing.json()) == [{"name": "Åse"}, {"name": "Bjørn"}]


def test_a_list_handed_out_is_encoded_as_it_then_is() -> None:
    listing = Listing([{"name": "Åse"}])
    listing.json()
    taken = listing.hand_out()
    assert json.loads(listing.json()) == [{"name": "Åse"}]
    taken[0]["name"] = "Bjørn"
    assert json.loads(listing.json()) == [{"name": "Bjørn"}]


def test_an_empty_list_is_a_list() -> None:
    assert Listing([]).json() == b"[]"


def test_records_are_found_by_the_text_of_a_field() -> None:
    listing = Listing([{"id": 12}, {"id": "A1"}])
    assert listing.find("id", "12") == {"id": 12}
    assert listing.find("id", "A1") == {"id": "A1"}
    assert listing.find("id", "1") is None
