"""Texts for people in their language, through the gettext catalogues in `resources/translations`.

Window and command line share one catalogue. `_()` translates a whole sentence, `ngettext` one with a number,
`N_` marks a constant that is translated where it is shown. English is the source language and needs no file.

    _("Updated {synced} of {total} offices").format(synced=5, total=5)
"""

from __future__ import annotations

import gettext as _gettext
from enum import StrEnum

from app.places import resource

DOMAIN = "muster"


class Language(StrEnum):
    """The languages Muster speaks; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    ENGLISH = "en"
    NORWEGIAN = "nb"
    ROMANIAN = "ro"
    RUSSIAN = "ru"


_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def use_language(language: Language, system: str = "") -> None:
    """Switch every later `_()` to `language`.

    `system` names the desktop's language (`nb-NO`), which the window knows from Qt; one that is not spoken is English.
    """
    global _catalogue
    code = system[:2] if language is Language.SYSTEM else language.value
    code = "nb" if code in {"no", "nn"} else code
    folder = resource("translations")
    _catalogue = _gettext.translation(DOMAIN, folder, languages=[code], fallback=True)


def _(text: str) -> str:
    """Translate a whole sentence."""
    return _catalogue.gettext(text) if text else text


def pgettext(context: str, text: str) -> str:
    """Translate a text that other languages word differently at this place, such as on a button."""
    return _catalogue.pgettext(context, text)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a sentence whose form depends on `count`."""
    return _catalogue.ngettext(one, many, count)


def N_(text: str) -> str:
    """Mark a constant for the catalogue; translate it with `_` where it is shown."""
    return text
