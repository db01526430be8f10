"""The alarms at the top of the Live page: what is beyond which limit, since when; gone when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.contact_center.alarms import Alarm, Metric
from app.i18n import _, ngettext
from ui.pages.workforce.live.ages import clock_text, duration_text, now_ms
from ui.pages.workforce.live.limits import alarm_text
from ui.theme import GRID, Icon, Tone, icon_pixmap, theme, tokens
from ui.widgets import Button, announce

MOST = 6
_ICON = 16
Key = tuple[str, Metric]


class AlarmLine(QWidget):
    """Takes no room while there is no alarm, and one line while there are; the others are shown when asked for.

    Those a person has seen go on in grey until they are over.
    """

    acknowledged = Signal(list)

    def __init__(self, *, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(_("Alarms"))
        self._told: set[Key] = set()
        self._alarms: tuple[Alarm, ...] = ()
        self._name: Callable[[str], str] = str
        self._rows = [_Row(f"{object_name}.row{number}", self) for number in range(MOST)]
        self.more = Button("", object_name=f"{object_name}.more")
        self.more.setCheckable(True)
        self.more.toggled.connect(lambda _on: self.tick())
        self.all = Button(_("Acknowledge all"), object_name=f"{object_name}.all")
        self.all.clicked.connect(self._acknowledge_all)
        for button in (self.all, self.more):
            self._rows[0].add(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self._rows:
            row.pressed.connect(lambda key: self.acknowledged.emit([key]))
            column.addWidget(row)
        theme.changed.connect(self.tick)
        self.hide()

    def show_alarms(self, alarms: Sequence[Alarm], name: Callable[[str], str]) -> None:
        """Show these, those that nobody has seen first; new ones are read aloud. `name` names a group."""
        self._alarms = tuple(sorted(alarms, key=lambda alarm: alarm.acknowledged))
        self._name = name
        new = [alarm for alarm in alarms if alarm.key not in self._told]
        self._told = {alarm.key for alarm in alarms}
        self.setVisible(bool(alarms))
        self.tick()
        if new:
            announce(self, ". ".join(alarm_text(each, name(each.group_id)) for each in new), urgent=True)

    def tick(self) -> None:
        """Say how long they last by now."""
        shown = self._alarms[: MOST if self.more.isChecked() else 1]
        for row, alarm in zip(self._rows, [*shown, *[None] * MOST], strict=False):
            row.show_alarm(alarm, self._name)
        rest = len(self._alarms) - 1
        fewer = _("Show one")
        more = ngettext("and {count} more", "and {count} more", rest).format(count=rest)
        self.more.setText(fewer if self.more.isChecked() else more)
        self.more.setVisible(rest > 0)
        self.all.setVisible(sum(not alarm.acknowledged for alarm in self._alarms) > 1)

    def _acknowledge_all(self) -> None:
        self.acknowledged.emit([alarm.key for alarm in self._alarms])

    def texts(self) -> list[str]:
        """What is said, a sentence per alarm."""
        return [row.text.text() for row in self._rows if row.alarm is not None]


class _Row(QWidget):
    """One alarm: icon, sentence, since when, and the button of whoever has seen it."""

    pressed = Signal(tuple)

    def __init__(self, object_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.alarm: Alarm | None = None
        self._icon = QLabel()
        self.text = QLabel(wordWrap=True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setProperty("role", "heading")
        self._since = QLabel()
        self._seen = Button(_("Acknowledge"), object_name=f"{object_name}.acknowledge")
        self._seen.set_tip(_("It stays here in grey until it is over."))
        self._seen.clicked.connect(lambda: self.pressed.emit(self.alarm.key) if self.alarm else None)
        self._line = QHBoxLayout(self)
        self._line.setSpacing(2 * GRID)
        self._line.setContentsMargins(4 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        self._line.addWidget(self._icon)
        self._line.addWidget(self.text, 1)
        self._line.addWidget(self._since)
        self._line.addWidget(self._seen)
        self.hide()

    def add(self, button: Button) -> None:
        """A button that is about more than this alarm."""
        self._line.addWidget(button)

    def show_alarm(self, alarm: Alarm | None, name: Callable[[str], str]) -> None:
        """Show this one, or nothing."""
        self.alarm = alarm
        self.setVisible(alarm is not None)
        if alarm is None:
            return
        words = alarm_text(alarm, name(alarm.group_id))
        since = _("since {time}, {duration}").format(
            time=clock_text(alarm.since_ms), duration=duration_text(max(0, now_ms() - alarm.since_ms))
        )
        if alarm.acknowledged:
            since = _("{since} · acknowledged").format(since=since)
        self.text.setText(words)
        self._since.setText(since)
        self._seen.setVisible(not alarm.acknowledged)
        self.setAccessibleName(f"{words} {since}")
        self._dress(Tone.NEUTRAL if alarm.acknowledged else Tone.DANGER)

    def _dress(self, tone: Tone) -> None:
        pair = tokens().tone(tone)
        self._icon.setPixmap(icon_pixmap(Icon.ALERT, _ICON, self.devicePixelRatioF(), pair.ink))
        for label in (self.text, self._since):
            label.setStyleSheet(f"color: {pair.ink};")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        acknowledged = self.alarm is not None and self.alarm.acknowledged
        pair = tokens().tone(Tone.NEUTRAL if acknowledged else Tone.DANGER)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(pair.ground))
        painter.fillRect(0, 0, GRID, self.height(), QColor(pair.ink))
