"""The staged test of a face terminal, from its address to its clock (hikvision-isapi.md §9.1). It never writes.

One budget holds for all stages. The first refused sign-in ends it, and where few tries are left a person decides before
the first, so that no account is locked by testing unawares (§3.3).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.connectors.hikvision import Terminal, TerminalRefusal, fetch_fingerprint
from app.connectors.hikvision.catalogue import NOT_ISAPI
from app.connectors.hikvision.lockout import tries_warning
from app.connectors.sadp_answers import normal_mac
from app.domain.devices import Device
from app.domain.health import TestReport
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import DeviceInfo
from app.errors import BadData, ErrorKind, Held, MusterError, NotConfigured, Unreachable
from app.i18n import N_, _, ngettext
from app.operations.recognising import OtherTerminal, is_other, other_words
from app.operations.stages import Staged, Tell, connect

BUDGET_S = 15.0
DRIFT_WARN_S = 30.0
DRIFT_STRONG_S = 300.0
STAGE_TITLES = {
    "settings": N_("Settings"),
    "address": N_("Address"),
    "tls": N_("Encryption"),
    "terminal": N_("Face terminal"),
    "sign_in": N_("Sign-in"),
    "rights": N_("Rights"),
    "people": N_("People"),
    "faces": N_("Faces"),
    "clock": N_("Clock"),
}
_CATEGORIES: Mapping[ErrorKind, str] = {
    ErrorKind.NOT_CONFIGURED: "credentials_missing",
    ErrorKind.NO_KEYRING: "credentials_missing",
    ErrorKind.REFUSED_SIGN_IN: "authentication_error",
    ErrorKind.FORBIDDEN: "authentication_error",
}
_CODES = {"locked": "locked", "notActivated": "not_activated", "certificate": "certificate"}
T = TypeVar("T")


class CertificateUntrusted(NotConfigured):
    """Nobody has trusted the certificate that the device shows."""


class FewTries(Held):
    """One or two refused sign-ins more lock the account for everybody; a person decides (§3.3)."""

    code = "device.few_tries"
    default_remedy = N_("Make sure that user name and password are right, then sign in all the same.")


@dataclass
class Ladder:
    """One test of one device. `learned` are fields of `DeviceFacts`, known as far as the test came.

    `reach` hands out the terminal; it raises `NotConfigured` without user name or password. `sign_in_anyway`: a person
    knows that few tries are left.
    """

    device: Device
    reach: Callable[[], Awaitable[Terminal]]
    accept_serial: bool = False
    sign_in_anyway: bool = False
    learned: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=lambda: {"warnings": []})
    _few_tries: str = ""

    async def climb(self, tell: Tell) -> tuple[TestReport, MusterError | None]:
        """Test; returns what is shown and the error that decides the exit code."""
        staged = Staged(tell, BUDGET_S)
        problem: MusterError | None = None
        try:
            await self._stages(staged)
        except MusterError as error:
            problem = error
        if isinstance(problem, TerminalRefusal):
            self._note_refusal(problem)
        message = problem.message if problem else _("The device works.")
        warnings = self.details["warnings"]
        if problem is None and warnings:
            message = _("The device works, but it needs a look: {warning}").format(warning=warnings[0])
        remedy = _(problem.remedy) if problem else ""
        category = _category(problem) if problem else "works"
        self.learned["test_message"] = message
        stages, told = tuple(staged.stages), self._told()
        return TestReport(problem is None, stages, message, remedy, category, told, tuple(warnings)), problem

    async def _stages(self, staged: Staged) -> None:
        terminal: Terminal | None = None

        async def settings() -> str:
            nonlocal terminal
            terminal = await self.reach()
            return _("User name and password are there.")

        async def address() -> str:
            await connect(self.device.host, self.device.port, None)
            return _("{host} answers on port {port}.").format(host=self.device.host, port=self.device.port)

        await staged.run("settings", settings)
        await staged.run("address", address)
        if self.device.https:
            await staged.run("tls", self._certificate)
        assert terminal is not None
        for name, stage in (
            ("terminal", self._is_terminal),
            ("sign_in", self._sign_in),
            ("rights", self._rights),
            ("people", self._people),
            ("faces", self._faces),
            ("clock", self._clock),
        ):
            await staged.run(name, _bound(stage, terminal))

    async def _certificate(self) -> str:
        """Trusted by a person, or else by the system; if neither, its fingerprint is there to be compared (§2)."""
        shown = self.details["fingerprint"] = await fetch_fingerprint(self.device.host, self.device.port)
        if self.device.fingerprint:
            if shown != self.device.fingerprint:
                raise CertificateUntrusted(
                    _("The device shows another certificate than the one that was trusted."),
                    _("If the device was reset or exchanged, trust the new certificate; if not, find out who answers."),
                )
            return _("The certificate is the trusted one.")
        import truststore

        try:
            await connect(self.device.host, self.device.port, truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        except Unreachable as error:
            raise CertificateUntrusted(
                _("The device made its certificate itself, and nobody has trusted it yet."),
                _("Compare the fingerprint with the one in the device's menu, then trust it."),
            ) from error
        return _("The certificate is valid.")

    async def _is_terminal(self, terminal: Terminal) -> str:
        probe = await terminal.probe()
        self.details |= {"schemes": list(probe.schemes), "tries_left": probe.lock.tries_left}
        if not probe.lock.locked:  # the terminal refuses by itself, and counts nothing, while it is
            self._few_tries = tries_warning(probe.lock.tries_left)
        if not probe.is_terminal and not probe.schemes:
            raise BadData(_(NOT_ISAPI.cause), _(NOT_ISAPI.remedy))
        return _("A device that asks for a sign-in.")

    async def _sign_in(self, terminal: Terminal) -> str:
        if self._few_tries and not self.sign_in_anyway:
            raise FewTries(self._few_tries)
        info = await terminal.device_info()
        self._recognise(info)
        text = _("Signed in: {model}, serial number {serial}.")
        return text.format(model=info.model or "?", serial=info.serial or "?")

    def _recognise(self, info: DeviceInfo) -> None:
        """Nothing of another terminal is taken over unless a person said that the device was exchanged (§9.1)."""
        facts = self.device.facts
        if is_other(facts, info) and not self.accept_serial:
            self.details |= {"known_serial": facts.serial, "found_serial": info.serial}
            raise OtherTerminal(
                other_words(facts, info),
                _("Correct the address of the device, or accept the new terminal if the device was exchanged."),
            )
        told = {
            "model": info.model,
            "serial": info.serial,
            "firmware": info.firmware,
            "mac": normal_mac(info.mac),
            "device_name": info.name,
        }
        self.learned |= {name: value for name, value in told.items() if value}

    async def _rights(self, terminal: Terminal) -> str:
        found = await _if_there(terminal.access_capabilities())
        if found is None:
            return _("The device does not say what it can do; that is known when it is used.")
        lacking = [key for key in ("isSupportUserInfo", "isSupportFDLib") if str(found.get(key)).lower() == "false"]
        if lacking:
            self._warn(_("The device says that it stores no people or no faces."))
        return _("The account may read what the device can do.")

    async def _people(self, terminal: Terminal) -> str:
        if limits := await _if_there(terminal.person_limits()):
            told = {"name_bytes": limits.name_bytes, "search_page": limits.search_page}
            self.learned |= {"most_people": limits.most_people, **told}
        count = await _if_there(terminal.people_count())
        if count is None:
            return _("The device does not count its people.")
        self.learned |= {"people": count.people, "faces": count.faces}
        text = ngettext("{count} person.", "{count} people.", count.people)
        if limits and limits.most_people:
            text = ngettext("{count} person of at most {most}.", "{count} people of at most {most}.", count.people)
        return text.format(count=count.people, most=limits.most_people if limits else None)

    async def _faces(self, terminal: Terminal) -> str:
        if limits := await _if_there(terminal.face_limits()):
            functions = tuple(sorted(limits.functions))
            told = {"address_chars": limits.address_chars, "face_functions": functions}
            self.learned |= {"most_faces": limits.most_faces, **told}
        if await _if_there(terminal.has_library()) is False:
            self._warn(_("The device lacks its face library 1."))
        count = await _if_there(terminal.face_count())
        if count is None:
            count = self.learned.get("faces")
        self.learned["faces"] = count
        if count is None:
            return _("The device does not count its faces.")
        return ngettext("{count} face.", "{count} faces.", count).format(count=count)

    async def _clock(self, terminal: Terminal) -> str:
        try:
            clock = await _if_there(terminal.clock())
        except BadData as error:  # it opens doors all the same
            self._warn(error.message)
            return error.message
        if clock is None:
            return _("The device does not tell the time.")
        drift = self.learned["drift_s"] = round(clock.drift_s, 1)
        self.details |= {"clock_mode": clock.mode, "clock_zone": clock.zone}
        if abs(drift) <= DRIFT_WARN_S:
            return _("The clock is right.")
        message = drift_text(drift)
        self._warn(message)
        return message

    def _warn(self, text: str) -> None:
        self.details["warnings"].append(text)

    def _note_refusal(self, refusal: TerminalRefusal) -> None:
        reply = refusal.reply
        self.details |= {"asked": reply.asked, "answered": reply.answered, "code": reply.code}
        if reply.code in {"locked", "coolDown"}:  # the device's own lock, or our waiting after a refused password
            self.details["locked_s" if reply.code == "locked" else "waits_s"] = round(reply.retry_after_s or 0)
        if reply.warning:
            self._warn(reply.warning)

    def _told(self) -> dict[str, Any]:
        """What was learned, beside what the stages noted."""
        learned = {name: value for name, value in self.learned.items() if name != "test_message"}
        limits = [n for n in (learned.get("most_people"), learned.get("most_faces")) if n is not None]
        people = learned.get("people")
        free = max(0, min(limits) - people) if limits and people is not None else None
        return {"locked_s": 0, "waits_s": 0, "free_places": free, **learned, **self.details}


def drift_text(drift_s: float) -> str:
    """How wrong a clock is, and from five minutes on what that spoils (§9.2)."""
    size = abs(drift_s)
    if size <= DRIFT_STRONG_S:
        seconds = round(size)
        fast = ngettext("The clock is {count} second fast.", "The clock is {count} seconds fast.", seconds)
        slow = ngettext("The clock is {count} second slow.", "The clock is {count} seconds slow.", seconds)
        return (fast if drift_s > 0 else slow).format(count=seconds)
    minutes = round(size / 60)
    fast = ngettext(
        "The clock is {count} minute fast: events and validity are wrong.",
        "The clock is {count} minutes fast: events and validity are wrong.",
        minutes,
    )
    slow = ngettext(
        "The clock is {count} minute slow: events and validity are wrong.",
        "The clock is {count} minutes slow: events and validity are wrong.",
        minutes,
    )
    return (fast if drift_s > 0 else slow).format(count=minutes)


def _category(problem: MusterError) -> str:
    if isinstance(problem, OtherTerminal):
        return "other_terminal"
    if isinstance(problem, CertificateUntrusted):
        return "certificate"
    if isinstance(problem, FewTries):
        return "few_tries"
    code = problem.reply.code if isinstance(problem, TerminalRefusal) else ""
    return _CODES.get(code) or _CATEGORIES.get(problem.kind, "other_error")


def _bound(stage: Callable[[Terminal], Awaitable[str]], terminal: Terminal) -> Callable[[], Awaitable[str]]:
    return lambda: stage(terminal)


async def _if_there(reading: Awaitable[T]) -> T | None:
    """What a read says; None where this firmware lacks it, which proves nothing (§9.3)."""
    try:
        return await reading
    except TerminalRefusal as refusal:
        if refusal.reply.kind in {AnswerClass.UNSUPPORTED, AnswerClass.NOT_ISAPI}:
            return None
        raise
