"""The details of one endpoint: how it is doing, what it is told and how, and what can be done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.endpoint import SECRET, WebhookEndpoint, notice
from app.domain.webhooks.ladder import delays_s
from app.i18n import N_, _, ngettext
from app.store.values import now
from ui.pages.webhooks.causes import explain
from ui.pages.webhooks.endpoint_actions import EndpointActions
from ui.pages.webhooks.endpoint_rows import EndpointLine, rate_text
from ui.pages.webhooks.sparkline import Sparkline, recent_text
from ui.pages.webhooks.words import FORMAT_WORDS, state_of
from ui.runs.words import duration_text
from ui.tables import format_value
from ui.texts import ago, moment_text, value_text
from ui.theme import Tone
from ui.widgets import Button, DetailsPane, FlowLayout

WAYS = {
    AuthenticationType.NONE: N_("None"),
    AuthenticationType.BASIC: N_("User name and password"),
    AuthenticationType.BEARER: N_("Token (bearer)"),
    AuthenticationType.API_KEY: N_("Key in a header"),
    AuthenticationType.OAUTH2: N_("OAuth 2.0"),
}
"""How the receiver is told who we are, beside the signature."""


class EndpointDetails(QWidget):
    """Shows one endpoint at a time; its buttons stay while the rows below them change."""

    def __init__(self, actions: EndpointActions) -> None:
        super().__init__()
        self._actions = actions
        self._shown: EndpointLine | None = None
        self.pane = DetailsPane(object_name="webhooks.facts")
        self.setObjectName("webhooks.details")
        self.setAccessibleName(_("Details"))
        self.buttons = QWidget()
        self._flow = FlowLayout(self.buttons)
        self._by_name: dict[str, Button] = {}
        self.pane.set_tools(self.buttons)
        self.setFocusProxy(self.pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pane)
        self.show_line(None)

    def show_line(self, line: EndpointLine | None) -> None:
        """Show an endpoint, or that none is chosen."""
        self.buttons.setVisible(line is not None)
        self._shown = line
        if line is None:
            self.pane.clear()
            return
        self._offer(line.endpoint)
        word, tone, _mark = state_of(line.endpoint)
        self.pane.set_heading(line.endpoint.name, line.endpoint.url, with_picture=False, chip=(word, tone))
        self.pane.clear_rows()
        self._tell_health(line)
        self._tell_settings(line.endpoint)

    def _offer(self, endpoint: WebhookEndpoint) -> None:
        """One button for each thing that can be done; a button that was there keeps the keyboard."""
        entries = self._actions.entries(endpoint)
        for entry in entries:
            if entry.name not in self._by_name:
                button = Button(entry.words, icon=entry.drawing, object_name=f"webhooks.{entry.name}")
                button.clicked.connect(lambda _checked=False, name=entry.name: self._act(name))
                self._by_name[entry.name] = button
                self._flow.addWidget(button)
            button = self._by_name[entry.name]
            if entry.obstacle:
                button.refuse(entry.obstacle)
            else:
                button.allow()
        names = {entry.name for entry in entries}
        had_focus = self._by_name.keys() - names and any(
            self._by_name[n].hasFocus() for n in self._by_name.keys() - names
        )
        for name, button in self._by_name.items():
            button.setVisible(name in names)
        if had_focus:  # Pause became Resume, or the other way round
            self._by_name["pause" if "pause" in names else "resume"].setFocus()

    def _act(self, name: str) -> None:
        if self._shown is not None:
            next(entry for entry in self._actions.entries(self._shown.endpoint) if entry.name == name).act()

    # -- rows ----------------------------------------------------------------------------------------------------

    def _tell_health(self, line: EndpointLine) -> None:
        endpoint, add = line.endpoint, self.pane.add_row
        if said := notice(endpoint, now()):
            add(_("Attention"), said, tone=Tone.WARNING if endpoint.is_active else Tone.DANGER)
        if endpoint.last_code:
            told = explain(endpoint.last_code, endpoint.last_http_status)
            add(_("Cause"), told.cause, tone=Tone.DANGER)
            add(_("What to do"), told.remedy)
        if line.recent:
            self.pane.add_widget(Sparkline(line.recent, object_name="webhooks.sparkline"))
            add(_("Last deliveries"), recent_text(line.recent))
        add(_("Success rate"), rate_text(line))
        add(_("Last success"), ago(endpoint.last_success))
        add(_("Last failure"), ago(endpoint.last_failure))
        if endpoint.consecutive_failures:
            add(_("Failures in a row"), value_text(endpoint.consecutive_failures))
        if endpoint.throttled_until is not None and endpoint.throttled_until > now():
            add(_("Slowed down until"), moment_text(endpoint.throttled_until))

    def _tell_settings(self, endpoint: WebhookEndpoint) -> None:
        add = self.pane.add_row
        self.pane.add_section(_("Settings"))
        add(_("Events"), "\n".join(endpoint.event_types))
        add(_("Signature"), _signature_text(endpoint))
        add(_("Sign-in"), _(WAYS[endpoint.sign_in.auth_type]))
        add(_("Retries"), retries_text(endpoint))
        add(_("Time limit"), duration_text(round(endpoint.timeout_seconds * 1000)))
        add(_("Format"), _(FORMAT_WORDS[endpoint.payload_format]), badge=endpoint.method.value)
        if endpoint.headers:
            add(_("Headers"), "\n".join(endpoint.headers))
        if endpoint.allow_internal:
            add(_("Own network"), _("Allowed"), tone=Tone.WARNING)
        if endpoint.insecure:
            add(_("Plain http"), _("Allowed"), tone=Tone.WARNING)
        add(_("Added"), moment_text(endpoint.created_at), badge=endpoint.created_by)


def _signature_text(endpoint: WebhookEndpoint) -> str:
    if SECRET not in endpoint.secrets:
        return _("Not signed")
    until = endpoint.previous_secret_until
    if until is not None and until > now():
        return _("Signed with two secrets until {when}").format(when=moment_text(until))
    return _("Signed")


def retries_text(endpoint: WebhookEndpoint) -> str:
    """How often and when a delivery is tried again."""
    delays = delays_s(endpoint)
    if not delays:
        return _("None")
    pauses = ", ".join(duration_text(round(delay * 1000)) for delay in delays)
    count = format_value(len(delays))
    text = ngettext("{count} retry, after {pauses}", "{count} retries, after {pauses}", len(delays))
    return text.format(count=count, pauses=pauses)
