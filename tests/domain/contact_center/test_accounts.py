"""Accounts and people are matched by personnel number, without guessing (contact-center.md §5.1)."""

from __future__ import annotations

from app.domain.contact_center.accounts import AccountLink, links_by_number

HOLDERS = {"00-1": {"maria"}, "00-2": {"ivan"}, "00-9": {"anna", "olga"}}


def test_an_equal_number_links() -> None:
    found = links_by_number(
        [AccountLink("op-1", "00-1"), AccountLink("op-2", "77-7"), AccountLink("op-3", "")], HOLDERS
    )
    assert (found.linked, found.unlinked, found.doubtful) == ({"op-1": "maria"}, (), ())


def test_what_is_linked_already_is_no_change() -> None:
    found = links_by_number([AccountLink("op-1", "00-1", "maria")], HOLDERS)
    assert (found.linked, found.unlinked) == ({}, ())


def test_a_number_that_stops_matching_unlinks_and_another_one_links_anew() -> None:
    accounts = [AccountLink("op-1", "", "maria"), AccountLink("op-2", "00-2", "maria")]
    found = links_by_number(accounts, HOLDERS)
    assert (found.linked, found.unlinked) == ({"op-2": "ivan"}, ("op-1",))


def test_what_a_person_decided_stays() -> None:
    accounts = [AccountLink("op-1", "00-1", "ivan", by_hand=True), AccountLink("op-2", "00-2", None, by_hand=True)]
    found = links_by_number(accounts, HOLDERS)
    assert (found.linked, found.unlinked, found.doubtful) == ({}, (), ())


def test_a_number_of_several_people_or_accounts_is_doubtful_and_links_nobody() -> None:
    accounts = [AccountLink("op-1", "00-1", "maria"), AccountLink("op-2", "00-1"), AccountLink("op-3", "00-9")]
    found = links_by_number(accounts, HOLDERS)
    assert (found.linked, found.unlinked) == ({}, ("op-1",))
    assert found.doubtful == ("op-1", "op-2", "op-3")
