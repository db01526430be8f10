"""How connections are: test, test before saving, status of one, health of all (connections.md §6, §7)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from app import __version__
from app.access import GRANTS, Permission
from app.domain import identity
from app.domain.connections import Connection, ConnectionStatus, checked_settings
from app.domain.health import Health, Stage, TestReport, connection_health, overall_health, success_rate_percent
from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import ConnectionsChanged, StageReached
from app.i18n import N_
from app.operations.connection_numbers import breaker_state, health_check, queue_lengths, run_numbers
from app.operations.connection_test import TESTS, Stages, check, mapping_of
from app.operations.connections import ALL, Scalar, check_secrets, connection_row, time_text
from app.operations.context import RunContext
from app.operations.pulse import circumstances
from app.operations.registry import NoParams, operation
from app.operations.schedule_rows import next_sync, next_syncs
from app.operations.secret_expiry import EXPIRES_AS, secret_expiry
from app.operations.sessions import DraftSession
from app.operations.stages import Tell
from app.store import connections as stored
from app.store import runs
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.supabase import SessionKeeper

_started = time.monotonic()


@dataclass(frozen=True)
class TryParams:
    """Values of a form that is not saved; `connection` is the id whose stored secrets fill blank ones."""

    kind: ConnectionKind
    settings: dict[str, Scalar] = field(default_factory=dict)
    connection: str = ""


@operation(
    "connections.test", N_("Test a connection"), Permission.READ, NoParams,
    kinds=ALL, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def check_connection(context: RunContext, _params: NoParams) -> None:
    """Test in stages and remember the result where the role may."""
    await run_test(context)


async def run_test(context: RunContext, stages: Stages | None = None) -> None:
    """The test of the run's connection, with its kind's stages unless others are given.

    Raises the error of the stage that failed.
    """
    connection = context.own_connection
    vault, links = context.workspace.vault, context.workspace.links
    report, problem = await check(
        connection,
        lambda key: vault.get(connection, key),
        links.session(connection),
        teller(context),
        mapper=await mapping_of(context.workspace.store, connection.id),
        stages=stages,
    )
    context.result |= told_report(report)
    await keep_report(context, connection, report, problem)
    if problem is not None:
        raise problem
    await links.let_pass(connection.id)


async def keep_report(
    context: RunContext, connection: Connection, report: TestReport, problem: MusterError | None
) -> None:
    """Remember a test of a stored connection, where the role may; the run's result already holds the report."""
    vault = context.workspace.vault
    ends = await secret_expiry(connection, lambda key: vault.get(connection, key))
    known = (connection.last_test or {}).get(identity.STORED_AS) or {}
    context.result[EXPIRES_AS] = time_text(ends)
    context.result[identity.STORED_AS] = identity.identity_of(report.details, known) if report.success else known
    if context.dry_run or Permission.WRITE not in GRANTS[context.workspace.role]:
        return
    error, kind = (problem.message, problem.kind.value) if problem else (None, None)

    def note() -> None:
        moved = stored.note_test(connection.id, context.result, ok=report.success, error=error, kind=kind)
        context.workspace.event_log.status_changed(connection.id, moved, kind or "test")

    await context.workspace.store.write(note)
    context.workspace.events.publish(ConnectionsChanged())


@operation(
    "connections.try", N_("Test settings before saving"), Permission.READ, TryParams, writes=False, history=False
)
async def try_settings(context: RunContext, params: TryParams) -> None:
    """The same test on values that are not saved; a sign-in with a typed password is ended again afterwards."""
    settings = checked_settings(params.kind, params.settings)
    check_secrets(params.kind, context.secrets)
    known = await context.workspace.store.read(stored.find_connection, params.connection) if params.connection else None
    draft = Connection(
        params.connection,
        known.name if known else "",
        params.kind,
        ConnectionStatus.ACTIVE,
        settings,
        (*context.secrets, *(known.secrets if known else ())),
    )
    same = known is not None and all(draft.setting(key) == known.setting(key) for key in known.spec.account)

    async def secret(key: str) -> str:
        typed = context.secrets.get(key, "")
        if typed or known is None or (draft.spec.field(key).traded_for and not same):
            return typed  # a password belongs to one account: it is not tried on another
        return await context.workspace.vault.get(known, key)

    signs_in_anew = any(f.traded_for and context.secrets.get(f.key) for f in draft.spec.secrets)
    if known is not None and same and not signs_in_anew:
        session: SessionKeeper = context.workspace.links.session(known)
        ends = False
    else:
        session, ends = DraftSession(secret, draft.spec), True
    mapper = await mapping_of(context.workspace.store, draft.id)
    report, problem = await check(draft, secret, session, teller(context), mapper=mapper, ends_session=ends)
    context.result |= told_report(report)
    if problem is not None:
        raise problem


def told_report(report: TestReport) -> dict[str, Any]:
    """The report, and beside it what the kind's reference lists (command-line.md, `connections test`)."""
    return {**report.details, **msgspec.to_builtins(report)}


def teller(context: RunContext) -> Tell:
    """Tells the window each stage that a test reaches."""

    def tell(name: str, stage: Stage | None) -> None:
        context.workspace.events.publish(StageReached(context.run.run_id, name, stage))

    return tell


@operation(
    "connections.status", N_("Status of a connection"), Permission.READ, NoParams,
    kinds=ALL, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def show_status(context: RunContext, _params: NoParams) -> None:
    """What is known of a connection, without calling the remote system (connections.md §7)."""
    connection = context.own_connection
    around = (await circumstances(context.workspace, [connection]))[connection.id]
    health = connection_health(connection, context.workspace.vault.known_secrets(connection), around)
    learned = (connection.last_test or {}).get("details", {})
    vault = context.workspace.vault
    context.result |= connection_row(context.workspace, connection) | TESTS[connection.kind].facts(connection, learned)
    context.result |= {
        "configured": health.health is not Health.NOT_CONFIGURED,
        "connected": health.health in {Health.CONNECTED, Health.DEGRADED, Health.RUNNING},
        "error": connection.last_error,
        "checked_at": time_text(health.evidence_at),
        "health": health.health.value,
        "cause": health.cause,
        "calls_refused_until": time_text(around.refused_until),
        **await next_sync(context.workspace, connection),
        "health_check": health_check(connection),
        "breaker": breaker_state(around),
        "token_expires_at": time_text(await secret_expiry(connection, lambda key: vault.get(connection, key))),
        "queues": await queue_lengths(context.workspace, connection),
        **await run_numbers(context.workspace, connection),
    }


@operation(
    "connections.health", N_("Health of all connections"), Permission.READ, NoParams, writes=False, history=False
)
async def show_health(context: RunContext, _params: NoParams) -> None:
    """All connections together (connections.md §7)."""
    found = await context.workspace.store.read(stored.connections)
    recent = await context.workspace.store.read(runs.runs, limit=100)
    following = await next_syncs(context.workspace, found)
    active = [c for c in found if c.status is not ConnectionStatus.INACTIVE]
    context.result |= {
        "service": "muster",
        "status": overall_health(found).value,
        "version": __version__,
        "uptime_seconds": round(time.monotonic() - _started, 1),
        "active_connections": len(active),
        "last_sync_times": {c.name: time_text(c.last_sync) for c in found},
        "next_syncs": {c.name: following[c.id] for c in found},
        "performance_metrics": {
            "total_connections": len(found),
            "active_connections": len(active),
            "inactive_connections": len(found) - len(active),
            "recent_runs": len(recent),
            "success_rate": success_rate_percent([r for r in recent if not (r.error and r.error.of_asking)]),
        },
        "timestamp": time_text(now()),
    }
