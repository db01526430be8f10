"""How values of the domain lie in columns: times as ISO text in UTC or as milliseconds, structures as JSON text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_encoder = msgspec.json.Encoder()
_strings = msgspec.json.Decoder(tuple[str, ...])


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def to_time(value: datetime | None) -> str | None:
    """Text that sorts by time."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value is not None else None


def from_time(text: str | None) -> datetime | None:
    """The time a column holds."""
    return datetime.fromisoformat(text) if text else None


def to_ms(value: datetime | None) -> int | None:
    """A moment as a column of milliseconds holds it."""
    return round(value.timestamp() * 1000) if value is not None else None


def from_ms(value: int | None) -> datetime | None:
    """The moment such a column holds."""
    return datetime.fromtimestamp(value / 1000, UTC) if value is not None else None


def to_json(value: Any) -> str:
    """JSON text of dataclasses, enums, tuples, dicts and plain values."""
    return _encoder.encode(value).decode()


def from_json(text: str | None, kind: type[T]) -> T | None:
    """The structure a column holds."""
    return msgspec.json.decode(text, type=kind) if text else None


def to_strings(values: Iterable[str]) -> str:
    """A list of texts as one column."""
    return to_json(list(values)) if values else "[]"


def from_strings(text: str) -> tuple[str, ...]:
    """The list of texts a column holds."""
    return () if text == "[]" else _strings.decode(text)
