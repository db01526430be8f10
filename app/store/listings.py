"""Knows a list of a source again, so that a sync with nothing new costs next to nothing.

What is remembered is only valid while offices and employees are as they were then, so whoever writes to them says
`forget_listings` in the same transaction.
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
    row = ListingRow.get_or_none(
        ListingRow.connection == connection_id, ListingRow.phase == phase, ListingRow.digest == digest
    )
    if row is None:
        return None
    return KnownListing(from_json(row.receipt, dict[str, Any]) or {}, _records(connection_id, phase))


def forget_listings() -> None:
    """Compare every list again: offices or employees changed."""
    ListingRow.delete().execute()


def _records(connection_id: str, phase: str) -> list[tuple[str, str]]:
    if phase == "offices":
        return fetch(OfficeRow.select(OfficeRow.id, OfficeRow.name).where(OfficeRow.connection == connection_id))
    e = EmployeeRow
    rows = fetch(e.select(e.id, e.first_name, e.last_name).where(e.connection == connection_id))
    return [(record_id, f"{first} {last}".strip()) for record_id, first, last in rows]
