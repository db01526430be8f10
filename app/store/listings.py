"""Knows a list of a source again, so that a sync with nothing new costs next to nothing.

What is remembered is only valid while offices, employees and people of 1C are as they were then, so whoever writes to
them says `forget_listings` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.store.database import fetch
from app.store.models import EmployeeRow, ListingRow, OfficeRow
from app.store.values import from_json, to_json


@dataclass(frozen=True)
class KnownListing:
    """The receipt of the phase that carried the list out, and the records it is about, as pairs of id and name."""

    receipt: dict[str, Any]
    records: list[tuple[str, str]]


def remember(connection_id: str, phase: str, digest: str, receipt: Mapping[str, Any]) -> None:
    """Keep that this list was carried out in full, inside the transaction that did it."""
    row = {"digest": digest, "receipt": to_json(receipt)}
    ListingRow.insert(connection=connection_id, phase=phase, **row).on_conflict(
        conflict_target=[ListingRow.connection, ListingRow.phase], update=row
    ).execute()


def recall(connection_id: str, phase: str, digest: str) -> KnownListing | None:
    """What is known of this very list, or None when it is new or something changed here since."""
    receipt = remembered(connection_id, phase, digest)
    return KnownListing(receipt, _records(connection_id, phase)) if receipt is not None else None


def remembered(connection_id: str, phase: str, digest: str) -> dict[str, Any] | None:
    """The receipt of the phase that carried out this very list, under the rule of `recall`."""
    row = ListingRow.get_or_none(
        ListingRow.connection == connection_id, ListingRow.phase == phase, ListingRow.digest == digest
    )
    return (from_json(row.receipt, dict[str, Any]) or {}) if row is not None else None


def forget_listings() -> None:
    """Compare every list again: offices, employees or people of 1C changed."""
    ListingRow.delete().execute()


def _records(connection_id: str, phase: str) -> list[tuple[str, str]]:
    if phase == "offices":
        return fetch(OfficeRow.select(OfficeRow.id, OfficeRow.name).where(OfficeRow.connection == connection_id))
    e = EmployeeRow
    rows = fetch(e.select(e.id, e.first_name, e.last_name).where(e.connection == connection_id))
    return [(record_id, f"{first} {last}".strip()) for record_id, first, last in rows]
