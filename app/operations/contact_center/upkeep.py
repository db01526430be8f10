"""How a contact-centre connection is, its settings, its test (contact-center.md §7.4-§7.6)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.domain.contact_center.days import iso_utc
from app.domain.kinds import ConnectionKind
from app.i18n import N_
from app.operations import probe_contact_center
from app.operations.connection_state import run_test
from app.operations.contact_center.asking import CONTACT_CENTER
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.operations.service_config import ConfigParams, change_config, config_params
from app.operations.service_status import show_service_status
from app.store import contact_center_now as stored
from app.store import outbox

_ConfigParams = config_params(ConnectionKind.CONTACT_CENTER, "ContactCenterConfigParams")


@dataclass(frozen=True)
class TestParams:
    """A full test asks for services and agents too; the basic one ends with the sign-in."""

    full: bool = True


@operation(
    "cc.status", N_("Status of the contact centre"), Permission.READ, NoParams,
    kinds=CONTACT_CENTER, writes=False, history=False, works_paused=True, remote=False,
)  # fmt: skip
async def status(context: RunContext, params: NoParams) -> None:
    """What is known of the connection, of who is there, and of status updates that wait; the platform is not asked."""
    await show_service_status(context, params)
    store, connection_id = context.workspace.store, context.own_connection.id
    state = await store.read(outbox.outbox_state, connection_id)
    context.result["accounts"] = {
        "groups": len(await store.read(stored.groups, connection_id)),
        "agents": len(await store.read(stored.accounts, connection_id)),
    }
    context.result["status_updates"] = {
        "waiting": state.waiting,
        "oldest": iso_utc(state.oldest_ms) if state.oldest_ms is not None else None,
        "taken": state.tally.taken,
        "refused": state.tally.refused,
        "too_late": state.tally.late,
    }


@operation(
    "cc.config", N_("Settings of the contact centre"), Permission.ADMIN, _ConfigParams,
    kinds=CONTACT_CENTER, works_paused=True, remote=False,
)  # fmt: skip
async def config(context: RunContext, params: ConfigParams) -> None:
    """Change settings of the connection; secrets are never among them."""
    await change_config(context, params)


@operation(
    "cc.test", N_("Test the connection to the contact centre"), Permission.READ, TestParams,
    kinds=CONTACT_CENTER, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def test(context: RunContext, params: TestParams) -> None:
    """Test in stages, at most ten seconds together; never sends a status."""
    await run_test(context, None if params.full else probe_contact_center.run_basic_stages)
