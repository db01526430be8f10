"""One run per target at a time, across windows, command lines and computers (house.md rule 10)."""

from __future__ import annotations

from dataclasses import dataclass

import peewee

from app.errors import Busy
from app.i18n import _
from app.store.database import clock_s
from app.store.models import LeaseRow
from app.store.runs import HOST, program_alive, this_process


class LeaseLost(Busy):
    """Another run holds the target now; a database that is merely busy for a moment is no such loss."""


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
        if program_alive(holder.host, holder.process, holder.beat_at):
            raise _busy(holder)
        holder.delete_instance()
    values = {"run_id": claim.run_id, "operation": claim.operation, "actor": claim.actor}
    try:
        LeaseRow.insert(target=claim.target, host=HOST, process=this_process(), beat_at=clock_s(), **values).execute()
    except peewee.IntegrityError as error:
        raise Busy(_("Another program just took the same target.")) from error


def refuse_held(target: str, *, elsewhere: bool = False) -> None:
    """Make sure that no run holds the target now, or with `elsewhere` none of another program.

    Raises `Busy` naming who holds it.
    """
    holder = LeaseRow.get_or_none(LeaseRow.target == target)
    if holder is None or not program_alive(holder.host, holder.process, holder.beat_at):
        return
    if not (elsewhere and (holder.host, holder.process) == (HOST, this_process())):
        raise _busy(holder)


def _busy(holder: LeaseRow) -> Busy:
    text = _("{actor} is already running {operation} on {host}.")
    return Busy(text.format(actor=holder.actor, operation=holder.operation, host=holder.host))


def beat(run_id: str) -> None:
    """Show that the run is alive.

    Raises `LeaseLost` after another took it, as in a long sleep of this computer.
    """
    if not LeaseRow.update(beat_at=clock_s()).where(LeaseRow.run_id == run_id).execute():
        raise LeaseLost(_("Another program took over while this computer slept."), _("Start the run again."))


def give_back(run_id: str) -> None:
    """Let others have what the run held."""
    LeaseRow.delete().where(LeaseRow.run_id == run_id).execute()
