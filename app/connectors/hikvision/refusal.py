"""The error of a read that a terminal or the network refused; writes hand the same out as a `Reply`."""

from __future__ import annotations

from dataclasses import replace

from app.domain.causes import device_code
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import Reply
from app.errors import ErrorKind, ExitCode, MusterError

_KINDS = {
    AnswerClass.UNREACHABLE: ErrorKind.UNREACHABLE,
    AnswerClass.TIMED_OUT: ErrorKind.TIMED_OUT,
    AnswerClass.SIGN_IN: ErrorKind.REFUSED_SIGN_IN,
    AnswerClass.DEVICE_FATAL: ErrorKind.FORBIDDEN,
    AnswerClass.NOT_ISAPI: ErrorKind.BAD_DATA,
}
_CONFIGURATION = frozenset({AnswerClass.SIGN_IN, AnswerClass.DEVICE_FATAL})
REDIRECT = "redirect"
"""The `code` of a reply to an answer that points elsewhere."""


class NoAnswer(Exception):
    """Carries the reply of a call without a usable answer; never leaves this package."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.message)
        self.reply = reply


class TerminalRefusal(MusterError):
    """A terminal did not do what it was asked; `reply` says what it answered."""

    def __init__(self, reply: Reply, remedy: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(reply.message, remedy or reply.remedy, retry_after=retry_after or reply.retry_after_s)
        self.reply = reply
        self.code = device_code(reply.kind)
        self.kind = ErrorKind.REDIRECTED if reply.code == REDIRECT else _KINDS.get(reply.kind, ErrorKind.REMOTE_ERROR)
        self.exit_code = ExitCode.NOT_CONFIGURED if reply.kind in _CONFIGURATION else ExitCode.STOPPED

    def within(self, prefix: str) -> MusterError:
        """The same refusal with `prefix` before its message."""
        return TerminalRefusal(replace(self.reply, message=f"{prefix} {self.message}"), self.remedy)
