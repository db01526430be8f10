"""Limits on the live numbers of contact centres, as a person set them."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.contact_center.alarms import Metric, Threshold
from app.store.contact_center_rows import LiveThresholdRow
from app.store.database import fetch, insert_rows


def thresholds(connection_id: str) -> tuple[Threshold, ...]:
    """The limits of a connection: those of all groups first."""
    t = LiveThresholdRow
    query = t.select(t.metric, t.bound, t.group_id).where(t.connection == connection_id)
    return tuple(
        Threshold(Metric(metric), bound, group_id)
        for metric, bound, group_id in fetch(query.order_by(t.group_id, t.metric))
    )


def set_thresholds(connection_id: str, wanted: Iterable[Threshold]) -> None:
    """Keep these and no others."""
    t = LiveThresholdRow
    t.delete().where(t.connection == connection_id).execute()
    unique = {(w.group_id, w.metric): (connection_id, w.group_id, w.metric.value, w.bound) for w in wanted}
    insert_rows(t, list(unique.values()))


def watched_connections() -> frozenset[str]:
    """The ids of connections with any limit."""
    t = LiveThresholdRow
    return frozenset(i for (i,) in fetch(t.select(t.connection).where(t.bound.is_null(False)).distinct()))
