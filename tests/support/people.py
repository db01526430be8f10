"""Rows for tests of tables: a few people under columns of every kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ui.tables import Column, Kind
from ui.theme import Icon, Tone


@dataclass(frozen=True, slots=True)
class Person:
    """A row."""

    id: int
    name: str
    office: str = "Sentrum"
    number: int | None = None
    seen: datetime | None = None
    active: bool = True

    def renamed(self, name: str) -> Person:
        """The same person under another name."""
        return replace(self, name=name)


NAME, OFFICE, NUMBER, SEEN, STATUS, WHY = range(6)

COLUMNS: tuple[Column[Person], ...] = (
    Column("name", "Name", lambda p: p.name, kind=Kind.PERSON, width=180),
    Column("office", "Office", lambda p: p.office, muted=True, tooltip=lambda p: f"Office {p.office}"),
    Column("number", "No.", lambda p: p.number, kind=Kind.NUMBER, width=80),
    Column("seen", "Last synced", lambda p: p.seen, kind=Kind.MOMENT, hidden=True),
    Column(
        "status",
        "Status",
        lambda p: p.active,
        kind=Kind.CHIP,
        text=lambda p: "Active" if p.active else "Inactive",
        tone=lambda p: Tone.SUCCESS if p.active else Tone.NEUTRAL,
        icon=lambda p: None if p.active else Icon.PAUSE,
    ),
    Column("why", "Reason", lambda _p: "Why?", kind=Kind.LINK, copyable=False),
)

PEOPLE = (
    Person(1, "Øyvind Berg", "Sentrum", 12, datetime(2026, 3, 1, tzinfo=UTC)),
    Person(2, "Åse Kristiansen", "Bergen Vest", 7, None),
    Person(3, "Ana Stan", "Sentrum", None, datetime(2026, 1, 1, tzinfo=UTC), active=False),
    Person(4, "Ștefan Ionescu", "Stavanger", 100, datetime(2026, 2, 1, tzinfo=UTC)),
    Person(5, "Zoe Lie", "Sentrum", 7, None, active=False),
)


def crowd(count: int) -> list[Person]:
    """Many people: every tenth is called Hansen."""
    return [Person(n, f"{'Hansen' if n % 10 == 0 else 'Berg'} {n}", "Sentrum", n) for n in range(count)]
