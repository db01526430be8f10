"""Export as a person asks for it: what, of which days, how written, where to, and where it went."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit

from app.operations.exchange.tables import Separator
from tests.support.exchange import as_csv, import_rows, interval, intervals
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into
from tests.ui.pages.workforce.exchange.conftest import Open
from ui.desk import Desk
from ui.pages.workforce.exchange import ExchangePage
from ui.pages.workforce.exchange.export_dialog import ExportDialog, usual_separator
from ui.widgets import Button


@pytest.fixture
async def dialog(desk: Desk, page: ExchangePage, tmp_path: Path) -> ExportDialog:
    """The dialog over forty stored rows of the 5th of March, and one whose group would be a formula."""
    await import_rows(desk.workspace, tmp_path, as_csv([*intervals(40), interval(48, groupId="=cmd|'/c calc'!A1")]))
    await eventually(part(page, Button, "exchange.export_data").isEnabled)
    click(page, "exchange.export_data")
    found = await open_dialog(ExportDialog)
    assert isinstance(found, ExportDialog)
    return found


def choose(dialog: ExportDialog, name: str, words: str) -> None:
    box = part(dialog, QComboBox, f"exchange.export.{name}")
    box.setCurrentIndex(box.findText(words))


async def test_it_counts_what_is_stored_for_the_choice(dialog: ExportDialog) -> None:
    count = part(dialog, QLabel, "exchange.export.count")
    await eventually(lambda: count.text() == "Nothing is stored for this choice.")
    dialog.period.set_period(date(2026, 3, 5), date(2026, 3, 5))
    await eventually(lambda: count.text() == "41 rows are stored for this choice.")
    type_into(part(dialog, QLineEdit, "exchange.export.groups"), "g-1, g-2")
    await eventually(lambda: count.text() == "10 rows are stored for this choice.")


async def test_a_name_is_proposed_until_another_is_chosen(dialog: ExportDialog, tmp_path: Path) -> None:
    file = part(dialog, QLineEdit, "exchange.export.file")
    dialog.period.set_period(date(2026, 3, 1), date(2026, 3, 31))
    assert Path(file.text()).name == "Group history 2026-03-01 to 2026-03-31.xlsx"
    choose(dialog, "format", "JSON")
    assert file.text().endswith(".json")
    part(dialog, QCheckBox, "exchange.export.all_days").click()
    choose(dialog, "type", "Queues")
    assert Path(file.text()).name == "Queues.json"
    type_into(file, str(tmp_path / "mine.json"))
    choose(dialog, "type", "Chat time")
    assert file.text() == str(tmp_path / "mine.json")
    type_into(file, "")
    assert part(dialog, Button, "exchange.export.accept").toolTip() == "Choose a file first."


async def test_only_what_fits_the_data_is_asked(dialog: ExportDialog) -> None:
    agents, groups = (part(dialog, QLineEdit, f"exchange.export.{name}") for name in ("agents", "groups"))
    separator = part(dialog, QComboBox, "exchange.export.separator")
    assert (groups.isVisible(), agents.isVisible(), separator.isVisible()) == (True, False, False)
    choose(dialog, "type", "System working time")
    choose(dialog, "format", "CSV")
    assert (groups.isVisible(), agents.isVisible(), separator.isVisible()) == (False, True, True)


async def test_it_is_written_and_its_folder_offered(dialog: ExportDialog, voice: Heard, tmp_path: Path) -> None:
    dialog.period.set_period(date(2026, 3, 5), date(2026, 3, 5))
    choose(dialog, "format", "JSON")
    part(dialog, QCheckBox, "exchange.export.raw").click()
    type_into(part(dialog, QLineEdit, "exchange.export.file"), str(tmp_path / "out.json"))
    click(dialog, "exchange.export.accept")
    await eventually(lambda: "41 rows written to out.json." in voice.toasts)
    assert voice.offered["41 rows written to out.json."].label == "Open folder"
    rows = json.loads((tmp_path / "out.json").read_bytes())
    assert len(rows) == 41
    assert rows[0]["raw_data"]["groupId"] == rows[0]["queue_id"]


async def test_csv_has_the_separator_that_was_chosen_and_no_formulas(
    dialog: ExportDialog, voice: Heard, tmp_path: Path
) -> None:
    part(dialog, QCheckBox, "exchange.export.all_days").click()
    choose(dialog, "format", "CSV")
    choose(dialog, "separator", "Semicolon ;")
    type_into(part(dialog, QLineEdit, "exchange.export.file"), str(tmp_path / "out.csv"))
    click(dialog, "exchange.export.accept")
    await eventually(lambda: voice.toasts)
    lines = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("id;data_type;timestamp;")
    assert sum(";'=cmd|'/c calc'!A1;" in line for line in lines) == 1


async def test_a_file_that_cannot_be_written_is_said(dialog: ExportDialog, voice: Heard, tmp_path: Path) -> None:
    type_into(part(dialog, QLineEdit, "exchange.export.file"), str(tmp_path / "none" / "out.xlsx"))
    click(dialog, "exchange.export.accept")
    await eventually(lambda: "cc.export_data" in voice.banners)
    assert "does not exist" in voice.banners["cc.export_data"].text
    assert voice.banners["cc.export_data"].remedy


async def test_without_a_connection_there_is_nothing_to_export(open_page: Open) -> None:
    page = await open_page()
    button = part(page, Button, "exchange.export_data")
    await eventually(lambda: button.toolTip() == "Add a contact centre connection first.")
    assert not button.isEnabled()


@pytest.mark.parametrize(
    ("locale", "separator"),
    [("ru_RU", Separator.SEMICOLON), ("nb_NO", Separator.SEMICOLON), ("en_US", Separator.COMMA)],
)
def test_the_usual_separator_is_what_spreadsheets_there_expect(locale: str, separator: Separator) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        assert usual_separator() is separator
    finally:
        QLocale.setDefault(before)
