"""What a status of the platform counts as here: a local table that a person keeps (contact-center.md §5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.access import Permission
from app.events import ContactCenterDataChanged
from app.i18n import N_
from app.operations.contact_center.asking import CONTACT_CENTER
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.setting_changes import meaning_notes
from app.store import contact_center_now as stored


class Meaning(StrEnum):
    """What a status counts as; only the first is worked time. `UNSAID` forgets what was said."""

    WORK = "work"
    BREAK = "break"
    OTHER = "other"
    UNSAID = ""


@dataclass(frozen=True)
class MeaningParams:
    """The code of a status, and what it counts as."""

    state_code: str
    meaning: Meaning = Meaning.UNSAID


@operation(
    "cc.live_meaning", N_("Say what a status counts as"), Permission.WRITE, MeaningParams,
    kinds=CONTACT_CENTER, works_paused=True, remote=False,
)  # fmt: skip
async def set_meaning(context: RunContext, params: MeaningParams) -> None:
    """Keep what a person says of a status."""
    store, connection_id = context.workspace.store, context.own_connection.id
    known = {m.state_code: m.state_name for m in await store.read(stored.meanings, connection_id)}
    name = known.get(params.state_code, params.state_code)
    said = stored.StatusMeaning(params.state_code, name, params.meaning.value, params.meaning is Meaning.WORK)
    context.summary |= {"total": 1}
    if not context.dry_run:

        def keep() -> None:
            before = {m.state_code: m.meaning for m in stored.meanings(connection_id)}
            stored.set_meaning(connection_id, said)
            context.note(*meaning_notes(context.run, context.own_connection, said, before.get(said.state_code, "")))

        await store.write(keep)
        context.workspace.events.publish(ContactCenterDataChanged(connection_id))
