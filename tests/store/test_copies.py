"""Local copies: what goes when they are cleared, and what stays."""

from __future__ import annotations

from collections import Counter

from app.domain.kinds import ConnectionKind
from app.domain.mappings import Harvest
from app.store import copies, mappings
from app.store.database import Store
from app.store.mappings import Row

ROWS: list[Row] = [{"agentId": "op-1", "surname": "Orlova"}]


def test_rows_that_mappings_are_tried_on_go_too_and_what_was_said_stays(store: Store) -> None:
    for connection in ("cc", "other"):
        store.run_now(
            mappings.keep_harvest, connection, Harvest(samples={"agent": ROWS}, values={"status": Counter(W=3)})
        )
    store.run_now(mappings.say_value, "cc", "status", "W", "work")
    assert store.run_now(copies.count_copies, "cc", ConnectionKind.CONTACT_CENTER) == 1
    assert store.run_now(copies.clear_copies, "cc", ConnectionKind.CONTACT_CENTER) == 1
    assert store.run_now(mappings.samples, "cc", "agent").rows == ()
    assert store.run_now(mappings.samples, "other", "agent").rows == tuple(ROWS)
    assert [one.target for one in store.run_now(mappings.seen_values, "cc", "status")] == ["work"]
