"""The in-process bus: operations say what happens, window and command line listen.

Events are frozen dataclasses; handlers run at once on the event loop's thread and must be quick.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from app.access import Role
    from app.domain.health import Stage
    from app.domain.organizations import Organization
    from app.domain.outcomes import Outcome, Run
    from app.domain.schedules import Schedule

E = TypeVar("E")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunStarted:
    """A run began, or began again."""

    run: Run


@dataclass(frozen=True)
class RunProgress:
    """Where a run stands: what it does now and how much of it; `total` 0 while unknown."""

    run_id: str
    doing: str
    done: int
    total: int


@dataclass(frozen=True)
class OutcomesReported:
    """Outcomes that are now known, in order."""

    run_id: str
    outcomes: Sequence[Outcome]


@dataclass(frozen=True)
class RunEnded:
    """A run is over."""

    run: Run


@dataclass(frozen=True)
class StageReached:
    """A stage of a connection test began, or ended when `stage` says how."""

    run_id: str
    name: str
    stage: Stage | None = None


@dataclass(frozen=True)
class ConnectionsChanged:
    """A connection was added, changed, tested or removed."""


@dataclass(frozen=True)
class BreakerMoved:
    """The circuit breaker of a connection moved: closed, open, half_open or forced_open before and after."""

    connection: str
    old: str
    new: str


@dataclass(frozen=True)
class RoleChanged:
    """Somebody took on another profile of rights here."""

    role: Role


@dataclass(frozen=True)
class OrganizationChosen:
    """Somebody wants to work on another organisation: a window closes this workspace and opens a new one."""

    organization: Organization


@dataclass(frozen=True)
class SchedulesChanged:
    """A schedule was added, changed, ran, was skipped or removed, or the interval that it goes by changed."""


@dataclass(frozen=True)
class SchedulePaused:
    """A schedule paused itself after failing too often or for too long (connections.md §4)."""

    schedule: Schedule


@dataclass(frozen=True)
class DirectoryChanged:
    """Offices or employees changed in the store."""


@dataclass(frozen=True)
class DevicesChanged:
    """A device was added, changed, tested or removed."""


@dataclass(frozen=True)
class CustomersChanged:
    """A customer was added or changed, its database checked, or a pull noted."""


@dataclass(frozen=True)
class WorkforceChanged:
    """People, norms, timesheets, plans or receipts of 1C changed in the store; `connection` is the connection's id."""

    connection: str


@dataclass(frozen=True)
class ContactCenterDataChanged:
    """Data of a contact centre were stored or taken back; `connection` is the id of the connection."""

    connection: str


@dataclass(frozen=True)
class LiveChanged:
    """Live numbers of a contact centre changed, or how they come; the ids are of agents and groups that differ now."""

    connection: str
    agents: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AlarmsChanged:
    """A limit on live numbers was crossed, is no longer, or its value moved; `connection` is the connection's id."""

    connection: str


@dataclass(frozen=True)
class ThresholdsChanged:
    """A person set other limits on live numbers."""

    connection: str


@dataclass(frozen=True)
class CoverageChanged:
    """Who is where changed: pairs of device id and employee id (`#` and number of an extra); none means everywhere."""

    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OutcomesRevised:
    """Outcomes that are known better now: their number within the run, and what is known."""

    run_id: str
    outcomes: Sequence[tuple[int, Outcome]]


@dataclass(frozen=True)
class WebhooksChanged:
    """A webhook was added, changed or removed, or deliveries were queued by a person."""


@dataclass(frozen=True)
class DeliveryTried:
    """A webhook was sent, whatever came of it; `status` is where the delivery stands now, as far as the ladder goes."""

    webhook_id: str
    delivery_id: str
    status: str
    http_status: int | None
    error_code: str


@dataclass(frozen=True)
class WebhookDisabled:
    """A webhook was switched off by what its receiver did; `reason` is one of `DisabledReason`."""

    webhook_id: str
    reason: str


@dataclass(frozen=True)
class WebhookHeld:
    """Nothing can be sent to a webhook for now, as its secret cannot be read; it is tried again in a while."""

    webhook_id: str
    message: str
    remedy: str


@dataclass(frozen=True)
class InboxReceived:
    """Something arrived in the built-in inbox."""

    number: int


class EventBus:
    """Delivers each event to whoever subscribed to its type."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for every event of `kind`; returns what ends the subscription."""
        self._handlers[kind].append(handler)
        return lambda: self._handlers[kind].remove(handler)

    def publish(self, event: object) -> None:
        """Tell everybody now; a listener that fails never fails the work it hears of (vitec-hub.md §9.4)."""
        for handler in tuple(self._handlers[type(event)]):
            try:
                handler(event)
            except Exception:
                log.exception("A listener of %s failed", type(event).__name__)
