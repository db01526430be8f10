"""What a platform is asked for while somebody watches, and what becomes of an answer (contact-center.md §5.7-§5.9)."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from app.domain.causes import CAUSES
from app.domain.contact_center.records import Read
from app.errors import RemoteError
from app.i18n import _
from app.operations.contact_center.live_board import Board

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter

R = TypeVar("R")


class Part(StrEnum):
    """What is asked for by itself."""

    AGENTS = "agents"
    GROUPS = "groups"
    QUEUES = "queues"


async def ask_part(center: ContactCenter, board: Board, part: Part, group_ids: Sequence[str]) -> frozenset[str]:
    """Ask for one part and put it on the board; the ids of what changed.

    Raises what the question raises, and `RemoteError` where nothing is answered about what the board shows.
    """
    asked_ms = now_ms()
    if part is Part.AGENTS:
        statuses = _said(await center.online_statuses(), board.here)
        return board.put_snapshot(statuses, asked_ms, now_ms())
    if not group_ids:
        return frozenset()
    if part is Part.GROUPS:
        return board.put_loads(_said(await center.groups_load(group_ids), board.groups), asked_ms, now_ms())
    return board.put_queues(_said(await center.queue_metrics(group_ids), board.groups))


def _said(read: Read[R], shown: Collection[Any]) -> tuple[R, ...]:
    if is_lost(read, shown):
        cause = CAUSES["cc.no_data"]
        raise RemoteError(_(cause.cause), _(cause.remedy), code=cause.code)
    return read.rows


def is_lost(read: Read[Any], known: Collection[Any]) -> bool:
    """Whether a 404 is no word that everybody left: a question without days is as likely at a lost address (§4)."""
    return read.no_data and bool(known)


def now_ms() -> int:
    """This moment, as boards and snapshots are told it."""
    return round(time.time() * 1000)
