"""The check of customers' databases against the MySQL server that a CETEC connection names (cetec-mysql.md §3, §4).

A server that cannot be used never stops a run: the customers are shown, their checks as failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.connections import Connection, ConnectionStatus
from app.domain.customer_checks import (
    CheckRules,
    best_spelling,
    decide,
    doubled_names,
    grant_warnings,
    spellings,
)
from app.domain.customers import Customer, DatabaseAnswer, DatabaseDetail, DatabaseStatus, MySqlStatus
from app.domain.kinds import ConnectionKind
from app.domain.kinds.mysql import resident_map
from app.errors import MusterError
from app.i18n import _
from app.operations.context import RunContext
from app.store import connections

if TYPE_CHECKING:
    from app.connectors.mysql import MySqlServer

Answered = list[tuple[Customer, DatabaseAnswer]]


@dataclass
class DatabaseCheck:
    """One check: `rules` decide who is asked about, `server` is asked, `problem` says why it cannot be.

    `status` tells afterwards how it went as a whole, `warnings` what a person should know about it.
    """

    rules: CheckRules
    server: MySqlServer | None = None
    server_name: str = ""
    problem: str = ""
    status: MySqlStatus = MySqlStatus.SKIPPED
    warnings: list[str] = field(default_factory=list)

    async def answers(self, customers: Sequence[Customer]) -> AsyncIterator[Answered]:
        """Every customer with its answer, in batches as they are known; first those that need no question."""
        settled: Answered = []
        named: dict[str, list[Customer]] = defaultdict(list)
        for customer in customers:
            decision = decide(customer, self.rules)
            if decision.status is not None:
                settled.append((customer, DatabaseAnswer(decision.status, "")))
            else:
                named[decision.name].append(customer)
        self.warnings += doubled_names(named)
        if settled:
            yield settled
        if not self.rules.enabled:
            self.status = MySqlStatus.DISABLED
        elif named:
            async for answered in self._asked(named):
                yield answered

    async def _asked(self, named: Mapping[str, list[Customer]]) -> AsyncIterator[Answered]:
        if self.server is None:
            self.status = MySqlStatus.FAILED
            yield _spread({name: DatabaseAnswer(DatabaseStatus.MYSQL_ERROR, self.problem) for name in named}, named)
            return
        missing: list[str] = []
        known: list[DatabaseAnswer] = []
        async for answers in self.server.ask(list(named)):
            later = [n for n, a in answers.items() if self.rules.other_spellings and _absent(a)]
            missing += later
            known += answers.values()
            yield _spread({n: a for n, a in answers.items() if n not in later}, named)
        self.status = MySqlStatus.FAILED if self.server.failed else MySqlStatus.COMPLETED
        self.warnings += grant_warnings(known)
        if missing:
            yield _spread(await self._by_other_spelling(self.server, missing), named)

    async def _by_other_spelling(self, server: MySqlServer, missing: Sequence[str]) -> dict[str, DatabaseAnswer]:
        tried = {name: spellings(name) for name in missing}
        found: dict[str, DatabaseAnswer] = {}
        wanted = list(dict.fromkeys(other for others in tried.values() for other in others))
        async for answers in server.ask(wanted):
            found |= answers
        return {name: best_spelling((o, found[o]) for o in others if o in found) for name, others in tried.items()}


def _absent(answer: DatabaseAnswer) -> bool:
    return answer.status is DatabaseStatus.NO_DATABASE and answer.detail == DatabaseDetail.DATABASE_MISSING


def _spread(answers: Mapping[str, DatabaseAnswer], named: Mapping[str, Iterable[Customer]]) -> Answered:
    return [(customer, answer) for name, answer in answers.items() for customer in named[name]]


async def database_check(context: RunContext, *, one_customer: bool = False) -> DatabaseCheck:
    """The check as the connection's settings have it; without a usable MySQL connection it says so."""
    name = str(context.own_connection.setting("backups") or "")
    off = CheckRules(enabled=False, one_customer=one_customer)
    if not name:
        return DatabaseCheck(off)
    found = await context.workspace.store.read(connections.find_connection, name)
    if found is None or found.kind is not ConnectionKind.MYSQL:
        warning = _("There is no MySQL connection named {name}, so no database was checked.").format(name=name)
        return DatabaseCheck(off, warnings=[warning])
    if found.status is ConnectionStatus.INACTIVE or found.missing_fields():
        warning = _("The MySQL connection {name} is paused or incomplete, so no database was checked.")
        return DatabaseCheck(off, warnings=[warning.format(name=name)])
    rules = CheckRules(
        True,
        resident_map(found.setting("resident_map") or ""),
        bool(found.setting("other_spellings")),
        one_customer,
    )
    return await _with_server(context, found, rules)


async def _with_server(context: RunContext, connection: Connection, rules: CheckRules) -> DatabaseCheck:
    try:
        server = await context.workspace.links.mysql(connection)
    except MusterError as error:  # no keyring, a setting that cannot be: the customers are shown all the same
        return DatabaseCheck(rules, None, connection.name, " ".join(filter(None, (error.message, error.remedy))))
    return DatabaseCheck(rules, server, connection.name)
