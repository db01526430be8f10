"""What kept an answer of a terminal from coming, in words (hikvision-isapi.md §5.3: timeout, reset, no route)."""

from __future__ import annotations

import ssl

import httpx

from app.connectors.hikvision.catalogue import NOT_ISAPI
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import Reply
from app.i18n import _
from app.redaction import redact

CONNECT_S = 5.0


class TooLarge(Exception):
    """The answer is larger than any a terminal gives; holds the limit in bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class LineClosed(Exception):
    """The device was edited or removed while somebody still worked with the line of before."""


LOSSES = (httpx.HTTPError, OSError, TimeoutError, UnicodeError, TooLarge, LineClosed)
"""Everything that sending and receiving may raise; UnicodeError is a host name that cannot exist."""


def lost(error: Exception, asked: str, timeout_s: float, *, pinned: bool) -> Reply:
    """The reply to a call that got no answer; `pinned` says that a certificate was trusted."""
    no_answer = _("no answer")
    if isinstance(error, TooLarge):
        text = _("The device sent more than {limit} MB.").format(limit=error.most // 1_000_000)
        return Reply(AnswerClass.NOT_ISAPI, "tooLarge", text, _(NOT_ISAPI.remedy), asked, no_answer)
    if isinstance(error, LineClosed):
        text, remedy = _("The device was changed or removed meanwhile."), _("Start again with its new settings.")
        return Reply(AnswerClass.UNREACHABLE, "closed", text, remedy, asked, no_answer, connection_failed=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        connecting = isinstance(error, httpx.ConnectTimeout)
        seconds = min(CONNECT_S, timeout_s) if connecting else timeout_s
        text = _("The device did not answer within {seconds:g} seconds.").format(seconds=seconds)
        remedy = _("Check that the device is switched on and connected.")
        return Reply(AnswerClass.TIMED_OUT, "", text, remedy, asked, no_answer, connection_failed=True)
    cause = _first_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _untrusted(asked, no_answer, pinned=pinned)
    if isinstance(cause, ssl.SSLError):
        text = _("No encrypted connection to the device: {cause}").format(cause=cause.reason or str(cause))
        remedy = _("Check whether the device speaks https at this port; if not, switch https off for it.")
    else:
        text = _("The device cannot be reached: {cause}").format(cause=redact(str(error)) or type(error).__name__)
        remedy = _("Check the address, and that the device is switched on and connected.")
    return Reply(AnswerClass.UNREACHABLE, "", text, remedy, asked, no_answer, connection_failed=True)


def _untrusted(asked: str, no_answer: str, *, pinned: bool) -> Reply:
    text = _("The device's certificate is not trusted yet.")
    if pinned:
        text = _("The device's certificate is not the one that was trusted.")
    remedy = _("Look at the certificate in the device's test and trust it if it is the device's own.")
    return Reply(AnswerClass.DEVICE_FATAL, "certificate", text, remedy, asked, no_answer)


def _first_cause(error: BaseException) -> BaseException:
    """What began it; libraries wrap a refused certificate several times."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    return error
