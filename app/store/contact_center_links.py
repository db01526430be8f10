"""Which employees the accounts of contact centres belong to (contact-center.md §5.1)."""

from __future__ import annotations

from collections import defaultdict

from app.domain.contact_center.accounts import AccountLink, Relinked, links_by_number
from app.store.contact_center_rows import AgentRow
from app.store.database import fetch
from app.store.models import EmployeeRow
from app.store.onec_rows import OneCPersonRow


def link_account(connection_id: str, agent_id: str, employee_id: str | None, *, by_hand: bool) -> None:
    """Link an account to a person, or to nobody."""
    AgentRow.update(employee_id=employee_id, by_hand=by_hand).where(
        AgentRow.connection == connection_id, AgentRow.agent_id == agent_id
    ).execute()


def would_link(connection_id: str) -> Relinked:
    """What matching the accounts of a connection with people by personnel number changes."""
    a = AgentRow
    query = a.select(a.agent_id, a.number, a.employee_id, a.by_hand).where(a.connection == connection_id)
    accounts = [AccountLink(agent, number, employee, bool(hand)) for agent, number, employee, hand in fetch(query)]
    return links_by_number(accounts, _holders())


def link_by_number(connection_id: str) -> Relinked:
    """The same, and keep it."""
    found = would_link(connection_id)
    for agent_id, employee_id in found.linked.items():
        link_account(connection_id, agent_id, employee_id, by_hand=False)
    for agent_id in found.unlinked:
        link_account(connection_id, agent_id, None, by_hand=False)
    return found


def personnel_numbers() -> dict[str, str]:
    """The personnel number of each employee: that of 1C, and of people whom 1C does not know their own."""
    p, e = OneCPersonRow, EmployeeRow
    others = fetch(e.select(e.id, e.employee_no).where(e.employee_no.is_null(False)))
    known = fetch(p.select(p.employee_id, p.personnel_number).where(p.employee_id.is_null(False)))
    return {employee: number.strip() for employee, number in [*others, *known] if number and number.strip()}


def _holders() -> dict[str, set[str]]:
    """The employees of each personnel number."""
    holders: dict[str, set[str]] = defaultdict(set)
    for employee, number in personnel_numbers().items():
        holders[number].add(employee)
    return holders
