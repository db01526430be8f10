"""Secrets of a command: one line of standard input each (`key=-`) or typed without echo (`key`), never an argument."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence

from app.errors import UsageError
from app.i18n import _


def read_line() -> str:
    """The next line of standard input.

    Raises `UsageError` where there is no standard input: the program was started with it closed.
    """
    if sys.stdin is None:
        raise UsageError(_("Standard input is closed, so no secret can be read from it."))
    return sys.stdin.readline().rstrip("\r\n")


def read_secrets(given: Sequence[str]) -> dict[str, str]:
    """The values behind `--secret` arguments.

    Raises `UsageError` for a value on the command line, which others on this computer could read, and for none.
    """
    secrets: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if equals and value != "-":
            raise UsageError(
                _("A secret is never an argument: others on this computer could read it."),
                _("Write --secret {key}=- to read it from standard input, or --secret {key} to type it.").format(
                    key=key
                ),
            )
        secrets[key] = read_line() if equals else getpass.getpass(f"{key}: ")
        if not secrets[key]:
            raise UsageError(_("The secret {key} is empty.").format(key=key))
    return secrets
