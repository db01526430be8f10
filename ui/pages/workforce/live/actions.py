"""What a person does on the Live page: set a status, say whose account it is, set limits; each can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.contact_center.alarms import Threshold
from app.domain.contact_center.records import OnlineStatus
from app.domain.outcomes import RunState
from app.i18n import N_, _, ngettext
from app.operations.contact_center.live_meaning import Meaning
from app.operations.runner import Report, Request
from app.store import contact_center_links, contact_center_now, contact_center_thresholds, directory
from ui.desk import Desk
from ui.pages.workforce.live.lines import AgentLine
from ui.theme import Icon, Tone
from ui.widgets import Action, ask

SEND, LINK, LINK_ALL, LIMITS, PERSONNEL, MEANING = (
    "cc.send_status", "cc.link_account", "cc.link_accounts", "cc.live_limits", "cc.personnel", "cc.live_meaning",
)  # fmt: skip

# Translators: what a status of an agent counts as
MEANINGS: dict[str, str] = {
    Meaning.WORK: N_("Working time"),
    Meaning.BREAK: N_("Break"),
    Meaning.OTHER: N_("Other time"),
    Meaning.UNSAID: N_("Nobody said"),
}


class LiveActions(QObject):
    """Starts things for the page, always over the connection that it shows."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page
        self.connection: Connection | None = None

    @property
    def no_connection(self) -> str:
        """Why nothing can be done yet; empty when there is a contact centre."""
        return _("Add a contact centre first.") if self.connection is None else ""

    def show_requests(self) -> None:
        """What was asked for these numbers, and how the line did."""
        from ui.pages.workforce.live.requests_dialog import open_live_requests

        if self.connection is not None:
            open_live_requests(self.page, self.desk, self.desk.workspace.live.feed(self.connection.id))

    def obstacle(self, operation: str, chosen: Sequence[AgentLine] | None = None) -> str:
        """Why this cannot be started, for one agent where `chosen` is given; empty when it can."""
        if self.connection is None:
            return self.no_connection
        if reason := self.desk.refusal(operation):
            return reason
        if chosen is not None and len(chosen) != 1:
            return _("Choose one agent.")
        if operation == LINK and chosen is not None and not chosen[0].has_account:
            return _("The platform did not name this account: read groups and agents first.")
        if operation == SEND and not self.connection.setting("status_push_url"):
            return _("The connection names no receiver of status updates.")
        return ""

    def _request(self, operation: str, params: dict[str, Any]) -> Request:
        assert self.connection is not None
        return Request(operation, self.connection.name, params)

    # -- status --------------------------------------------------------------------------------------------------

    def set_status(self, agent: AgentLine) -> None:
        """Ask for a status and send it."""
        if not self.obstacle(SEND, [agent]):
            self.desk.start("set status", self._set_status(agent))

    async def _set_status(self, agent: AgentLine) -> None:
        from ui.pages.workforce.live.status_dialog import StatusDialog

        assert self.connection is not None
        known = await self.desk.workspace.store.read(contact_center_now.meanings, self.connection.id)
        dialog = StatusDialog(self.page, agent, {m.state_code: m.state_name for m in known})
        if not await ask(dialog) or not dialog.chosen:
            return
        code = dialog.chosen
        report = await self.desk.report_of(self._request(SEND, {"agent_id": agent.agent_id, "status": code}))
        waiting = report.run.summary.get("waiting", 0) if report is not None else 0
        named = next((m.state_name for m in known if m.state_code == code), code)
        said = _("Told the receiver: {agent} is in {status}.").format(agent=agent.name, status=named)
        if waiting:
            said = ngettext(
                "{count} update waits: it is sent as soon as the receiver can be reached.",
                "{count} updates wait: they are sent as soon as the receiver can be reached.", waiting,
            ).format(count=waiting)  # fmt: skip
        self._say(report, said)

    def set_meaning(self, status: OnlineStatus, meaning: Meaning) -> None:
        """Say what a status counts as; it takes its colour from that."""
        if not self.obstacle(MEANING):
            said = _("“{status}” counts as: {meaning}.").format(status=status.state_name, meaning=_(MEANINGS[meaning]))
            request = self._request(MEANING, {"state_code": status.state_code, "meaning": meaning.value})
            self.desk.run(request, lambda report: self._say(report, said))

    # -- links ---------------------------------------------------------------------------------------------------

    def link(self, agent: AgentLine) -> None:
        """Choose the person that an account belongs to."""
        if not self.obstacle(LINK, [agent]):
            self.desk.start("link account", self._link(agent))

    async def _link(self, agent: AgentLine) -> None:
        from ui.pages.workforce.live.link_dialog import LinkDialog

        read = self.desk.workspace.store.read
        people = await read(directory.employees)
        dialog = LinkDialog(self.page, agent, people, await read(contact_center_links.personnel_numbers))
        if await ask(dialog) and (person := dialog.chosen) is not None:
            text = _("{agent} is linked to {person}.").format(agent=agent.name, person=person.name)
            await self._relink(agent, {"employee_id": person.id}, text)

    def unlink(self, agent: AgentLine) -> None:
        """The account belongs to nobody, whatever its number."""
        if not self.obstacle(LINK, [agent]):
            text = _("{agent} is linked to nobody.").format(agent=agent.name)
            self.desk.start("unlink account", self._relink(agent, {}, text))

    def let_number_decide(self, agent: AgentLine) -> None:
        """Forget what was decided by hand."""
        if not self.obstacle(LINK, [agent]):
            text = _("The personnel number of {agent} decides again.").format(agent=agent.name)
            self.desk.start("link account", self._relink(agent, {"by_number": True}, text))

    async def _relink(self, agent: AgentLine, how: dict[str, Any], said: str) -> None:
        before: dict[str, Any] = {"by_number": True}
        if agent.by_hand:
            before = {"employee_id": agent.employee_id} if agent.employee_id else {}
        report = await self.desk.report_of(self._request(LINK, {"agent_id": agent.agent_id, **how}))
        taken_back = _("The link of {agent} is as before.").format(agent=agent.name)

        def undo() -> None:
            request = self._request(LINK, {"agent_id": agent.agent_id, **before})
            self.desk.run(request, lambda report: self._say(report, taken_back))

        self._say(report, said, Action(_("Undo"), undo, icon=Icon.UNDO, object_name="live.undo"))

    def link_all(self) -> None:
        """Match all accounts by personnel number."""
        if not self.obstacle(LINK_ALL):
            self.desk.run(self._request(LINK_ALL, {}), self._linked_all)

    def _linked_all(self, report: Report) -> None:
        count = report.run.summary.get("updated", 0)
        text = ngettext("{count} link changed.", "{count} links changed.", count).format(count=count)
        self._say(report, text)
        if report.error is None and report.run.warnings:
            self.desk.voice.banner(LINK_ALL, Tone.WARNING, report.run.warnings[0])

    def read_personnel(self) -> None:
        """Ask the platform for its groups and agents again."""
        if not self.obstacle(PERSONNEL):
            self.desk.run(self._request(PERSONNEL, {}))

    # -- limits --------------------------------------------------------------------------------------------------

    def edit_limits(self, group_id: str = "") -> None:
        """Set limits, of a group or of all."""
        if not self.obstacle(LIMITS):
            self.desk.start("edit limits", self._edit_limits(group_id))

    async def _edit_limits(self, group_id: str) -> None:
        from ui.pages.workforce.live.limits_dialog import LimitsDialog

        assert self.connection is not None
        read, connection_id = self.desk.workspace.store.read, self.connection.id
        before = await read(contact_center_thresholds.thresholds, connection_id)
        names = {g.group_id: g.name for g in await read(contact_center_now.groups, connection_id)}
        dialog = LimitsDialog(self.page, names, before)
        dialog.choose_group(group_id)
        if not await ask(dialog) or dialog.limits() == sorted(before, key=lambda t: (t.group_id, t.metric)):
            return
        count = len(dialog.limits())
        text = ngettext("{count} limit is set.", "{count} limits are set.", count).format(count=count)
        report = await self.desk.report_of(self._limits_request(dialog.limits()))
        undo = Action(
            _("Undo"), lambda: self.desk.run(self._limits_request(before), self._limits_back), icon=Icon.UNDO,
            object_name="live.undo",
        )  # fmt: skip
        self._say(report, text, undo)

    def _limits_request(self, limits: Sequence[Threshold]) -> Request:
        rows = [{"metric": t.metric.value, "bound": t.bound, "group_id": t.group_id} for t in limits]
        return self._request(LIMITS, {"limits": rows})

    def _limits_back(self, report: Report) -> None:
        self._say(report, _("The limits are as before."))

    def _say(self, report: Report | None, said: str, action: Action | None = None) -> None:
        if report is None:
            return
        key = report.run.operation
        if report.run.state is RunState.CANCELLED:
            self.desk.voice.toast(_("Cancelled."))
        elif report.error is not None:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))
        else:
            self.desk.voice.clear_banner(key)
            self.desk.voice.toast(said, action)
