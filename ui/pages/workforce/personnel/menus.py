"""The menus of the Personnel tab: the rest of its actions behind the header, and those of the chosen person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.i18n import _
from ui.pages.entries import Entry
from ui.pages.workforce.personnel.actions import AGENTS, CONFIG, LINK, STATUS, SYNC, TEST, PersonnelActions
from ui.pages.workforce.personnel.people import PersonLine
from ui.theme import Icon


def row_entries(actions: PersonnelActions, chosen: Sequence[PersonLine]) -> list[Entry]:
    """What can be done with the chosen person."""
    line = chosen[0]
    external_id = line.known.person.external_id
    one = "" if len(chosen) == 1 else _("Choose one person.")
    not_linked = "" if line.known.employee_id else _("Nobody is linked.")
    gone = "" if line.employee is not None else _("Nobody is linked.")

    def open_page(page: str, record: str) -> Callable[[], None]:
        return lambda: actions.desk.voice.open_page(page, record)

    return [
        Entry("link", Icon.USER, _("Link …"), lambda: actions.link(line), actions.obstacle(LINK) or one, "Ctrl+L"),
        Entry("unlink", Icon.NO_USER, _("Unlink …"), lambda: actions.unlink(line),
              actions.obstacle(LINK) or one or not_linked),
        Entry("open_employee", Icon.ARROW_RIGHT, _("Open employee"),
              open_page("employees", line.known.employee_id or ""), one or gone),
        Entry("open_deviations", Icon.DIFFERENT, _("Deviations"),
              open_page("workforce", f"deviations:{external_id}"), one),
    ]  # fmt: skip


def more_entries(
    actions: PersonnelActions, preview_full: Callable[[], None], export: Callable[[], None]
) -> list[Entry]:
    """The menu behind the three dots."""
    return [
        Entry("sync_full", Icon.USERS, _("Full sync: mark who is missing in 1C"), actions.sync_full,
              actions.obstacle(SYNC)),
        Entry("preview_full", Icon.EYE, _("Preview a full sync"), preview_full, actions.obstacle(SYNC)),
        Entry("agents", Icon.SEARCH, _("Read people in 1C, keep nothing"), actions.read_agents,
              actions.obstacle(AGENTS)),
        Entry("test", Icon.PLUG, _("Test the connection"), actions.test, actions.obstacle(TEST)),
        Entry("status", Icon.INFO, _("Status of the connection"), actions.show_status, actions.obstacle(STATUS)),
        Entry("configure", Icon.SETTINGS, _("Settings of the connection …"), actions.configure,
              actions.obstacle(CONFIG)),
        Entry("export", Icon.DOWNLOAD, _("Export …"), export),
    ]  # fmt: skip
