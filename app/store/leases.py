"""One run per target at a time, across windows, command lines and computers (house.md rule 10)."""

from __future__ import annotations

import time
from dataclasses import dataclass

import peewee

from app.errors import Busy
from app.i18n import _
from app.store.models import LeaseRow
from app.store.runs import HOST, process_alive, this_process

# A holder on another computer that was silent this long is taken to be gone; its clock and sleep are out of our sight.
SILENT_S = 300.0


@dataclass(frozen=True)
class Claim:
    """Who wants the target: the run, its operation and the person."""

    target: str
    run_id: str
    operation: str
    actor: str


def take_lease(claim: Claim) -> None:
    """Hold the target for this run, taking it over from a holder that is gone.

    Raises `Busy` naming who holds it.
    """
    holder = LeaseRow.get_or_none(LeaseRow.target == claim.target)
    if holder is not None:
        if holder.run_id != claim.run_id and _alive(holder):
            raise Busy(
                _("{actor} is already running {operation} on {host}.").format(
                    actor=holder.actor, operation=holder.operation, host=holder.host
                )
            )
        holder.delete_instance()
    values = {"run_id": claim.run_id, "operation": claim.operation, "actor": claim.actor}
    try:
        LeaseRow.insert(
            target=claim.target, host=HOST, process=this_process(), beat_at=time.time(), **values
        ).execute()
    except peewee.IntegrityError as error:
        raise Busy(_("Another program just took the same target.")) from error


def _alive(holder: LeaseRow) -> bool:
    silent = time.time() - holder.beat_at
    return process_alive(holder.host, holder.process) and (holder.host == HOST or silent < SILENT_S)


def beat(run_id: str) -> None:
    """Show that the run is alive.

    Raises `Busy` when the lease was lost, as after a long sleep of this computer.
    """
    if not LeaseRow.update(beat_at=time.time()).where(LeaseRow.run_id == run_id).execute():
        raise Busy(_("Another program took over while this computer slept."), _("Start the run again."))


def give_back(run_id: str) -> None:
    """Let others have what the run held."""
    LeaseRow.delete().where(LeaseRow.run_id == run_id).execute()
