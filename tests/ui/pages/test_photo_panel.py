"""The photo in a person's details: shown as it is and as a device would get it, replaced from a file, taken away."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from app.demo.drawing.badge import badge
from app.domain.directory import Employee
from app.domain.outcomes import Run, RunState
from app.events import DirectoryChanged, RunEnded
from app.operations.photo_files import face_file
from app.store import directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from tests.support.site import a_person
from tests.support.window import click, eventually, open_dialog, part
from ui.desk import Desk
from ui.pages.employees import EmployeesPage
from ui.pages.employees.photo_panel import PhotoPanel
from ui.widgets import Button, ConfirmDialog, StatusChip

STAMP = "2026-01-01T00:00:00+00:00"
ACTIONS, BUTTONS, KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
async def panel(desk: Desk) -> PhotoPanel:
    """The panel in the width of the narrowest details, following the store as on its page."""
    await add_people(desk, "Ana")
    panel = PhotoPanel(desk)
    panel.resize(248, 500)
    panel.show_person(await stored(desk))
    panel.show()

    async def follow() -> None:
        panel.show_person(await stored(desk))

    desk.on(DirectoryChanged, lambda _event: desk.start("follow", follow()))
    return panel


async def add_people(desk: Desk, *names: str) -> None:
    people = [a_person(1001 + place, name) for place, name in enumerate(names)]
    rows = [(*directory.employee_row(person)[:-2], STAMP, STAMP) for person in people]
    await desk.workspace.store.write(insert_rows, EmployeeRow, rows)


async def stored(desk: Desk, name: str = "Ana") -> Employee:
    (person,) = [e for e in await desk.workspace.store.read(directory.employees) if e.first_name == name]
    return person


def good(folder: Path) -> Path:
    return saved(folder / "good.jpg", badge("1", woman=True))


def repairable(folder: Path) -> Path:
    out = io.BytesIO()
    Image.open(io.BytesIO(badge("1", woman=True))).resize((1200, 1600)).save(out, "PNG")
    return saved(folder / "Ana.PNG", out.getvalue())


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def words(panel: PhotoPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))


def pictures(panel: PhotoPanel) -> dict[str, str]:
    """The pictures that can be seen: name and description."""
    shown = [label for label in panel.findChildren(QLabel) if label.isVisibleTo(panel) and not label.pixmap().isNull()]
    return {label.accessibleName(): label.accessibleDescription() for label in shown}


def is_visible(panel: PhotoPanel, name: str) -> bool:
    return part(panel, Button, name).isVisibleTo(panel)


async def ended(desk: Desk, act: Callable[[], object]) -> Run:
    """Do what starts a run, and wait for its end."""
    runs: list[Run] = []
    forget = desk.workspace.events.subscribe(RunEnded, lambda event: runs.append(event.run))
    act()
    await eventually(lambda: runs)
    forget()
    return runs[0]


async def replaced(panel: PhotoPanel, file: Path) -> Run:
    """Give the person another photo."""
    return await ended(panel.desk, lambda: panel.replace_with(str(file)))


async def examined(panel: PhotoPanel, verdict: str) -> None:
    chip = panel.findChild(StatusChip)
    assert chip is not None
    await eventually(lambda: chip.isVisibleTo(panel) and verdict in chip.accessibleName(), verdict)


def drop(panel: PhotoPanel, *files: Path) -> bool:
    """Drag files over the panel and let go; whether they were welcome."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    over = QDragEnterEvent(QPoint(5, 5), ACTIONS, mime, BUTTONS, KEYS)
    over.ignore()
    panel.dragEnterEvent(over)
    if over.isAccepted():
        panel.dropEvent(QDropEvent(QPointF(5, 5), ACTIONS, mime, BUTTONS, KEYS))
    return over.isAccepted()


async def test_somebody_without_photo_is_told_what_to_do(panel: PhotoPanel) -> None:
    assert "Drop a picture here" in words(panel)
    assert not is_visible(panel, "employees.check_photo")
    assert not is_visible(panel, "employees.remove_photo")
    assert pictures(panel) == {}


async def test_a_file_that_is_repaired_is_shown_before_and_after_with_both_sizes(
    panel: PhotoPanel, tmp_path: Path
) -> None:
    await replaced(panel, repairable(tmp_path))
    await examined(panel, "Good after repair")
    shown = pictures(panel)
    assert set(shown) == {"Photo", "As sent to devices"}
    assert "1200 × 1600 pixels" in shown["Photo"].replace(",", "")
    assert "PNG" in shown["Photo"]
    assert "750 × 1000 pixels" in shown["As sent to devices"].replace(",", "")
    assert "Saved anew" in words(panel)


async def test_one_that_is_fit_is_shown_once(panel: PhotoPanel, tmp_path: Path) -> None:
    await replaced(panel, good(tmp_path))
    await examined(panel, "Good for devices")
    assert set(pictures(panel)) == {"As sent to devices"}
    assert "Good as it is." in words(panel)


async def test_what_is_wrong_is_said_with_what_to_do(panel: PhotoPanel, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((480, 640)).convert("RGB").save(out, "PNG")
    await replaced(panel, saved(tmp_path / "nobody.png", out.getvalue()))
    await examined(panel, "Not usable")
    assert "No face was found in the photo." in words(panel)
    assert "Use a photo of the face from the front" in words(panel)


async def test_two_pictures_fit_side_by_side_into_the_narrowest_details(panel: PhotoPanel, tmp_path: Path) -> None:
    await replaced(panel, repairable(tmp_path))
    await examined(panel, "Good after repair")
    assert panel.minimumSizeHint().width() <= 248
    frames = [label for label in panel.findChildren(QLabel) if not label.pixmap().isNull()]
    assert all(frame.pixmap().deviceIndependentSize().width() >= 80 for frame in frames)


async def test_a_dropped_picture_does_the_same_and_nothing_else_is_welcome(
    panel: PhotoPanel, desk: Desk, tmp_path: Path
) -> None:
    picture = good(tmp_path)
    assert not drop(panel, saved(tmp_path / "note.txt", b"no picture"))
    assert not drop(panel, picture, picture)
    await ended(desk, lambda: drop(panel, picture))
    await examined(panel, "Good for devices")
    assert (await stored(desk)).photo_digest


async def test_a_local_photo_can_be_taken_away_again(panel: PhotoPanel, desk: Desk, tmp_path: Path) -> None:
    await replaced(panel, good(tmp_path))
    await examined(panel, "Good for devices")
    await ended(desk, lambda: click(panel, "employees.remove_photo"))
    await eventually(lambda: not is_visible(panel, "employees.remove_photo"))
    assert not face_file(desk.workspace.home, "person-Ana").exists()
    assert pictures(panel) == {}


async def test_a_file_that_is_no_picture_leaves_the_photo_as_it_is(
    panel: PhotoPanel, desk: Desk, tmp_path: Path
) -> None:
    await replaced(panel, good(tmp_path))
    await examined(panel, "Good for devices")
    before = await stored(desk)
    run = await replaced(panel, saved(tmp_path / "bad.jpg", b"no picture"))
    assert run.state is RunState.STOPPED
    assert await stored(desk) == before
    assert "Good as it is." in words(panel)


async def test_a_photo_that_cannot_be_had_says_why(panel: PhotoPanel, desk: Desk) -> None:
    panel.show_person(replace(await stored(desk), photo_address="ana.jpg"))
    click(panel, "employees.check_photo")
    await eventually(lambda: "There is no photo of" in words(panel))


async def test_who_may_not_write_reads_why(panel: PhotoPanel, desk: Desk, tmp_path: Path) -> None:
    desk.workspace.settings_file.change(role="viewer")
    panel.show_person(None)
    panel.show_person(await stored(desk))
    button = part(panel, Button, "employees.replace")
    assert not button.isEnabled()
    assert button.toolTip()
    assert not drop(panel, good(tmp_path))


class TestOnThePage:
    @pytest.fixture
    async def page(self, desk: Desk) -> EmployeesPage:
        await add_people(desk, "Ana", "Ben")
        page = EmployeesPage(desk)
        page.resize(1200, 700)
        page.show()
        await eventually(lambda: page.pane.rows.total == 2)
        return page

    async def test_replacing_from_the_menu_is_about_the_row_that_is_current(
        self, page: EmployeesPage, desk: Desk, tmp_path: Path
    ) -> None:
        """Also when the details, hidden since, showed somebody else."""
        page.show_record("person-Ana")
        page.toggle_details()
        page.pane.table.select_key("person-Ben")
        part(page, QAction, "employees.replace_photo").trigger()
        dialog = await open_dialog(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        page.pane.table.select_key("person-Ana")
        await ended(desk, lambda: dialog.fileSelected.emit(str(good(tmp_path))))
        dialog.reject()
        assert (await stored(desk, "Ben")).photo_digest
        assert (await stored(desk, "Ana")).photo_digest is None

    async def test_the_list_shows_a_new_photo_and_no_longer_one_that_was_removed(
        self, page: EmployeesPage, desk: Desk, tmp_path: Path
    ) -> None:
        page.show_record("person-Ana")
        seen = []
        for key in ("1", "2"):
            await replaced(page.photo_panel, saved(tmp_path / "a.jpg", badge(key, woman=True)))
            picture = page.pictures.of(await stored(desk))
            assert picture is not None
            seen.append(picture.toImage())
        assert seen[0] != seen[1]
        await eventually(lambda: is_visible(page.photo_panel, "employees.remove_photo"))
        await ended(desk, lambda: click(page, "employees.remove_photo"))
        assert page.pictures.of(await stored(desk)) is None

    async def test_clearing_the_cache_is_asked_first(self, page: EmployeesPage, desk: Desk) -> None:
        desk.workspace.home.pictures.mkdir()
        copy = saved(desk.workspace.home.pictures / "person-Ana.jpg", b"a thumbnail")
        part(page, QAction, "employees.clear_photos").trigger()
        click(await open_dialog(ConfirmDialog), "confirm.cancel")
        await eventually(lambda: not QApplication.activeModalWidget())
        assert copy.exists()
        part(page, QAction, "employees.clear_photos").trigger()
        dialog = await open_dialog(ConfirmDialog)
        await ended(desk, lambda: click(dialog, "confirm.action"))
        assert not copy.exists()

    async def test_checking_photos_from_the_menu(self, page: EmployeesPage, desk: Desk, tmp_path: Path) -> None:
        page.show_record("person-Ana")
        await replaced(page.photo_panel, good(tmp_path))
        run = await ended(desk, part(page, QAction, "employees.check_photos").trigger)
        assert (run.operation, run.summary["good"]) == ("employees.check_photos", 1)
