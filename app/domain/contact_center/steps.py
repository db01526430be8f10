"""How long the buckets of a chart are. Apart from the sums, which load numpy: a page knows its steps before."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """How long a bucket is."""

    INTERVAL = "interval"  # as the platform counts
    HOUR = "hour"
    DAY = "day"
