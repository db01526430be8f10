"""Customers from CETEC, and what is known of the backup database of each (cetec-mysql.md).

A database is only ever called missing when a server said so: a check that failed says that it failed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.snapshots import Snapshot

MOST_NAME_CHARS = 64  # longest name of a database (§4.5)
NEEDED_COLUMNS = ("id", "name", "domain", "ok_to_bill", "resident_hosting", "itar_hosting_bc")
"""What the filter and the decisions need, whatever columns a caller names (§2.1)."""
_FALSE = frozenset({"", "0", "false", "no", "n"})


class DatabaseStatus(StrEnum):
    """The answer for one customer (§4.1); in JSON the first two are `true` and `false`."""

    EXISTS = "exists"
    NO_DATABASE = "no_database"
    RESIDENT_HOSTING = "resident_hosting"
    ITAR_HOSTING = "itar_hosting"
    UNAVAILABLE = "unavailable"
    MYSQL_ERROR = "mysql_error"
    BATCH_TIMEOUT = "batch_timeout"
    INVALID_DOMAIN = "invalid_domain"
    MYSQL_DISABLED = "mysql_disabled"

    @property
    def known(self) -> bool:
        """Whether a server said it: only then it may take the place of what was known before (§9)."""
        return self in {DatabaseStatus.EXISTS, DatabaseStatus.NO_DATABASE}

    @property
    def failed(self) -> bool:
        """Whether the check was tried and did not come through."""
        return self in {DatabaseStatus.MYSQL_ERROR, DatabaseStatus.BATCH_TIMEOUT}

    @property
    def in_json(self) -> bool | str:
        """The mixed type that users of the result know (§4.1)."""
        return self is DatabaseStatus.EXISTS if self.known else self.value


class DatabaseDetail(StrEnum):
    """Why a database is there or not, beside the texts of errors (§4.1)."""

    OK = "ok"
    DATABASE_MISSING = "database_missing"
    TABLE_MISSING = "table_missing"
    CASE_MISMATCH = "case_mismatch"
    NAME_TOO_LONG = "name_too_long"
    NOT_VISIBLE = "not_visible"


class SupportLevel(StrEnum):
    """Level of support (§2.3)."""

    LITE = "Lite"
    STANDARD = "Standard"
    ENTERPRISE = "Enterprise"


class CustomerStatus(StrEnum):
    """Whether a customer still counts; one that is no longer billable is not gone (§9)."""

    ACTIVE = "active"
    NOT_BILLABLE = "not_billable"
    INACTIVE = "inactive"


class MySqlStatus(StrEnum):
    """How the database check of a whole run went (§5)."""

    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class DatabaseAnswer:
    """What the server said of one name: there, not there, or a check that failed.

    `detail` is a `DatabaseDetail`, the name that was used instead, or the cause of a failure without secrets.
    """

    status: DatabaseStatus
    detail: str = DatabaseDetail.OK.value


@dataclass(frozen=True, slots=True)
class CustomerQuery:
    """What CETEC is asked for (§2.1): one id, a name, an external key, or all; blank `columns` are the usual ones."""

    id: str = ""
    name: str = ""
    external_key: str = ""
    columns: tuple[str, ...] = ()
    only_billable: bool = True

    @property
    def narrowed(self) -> bool:
        """Whether the answer is not the whole list, so that absence from it proves nothing."""
        return bool(self.id or self.name or self.external_key)


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer as CETEC sent it, with its values made uniform (§2.3).

    `fields` names those that were fetched: one that was not asked for says nothing and overwrites nothing. `extra` are
    columns that only the caller knows, as they came. A support password is never part of it.
    """

    id: str
    name: str
    domain: str | None
    ok_to_bill: bool
    resident_hosting: bool
    itar_hosting: bool
    itar_text: str = ""
    priority_support: SupportLevel | None = None
    test_environment: str | None = None
    num_prod_users: float = 0
    num_full_users: float = 0
    external_key: str | None = None
    fields: frozenset[str] = frozenset()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CustomerList(Snapshot[CustomerRecord]):
    """The customers of one answer; `passwords` are support passwords by customer id, for memory alone (§2.1)."""

    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as stored; `id` is CETEC's, unique within its connection.

    `database_status` is how the last check ended, None before the first; `good_status` and `good_at` are what a server
    last said and when, which stays visible beside a check that failed (§9).
    """

    id: str
    connection: str
    name: str
    domain: str | None = None
    ok_to_bill: bool = True
    priority_support: SupportLevel | None = None
    resident_hosting: bool = False
    test_environment: str | None = None
    itar_hosting: bool = False
    itar_text: str = ""
    num_prod_users: float = 0
    num_full_users: float = 0
    external_key: str | None = None
    status: CustomerStatus = CustomerStatus.ACTIVE
    database_status: DatabaseStatus | None = None
    database_detail: str = ""
    checked_at: datetime | None = None
    good_status: DatabaseStatus | None = None
    good_at: datetime | None = None
    last_pulled: datetime | None = None
    missing_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def key(self) -> str:
        """What no two customers share, of whatever connection."""
        return f"{self.connection}/{self.id}"

    @property
    def users(self) -> int:
        """All users, production and full (§2.3)."""
        return round(self.num_prod_users + self.num_full_users)


@dataclass(frozen=True, slots=True)
class SystemAddresses:
    """Where the systems of a customer are opened in a browser; never with a password (§8)."""

    production: str
    test: str | None = None


def is_true(value: object) -> bool:
    """The truth rule of all flags (§2.3): a text that says anything but no is a yes."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE
    return bool(value)


def support_level(value: object) -> SupportLevel | None:
    """The level that a text or its short form means (§2.3)."""
    text = str(value or "").strip().lower()
    return next((level for level in SupportLevel if text in _SUPPORT_WORDS[level]), None)


_SUPPORT_WORDS = {
    SupportLevel.LITE: {"lite", "l"},
    SupportLevel.STANDARD: {"standard", "std", "s"},
    SupportLevel.ENTERPRISE: {"enterprise", "ent", "e"},
}


def clean_domain(value: object) -> str | None:
    """A domain, or None for what stands for no domain (§2.3)."""
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return None if text.lower() in {"", "undefined"} else text


def system_addresses(customer: Customer) -> SystemAddresses | None:
    """Where this customer's systems are (§8); None without a domain that can stand in an address."""
    domain = customer.domain or ""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", domain):
        return None
    if not customer.resident_hosting:
        return SystemAddresses(f"https://{domain}.cetecerp.com", f"https://{domain}_test.cetecerp.com")
    if "." in domain:
        return SystemAddresses(f"https://{domain}")
    return SystemAddresses(f"https://cetecerp.{domain}.com", f"https://cetecerp-beta.{domain}.com")


COUNTERS: Mapping[str, DatabaseStatus] = {
    "existing_databases": DatabaseStatus.EXISTS,
    "resident_hosting": DatabaseStatus.RESIDENT_HOSTING,
    "itar_hosting": DatabaseStatus.ITAR_HOSTING,
    "invalid_domains": DatabaseStatus.INVALID_DOMAIN,
    "no_database": DatabaseStatus.NO_DATABASE,
    "unavailable": DatabaseStatus.UNAVAILABLE,
    "mysql_errors": DatabaseStatus.MYSQL_ERROR,
    "batch_timeouts": DatabaseStatus.BATCH_TIMEOUT,
    "not_checked": DatabaseStatus.MYSQL_DISABLED,
}
"""The nine counters of a summary; together they are the total (§5)."""


def database_summary(statuses: Iterable[DatabaseStatus]) -> dict[str, int]:
    """The summary of §5."""
    counts = Counter(statuses)
    return {"total_customers": counts.total()} | {name: counts[status] for name, status in COUNTERS.items()}
