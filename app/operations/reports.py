"""Reads the reports of tests back: from the result of a run, or as a connection keeps the last one."""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain.connections import Connection
from app.domain.health import TestReport


def stored_report(connection: Connection) -> TestReport | None:
    """The last test of a connection as it was shown; None without one, or when another version kept it differently."""
    return read_report(connection.last_test)


def read_report(result: Any) -> TestReport | None:
    """The report in the result of a run that tested a connection; None when it holds none."""
    try:
        return msgspec.convert(result, TestReport)
    except msgspec.ValidationError:
        return None
