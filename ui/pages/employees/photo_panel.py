"""The photo of a person as a terminal would get it: before and after, the verdict in words, another one from a file.

A file can also be dropped on it. Nothing large is decoded on the event loop: pictures come here small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale, QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.directory import Employee
from app.errors import BadData, MusterError
from app.i18n import _
from app.operations.photo_files import read_picture
from app.operations.photos import digest_of, photo_bytes
from app.operations.runner import Request
from app.photos import PhotoExam, examine, small_copy
from ui.desk import Desk
from ui.pages.employees.photo_frame import PhotoFrame
from ui.texts import VERDICT_TONES, VERDICT_WORDS
from ui.theme import GRID
from ui.widgets import Button, FlowLayout, StatusChip

_ENDINGS = ("jpg", "jpeg", "png", "webp", "bmp", "gif")


@dataclass(frozen=True, repr=False)
class _Look:
    """An examined photo with small copies of it as it is and as it would be sent."""

    exam: PhotoExam
    before: bytes = b""
    after: bytes = b""


class PhotoPanel(QWidget):
    """Between heading and fields of a person's details; accepts a dropped picture."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("employees.photo")
        self.setAccessibleName(_("Photo for devices"))
        self.setAcceptDrops(True)
        self.desk = desk
        self._person: Employee | None = None
        self._original: tuple[str, Path] | None = None  # whose photo was replaced last, and by which file
        self._before, self._after = PhotoFrame(_("Photo")), PhotoFrame(_("As sent to devices"))
        self._chip = StatusChip()
        self._words = QLabel(wordWrap=True)
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._check = self._button(_("Check photo"), "employees.check_photo", self._load)
        self._replace = self._button(_("Replace photo …"), "employees.replace", self.choose_file)
        self._remove = self._button(_("Remove local photo"), "employees.remove_photo", self._remove_local)
        self._lay_out()
        self.hide()

    def _button(self, text: str, name: str, act: Callable[[], None]) -> Button:
        button = Button(text, object_name=name)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(3 * GRID)
        for frame in (self._before, self._after):
            pictures.addWidget(frame, 1, Qt.AlignmentFlag.AlignTop)
        pictures.addStretch()
        buttons = FlowLayout()
        for button in (self._check, self._replace, self._remove):
            buttons.addWidget(button)
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
        kept = self.desk.workspace.home.pictures / person.photo if person.photo else None
        self._before.show_picture(QPixmap(str(kept)) if kept else None)
        self._before.setVisible(bool(kept) or person.has_photo)
        self._after.hide()
        self._chip.hide()
        self._words.setText(_("No photo for devices. Drop a picture here, or choose a file."))
        self._words.setVisible(not person.has_photo)
        self._check.setVisible(bool(person.photo_address) and not person.photo_digest)
        self._remove.setVisible(bool(person.photo_digest))
        for button, operation in ((self._replace, "employees.set_photo"), (self._remove, "employees.remove_photo")):
            button.permit(self.desk.refusal(operation))
        if person.photo_digest:
            self._load()

    def _load(self) -> None:
        if self._person is not None:
            self.desk.start("examine photo", self._examine(self._person))

    async def _examine(self, person: Employee) -> None:
        self._words.setText(_("Checking the photo …"))
        self._words.show()
        try:
            look = await self._replaced(person)
            if look is None:
                look = await asyncio.to_thread(_look, await photo_bytes(self.desk.workspace, person))
        except MusterError as error:
            if person is self._person:
                self._words.setText(f"{error.message} {remedy_of(error)}".strip())
            return
        if person is self._person:  # the person at the screen may have moved on
            self._show(look)

    async def _replaced(self, person: Employee) -> _Look | None:
        """The file that became the photo just now, to be seen before and after; None once it is another."""
        if self._original is None or self._original[0] != person.id:
            return None
        try:
            look = await asyncio.to_thread(_look_at, self._original[1])
        except BadData:
            return None
        return look if digest_of(look.exam.jpeg) == person.photo_digest else None

    def _show(self, look: _Look) -> None:
        """Both pictures where they differ, else the one that there is."""
        exam = look.exam
        self._before.show_picture(_pixmap(look.before), _original_facts(exam))
        self._before.setVisible(bool(look.before) and exam.repaired)
        self._after.show_picture(_pixmap(look.after), _sent_facts(exam))
        self._after.setVisible(bool(look.after))
        self._chip.set_status(_(VERDICT_WORDS[exam.verdict]), VERDICT_TONES[exam.verdict])
        self._chip.show()
        remedies = dict.fromkeys(finding.remedy for finding in exam.findings if finding.remedy)
        self._words.setText("\n".join(filter(None, (exam.words, *remedies))) or _("Good as it is."))
        self._words.show()

    def choose_file(self) -> None:
        """Ask for a picture file that becomes the photo of the person shown now."""
        person = self._person
        if person is None:
            return
        patterns = " ".join(f"*.{ending}" for ending in _ENDINGS)
        dialog = QFileDialog(self, _("Replace photo"), "", _("Pictures ({patterns})").format(patterns=patterns))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda file: self._replace_photo(person, file))
        dialog.open()

    def replace_with(self, file: str) -> None:
        """Make the picture in a file the photo of the person shown."""
        if self._person is not None:
            self._replace_photo(self._person, file)

    def _replace_photo(self, person: Employee, file: str) -> None:
        self._original = (person.id, Path(file))
        self.desk.run(Request("employees.set_photo", params={"employee": person.id, "file": file}))

    def _remove_local(self) -> None:
        if self._person is not None:
            self.desk.run(Request("employees.remove_photo", params={"employee": self._person.id}))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One picture file is welcome."""
        if self._replace.isEnabled() and _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped picture becomes the photo."""
        if files := _dropped(event.mimeData()):
            event.acceptProposedAction()
            self.replace_with(files[0])


def _look(picture: bytes) -> _Look:
    exam = examine(picture)
    return _Look(exam, small_copy(picture), small_copy(exam.jpeg)) if exam.jpeg else _Look(exam)


def _look_at(file: Path) -> _Look:
    return _look(read_picture(file))


def _original_facts(exam: PhotoExam) -> str:
    return _facts((exam.width, exam.height), exam.format, exam.size)


def _sent_facts(exam: PhotoExam) -> str:
    return _facts(exam.jpeg_size, "JPEG", len(exam.jpeg))


def _facts(size: tuple[int, int], kind: str, length: int) -> str:
    pixels = _("{width} × {height} pixels").format(width=size[0], height=size[1])
    return f"{pixels}\n{kind} {QLocale().formattedDataSize(length, 1, QLocale.DataSizeFormat.DataSizeSIFormat)}"


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
