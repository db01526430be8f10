"""The filters over agents: a tile per status with its count, and chips for accounts and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.i18n import _
from app.store.contact_center_now import StatusMeaning
from ui.pages.workforce.live.columns import status_tone
from ui.pages.workforce.live.lines import AgentLine, status_words
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

HERE, AWAY, STATUS = "here", "away", "status"
_MARKS = {Tone.SUCCESS: Icon.CHECK, Tone.WARNING: Icon.PAUSE}


def statuses_of(lines: Iterable[AgentLine]) -> dict[str, str]:
    """The statuses that occur, with the code of one of each, by name."""
    found = {status_words(line.status)[0]: line.status.state_code for line in lines if line.status is not None}
    return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))


def tiles(statuses: dict[str, str], meaning: Callable[[str], StatusMeaning | None]) -> list[FilterChip]:
    """The tiles above the table: everybody who is there, each status, who is not signed in."""

    def of(word: str) -> Callable[[AgentLine], bool]:
        return lambda line: line.status is not None and status_words(line.status)[0] == word

    def tile(word: str, code: str) -> FilterChip:
        tone = status_tone(meaning(code))
        return FilterChip(f"{STATUS}_{word}", word, of(word), STATUS, _MARKS.get(tone, Icon.USER), tone, hidden=True)

    return [
        FilterChip(HERE, _("Signed in"), lambda line: line.status is not None, STATUS, Icon.USERS, hidden=True),
        *(tile(word, code) for word, code in statuses.items()),
        FilterChip(AWAY, _("Not signed in"), lambda line: line.status is None, STATUS, Icon.MINUS, hidden=True),
    ]


def chips(groups: Sequence[str]) -> list[FilterChip]:
    """The chips beside the search."""

    def of(group: str) -> Callable[[AgentLine], bool]:
        return lambda line: group in line.groups

    linked, group = _("Account"), _("Group")
    return [
        FilterChip("linked", _("Linked"), lambda line: bool(line.employee_id), "linked", menu=linked),
        FilterChip("unlinked", _("Not linked"), lambda line: not line.employee_id, "linked", menu=linked),
        *(FilterChip(f"group_{name}", name, of(name), "group", menu=group) for name in groups),
    ]
