"""The details of one agent: the status now and those before, where that is known from, and whose account it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.i18n import _
from app.operations.contact_center.live_asking import Part
from app.operations.contact_center.live_board import Board
from ui.pages.workforce.live.actions import LINK, SEND, LiveActions
from ui.pages.workforce.live.ages import Ages, clock_text, duration_text
from ui.pages.workforce.live.lines import AgentLine, status_words
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout


class AgentDetails(QWidget):
    """Shows one agent at a time; it is the tools of the pane that it fills."""

    def __init__(self, pane: DetailsPane, actions: LiveActions, ages: Ages) -> None:
        super().__init__()
        self._pane, self._actions, self._ages = pane, actions, ages
        self.agent: AgentLine | None = None
        flow = FlowLayout(self)
        self._buttons = {
            "set_status": self._make("set_status", Icon.SEND, _("Set status …"), actions.set_status),
            "link": self._make("link", Icon.USER, _("Link to a person …"), actions.link),
            "unlink": self._make("unlink", Icon.NO_USER, _("Unlink"), actions.unlink),
            "by_number": self._make("by_number", Icon.UNDO, _("Let the number decide"), actions.let_number_decide),
        }
        for button in self._buttons.values():
            flow.addWidget(button)
        pane.set_tools(self)
        self.show_agent(None, None)

    def _make(self, name: str, drawing: Icon, words: str, act: Callable[[AgentLine], None]) -> Button:
        button = Button(words, icon=drawing, object_name=f"live.{name}")
        button.clicked.connect(lambda: act(self.agent) if self.agent is not None else None)
        return button

    def show_agent(self, agent: AgentLine | None, board: Board | None) -> None:
        """Show this one, or that none is chosen."""
        self.agent = agent
        self.setVisible(agent is not None)
        if agent is None or board is None:
            self._pane.clear()
            return
        status = agent.status
        chip = (status.state_name, Tone.INFO) if status is not None else (_("Not signed in"), Tone.NEUTRAL)
        self._pane.set_heading(agent.name, ", ".join(agent.groups), with_picture=False, chip=chip)
        self._pane.clear_rows()
        self._offer(agent)
        self._tell_status(agent)
        self._tell_account(agent)
        self._tell_past(agent, board)

    def _offer(self, agent: AgentLine) -> None:
        self._buttons["unlink"].setVisible(bool(agent.employee_id))
        self._buttons["by_number"].setVisible(agent.by_hand)
        for name, button in self._buttons.items():
            reason = self._actions.obstacle(SEND if name == "set_status" else LINK, [agent])
            button.permit(reason)

    def _tell_status(self, agent: AgentLine) -> None:
        add, now = self._pane.add_row, agent.now
        # Translators: the system that a value came from
        source = _("platform")
        if now is None:
            self._pane.add_note(_("The platform has not named this agent as signed in."))
            return
        word, reason = status_words(now.status)
        add(
            _("Status"),
            word,
            badge=source,
            when=self._ages.text(Part.AGENTS, self._ages.agent_ms(agent) or now.seen_ms),
        )
        if reason:
            add(_("Reason"), reason)
        add(_("Code"), now.status.state_code)
        add(_("Since"), clock_text(self._ages.since_ms(now.status.since_ms)))
        add(_("Last heard of"), clock_text(now.seen_ms))
        if now.left_ms is not None:
            add(_("Left"), clock_text(now.left_ms))

    def _tell_account(self, agent: AgentLine) -> None:
        add = self._pane.add_row
        self._pane.add_section(_("Account"))
        add(_("Account"), agent.agent_id)
        add(_("Personnel number"), agent.number)
        how = ""
        if agent.employee_id:
            how = _("by hand") if agent.by_hand else _("by personnel number")
        elif agent.by_hand:
            how = _("unlinked by hand")
        add(_("Person"), agent.person or _("not linked"), badge=how)

    def _tell_past(self, agent: AgentLine, board: Board) -> None:
        """The statuses before, as they were seen from here."""
        self._pane.add_section(_("Before"))
        past = board.past.get(agent.agent_id, ())
        if not past:
            self._pane.add_note(_("No other status was seen since Muster was started. More is on the History tab."))
        until_ms = agent.now.status.since_ms if agent.now is not None else None
        for before in past:
            began_ms = before.status.since_ms
            lasted = duration_text(max(0, until_ms - began_ms)) if until_ms is not None else ""
            self._pane.add_row(clock_text(self._ages.since_ms(began_ms)), before.status.state_name, when=lasted)
            until_ms = began_ms
