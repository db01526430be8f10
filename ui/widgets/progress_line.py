"""A bar with its numbers in words: `128 of 340 · 41/s · about 5 s left`. "Busy" until the total is known."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from app.i18n import _, ngettext
from ui.theme import GRID

_SOON_S = 1.0


class ProgressLine(QWidget):
    """Bar and text beside each other; `name` says of what, for assistive tools."""

    def __init__(self, *, name: str, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(name)
        self.bar.setSizePolicy(self.bar.sizePolicy().horizontalPolicy(), self.bar.sizePolicy().verticalPolicy())
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setSpacing(3 * GRID)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self.text)
        self.show_progress(0, None)

    def show_progress(
        self, done: int, total: int | None, *, per_second: float | None = None, left_s: float | None = None
    ) -> None:
        """`left_s` is the time left in seconds, `per_second` the rate; what is unknown is left out."""
        self.bar.setRange(0, total or 0)  # 0 to 0 shows work without a measure
        self.bar.setValue(done)
        parts = [self._amount(done, total)]
        if per_second:
            rate = self.locale().toString(float(per_second), "f", 0 if per_second >= 10 else 1)
            parts.append(_("{rate}/s").format(rate=rate))
        if left_s is not None and total and done < total:
            parts.append(time_left(left_s))
        self.text.setText(" · ".join(filter(None, parts)))
        self.bar.setAccessibleDescription(self.text.text())

    def say(self, text: str) -> None:
        """Words in place of the numbers, such as the step that has no count."""
        self.text.setText(text)
        self.bar.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        """The room it would like."""
        return QSize(400, super().sizeHint().height())

    def _amount(self, done: int, total: int | None) -> str:
        number = self.locale().toString
        if total:
            return _("{done} of {total}").format(done=number(done), total=number(total))
        return number(done) if done else ""


def time_left(seconds: float) -> str:
    """`about 5 s left`, `about 3 min left`; no false precision."""
    if seconds < _SOON_S:
        return _("a moment left")
    if seconds < 90:  # below this people count in seconds
        return _("about {seconds} s left").format(seconds=_rounded(seconds))
    minutes = round(seconds / 60)
    if minutes < 90:  # and above this in hours
        return _("about {minutes} min left").format(minutes=minutes)
    hours = round(minutes / 60)
    return ngettext("about {hours} hour left", "about {hours} hours left", hours).format(hours=hours)


def _rounded(seconds: float) -> int:
    """To five seconds above ten, so that the text does not flicker."""
    return round(seconds) if seconds <= 10 else 5 * round(seconds / 5)
