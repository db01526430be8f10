"""The photo in a person's details: shown as it is and as a device would get it, replaced from a file, taken away."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from app.domain.directory import Employee
from app.store import directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from tests.support.site import a_person
from ui.desk import Desk
from ui.pages.employees.photo_panel import PhotoPanel
from ui.widgets import Button, StatusChip


@pytest.fixture
async def panel(desk: Desk) -> PhotoPanel:
    row = (*directory._employee_row(a_person(1001, "Ana"))[:-2], "2026-01-01", "2026-01-01")
    await desk.workspace.store.write(insert_rows, EmployeeRow, [row])
    panel = PhotoPanel(desk)
    panel.show_person(await stored(desk))
    return panel


async def stored(desk: Desk) -> Employee:
    (person,) = await desk.workspace.store.read(directory.employees)
    return person


def picture(folder: Path, name: str = "ana.png") -> Path:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((480, 640)).convert("RGB").save(out, "PNG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


def words(panel: PhotoPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))


def button(panel: PhotoPanel, name: str) -> Button:
    found = panel.findChild(Button, name)
    assert found is not None
    return found


async def settled(panel: PhotoPanel, desk: Desk) -> None:
    """The person as stored now, and the examination that follows."""
    panel.show_person(await stored(desk))
    await until(lambda: panel.findChild(StatusChip).isVisibleTo(panel))  # type: ignore[union-attr]


async def test_somebody_without_photo_is_told_what_to_do(panel: PhotoPanel) -> None:
    assert "Drop a picture here" in words(panel)
    assert not button(panel, "employees.check_photo").isVisibleTo(panel)
    assert not button(panel, "employees.remove_photo").isVisibleTo(panel)


async def test_a_file_becomes_the_photo_and_is_shown_before_and_after(
    panel: PhotoPanel, desk: Desk, tmp_path: Path
) -> None:
    panel.replace_with(str(picture(tmp_path)))
    await until(lambda: (desk.workspace.home.faces / "person-Ana.jpg").exists() and not desk.workspace.runner.handles)
    await settled(panel, desk)
    assert "No face was found in the photo." in words(panel)
    pictures = [label for label in panel.findChildren(QLabel) if not label.pixmap().isNull()]
    assert len(pictures) == 2
    assert all(label.accessibleName() for label in pictures)


async def test_a_dropped_picture_does_the_same_and_other_files_are_not_taken(
    panel: PhotoPanel, desk: Desk, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("no picture")
    for path in (note, picture(tmp_path)):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        panel.dropEvent(QDropEvent(QPointF(5, 5), actions, mime, buttons, Qt.KeyboardModifier.NoModifier))
    await until(lambda: (desk.workspace.home.faces / "person-Ana.jpg").exists() and not desk.workspace.runner.handles)
    assert (await stored(desk)).photo_digest


async def test_a_local_photo_can_be_taken_away_again(panel: PhotoPanel, desk: Desk, tmp_path: Path) -> None:
    panel.replace_with(str(picture(tmp_path)))
    await until(lambda: (desk.workspace.home.faces / "person-Ana.jpg").exists() and not desk.workspace.runner.handles)
    await settled(panel, desk)
    button(panel, "employees.remove_photo").click()
    await until(lambda: not (desk.workspace.home.faces / "person-Ana.jpg").exists())
    await until(lambda: not desk.workspace.runner.handles)
    assert (await stored(desk)).photo_digest is None


async def test_a_photo_that_cannot_be_had_says_why(panel: PhotoPanel, desk: Desk) -> None:
    panel.show_person(replace(await stored(desk), photo_address="ana.jpg"))
    button(panel, "employees.check_photo").click()
    await until(lambda: "There is no photo of" in words(panel))
