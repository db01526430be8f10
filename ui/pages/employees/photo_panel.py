"""The photo of a person as a terminal would get it: before and after, the verdict in words, another one from a file.

A file can also be dropped on it. Nothing is decoded on the event loop: pictures come here small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.directory import Employee
from app.errors import MusterError
from app.i18n import _
from app.operations.photos import photo_bytes
from app.operations.runner import Request
from app.photos import PhotoExam, examine, small_copy
from ui.desk import Desk
from ui.texts import VERDICT_TONES, VERDICT_WORDS
from ui.theme import GRID
from ui.widgets import Button, StatusChip

_SHOWN = QSize(112, 140)
_ENDINGS = ("jpg", "jpeg", "png", "webp", "bmp", "gif")


class PhotoPanel(QWidget):
    """Between heading and fields of a person's details; accepts a dropped picture."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("employees.photo")
        self.setAccessibleName(_("Photo for devices"))
        self.setAcceptDrops(True)
        self.desk = desk
        self._person: Employee | None = None
        self._before, self._after = _Frame(_("Photo")), _Frame(_("As sent to devices"))
        self._chip = StatusChip()
        self._words = QLabel(wordWrap=True)
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._check = self._button(_("Check photo"), "employees.check_photo", self._load)
        self._replace = self._button(_("Replace photo …"), "employees.replace", self.choose_file)
        self._remove = self._button(_("Remove local photo"), "employees.remove_photo", self._remove_local)
        self._lay_out()
        self.hide()

    def _button(self, text: str, name: str, act: object) -> Button:
        button = Button(text)
        button.setObjectName(name)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(3 * GRID)
        pictures.addWidget(self._before, 0, 0, Qt.AlignmentFlag.AlignTop)
        pictures.addWidget(self._after, 0, 1, Qt.AlignmentFlag.AlignTop)
        pictures.setColumnStretch(2, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        for button in (self._check, self._replace, self._remove):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(pictures)
        column.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._words)
        column.addLayout(buttons)

    def show_person(self, person: Employee | None) -> None:
        """Show this person's photo; a local one is examined at once, one at a source when asked."""
        if person is not None and self._person is not None and _same(person, self._person):
            return
        self._person = person
        self.setVisible(person is not None)
        if person is None:
            return
        self._before.show_picture(
            QPixmap(str(self.desk.workspace.home.pictures / person.photo)) if person.photo else None
        )
        self._after.show_picture(None)
        self._chip.hide()
        self._words.setText(
            "" if person.has_photo else _("No photo for devices. Drop a picture here, or choose a file.")
        )
        self._words.setVisible(not person.has_photo)
        self._check.setVisible(person.has_photo)
        self._remove.setVisible(bool(person.photo_digest))
        self._before.setVisible(bool(person.photo) or person.has_photo)
        self._after.setVisible(False)
        if person.photo_digest:
            self._load()

    def _load(self) -> None:
        if self._person is not None:
            self.desk.start("examine photo", self._examine(self._person))

    async def _examine(self, person: Employee) -> None:
        self._words.setText(_("Checking the photo …"))
        self._words.show()
        try:
            picture = await photo_bytes(self.desk.workspace, person)
        except MusterError as error:
            if person is self._person:
                self._words.setText(f"{error.message} {_(error.remedy)}".strip())
            return
        exam, before, after = await asyncio.to_thread(_look, picture)
        if person is self._person:  # the person at the screen may have moved on
            self._show_exam(exam, before, after)

    def _show_exam(self, exam: PhotoExam, before: bytes, after: bytes) -> None:
        self._before.show_picture(_pixmap(before))
        self._after.show_picture(_pixmap(after))
        self._before.show()
        self._after.setVisible(bool(after))
        self._chip.set_status(_(VERDICT_WORDS[exam.verdict]), VERDICT_TONES[exam.verdict])
        self._chip.show()
        remedies = dict.fromkeys(finding.remedy for finding in exam.findings if finding.remedy)
        self._words.setText(" ".join((exam.words, *remedies)).strip() or _("Nothing had to be changed."))
        self._words.show()

    def choose_file(self) -> None:
        """Ask for a picture file."""
        if self._person is None:
            return
        patterns = " ".join(f"*.{ending}" for ending in _ENDINGS)
        dialog = QFileDialog(self, _("Replace photo"), "", _("Pictures ({patterns})").format(patterns=patterns))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.replace_with)
        dialog.open()

    def replace_with(self, file: str) -> None:
        """Make the picture in a file the photo of the person shown."""
        if self._person is not None:
            params = {"employee": self._person.id, "file": file}
            self.desk.run(Request("employees.set_photo", params=params))

    def _remove_local(self) -> None:
        if self._person is not None:
            self.desk.run(Request("employees.remove_photo", params={"employee": self._person.id}))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One picture file is welcome."""
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped picture becomes the photo."""
        if files := _dropped(event.mimeData()):
            event.acceptProposedAction()
            self.replace_with(files[0])


class _Frame(QWidget):
    """A picture with what it is below."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._caption = caption
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedSize(_SHOWN)
        self._picture.setFrameShape(QLabel.Shape.StyledPanel)
        words = QLabel(caption, alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        words.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._picture)
        column.addWidget(words)

    def show_picture(self, pixmap: QPixmap | None) -> None:
        """Show a picture as large as fits, or an empty frame."""
        if pixmap is None or pixmap.isNull():
            self._picture.setPixmap(QPixmap())
            self._picture.setAccessibleName(_("{caption}: none").format(caption=self._caption))
            return
        ratio = self.devicePixelRatioF()
        fitted = pixmap.scaled(
            _SHOWN * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(fitted)
        self._picture.setAccessibleName(self._caption)


def _look(picture: bytes) -> tuple[PhotoExam, bytes, bytes]:
    exam = examine(picture)
    if not exam.jpeg:
        return exam, b"", b""
    return exam, small_copy(picture), small_copy(exam.jpeg)


def _pixmap(picture: bytes) -> QPixmap | None:
    pixmap = QPixmap()
    return pixmap if picture and pixmap.loadFromData(picture) else None


def _same(one: Employee, other: Employee) -> bool:
    """Whether the panel would look the same."""
    return (one.id, one.photo, one.photo_digest, one.photo_address) == (
        other.id, other.photo, other.photo_digest, other.photo_address,
    )  # fmt: skip


def _dropped(mime: QMimeData) -> Sequence[str]:
    files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return files if len(files) == 1 and files[0].lower().endswith(_ENDINGS) else []
