"""When employees were signed in at a contact centre, whichever it is (contact-center.md §5.4)."""

from __future__ import annotations

from collections import defaultdict

from peewee import JOIN

from app.store.contact_center_rows import AgentLoginRow, AgentRow
from app.store.database import fetch


def presence(first_ms: int, last_ms: int) -> tuple[dict[str, list[tuple[int, int]]], list[int]]:
    """Times signed in that begin between two moments (milliseconds since 1970), by employee id.

    The second part are the beginnings of everybody's, linked or not: days without any were not fetched. Times without
    an end are left out.
    """
    login, agent = AgentLoginRow, AgentRow
    query = (
        login.select(agent.employee_id, login.start_ms, login.end_ms)
        .join(
            agent,
            JOIN.LEFT_OUTER,
            on=((agent.connection == login.connection) & (agent.agent_id == login.agent_id)),
        )
        .where(login.start_ms.between(first_ms, last_ms), login.end_ms.is_null(False))
    )
    by_employee: dict[str, list[tuple[int, int]]] = defaultdict(list)
    begun: list[int] = []
    for employee_id, start_ms, end_ms in fetch(query):
        begun.append(start_ms)
        if employee_id:
            by_employee[employee_id].append((start_ms, end_ms))
    return by_employee, begun


def presence_of(employee_id: str, first_ms: int, last_ms: int) -> list[tuple[int, int]]:
    """When one employee was signed in, of times that begin between two moments (milliseconds since 1970), in order."""
    login, agent = AgentLoginRow, AgentRow
    same = (agent.connection == login.connection) & (agent.agent_id == login.agent_id)
    query = (
        login.select(login.start_ms, login.end_ms)
        .join(agent, on=same)
        .where(agent.employee_id == employee_id, login.start_ms.between(first_ms, last_ms), login.end_ms.is_null(False))
    )
    return [(start, end) for start, end in fetch(query.order_by(login.start_ms))]


def known_employees() -> frozenset[str]:
    """Ids of employees whom a contact centre knows."""
    return frozenset(
        employee_id
        for (employee_id,) in fetch(AgentRow.select(AgentRow.employee_id).where(AgentRow.employee_id.is_null(False)))
    )
