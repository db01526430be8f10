"""The catalogues: whole, true to the sources, compiled, and in the words that vitec-hub.md §12 asks for."""

from __future__ import annotations

import ast
import io
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.i18n import N_, Language, _, ngettext, pgettext, use_language
from app.places import resource

ROOT = Path(__file__).parent.parent
LANGUAGES = (Language.NORWEGIAN, Language.ROMANIAN, Language.RUSSIAN)
REFRESH = "run: python3 dev.py translate"
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use_language(Language.ENGLISH)


@pytest.fixture(scope="module")
def sources() -> set[object]:
    """Every text that is marked in the sources, plurals as pairs, with the context that some have."""
    found = (each for room in ("app", "ui") for each in extract_from_dir(ROOT / room))
    return {(context, message) for _file, _line, message, _comments, context in found}


def file_of(language: Language, ending: str) -> Path:
    return resource("translations", language.value, "LC_MESSAGES", f"muster.{ending}")


def catalogue(language: Language) -> Catalog:
    with file_of(language, "po").open("rb") as file:
        return read_po(file, locale=language.value)


def texts(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(text: str) -> set[tuple[str, str | None]]:
    return {(name, spec) for _text, name, spec, _conversion in string.Formatter().parse(text) if name is not None}


# -- whole and true to the sources ---------------------------------------------------------------------------------


@in_every_language
def test_holds_every_text_of_the_sources_and_no_other(language: Language, sources: set[object]) -> None:
    assert {(each.context, each.id) for each in texts(catalogue(language))} == sources, REFRESH


@in_every_language
def test_every_text_is_translated_in_every_form(language: Language) -> None:
    found = catalogue(language)
    amount = {True: found.num_plurals, False: 1}
    lacking = [
        message.id
        for message in texts(found)
        if message.fuzzy or not all(forms(message)) or len(forms(message)) != amount[message.pluralizable]
    ]
    assert lacking == []


@in_every_language
def test_placeholders_are_those_of_the_source_in_every_form(language: Language) -> None:
    """The form for one may have those of the English singular, where one alone takes it (Russian's is also for 21)."""
    wrong = []
    for message in texts(catalogue(language)):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        for place, form in enumerate(forms(message)):
            singular = place == 0 and language is not Language.RUSSIAN
            allowed = sources if singular else sources[-1:]
            if placeholders(form) not in [placeholders(source) for source in allowed]:
                wrong.append((message.id, form))
    assert wrong == []


@in_every_language
def test_ends_as_the_source_does(language: Language) -> None:
    wrong = [
        (message.id, form)
        for message in texts(catalogue(language))
        for form in forms(message)
        if _end(form) != _end(message.id if isinstance(message.id, str) else message.id[0])
    ]
    assert wrong == []


def _end(text: str) -> str:
    return text[-1:] if text.endswith((".", ":", "…", "?", "!")) else ""


@in_every_language
def test_compiled_file_is_the_catalogue(language: Language) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, catalogue(language))
    assert file_of(language, "mo").read_bytes() == fresh.getvalue(), REFRESH


@in_every_language
def test_counts_by_the_rule_of_its_language(language: Language) -> None:
    with file_of(language, "po").open("rb") as file:
        assert read_po(file).plural_forms == Catalog(locale=language.value).plural_forms


def test_every_marked_text_is_one_whole_literal() -> None:
    """Extraction sees no f-string; a text glued from parts cannot be translated. Variables hold what `N_` marked."""
    glued = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for room in ("app", "ui")
        for file in sorted((ROOT / room).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        and any(map(_is_glued, call.args[: _TEXTS.get(call.func.id, 0)]))
    ]  # fmt: skip
    assert glued == []


_TEXTS = {"_": 1, "N_": 1, "ngettext": 2, "pgettext": 2}


def _is_glued(text: ast.expr) -> bool:
    return isinstance(text, ast.JoinedStr | ast.BinOp)


# -- words ---------------------------------------------------------------------------------------------------------


def test_speaks_the_norwegian_of_the_reference() -> None:
    use_language(Language.NORWEGIAN)
    assert pgettext("button", "Sync offices") == "Synkroniser Vitec"
    assert pgettext("button", "Sync employees") == "Synkroniser Vitec"
    assert _("Connected") == "Tilkoblet"
    assert _("Not configured") == "Ikke konfigurert"
    assert _("Error") == "Feil"
    assert _("No changes") == "Ingen endringer"
    assert _("Preview") == "Forhåndsvis"
    five = ngettext("Updated {synced} of {total} office", "Updated {synced} of {total} offices", 5)
    assert five.format(synced=5, total=5) == "Oppdatert 5 av 5 kontorer"
    many = ngettext("Updated {synced} of {total} employee", "Updated {synced} of {total} employees", 340)
    assert many.format(synced=3, total=340) == "Oppdatert 3 av 340 ansatte"
    lacking = ngettext("{count} employee lacks an office", "{count} employees lack an office", 2)
    assert lacking.format(count=2) == "2 ansatte mangler kontor"


@in_every_language
def test_the_message_of_a_refused_sign_in_stays_recognisable(language: Language) -> None:
    """vitec-hub.md §12 wants the real message in the toast: administrators look for these words."""
    use_language(language)
    assert "Vitec Hub unauthorized" in _("Vitec Hub unauthorized.")
    assert "Vitec Hub forbidden" in _("Vitec Hub forbidden.")


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        (Language.ENGLISH, 1, "1 employee."),
        (Language.ENGLISH, 2, "2 employees."),
        (Language.NORWEGIAN, 1, "1 ansatt."),
        (Language.NORWEGIAN, 21, "21 ansatte."),
        (Language.ROMANIAN, 1, "1 angajat."),
        (Language.ROMANIAN, 19, "19 angajați."),
        (Language.ROMANIAN, 20, "20 de angajați."),
        (Language.ROMANIAN, 101, "101 angajați."),
        (Language.RUSSIAN, 21, "21 сотрудник."),
        (Language.RUSSIAN, 22, "22 сотрудника."),
        (Language.RUSSIAN, 11, "11 сотрудников."),
        (Language.RUSSIAN, 340, "340 сотрудников."),
    ],
)
def test_counts_as_people_do(language: Language, count: int, expected: str) -> None:
    use_language(language)
    assert ngettext("{count} employee.", "{count} employees.", count).format(count=count) == expected


# -- switching -----------------------------------------------------------------------------------------------------


def test_switches_while_running() -> None:
    marked = N_("Offices")
    shown = []
    for language in (Language.ENGLISH, *LANGUAGES, Language.ENGLISH):
        use_language(language)
        shown.append(_(marked))
    assert shown == ["Offices", "Kontorer", "Birouri", "Офисы", "Offices"]


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("nb-NO", "Kontorer"),
        ("nn-Latn-NO", "Kontorer"),
        ("no", "Kontorer"),
        ("ro-RO", "Birouri"),
        ("ru-Cyrl-RU", "Офисы"),
        ("de-DE", "Offices"),
        ("C", "Offices"),
        ("", "Offices"),
    ],
)
def test_follows_the_system(system: str, expected: str) -> None:
    use_language(Language.SYSTEM, system)
    assert _("Offices") == expected


def test_an_empty_text_stays_empty() -> None:
    """gettext would answer with the head of the catalogue."""
    use_language(Language.NORWEGIAN)
    assert _("") == ""
