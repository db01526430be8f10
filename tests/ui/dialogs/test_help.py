"""The help of each page (F1)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.window import click, part, words
from ui.dialogs.help import HelpDialog, open_help
from ui.dialogs.help_texts import HELP
from ui.dialogs.help_workforce import WORKFORCE_HELP
from ui.pages.workforce.page import INNER
from ui.window import PAGES


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_page_has_its_help() -> None:
    assert set(HELP) == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_it_says_what_one_sees_what_one_can_do_and_the_keys(window: QWidget, page: str) -> None:
    told = words(open_help(window, page))
    for said in (HELP[page].title, "What you see", "What you can do", "Keys on this page", "Keys everywhere", "Ctrl+K"):
        assert said in told
    assert all(sentence in told for sentence in HELP[page].see + HELP[page].do)


@pytest.mark.parametrize("tab", INNER)
def test_every_inner_tab_of_workforce_has_its_own(window: QWidget, tab: str) -> None:
    told = words(open_help(window, tab))
    assert WORKFORCE_HELP[tab].title in told
    assert all(sentence in told for sentence in WORKFORCE_HELP[tab].see + WORKFORCE_HELP[tab].do)


def test_there_is_one_help_window_and_it_shows_the_page_asked_for(window: QWidget) -> None:
    first = open_help(window, "offices")
    second = open_help(window, "activity")
    assert first is second
    assert second.windowTitle() == "Help: Activity"
    assert "newest first" in words(second)
    assert "departments of Vitec" not in words(second)


def test_it_does_not_block_the_window_and_escape_closes_it(window: QWidget) -> None:
    dialog = open_help(window, "offices")
    assert not dialog.isModal()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    again = open_help(window, "offices")
    assert again.isVisible()
    click(again, "help.close")
    assert not again.isVisible()
    assert isinstance(again, HelpDialog)


def test_the_rights_that_a_supabase_project_needs_stand_there_to_be_copied(window: QWidget) -> None:
    text = part(open_help(window, "connections"), QPlainTextEdit, "help.to_copy").toPlainText()
    for table in ("public.angajati", "public.angajati_biometrie", "public.dispozitive_pontaj", "storage.objects"):
        assert f"on {table}\n  for select to authenticated" in text
    assert "grant select on public.angajati, public.angajati_biometrie, public.dispozitive_pontaj" in text
    assert "app_metadata" in text
    assert "user_metadata" not in text  # users can change that themselves


def test_the_customers_page_says_what_to_check_when_something_is_wrong(window: QWidget) -> None:
    dialog = open_help(window, "customers")
    told = words(dialog)
    for symptom, check in HELP["customers"].troubles:
        assert symptom in told
        assert check in told
    grants = part(dialog, QPlainTextEdit, "help.to_copy").toPlainText()
    assert "grant show databases" in grants
    assert "usage_stats" in grants
    assert not [word for word in ("insert", "update", "delete", "drop", "all privileges") if word in grants.lower()]
