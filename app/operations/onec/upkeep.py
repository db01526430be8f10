"""How a 1C connection is, its settings, its test (onec-zup.md §6.3-§6.5)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.domain.kinds import ConnectionKind
from app.domain.onec_people import KnownPerson
from app.i18n import N_
from app.operations import probe_onec
from app.operations.connection_state import run_test
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC
from app.operations.registry import NoParams, operation
from app.operations.service_config import ConfigParams, change_config, config_params
from app.operations.service_status import show_service_status
from app.store import onec as stored

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
    await show_service_status(context, params)
    people = await context.workspace.store.read(stored.people, context.own_connection.id)
    context.result["personnel"] = _counts(people)


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
