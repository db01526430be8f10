"""Qt's own words, in the person's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from app.i18n import Language, use_language
from ui.qt_texts import QtTexts


@pytest.fixture
def norwegian(qapp: QApplication) -> Iterator[None]:
    use_language(Language.NORWEGIAN)
    texts = QtTexts()
    qapp.installTranslator(texts)
    yield
    qapp.removeTranslator(texts)
    use_language(Language.ENGLISH)


def test_the_menu_of_a_text_field_speaks_norwegian(norwegian: None) -> None:
    field = QLineEdit()
    menu = field.createStandardContextMenu()
    words = [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]
    assert words == ["&Angre", "&Gjør om", "Klipp &ut", "&Kopier", "&Lim inn", "Slett", "Merk alt"]


def test_what_is_not_listed_stays_as_qt_says_it(norwegian: None) -> None:
    assert QCoreApplication.translate("QDial", "SpeedoMeter") == "SpeedoMeter"
