"""A person's own rules: written once, kept per type of data, and asked of every row."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from app.domain.exchange import DataType
from app.domain.exchange.checker import FieldRule
from tests.support.exchange import interval, intervals
from tests.support.window import click, eventually, open_dialog, part
from tests.ui.pages.workforce.exchange.conftest import Give
from ui.desk import Desk
from ui.pages.workforce.exchange import ExchangePage
from ui.pages.workforce.exchange.rules_dialog import RuleLine, RulesDialog, kept_rules
from ui.widgets import Button

GROUPS = DataType.GROUP_METRICS


async def rules_of(page: ExchangePage) -> RulesDialog:
    click(page, "exchange.rules")
    dialog = await open_dialog(RulesDialog)
    assert isinstance(dialog, RulesDialog)
    return dialog


def line(dialog: RulesDialog, key: str) -> RuleLine:
    found = dialog.model.row_for(key)
    assert found is not None
    return found


async def test_rows_are_checked_against_rules_that_are_kept(desk: Desk, page: ExchangePage, give: Give) -> None:
    file = give([interval(0), interval(1, notUniqueMissed=9), interval(2, aht="")])
    await page.open_file(file)
    dialog = await rules_of(page)
    dialog.model.edited.emit(line(dialog, "notUniqueMissed"), "most", "5")
    dialog.model.set_checked(["aht"], on=True)
    click(dialog, "exchange.rules.save")
    await eventually(lambda: part(page, Button, "exchange.rules").text() == "2 own rules …")
    assert kept_rules(desk.layouts, GROUPS) == {
        "notUniqueMissed": FieldRule(max_value=5), "aht": FieldRule(required=True),
    }  # fmt: skip
    click(page, "exchange.sync")
    await eventually(lambda: page.findings.pane.rows.total == 2)
    found = {(f.row, f.field, f.rule.value) for f in page.findings.pane.rows.shown_rows()}
    assert found == {(3, "notUniqueMissed", "max_value"), (4, "aht", "required")}
    page.findings.correct(3, "notUniqueMissed", "6")
    assert page.opened is not None
    assert page.opened.checked is not None
    assert page.opened.checked.bad == 2
    page.findings.correct(3, "notUniqueMissed", "5")
    assert page.opened.checked.bad == 1
    assert page.commands.import_params(page.opened)["validation_rules"]["aht"]["required"] is True


async def test_rules_come_back_with_the_next_file_and_can_be_taken_away(page: ExchangePage, give: Give) -> None:
    await page.open_file(give(intervals(2)))
    dialog = await rules_of(page)
    dialog.model.edited.emit(line(dialog, "groupId"), "one_of", "g-0, g-1")
    click(dialog, "exchange.rules.save")
    await eventually(lambda: part(page, Button, "exchange.rules").text() == "1 own rule …")
    await page.open_file(give(intervals(2), name="next.csv"))
    dialog = await rules_of(page)
    assert line(dialog, "groupId").one_of == "g-0, g-1"
    click(dialog, "exchange.rules.clear")
    click(dialog, "exchange.rules.save")
    await eventually(lambda: part(page, Button, "exchange.rules").text() == "Own rules …")


@pytest.mark.parametrize(("field", "column", "text"), [("aht", "least", "many"), ("groupId", "pattern", "(")])
async def test_a_rule_that_cannot_be_is_said_and_the_dialog_stays(
    page: ExchangePage, give: Give, field: str, column: str, text: str
) -> None:
    await page.open_file(give(intervals(2)))
    dialog = await rules_of(page)
    dialog.model.edited.emit(line(dialog, field), column, text)
    click(dialog, "exchange.rules.save")
    assert dialog.isVisible()
    assert field in part(dialog, QLabel, "exchange.rules.problem").text()


async def test_only_what_a_field_can_have_is_asked(page: ExchangePage, give: Give) -> None:
    await page.open_file(give(intervals(2)))
    dialog = await rules_of(page)
    rows = dialog.model.all_rows()
    editable = {r.spec.key: [c.key for c in dialog.model.columns if c.edit is not None and c.edit(r) is not None]
                for r in rows}  # fmt: skip
    assert editable["startInterval"] == []
    assert editable["groupId"] == ["one_of", "pattern"]
    assert editable["aht"] == ["least", "most", "one_of", "pattern"]
    assert not dialog.model.may_tick(line(dialog, "groupId"))
