"""How a 1C connection is, its settings, its test (onec-zup.md §6.3-§6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.access import Permission
from app.domain.kinds import ConnectionKind
from app.domain.onec_people import KnownPerson
from app.i18n import N_, _
from app.operations import probe_onec
from app.operations.connection_state import run_test, show_status
from app.operations.connections import time_text
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC
from app.operations.registry import NoParams, operation
from app.operations.service_config import ConfigParams, change_config, config_params
from app.store import onec as stored
from app.store import runs

_RECENT = 10
_ConfigParams = config_params(ConnectionKind.ONEC, "OneCConfigParams")


@dataclass(frozen=True)
class TestParams:
    """A full test asks for one day's people too; the basic one ends with the sign-in."""

    full: bool = True


@operation(
    "onec.status", N_("Status of 1C"), Permission.READ, NoParams,
    kinds=ONEC, writes=False, history=False, works_paused=True, remote=False,
)  # fmt: skip
async def status(context: RunContext, params: NoParams) -> None:
    """What is known of the connection and of what came from it; 1C is not asked, which would take a licence."""
    connection = context.own_connection
    await show_status(context, params)
    people = await context.workspace.store.read(stored.people, connection.id)
    own = [r for r in await context.workspace.store.read(runs.runs) if r.connection == connection.name][:_RECENT]
    context.result["performance_metrics"]["avg_response_time_ms"] = (
        round(sum(r.duration_ms for r in own) / len(own)) if own else None
    )
    context.result |= {
        "connection_id": connection.id,
        "status": connection.status.value,
        "next_sync": None,
        "next_sync_reason": _("Syncs run when somebody starts them."),
        "health_check": _last_test(connection.last_test, time_text(connection.last_test_at)),
        "personnel": _counts(people),
    }


def _last_test(report: dict[str, Any] | None, at: str | None) -> dict[str, Any] | None:
    """The last test, as a probe of the connection's health (§6.3)."""
    if report is None:
        return None
    keys = ("success", "message", "response_time_ms", "test_type", "recommendations")
    return {key: report.get(key) for key in keys} | {"checked_at": at}


def _counts(people: list[KnownPerson]) -> dict[str, int]:
    return {
        "total": len(people),
        "linked": sum(k.employee_id is not None for k in people),
        "absent_in_source": sum(k.absent_since is not None for k in people),
        "department_missing": sum(k.person.department_missing for k in people),
    }


@operation(
    "onec.config", N_("Settings of 1C"), Permission.ADMIN, _ConfigParams, kinds=ONEC, works_paused=True, remote=False
)
async def config(context: RunContext, params: ConfigParams) -> None:
    """Change settings of the connection; secrets are never among them."""
    await change_config(context, params)


@operation(
    "onec.test", N_("Test the connection to 1C"), Permission.READ, TestParams,
    kinds=ONEC, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def test(context: RunContext, params: TestParams) -> None:
    """Test in stages, at most ten seconds together."""
    await run_test(context, None if params.full else probe_onec.run_basic_stages)
