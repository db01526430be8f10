"""Which customers are asked about at the server, under which name, and what the answers mean for each.

Pure functions over what CETEC sent and what the server said (cetec-mysql.md §4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.customers import Customer, DatabaseAnswer, DatabaseDetail, DatabaseStatus
from app.i18n import _, ngettext


@dataclass(frozen=True)
class CheckRules:
    """What decides beside the customer: whether there is a server, resident customers' databases, other spellings.

    `one_customer` is the check of single customers on demand, where what cannot be checked is `unavailable` (§4.1).
    """

    enabled: bool = True
    resident_map: Mapping[str, str] = field(default_factory=dict)
    other_spellings: bool = False
    one_customer: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is settled without a question (`status`), or the database `name` to ask for."""

    status: DatabaseStatus | None = None
    name: str = ""


def decide(customer: Customer, rules: CheckRules) -> Decision:
    """The rows of the decision table that need no server (§4.1); the first that holds wins.

    ITAR comes before everything that could name the customer in a question.
    """
    if customer.domain is None:
        return Decision(DatabaseStatus.INVALID_DOMAIN)
    if customer.itar_hosting:
        return Decision(DatabaseStatus.UNAVAILABLE if rules.one_customer else DatabaseStatus.ITAR_HOSTING)
    if customer.resident_hosting:
        return _decide_resident(customer.domain, rules)
    if not rules.enabled:
        return Decision(DatabaseStatus.MYSQL_DISABLED)
    return Decision(name=customer.domain)


def _decide_resident(domain: str, rules: CheckRules) -> Decision:
    if not rules.enabled or not rules.resident_map:
        return Decision(DatabaseStatus.UNAVAILABLE if rules.one_customer else DatabaseStatus.RESIDENT_HOSTING)
    name = rules.resident_map.get(domain.lower())
    return Decision(name=name) if name else Decision(DatabaseStatus.UNAVAILABLE)


def spellings(name: str) -> list[str]:
    """Other names to try for one that is missing (§4.2): lower case, underscores, the part before the first dot."""
    lower = name.lower()
    tried = (lower, name.replace("-", "_").replace(".", "_"), name.partition(".")[0])
    return [other for other in dict.fromkeys(tried) if other and other != name]


def best_spelling(found: Iterable[tuple[str, DatabaseAnswer]]) -> DatabaseAnswer:
    """What the answers to other spellings mean: exactly one hit counts, several are no answer (§4.2)."""
    hits = [name for name, answer in found if answer.status is DatabaseStatus.EXISTS]
    if len(hits) == 1:
        return DatabaseAnswer(DatabaseStatus.EXISTS, hits[0])
    detail = _("ambiguous: {names}").format(names=", ".join(hits)) if hits else DatabaseDetail.DATABASE_MISSING.value
    return DatabaseAnswer(DatabaseStatus.NO_DATABASE, detail)


def doubled_names(named: Mapping[str, Sequence[Customer]]) -> tuple[str, ...]:
    """A warning for each database that several customers share (§4.4)."""
    return tuple(
        _("The database {name} belongs to several customers: {customers}.").format(
            name=name, customers=", ".join(c.name for c in customers)
        )
        for name, customers in named.items()
        if len(customers) > 1
    )


def grant_warnings(answers: Iterable[DatabaseAnswer]) -> tuple[str, ...]:
    """What to say when the answers look more like a missing right than like missing databases (§4.5)."""
    details = Counter(a.detail for a in answers if a.status.known)
    asked = details.total() - details[DatabaseDetail.NAME_TOO_LONG]
    unseen = details[DatabaseDetail.DATABASE_MISSING] + details[DatabaseDetail.NOT_VISIBLE]
    if asked and unseen == asked:
        text = ngettext(
            "0 of {count} database visible - check the grants of the MySQL account.",
            "0 of {count} databases visible - check the grants of the MySQL account.",
            asked,
        )
        return (text.format(count=asked),)
    if details[DatabaseDetail.TABLE_MISSING] * 2 > asked:
        return (
            _(
                "More than half of the databases show no table usage_stats: it is missing, or the MySQL account may "
                "not see it."
            ),
        )
    return ()
