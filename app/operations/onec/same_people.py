"""Knows an answer of `agents` again: the same bytes, read the same way on the same day, and nothing changed here since.

Everybody then compares as unchanged, so nothing needs to be read, compared or written. Who writes to employees or to
people of 1C says `forget_listings` in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from app import __version__
from app.domain.onec_plans import NO_CHANGES, PERSONNEL
from app.domain.outcomes import Action, Outcome, Status
from app.i18n import _
from app.operations.context import RunContext
from app.operations.onec.asking import SYSTEM, stored_summary, today
from app.store import listings
from app.store import onec as stored

_LISTED = "listed"


def digest_of(context: RunContext, params: object, body: bytes) -> str:
    """Names an answer together with all that decides what becomes of it, apart from what is stored."""
    connection = context.own_connection
    read_by = (__version__, connection.setting("timezone"), today(connection), params)
    digest = hashlib.blake2b(body, digest_size=16)
    digest.update(msgspec.json.encode(read_by) + context.workspace.links.mapper(connection.id).fingerprint)
    return digest.hexdigest()


def remember(context: RunContext, digest: str, outcomes: Sequence[Outcome], receipt: dict[str, Any]) -> None:
    """Keep that this answer was carried out, where all of it was and nothing is left to say about it.

    To be called inside the transaction that did it.
    """
    done = all(o.status is Status.SUCCESS or o.action is Action.UNCHANGED for o in outcomes)
    if done and not receipt["warnings"] and not receipt["reasons"] and not receipt["result"]["not_in_1c"]:
        known = {**receipt, _LISTED: [o.target_id for o in outcomes]}
        listings.remember(context.own_connection.id, PERSONNEL, digest, known)


def recall(connection_id: str, digest: str) -> tuple[list[Outcome], dict[str, Any]] | None:
    """Outcomes and receipt of a phase in which nobody changed; None where everybody has to be compared."""
    receipt = listings.remembered(connection_id, PERSONNEL, digest)
    if receipt is None:
        return None
    people, message = stored.who_is_who(connection_id), _(NO_CHANGES)
    outcomes = [
        Outcome(*people[key], SYSTEM, key, Status.SKIPPED, PERSONNEL, message, Action.UNCHANGED)
        for key in receipt.pop(_LISTED)
    ]
    return outcomes, receipt | {"summary": stored_summary(outcomes)}
