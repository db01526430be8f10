"""Checks rows one after the other: every field read, the rules between fields, the rules a person added (§7.2).

    checker = Checker(SHAPES[DataType.CALLS], Expectations(zone))
    row, problems = checker.check(("op-17", "", "g-1", "2026-03-05T07:00:00Z", "2026-03-05T07:05:00Z", ""))

A row is laid out for the store, or None when something but warnings is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from operator import itemgetter
from typing import Any

from app.domain.exchange.problems import Problem, Refused, Rule
from app.domain.exchange.rows import KEYS, Doubt, Layout, Norms, Row
from app.domain.exchange.shapes import DataType, ExchangeField, FieldKind, Shape, folded
from app.domain.exchange.values import quoted, readers
from app.errors import UsageError
from app.i18n import _

_MOST_EXTRA_CHARS = 20_000
Verdict = tuple[Row | None, Sequence[Problem]]
_NO_PROBLEMS: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class FieldRule:
    """A rule that a person adds to a field; what is None is not asked for, so that a limit of 0 is one."""

    required: bool = False
    min_value: float | None = None
    max_value: float | None = None
    pattern: str | None = None
    one_of: tuple[str | float, ...] | None = None


@dataclass(frozen=True)
class Expectations:
    """What rows are checked against: the connection's zone and norms, the ids it knows (none: not asked), own rules.

    `strict` makes an error of every warning, and of a field that nobody knows.
    """

    zone: tzinfo
    norms: Norms = field(default_factory=Norms)
    groups: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    rules: Mapping[str, FieldRule] = field(default_factory=dict)
    strict: bool = False


class Checker:
    """Checks the rows of one file.

    Raises `UsageError` for an own rule that cannot be: of an unknown field, a limit on a text, an unreadable pattern.
    """

    def __init__(self, shape: Shape, expected: Expectations) -> None:
        self._shape = shape
        self._strict = expected.strict
        by_kind = readers(expected.zone)
        self._readers = [by_kind[spec.kind] for spec in shape.fields]
        self._needed = [place for place, spec in enumerate(shape.fields) if spec.required]
        self._needed_of = itemgetter(*self._needed)  # every shape needs more than one
        self._lay_out = _lay_out(Layout(expected.norms), shape.data_type)
        self._own = _own_rules(shape, expected.rules)
        self._known = [
            (shape.place(key), key, ids)
            for key, ids in (("groupId", expected.groups), ("agentId", expected.agents))
            if ids and any(spec.key == key for spec in shape.fields)
        ]
        self._key_of = itemgetter(slice(KEYS[shape.data_type]))
        self._seen: set[int] | None = None if shape.data_type is DataType.CALLS else set()
        self._doubts: list[Problem] = []

    def check(self, cells: Sequence[object], extra: Mapping[str, object] | None = None) -> Verdict:
        """A row with its cells in the order of the shape's fields, and what else it holds, which ends it as JSON."""
        try:
            values = tuple(read(cell) for read, cell in zip(self._readers, cells, strict=True))
        except Refused:
            return None, self._read_each(cells)
        return self._judge(values, extra)

    def check_all(self, rows: Sequence[Sequence[object]]) -> list[Verdict]:
        """Rows that hold nothing else; read column by column, which is quicker, unless a cell of them is refused."""
        try:
            columns = [map(read, column) for read, column in zip(self._readers, zip(*rows, strict=True), strict=True)]
            return [self._judge(values) for values in list(zip(*columns, strict=True))]
        except Refused:
            return [self.check(cells) for cells in rows]

    def _judge(self, values: Row, extra: Mapping[str, object] | None = None) -> Verdict:
        """A row whose fields are all read."""
        if None in self._needed_of(values):
            return None, self._missing(values)
        self._doubts.clear()
        try:
            row = self._lay_out(values, self._doubt)
            more = _packed(extra) if extra else None
        except Refused as refused:
            return None, (Problem(refused.field, refused.rule, refused.message, refused.fix),)
        self._compare(values, row)
        if self._own:
            self._doubts += (p for rule in self._own for p in rule(values))
        if self._strict and extra:
            self._doubts += map(_unknown_field, extra)
        if not self._doubts:
            return (*row, more), _NO_PROBLEMS
        kept = all(problem.warning for problem in self._doubts)
        return ((*row, more) if kept else None), tuple(self._doubts)

    def _read_each(self, cells: Sequence[object]) -> list[Problem]:
        """Every field by itself, so that all that is wrong with a row is said at once."""
        problems: list[Problem] = []
        for spec, read, cell in zip(self._shape.fields, self._readers, cells, strict=True):
            try:
                if read(cell) is None and spec.required:
                    problems.append(_required(spec))
            except Refused as refused:
                problems.append(Problem(spec.key, refused.rule, refused.message, refused.fix))
        return problems

    def _missing(self, values: Sequence[Any]) -> list[Problem]:
        return [_required(self._shape.fields[place]) for place in self._needed if values[place] is None]

    def _compare(self, values: Sequence[Any], row: Row) -> None:
        """With the ids that are known, and with the rows before."""
        for place, key, ids in self._known:
            if values[place] is not None and values[place] not in ids:
                text = _("{value} is not known to the contact centre.").format(value=quoted(values[place]))
                self._doubt(key, Rule.UNKNOWN_ID, text, _("Check the id, or fetch groups and agents again."))
        if self._seen is not None:
            name = hash(self._key_of(row))  # of 64 bits: two of a million rows share one once in 37 million files
            if name in self._seen:
                text = _("An earlier row is about the same.")
                self._doubt("", Rule.DOUBLE, text, _("Leave one of the two out."))
            self._seen.add(name)

    def _doubt(self, key: str, rule: Rule, message: str, fix: str) -> None:
        self._doubts.append(Problem(key, rule, message, fix, warning=not self._strict))


def _lay_out(layout: Layout, data_type: DataType) -> Callable[[Row, Doubt], Row]:
    return {
        DataType.GROUP_METRICS: layout.group_metrics,
        DataType.STATUS: layout.status,
        DataType.LOGIN: layout.login,
        DataType.CALLS: layout.calls,
        DataType.CHAT_TIME: layout.chat_time,
        DataType.QUEUE_METRICS: layout.queue_metrics,
    }[data_type]


def _required(spec: ExchangeField) -> Problem:
    return Problem(spec.key, Rule.REQUIRED, _("It is empty or missing."), _("Fill it in."))


def _unknown_field(name: str) -> Problem:
    message = _("There is no field {name}.").format(name=quoted(name))
    return Problem(name[:255], Rule.UNKNOWN_FIELD, message, _("Remove it, or check without being strict."))


def _packed(extra: Mapping[str, object]) -> str:
    """What a row says beyond its fields, as JSON of ASCII characters alone, which every database takes."""
    packed = json.dumps(extra, default=str)
    if len(packed) > _MOST_EXTRA_CHARS:
        raise Refused(Rule.ROW, _("The row holds too much beyond its fields."), _("Remove what is not needed."))
    return packed


_OwnRule = Callable[[Sequence[Any]], Sequence[Problem]]


def _own_rules(shape: Shape, given: Mapping[str, FieldRule]) -> list[_OwnRule]:
    rules: list[_OwnRule] = []
    for name, rule in given.items():
        place = shape.places.get(folded(name))
        if place is None:
            raise UsageError(
                _("A rule is about {name}, which is no field of this data.").format(name=quoted(name)),
                _("The fields are: {names}.").format(names=", ".join(spec.key for spec in shape.fields)),
            )
        rules.append(_own_rule(place, shape.fields[place], rule))
    return rules


def _own_rule(place: int, spec: ExchangeField, rule: FieldRule) -> _OwnRule:
    if (rule.min_value is not None or rule.max_value is not None) and not spec.kind.is_number:
        raise UsageError(_("{field} is not a number, so it has no limits.").format(field=spec.key))
    if spec.kind is FieldKind.MOMENT and (rule.pattern is not None or rule.one_of is not None):
        raise UsageError(_("{field} is a time, which can only be required.").format(field=spec.key))
    pattern = _pattern(spec.key, rule.pattern)
    allowed = None if rule.one_of is None else frozenset(map(_as_text, rule.one_of))

    def check(values: Sequence[Any]) -> Sequence[Problem]:
        value = values[place]
        if value is None:
            return (_required(spec),) if rule.required else ()
        found: list[Problem] = []
        shown = quoted(_as_text(value))
        if rule.min_value is not None and value < rule.min_value:
            message = _("{value} is less than {limit}.").format(value=shown, limit=_as_text(rule.min_value))
            found.append(Problem(spec.key, Rule.MIN_VALUE, message, _("Correct it, or the rule.")))
        if rule.max_value is not None and value > rule.max_value:
            message = _("{value} is more than {limit}.").format(value=shown, limit=_as_text(rule.max_value))
            found.append(Problem(spec.key, Rule.MAX_VALUE, message, _("Correct it, or the rule.")))
        if pattern is not None and not pattern.search(_as_text(value)):
            message = _("{value} does not look like {pattern}.").format(value=shown, pattern=rule.pattern)
            found.append(Problem(spec.key, Rule.PATTERN, message, _("Correct it, or the rule.")))
        if allowed is not None and _as_text(value) not in allowed:
            message = _("{value} is none of the allowed ones.").format(value=shown)
            fix = _("Allowed are: {values}.").format(values=", ".join(sorted(allowed)[:20]))
            found.append(Problem(spec.key, Rule.ONE_OF, message, fix))
        return found

    return check


def _pattern(key: str, text: str | None) -> Any:
    """The pattern, or None; whatever a person writes, it takes no more time than the text that it is tried on."""
    if text is None:
        return None
    import re2  # few people have such a rule

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        cause = error.args[0].decode("utf-8", "replace")
        raise UsageError(_("The pattern for {field} is not one: {cause}").format(field=key, cause=cause)) from error


def _as_text(value: object) -> str:
    """A value as rules compare it: 5 and 5.0 are one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
