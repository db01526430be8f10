"""The preview of a push: counts per device, the people of the chosen one, and the push itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.coverage import CoverageState
from app.operations.runner import Request
from app.store import runs
from tests.support.coverage import a_device, a_person, a_placement, fill
from tests.support.window import click, eventually, part
from ui.desk import Desk
from ui.dialogs.preview import open_preview
from ui.dialogs.push_preview import PushPreviewDialog

GATE, YARD = a_device("Gate"), a_device("Yard", host="10.0.0.32")
PEOPLE = [
    a_person("ana", employee_no="1", photo_address="ana.jpg"),
    a_person("ion", employee_no="2"),
    a_person("kari", employee_no=None),
]


@pytest.fixture
def parent() -> Iterator[QWidget]:
    """What the dialog stands over."""
    widget = QWidget()
    widget.show()
    yield widget
    widget.close()


async def preview(parent: QWidget, desk: Desk) -> PushPreviewDialog:
    placed = [a_placement(GATE, "ana", CoverageState.PHOTO_MISSING)]
    await fill(desk.workspace, PEOPLE, [GATE, YARD], placed)
    report = await desk.report_of(Request("terminals.push_all", params={"on_fatal": "park"}, dry_run=True))
    assert report is not None
    dialog = open_preview(parent, desk, report)
    assert isinstance(dialog, PushPreviewDialog)
    await eventually(lambda: dialog.people.rows.total == 3)
    return dialog


async def test_every_device_says_what_would_happen_there(parent: QWidget, desk: Desk) -> None:
    dialog = await preview(parent, desk)
    gate, yard = dialog.devices.rows.shown_rows()
    assert (gate.count("add"), gate.count("change"), gate.count("no_number")) == (1, 1, 1)
    assert (yard.count("add"), yard.count("no_photo")) == (2, 1)
    summary = part(dialog, QLabel, "push_preview.summary").text()
    assert summary == "At 2 devices: 3 to add, 1 to change, 0 already there, 0 unchanged."


async def test_the_chosen_device_shows_its_people_with_what_to_do(parent: QWidget, desk: Desk) -> None:
    dialog = await preview(parent, desk)
    rows = {line.outcome.subject: line.outcome.message for line in dialog.people.rows.all_rows()}
    assert rows["Ana Popescu"] == "The photo would be sent"
    dialog.devices.select_key("yard")
    rows = {line.outcome.subject: line.outcome.message for line in dialog.people.rows.all_rows()}
    assert rows["Ana Popescu"] == "Would be added with photo"
    assert rows["Kari Popescu"] == "No terminal number"


async def test_push_starts_the_same_push_for_real(parent: QWidget, desk: Desk) -> None:
    dialog = await preview(parent, desk)
    click(dialog, "push_preview.push")
    started = desk.workspace.runner.handles
    await eventually(lambda: bool(started))
    handle = next(iter(started.values()))
    assert (handle.operation.id, handle.context.dry_run) == ("terminals.push_all", False)
    assert handle.context.run.params["on_fatal"] == "park"
    handle.cancel()
    report = await handle.report()
    assert await desk.workspace.store.read(runs.find_run, report.run.run_id)
