"""The staged test of a connection: address, encryption, sign-in, rights, data; the first that fails names the cause.

It uses the very client of the real operations and sends nothing of ours (connections.md §6). One budget holds
for everything. What is asked in which stage is the kind's own; to add a kind, write its test in a module of its
own and name it in `TESTS`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.attempts import AttemptLog, noting, open_log
from app.domain.clocks import clock_warnings
from app.domain.connections import Connection
from app.domain.health import TestReport
from app.domain.kinds import ConnectionKind
from app.domain.mappings import Mapper
from app.errors import ErrorKind, MusterError, NotConfigured
from app.i18n import N_, _
from app.operations import probe_cetec, probe_contact_center, probe_mysql, probe_onec, probe_supabase, probe_vitec
from app.operations.probe import Probe
from app.operations.sessions import SecretReader
from app.operations.stages import Staged, Tell
from app.store import mappings
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.supabase import SessionKeeper
    from app.store.database import Store

BUDGET_S = 8.5
"""Under ten seconds with the start and the end of a program (connections.md §6)."""
STAGE_TITLES = {
    "settings": N_("Settings"),
    "address": N_("Address"),
    "tls": N_("Encryption"),
    "sign_in": N_("Sign-in"),
    "rights": N_("Rights"),
    "data": N_("Data"),
    "photos": N_("Photos"),
}
_USUAL_STAGES = ("settings", "address", "tls", "sign_in", "rights", "data")
_CETEC_STAGES = ("settings", "address", "tls", "sign_in", "data")
_MYSQL_STAGES = ("settings", "address", "sign_in", "rights", "data")
_CATEGORIES = {
    ErrorKind.NOT_CONFIGURED: "credentials_missing",
    ErrorKind.NO_KEYRING: "credentials_missing",
    ErrorKind.REFUSED_SIGN_IN: "authentication_error",
    ErrorKind.FORBIDDEN: "authentication_error",
}


Stages = Callable[[Probe], Awaitable[None]]


@dataclass(frozen=True)
class KindTest:
    """`run` goes through the `stages`; `facts` is what the status of a connection adds, by what a test learned."""

    stages: tuple[str, ...]
    run: Stages
    facts: Callable[[Connection, Mapping[str, Any]], dict[str, Any]]


TESTS: Mapping[ConnectionKind, KindTest] = {
    ConnectionKind.VITEC: KindTest(_USUAL_STAGES, probe_vitec.run_stages, probe_vitec.facts),
    ConnectionKind.SUPABASE: KindTest((*_USUAL_STAGES, "photos"), probe_supabase.run_stages, probe_supabase.facts),
    ConnectionKind.ONEC: KindTest(probe_onec.STAGES, probe_onec.run_stages, probe_onec.facts),
    ConnectionKind.CONTACT_CENTER: KindTest(
        probe_contact_center.STAGES, probe_contact_center.run_stages, probe_contact_center.facts
    ),
    ConnectionKind.CETEC: KindTest(_CETEC_STAGES, probe_cetec.run_stages, probe_cetec.facts),
    ConnectionKind.MYSQL: KindTest(_MYSQL_STAGES, probe_mysql.run_stages, probe_mysql.facts),
}


def stage_titles(kind: ConnectionKind) -> Mapping[str, str]:
    """The stages of a kind's test in order, with their titles to be translated."""
    return {name: STAGE_TITLES[name] for name in TESTS[kind].stages}


async def mapping_of(store: Store, connection_id: str) -> Mapper:
    """By what a test reads the answers of a connection: its own mapping, which remembers nothing of what it saw."""
    return Mapper(*await store.read(mappings.in_use, connection_id), remembers=False)


async def check(
    connection: Connection,
    secret: SecretReader,
    session: SessionKeeper,
    tell: Tell,
    *,
    mapper: Mapper,
    ends_session: bool = False,
    stages: Stages | None = None,
) -> tuple[TestReport, MusterError | None]:
    """Test a connection; returns what is shown and the error that decides the exit code.

    Answers are read by `mapper`. `ends_session` signs out afterwards, for values that are not saved. `stages` are
    others than the kind's usual ones.
    """
    staged = Staged(tell, BUDGET_S)
    probe = Probe(connection, secret, session, ends_session, staged, mapper=mapper)
    kind = TESTS[connection.kind]
    problem: MusterError | None = None
    with noting(open_log() or AttemptLog()) as log:
        try:
            await (stages or kind.run)(probe)
        except MusterError as error:
            problem = error
    _look_at_clocks(probe, log)
    status = {
        "configured": not isinstance(problem, NotConfigured),
        "connected": problem is None,
        "error": problem.message if problem else None,
        "checked_at": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    report = TestReport(
        success=problem is None,
        stages=tuple(staged.stages),
        message=problem.message if problem else _("Connected."),
        remedy=problem.remedy if problem else "",
        category=_CATEGORIES.get(problem.kind, "other_error") if problem else "works",
        # A kind whose reference gives `status` another meaning has its own.
        details={"status": status | kind.facts(connection, probe.details)} | probe.details,
        warnings=tuple(probe.warnings),
    )
    return report, problem


def _look_at_clocks(probe: Probe, log: AttemptLog) -> None:
    """By how much clocks differ; said with the test, so the run need not say it again."""
    if log.clocks:
        probe.details["clock_offset_s"] = round(next(iter(log.clocks.values())))
    probe.warnings += clock_warnings(log.clocks)
    log.clocks.clear()
