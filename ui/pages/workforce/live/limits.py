"""How limits and alarms read: their names, units, and sentences."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from app.domain.contact_center.alarms import Alarm, Metric
from app.i18n import N_, _

METRIC_WORDS = {
    Metric.WAITING: N_("Contacts waiting"),
    Metric.WAIT: N_("Average wait (seconds)"),
    Metric.OPERATORS: N_("Agents working"),
    Metric.ANSWERED: N_("Answered (%)"),
    Metric.SERVICE_LEVEL: N_("Service level (%)"),
}
# Translators: sentences of an alarm; {group} is the name of a group
_ALARMS = {
    Metric.WAITING: N_("{group}: {value} waiting, more than {bound}"),
    Metric.WAIT: N_("{group}: average wait {value} s, more than {bound} s"),
    Metric.OPERATORS: N_("{group}: {value} agents working, fewer than {bound}"),
    Metric.ANSWERED: N_("{group}: {value} % answered, less than {bound} %"),
    Metric.SERVICE_LEVEL: N_("{group}: service level {value} %, less than {bound} %"),
}
_BOUNDS = {
    Metric.WAITING: N_("Limit: more than {bound} waiting"),
    Metric.WAIT: N_("Limit: more than {bound} s"),
    Metric.OPERATORS: N_("Limit: fewer than {bound} agents"),
    Metric.ANSWERED: N_("Limit: less than {bound} %"),
    Metric.SERVICE_LEVEL: N_("Limit: less than {bound} %"),
}


def number_text(value: float) -> str:
    """Whole numbers whole, others with one decimal."""
    return QLocale().toString(float(value), "f", 0 if value == int(value) else 1)


def alarm_text(alarm: Alarm, group: str) -> str:
    """What is beyond which limit."""
    words = _(_ALARMS[alarm.metric])
    return words.format(group=group, value=number_text(alarm.value), bound=number_text(alarm.bound))


def bound_text(metric: Metric, bound: float) -> str:
    """A limit by itself."""
    return _(_BOUNDS[metric]).format(bound=number_text(bound))
