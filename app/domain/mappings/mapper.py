"""Applies the rules of one connection to the rows its source sends, and remembers what a person wants to see of them.

One mapper lives as long as its connection's client; readers may call it from several threads at once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.mappings.checks import check_value
from app.domain.mappings.entities import SECRET_KEYS, plain_key
from app.domain.mappings.registers import NO_REGISTERS, Registers
from app.domain.mappings.rules import Rules
from app.domain.mappings.transforms import Unconvertible, convert

MOST_SAMPLES = 20
_MOST_VALUES = 500
MOST_VALUE_CHARS = 100
_MOST_ROW_CHARS = 10_000
_MOST_ITEMS = 50
_MOST_LEVELS = 6
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that a rule could not take: the record as it came, the key to be filled, and why in a sentence."""

    entity: str
    record: Row = field(repr=False)
    target: str
    message: str


@dataclass
class Harvest:
    """What was seen since the last look: rows as they came, by entity; values of value tables with counts."""

    samples: dict[str, list[Row]] = field(default_factory=dict)
    values: dict[str, Counter[str]] = field(default_factory=dict)


def _present() -> datetime:
    return datetime.now(UTC)


class Mapper:
    """The rules of a connection by entity, and what a person said of values by value table."""

    def __init__(
        self,
        rules: Mapping[str, Rules] | None = None,
        values: Mapping[str, Mapping[str, str]] | None = None,
        registers: Registers = NO_REGISTERS,
        now: Callable[[], datetime] = _present,
        *,
        remembers: bool = True,
    ) -> None:
        self._rules: Mapping[str, Rules] = {}
        self._values: Mapping[str, Mapping[str, str]] = {}
        self._registers = registers
        self._now = now
        self._remembers = remembers
        self._harvest = Harvest()
        self.use(rules or {}, values or {}, registers)

    def use(
        self, rules: Mapping[str, Rules], values: Mapping[str, Mapping[str, str]], registers: Registers = NO_REGISTERS
    ) -> None:
        """Go on with these; what was said is read anew with the next list."""
        self._rules = {entity: tuple(r for r in own if r.active) for entity, own in rules.items()}
        self._values = values
        self._registers = registers

    @property
    def fingerprint(self) -> bytes:
        """Names these rules, values and ids that are looked up; nothing where there are none, so that a list is known
        again as before.
        """
        rules = {entity: own for entity, own in self._rules.items() if own}
        values = {table: own for table, own in self._values.items() if own}
        if not rules and not values:
            return b""
        named = (rules, values, self._registers) if self._registers else (rules, values)
        return hashlib.blake2b(msgspec.json.encode(named, order="deterministic"), digest_size=16).digest()

    def take(self, entity: str, value: Any) -> Any:
        """The rows of a list as our reader is to see them; what is no list of rows passes as it came.

        In place of a record that a rule cannot take stands its `Problem`: the reader hands it on beside what it read,
        so that it is told once, as what it is, and absence from such a list proves nothing. A single object is a list
        of one.
        """
        rows = [value] if isinstance(value, dict) else value
        if not isinstance(rows, list):
            return value
        if self._remembers:
            self._remember(entity, rows)
        rules = self._rules.get(entity, ())
        if not rules:
            return value
        seen: list[set[str]] = [set() for _rule in rules]
        moment = self._now()
        return [self._mapped(entity, row, rules, seen, moment) if isinstance(row, dict) else row for row in rows]

    def columns(self, entity: str, names: Sequence[str]) -> tuple[str, ...]:
        """The columns to ask a source for, so that rules find theirs: a key that is read elsewhere is not asked for."""
        read = {rule.target: rule.sources for rule in self._rules.get(entity, ())}
        return tuple(dict.fromkeys(source for name in names for source in read.get(name, (name,))))

    def value(self, table: str, value: str) -> str | None:
        """What a person said that a value means; None where nobody did."""
        return self._values.get(table, {}).get(value)

    def seen(self, table: str, value: str, count: int = 1) -> None:
        """Count a value that belongs to a value table."""
        if not self._remembers:
            return
        counts = self._harvest.values.setdefault(table, Counter())
        value = value.replace("\0", "")[:MOST_VALUE_CHARS]
        if value in counts or len(counts) < _MOST_VALUES:
            counts[value] += count

    def harvest(self) -> Harvest:
        """What was seen since the last harvest."""
        found, self._harvest = self._harvest, Harvest()
        return found

    def _remember(self, entity: str, rows: Sequence[Any]) -> None:
        kept = self._harvest.samples.setdefault(entity, [])
        if len(kept) < MOST_SAMPLES:
            fresh = (row for row in rows[: MOST_SAMPLES * 2] if isinstance(row, dict))
            kept += [sample for _n, sample in zip(range(MOST_SAMPLES - len(kept)), map(_sample, fresh), strict=False)]

    def _mapped(self, entity: str, row: Row, rules: Rules, seen: Sequence[set[str]], now: datetime) -> Row | Problem:
        made = dict(row)
        for rule, earlier in zip(rules, seen, strict=True):
            try:
                value = convert([look_up(row, source) for source in rule.sources], rule.transforms, self._registers)
                check_value(value, rule.checks, earlier, now)
            except Unconvertible as fault:
                return Problem(entity, _sample(row), rule.target, str(fault))
            put(made, rule.target, value)
        return made


AS_SENT = Mapper(remembers=False)
"""No mapping at all, for whoever reads an answer without a connection."""


def look_up(row: Row, key: str) -> Any:
    """The value under a key, else under one that differs in case or underscores, as several readers look."""
    if key in row:
        return row[key]
    plain = plain_key(key)
    return next((value for name, value in row.items() if plain_key(name) == plain), None)


def put(row: dict[str, Any], key: str, value: Any) -> None:
    """Set a key, in place of every spelling of it."""
    plain = plain_key(key)
    for name in [name for name in row if name != key and plain_key(name) == plain]:
        del row[name]
    row[key] = value


def _sample(row: Row) -> Row:
    """A row to be shown and kept: without secrets, and not longer than a person can look at."""
    sample: dict[str, Any] = _without_secrets(row, _MOST_LEVELS)
    room = _MOST_ROW_CHARS
    for key, value in sample.items():
        if isinstance(value, str) and len(value) > room:
            sample[key] = value[:room]
        room = max(100, room - (len(value) if isinstance(value, str) else 0))
    return sample


def _without_secrets(value: Any, levels: int) -> Any:
    if not levels:
        return None
    if isinstance(value, dict):
        kept = ((key, one) for key, one in value.items() if plain_key(str(key)) not in SECRET_KEYS)
        return {str(key): _without_secrets(one, levels - 1) for key, one in kept}
    if isinstance(value, list):
        return [_without_secrets(one, levels - 1) for one in value[:_MOST_ITEMS]]
    return value
