"""The ledger of a push: an intent before every visit, its outcome after it, both on disk before the push goes on.

Devices side by side would wait for each other's transactions; whoever comes while one is under way is written with
the next, all together. A visit that was begun and has no outcome is the one to ask the device about after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.coverage import Placement
from app.domain.outcomes import Outcome
from app.errors import MusterError
from app.events import CoverageChanged
from app.operations.context import RunContext
from app.store import devices, leases, runs

_KEY = "visit {device_id} {employee_id}"


def visit_key(device_id: str, employee_id: str) -> str:
    """The journal's name for one person at one device."""
    return _KEY.format(device_id=device_id, employee_id=employee_id)


@dataclass(eq=False)
class _Entry:
    """What one caller wants to have written."""

    begun: str = ""
    settled: str = ""
    outcomes: Sequence[Outcome] = ()
    revised: Sequence[tuple[int, Outcome]] = ()
    placements: Sequence[Placement] = ()
    written: bool = False
    error: MusterError | None = None


@dataclass
class Ledger:
    """What one push writes down."""

    context: RunContext
    _waiting: list[_Entry] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    """Where in the run the outcome of a device and a person stands."""

    async def begin(self, device_id: str, employee_id: str) -> None:
        """Write down that a visit begins."""
        await self._write(_Entry(begun=visit_key(device_id, employee_id)))

    async def settle(self, outcome: Outcome, placement: Placement | None) -> None:
        """Write down how a visit ended."""
        key = visit_key(outcome.target_id, outcome.subject_id)
        await self._write(_Entry(settled=key, outcomes=[outcome], placements=[placement] if placement else ()))

    async def add(self, outcomes: Sequence[Outcome], placements: Sequence[Placement] = ()) -> None:
        """Write down outcomes of people who were not visited, or whom somebody else was asked about."""
        if outcomes or placements:
            await self._write(_Entry(outcomes=outcomes, placements=placements))

    async def revise(self, outcomes: Iterable[Outcome], placements: Sequence[Placement]) -> None:
        """Replace the outcomes of these people and devices by what a read-back found."""
        revised = [(self.numbers[o.target_id, o.subject_id], o) for o in outcomes]
        if revised or placements:
            await self._write(_Entry(revised=revised, placements=placements))

    async def _write(self, entry: _Entry) -> None:
        self._waiting.append(entry)
        async with self._turn:
            if not entry.written and entry.error is None:
                await self._write_waiting()
        if entry.error is not None:
            raise entry.error

    async def _write_waiting(self) -> None:
        batch, self._waiting = self._waiting, []
        context = self.context
        first = len(context.outcomes)
        try:
            await context.workspace.store.write(_commit, context.run.run_id, first, batch)
        except asyncio.CancelledError:  # the store finishes its transaction first
            self._tell(batch)
            raise
        except MusterError as error:
            for entry in batch:
                entry.error = error
            return
        self._tell(batch)

    def _tell(self, batch: Sequence[_Entry]) -> None:
        for entry in batch:
            entry.written = True
        new = [outcome for entry in batch for outcome in entry.outcomes]
        for number, outcome in enumerate(new, len(self.context.outcomes)):
            self.numbers[outcome.target_id, outcome.subject_id] = number
        if new:
            self.context.report(new)
        if revised := [pair for entry in batch for pair in entry.revised]:
            self.context.revise(revised)
        if pairs := tuple((p.device_id, p.employee_id or f"#{p.number}") for e in batch for p in e.placements):
            self.context.workspace.events.publish(CoverageChanged(pairs))


def _commit(run_id: str, first: int, batch: Sequence[_Entry]) -> None:
    leases.beat(run_id)  # after a sleep of this computer another program may have taken over: then nothing is kept
    runs.journal_begin(run_id, [entry.begun for entry in batch if entry.begun])
    runs.journal_end(run_id, [entry.settled for entry in batch if entry.settled])
    runs.add_outcomes(run_id, first, [outcome for entry in batch for outcome in entry.outcomes])
    runs.revise_outcomes(run_id, [pair for entry in batch for pair in entry.revised])
    devices.note_placements([placement for entry in batch for placement in entry.placements])
