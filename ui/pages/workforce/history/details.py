"""The details of one bucket: its measures, who they come from, and when they were fetched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.contact_center.days import Span
from app.domain.exchange.shapes import DataType
from app.errors import MusterError
from app.i18n import _
from app.store import contact_center_history as stored
from ui.desk import Desk
from ui.pages.workforce.history.measures import Slot, Source, Unit, when, words
from ui.texts import ago, moment_text
from ui.theme import Tone
from ui.widgets import DetailsPane

if TYPE_CHECKING:
    from ui.pages.workforce.history.reading import Answer, Question

_MOST = 200
"""Agents that are listed; nobody reads more beside a chart."""
Line = tuple[str, str]


class SlotDetails:
    """Shows one bucket at a time."""

    def __init__(self, desk: Desk, pane: DetailsPane) -> None:
        self._desk = desk
        self._pane = pane
        self.names: Mapping[str, str] = {}
        self._shown: Slot | None = None

    def show(self, answer: Answer | None, slot: Slot | None) -> None:
        """Show this bucket, or that none is chosen."""
        self._shown = slot
        if answer is None or slot is None:
            self._pane.clear()
            return
        self._fill(answer, slot, ())
        self._desk.start("read details of the history", self._read(answer, slot))

    def _fill(self, answer: Answer, slot: Slot, lines: tuple[Line, ...]) -> None:
        pane, question = self._pane, answer.question
        pane.set_heading(when(slot.start_ms, slot.end_ms, question.zone), question.zone.key, with_picture=False)
        pane.clear_rows()
        total = sum(v for v in slot.values if v is not None)
        for measure, value in zip(answer.measures, slot.values, strict=True):
            text = words(measure.unit, value)
            if question.source is Source.STATUSES and value is not None and total:
                text = _("{hours} hours, {share}").format(hours=text, share=words(Unit.SHARE, value / total))
            pane.add_row(_(measure.title), text)
        if lines:
            pane.add_section(_("By group") if question.source is Source.GROUPS else _("By agent"))
            for name, text in lines:
                pane.add_row(name, text)
        pane.add_section(_("Where it comes from"))
        fetched = f"{moment_text(answer.as_of)} ({ago(answer.as_of)})" if answer.as_of else _("Imported from a file")
        pane.add_row(_("Contact centre"), question.connection_name)
        pane.add_row(_("Fetched"), fetched)

    async def _read(self, answer: Answer, slot: Slot) -> None:
        try:
            lines = await self._desk.workspace.store.read(_lines, answer.question, slot, dict(self.names))
        except MusterError as error:
            self._pane.add_row(_("Details"), error.message, tone=Tone.DANGER)
            return
        if self._shown is slot:
            self._fill(answer, slot, lines)


def _lines(question: Question, slot: Slot, names: Mapping[str, str]) -> tuple[Line, ...]:
    """What each group or agent has to do with a bucket; on the store's own thread."""
    span = Span(slot.start_ms, slot.end_ms)
    if question.source is Source.GROUPS:
        found = [
            (names.get(t.group_id, t.group_id), _of_group(t))
            for t in stored.group_totals(question.query(DataType.GROUP_METRICS), span)
        ]
    elif question.source is Source.STATUSES:
        found = _of_statuses(stored.status_totals(question.query(DataType.STATUS), span), names)
    else:
        found = _of_work(question, span, names)
    return tuple(found[:_MOST])


def _of_group(total: stored.GroupTotals) -> str:
    aht = words(Unit.SECONDS, total.aht_ms / 1000) if total.aht_ms is not None else "–"
    text = _("{offered} offered, {answered} answered, {lost} lost, handling {time}")
    return text.format(offered=total.offered, answered=total.handled, lost=total.lost, time=aht)


def _of_statuses(totals: list[stored.StatusTotal], names: Mapping[str, str]) -> list[Line]:
    by_agent: dict[str, list[str]] = {}
    for total in sorted(totals, key=lambda t: -t.total_ms):
        text = _("{name} {time}").format(name=total.state_name or total.state_code, time=_clock(total.total_ms))
        by_agent.setdefault(total.agent_id, []).append(text)
    return sorted((names.get(agent, agent), ", ".join(texts)) for agent, texts in by_agent.items())


def _of_work(question: Question, span: Span, names: Mapping[str, str]) -> list[Line]:
    now_ms = round(datetime.now(question.zone).timestamp() * 1000)
    signed_in = {t.agent_id: t.total_ms for t in stored.login_totals(question.query(DataType.LOGIN), span, now_ms)}
    calls = {t.agent_id: t for t in stored.call_totals(question.query(DataType.CALLS), span)}
    text = _("{signed_in} signed in, {contacts} contacts, {time} at them")
    lines = []
    for agent in {*signed_in, *calls}:
        call = calls.get(agent)
        spent = _clock(call.total_ms if call else 0)
        told = text.format(signed_in=_clock(signed_in.get(agent, 0)), contacts=call.count if call else 0, time=spent)
        lines.append((names.get(agent, agent), told))
    return sorted(lines)


def _clock(milliseconds: int) -> str:
    """Hours and minutes."""
    minutes = round(milliseconds / 60_000)
    return f"{minutes // 60}:{minutes % 60:02}"
