"""An answer as a chart: which of its arrays are drawn, in which words, and what is said to those who cannot see it."""

from __future__ import annotations

import math

import numpy as np

from app.i18n import _
from ui.pages.workforce.history.measures import VIEWS, Measure, Source, Unit, View, percent, when, words
from ui.pages.workforce.history.reading import Answer
from ui.widgets.chart import ChartData, Series


def chart_data(answer: Answer, view: View) -> ChartData:
    """What to draw for a view."""
    spec = VIEWS[view]
    drawn = [m for m in answer.measures if not spec.measures or m.key in spec.measures]
    unit = Unit.SHARE if spec.stacked else drawn[0].unit if drawn else Unit.COUNT
    edges = answer.grid.edges
    zone = answer.question.zone
    return ChartData(
        starts=edges[:-1] / 1000,
        ends=edges[1:] / 1000,
        series=tuple(_series(answer, measure) for measure in drawn),
        zone=zone,
        when=lambda at: when(int(edges[at]), int(edges[at + 1]), zone),
        tick=lambda value: _tick(unit, value),
        summary=f"{_(spec.title)}. {totals_text(answer, view)}",
        stacked=spec.stacked,
        most=spec.most,
    )


def _series(answer: Answer, measure: Measure) -> Series:
    values = np.ascontiguousarray(answer.arrays[measure.key], dtype=np.float64)
    return Series(measure.key, _(measure.title), values, lambda value: words(measure.unit, value))


def _tick(unit: Unit, value: float) -> str:
    if unit is Unit.HOURS and math.isclose(value, round(value)):
        return words(Unit.COUNT, value)
    if unit is Unit.SHARE and math.isclose(100 * value, round(100 * value)):
        return percent(round(100 * value))
    return words(unit, value)


def totals_text(answer: Answer, view: View) -> str:
    """The sums of the period; of statuses their shares of all time."""
    spec = VIEWS[view]
    keys = spec.measures or tuple(m.key for m in answer.measures)
    if spec.source is Source.GROUPS:
        keys = ("offered", "handled", "lost", "answer_rate", "aht")
    told = []
    whole = sum(answer.totals.get(key) or 0.0 for key in keys)
    for measure in answer.measures:
        value = answer.totals.get(measure.key)
        if measure.key not in keys or value is None:
            continue
        text = words(measure.unit, value)
        if spec.stacked:
            text = words(Unit.SHARE, value / whole) if whole else ""
        told.append(_("{column}: {value}").format(column=_(measure.title), value=text))
    return " · ".join(told)
