"""A made-up language, 40 % longer than English: what it leaves untouched was never translated, what it cuts is narrow.

Each text stands between « and », with letters doubled; placeholders stay. It is a real compiled catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import app.i18n
from app.i18n import Language, use_language
from app.operations.registry import operations
from app.places import resource
from ui.pages.workforce.history.measures import words

_PLACEHOLDER = re.compile(r"(\{[^}]*\})")
_DOUBLED = re.compile(r"([aeiouyAEIOUYr])")
_TAG = re.compile(r"<[a-z/][^<>]*>")
_TOLD = re.compile(r"«[^«»]*»")


def longer(text: str) -> str:
    """The text in the made-up language."""
    parts = _PLACEHOLDER.split(text)
    return "«" + "".join(p if p.startswith("{") else _DOUBLED.sub(r"\1\1", p) for p in parts) + "»"


def write_catalogue(template: Path, file: Path) -> None:
    """Translate every text of `template` and write the compiled catalogue to `file`."""
    with template.open("rb") as source:
        english = read_po(source)
    made_up = Catalog(locale="nb")  # two forms, as English
    for message in english:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            told = tuple(map(longer, forms))
            made_up.add(message.id, told[0] if isinstance(message.id, str) else told, context=message.context)
    file.parent.mkdir(parents=True)
    with file.open("wb") as compiled:
        write_mo(compiled, made_up)


@contextmanager
def spoken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Switch it on in the place of Norwegian, as any language is; its catalogue is written below `folder`."""
    operations()
    write_catalogue(
        resource("translations", "muster.pot"), folder / "translations" / "nb" / "LC_MESSAGES" / "muster.mo"
    )
    monkeypatch.setattr(app.i18n, "resource", folder.joinpath)
    use_language(Language.NORWEGIAN)
    try:
        yield
    finally:
        use_language(Language.ENGLISH)
        words.cache_clear()  # a window speaks one language for as long as it is there


def untold(text: str) -> str:
    """What of a shown text did not go through translation; texts may hold each other."""
    text = _TAG.sub(" ", text).replace("\u200b", "")  # where Qt may break long words
    while text != (text := _TOLD.sub("", text)):
        pass
    return text
