"""A picture as wide as there is room for, with what it is and its size below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import _
from ui.theme import GRID

_NARROWEST, _WIDEST = 96, 200


class PhotoFrame(QWidget):
    """A portrait frame, four by five; the picture fills it as far as its own shape allows."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._caption = caption
        self._picture = _Portrait()
        self._words = QLabel(caption, alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._picture)
        column.addWidget(self._words)
        self.show_picture(None)

    def show_picture(self, pixmap: QPixmap | None, facts: str = "") -> None:
        """Show a picture and what is to be known of it, or an empty frame."""
        shown = pixmap if pixmap is not None and not pixmap.isNull() else None
        self._picture.show_pixmap(shown)
        self._words.setText("\n".join(filter(None, (self._caption, facts))))
        name = self._caption if shown else _("{caption}: none").format(caption=self._caption)
        self._picture.setAccessibleName(name)
        self._picture.setAccessibleDescription(facts)


class _Portrait(QLabel):
    """Keeps the whole picture and shows it in the size that there is."""

    def __init__(self) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignCenter)
        self._whole: QPixmap | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setMinimumWidth(_NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as allowed: the pixmap of the moment must not hold it to its size."""
        return QSize(_WIDEST, _WIDEST * 5 // 4)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for two of them in the narrowest details."""
        return QSize(_NARROWEST, _NARROWEST * 5 // 4)

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show it, or nothing."""
        self._whole = pixmap
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width is another height, and another copy of the picture."""
        super().resizeEvent(event)
        self.setFixedHeight(self.width() * 5 // 4)
        self._fit()

    def _fit(self) -> None:
        if self._whole is None:
            self.setPixmap(QPixmap())
            return
        ratio = self.devicePixelRatioF()
        inner = self.contentsRect().size() * ratio
        fitted = self._whole.scaled(
            inner, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)
