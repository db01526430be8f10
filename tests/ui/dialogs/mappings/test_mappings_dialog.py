"""The dialog of field mappings: fields with what came last, an edit, its trial, Save, and values (§9)."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.demo.world import DemoWorld
from app.domain.connections import Connection
from app.domain.mappings import Check, CheckKind, Otherwise, Rule, Transform, TransformKind
from app.operations.runner import Request
from app.store import connections, directory
from app.store import mappings as stored
from tests.support.window import eventually
from ui.desk import Desk
from ui.dialogs.mappings import MappingsDialog
from ui.dialogs.mappings.rows import FieldLine
from ui.dialogs.mappings.steps import StepRow
from ui.dialogs.mappings.words import pair_words


async def vitec(desk: Desk) -> Connection:
    return (await desk.workspace.store.read(connections.connections))[0]


@pytest.fixture
async def dialog(demo_desk: Desk, qtbot: QtBot, small_world: DemoWorld) -> MappingsDialog:
    for raw in small_world.vitec.employees[:3]:
        raw["employeePositions"] = [{"type": 42}]
    await demo_desk.report_of(Request("directory.sync"))
    made = MappingsDialog(None, demo_desk, await vitec(demo_desk))  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(made)
    made.show()
    await eventually(lambda: bool(made.views))
    made.entities.setCurrentRow(1)
    return made


def line(dialog: MappingsDialog, key: str) -> FieldLine:
    dialog.fields.table.select_key(key)
    found = dialog.fields.table.current_row()
    assert found is not None
    return found


def add(dialog: MappingsDialog, kind: TransformKind | CheckKind) -> StepRow:
    dialog.editor._add_step(kind)
    return dialog.editor.steps[-1]


async def tried(dialog: MappingsDialog) -> None:
    dialog.try_button.click()
    await eventually(dialog.try_button.isEnabled)


async def test_a_field_of_theirs_stands_beside_ours_with_its_last_values(
    dialog: MappingsDialog, small_world: DemoWorld
) -> None:
    name = line(dialog, "name")
    assert name.rule.sources == ("name",)
    assert name.samples == tuple(raw["name"] for raw in small_world.vitec.employees[:3])
    assert not dialog.save.isEnabled()


async def test_an_edit_is_tried_shown_before_and_after_and_kept(dialog: MappingsDialog, demo_desk: Desk) -> None:
    line(dialog, "name")
    add(dialog, TransformKind.UPPER)
    assert dialog.save.toolTip() == "Try the change first."
    await tried(dialog)
    first = dialog.trial.visible_table().rows[0]
    assert str(first[2]).upper() == first[3] != first[2]
    assert dialog.save.isEnabled()
    dialog.save.click()
    await eventually(lambda: not dialog.dirty and not dialog.save.isEnabled() and dialog.reset.isEnabled())
    kept = await demo_desk.workspace.store.read(stored.rules, dialog.connection.id)
    assert kept["employee"].rules == (Rule("name", ("name",), (Transform(TransformKind.UPPER),)),)
    dialog.reset.click()
    await eventually(lambda: not dialog.reset.isEnabled())
    assert await demo_desk.workspace.store.read(stored.rules, dialog.connection.id) == {}


async def test_our_own_id_is_looked_up_in_the_chosen_register(dialog: MappingsDialog) -> None:
    line(dialog, "email")
    step = add(dialog, TransformKind.LOOKUP)
    assert step.register.currentText() == "Person, by the id in Vitec"
    step.register.setCurrentIndex(step.register.findText("Person, by the terminal number"))
    step.otherwise.setCurrentIndex(step.otherwise.findData(Otherwise.EMPTY))
    wanted = Transform(TransformKind.LOOKUP, "employee_by_number", otherwise=Otherwise.EMPTY)
    assert step.step() == wanted
    assert StepRow("again", wanted).step() == wanted
    step.register.activated.emit(step.register.currentIndex())
    await tried(dialog)
    assert {row[3] for row in dialog.trial.visible_table().rows} == {""}


async def test_what_would_blank_a_required_field_cannot_be_saved_and_says_why(dialog: MappingsDialog) -> None:
    line(dialog, "name")
    dialog.editor.sources[0].box.setCurrentText("no_such_field")
    await tried(dialog)
    assert not dialog.save.isEnabled()
    assert dialog.save.toolTip() == "This mapping would take the value away from a required field: Name."
    assert dialog.banners.keys() == ["try"]


async def test_an_edit_after_the_trial_has_to_be_tried_again(dialog: MappingsDialog) -> None:
    line(dialog, "name")
    add(dialog, TransformKind.UPPER)
    await tried(dialog)
    assert dialog.save.isEnabled()
    add(dialog, TransformKind.TRIM)
    assert not dialog.save.isEnabled()


async def test_a_row_that_cannot_be_says_what_is_missing(dialog: MappingsDialog) -> None:
    line(dialog, "email")
    add(dialog, TransformKind.CONSTANT)
    await tried(dialog)
    assert dialog.save.toolTip() == "email: The text to fill in is missing."


async def test_a_record_that_a_check_refuses_stands_first_with_the_reason(dialog: MappingsDialog) -> None:
    line(dialog, "name")
    add(dialog, CheckKind.ONE_OF).argument.setText("nobody")
    dialog.editor._tell()
    await tried(dialog)
    rows = dialog.trial.visible_table().rows
    assert str(rows[0][4]).endswith("is none of the allowed values.")
    assert "could not be taken" in dialog.told.text()


def rule(dialog: MappingsDialog, target: str) -> Rule:
    """The rule of a field as it stands in the dialog."""
    assert dialog.view is not None
    return dialog.drafts.rules(dialog.view)[target]


async def test_sources_and_steps_are_removed_one_by_one_and_all_at_once(dialog: MappingsDialog) -> None:
    line(dialog, "title")
    add(dialog, TransformKind.UPPER)
    add(dialog, TransformKind.TRIM)
    dialog.editor.steps[0].remove.click()
    assert rule(dialog, "title").transforms == (Transform(TransformKind.TRIM),)
    dialog.editor.default.click()
    assert rule(dialog, "title").is_identity
    assert not dialog.dirty


async def test_what_was_edited_stays_while_another_entity_is_looked_at(dialog: MappingsDialog) -> None:
    edited, other = dialog.entities.currentRow(), 1 - dialog.entities.currentRow()
    line(dialog, "name")
    add(dialog, TransformKind.UPPER)
    dialog.entities.setCurrentRow(other)
    assert dialog.save.toolTip() == "Nothing was changed."
    assert dialog.dirty
    dialog.entities.setCurrentRow(edited)
    assert dialog.save.toolTip() == "Try the change first."
    assert rule(dialog, "name").transforms == (Transform(TransformKind.UPPER),)


async def test_a_value_that_nobody_mapped_is_mapped_in_one_click_and_used_by_the_next_run(
    dialog: MappingsDialog, demo_desk: Desk
) -> None:
    dialog.tabs.setCurrentIndex(1)
    assert dialog.tabs.tabText(1) == "Values (1)"
    assert dialog.values.pane.visible_table().rows == (("42", 3),)
    dialog.values.box.setCurrentIndex(dialog.values.box.findData("salgsleder"))
    dialog.values.map.click()
    await eventually(lambda: dialog.tabs.tabText(1) == "Values")
    await demo_desk.report_of(Request("directory.sync"))
    people = await demo_desk.workspace.store.read(directory.employees)
    assert sum(p.system_roles == ("salgsleder",) for p in people) >= 3


async def test_close_stays_a_button_where_there_is_nothing_to_tell(dialog: MappingsDialog) -> None:
    before = dialog.close_button.geometry()
    dialog.tabs.setCurrentIndex(1)
    await eventually(dialog.told.isHidden)
    dialog.layout().activate()  # type: ignore[union-attr]
    assert dialog.close_button.geometry() == before


async def test_closing_with_something_unsaved_asks_first(dialog: MappingsDialog, qtbot: QtBot) -> None:
    line(dialog, "name")
    add(dialog, TransformKind.UPPER)
    dialog.close_button.click()
    await eventually(lambda: bool([c for c in dialog.children() if c.objectName() == "confirm"]))
    assert dialog.isVisible()


async def test_a_viewer_may_try_and_not_save(demo_desk: Desk, dialog: MappingsDialog) -> None:
    await demo_desk.workspace.change_settings(role="viewer")
    line(dialog, "name")
    add(dialog, TransformKind.UPPER)
    await tried(dialog)
    assert dialog.trial.visible_table().rows
    assert "integrations.write" in dialog.save.toolTip()
    assert "integrations.write" in dialog.reset.toolTip()


async def test_every_control_has_a_name_of_its_own(dialog: MappingsDialog) -> None:
    line(dialog, "name")
    for kind in (*TransformKind, *CheckKind):
        add(dialog, kind)
    controls = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit, QSpinBox)
        for widget in dialog.editor.findChildren(kind)
        if not widget.objectName().startswith("qt_") and widget.isVisibleTo(dialog)
    ]
    unnamed = [c for c in controls if not (c.accessibleName() or (isinstance(c, QAbstractButton) and c.text()))]
    inner = [c for c in unnamed if isinstance(c.parent(), QComboBox | QSpinBox)]
    assert [c for c in unnamed if c not in inner] == []


@pytest.mark.parametrize(
    "step",
    [
        Transform(TransformKind.MAP_VALUES, table={"A": "Active", "L": "Left"}, otherwise=Otherwise.ERROR),
        Transform(TransformKind.SPLIT, " ", -1),
        Transform(TransformKind.CONCAT, ", "),
        Check(CheckKind.ONE_OF, values=("a", "b")),
        Check(CheckKind.PATTERN, "####"),
        Check(CheckKind.REQUIRED),
    ],
)
def test_a_step_is_read_back_as_it_was_shown(qtbot: QtBot, step: Transform | Check) -> None:
    row = StepRow("mappings.step", step)
    qtbot.addWidget(row)
    assert row.step() == step


def test_two_values_that_differ_in_type_alone_are_told_apart() -> None:
    assert pair_words(4701, "4701") == ("4701", '"4701"')
    assert pair_words("a", "b") == ("a", "b")
