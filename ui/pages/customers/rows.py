"""What one row of the customers table shows, and the filters over them; the tiles above the table are filters too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.domain.customer_texts import STATUS_WORDS, answer_text
from app.domain.customers import Customer, CustomerStatus, DatabaseAnswer, DatabaseDetail, DatabaseStatus, SupportLevel
from app.i18n import N_, _
from app.operations.customer_rows import utc_text
from ui.tables import Column, Kind, format_value
from ui.texts import ago, moment_text, value_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

LOOKS: dict[DatabaseStatus | None, tuple[Tone, Icon]] = {
    DatabaseStatus.EXISTS: (Tone.SUCCESS, Icon.CHECK),
    DatabaseStatus.NO_DATABASE: (Tone.DANGER, Icon.CLOSE),
    DatabaseStatus.RESIDENT_HOSTING: (Tone.INFO, Icon.BUILDING),
    DatabaseStatus.ITAR_HOSTING: (Tone.INFO, Icon.LOCK),
    DatabaseStatus.UNAVAILABLE: (Tone.INFO, Icon.MINUS),
    DatabaseStatus.MYSQL_ERROR: (Tone.WARNING, Icon.WARNING),
    DatabaseStatus.BATCH_TIMEOUT: (Tone.WARNING, Icon.CLOCK),
    DatabaseStatus.INVALID_DOMAIN: (Tone.WARNING, Icon.ALERT),
    DatabaseStatus.MYSQL_DISABLED: (Tone.NEUTRAL, Icon.PAUSE),
    None: (Tone.NEUTRAL, Icon.LOADER),
}
"""Colours of §8; always beside the word."""
# Translators: short words in a table column, why a backup database is there or not
_SHORT: dict[str, str] = {
    DatabaseDetail.DATABASE_MISSING: N_("No such database"),
    DatabaseDetail.TABLE_MISSING: N_("No table usage_stats"),
    DatabaseDetail.CASE_MISMATCH: N_("Other capital letters"),
    DatabaseDetail.NAME_TOO_LONG: N_("Name too long"),
    DatabaseDetail.NOT_VISIBLE: N_("Not visible to the account"),
}


def is_listed(customer: Customer) -> bool:
    """Whether it counts: switched on, and in CETEC's last list."""
    return customer.status is CustomerStatus.ACTIVE and customer.missing_since is None


def status_words(customer: Customer) -> str:
    """The word of the chip."""
    status = customer.database_status
    return _(STATUS_WORDS[status]) if status is not None else _("Waiting")


def answer_of(customer: Customer) -> DatabaseAnswer | None:
    """How the last check ended; None before the first."""
    status = customer.database_status
    return DatabaseAnswer(status, customer.database_detail) if status is not None else None


def last_good_text(customer: Customer) -> str:
    """What a server last said of a customer whose check failed: it stays beside the failure (§9)."""
    status = customer.database_status
    if status is None or status.known or customer.good_status is None:
        return ""
    when = ago(customer.good_at)
    if customer.good_status is DatabaseStatus.EXISTS:
        return _("Was there {when}").format(when=when)
    return _("Was missing {when}").format(when=when)


def detail_text(customer: Customer) -> str:
    """What the chip does not say by itself, in short: why, under which name, or how it was before."""
    status, detail = customer.database_status, customer.database_detail
    if status is None or detail in {"", DatabaseDetail.OK}:
        return ""
    if detail in _SHORT:
        return _(_SHORT[detail])
    if status is DatabaseStatus.EXISTS:
        return _("Under the name {name}").format(name=detail)
    return " · ".join(filter(None, (last_good_text(customer), detail)))


def status_tooltip(customer: Customer) -> str:
    """The answer in a sentence, with its age."""
    answer = answer_of(customer)
    if answer is None:
        return _("Not checked yet.")
    checked = ago(customer.checked_at)
    age = _("checked {when}").format(when=checked) if checked else ""
    return "\n".join(filter(None, (answer_text(answer), last_good_text(customer), age)))


def test_environment(customer: Customer) -> str:
    """The test environment; CETEC writes none as 0 (§2.3)."""
    text = (customer.test_environment or "").strip()
    return "" if text == "0" else text


def itar_words(customer: Customer) -> str:
    """Whether it is on ITAR hosting, in CETEC's own words where it has some (§2.3)."""
    if not customer.itar_hosting:
        return _("No")
    text = customer.itar_text.strip()
    return _("Yes") if text.lower() in {"", "1", "true", "yes", "y"} else text


def pulled_words(customer: Customer) -> str:
    """When its backup was last pulled, in local time."""
    return moment_text(customer.last_pulled) or _("Never pulled")


def pulled_tooltip(customer: Customer) -> str:
    """The same in UTC, with its age (§7)."""
    if customer.last_pulled is None:
        return _("Nobody has marked a pull of this backup yet.")
    return _("{utc} UTC · {when}").format(utc=(utc_text(customer.last_pulled) or "")[:-5].replace("T", " "),
                                          when=ago(customer.last_pulled))  # fmt: skip


COLUMNS: tuple[Column[Customer], ...] = (
    Column("name", N_("Name"), lambda c: c.name, width=200),
    Column("domain", N_("Domain"), lambda c: c.domain or "", width=140, muted=True),
    Column("database", N_("Backup database"), status_words, kind=Kind.CHIP, width=160,
           tone=lambda c: LOOKS[c.database_status][0], icon=lambda c: LOOKS[c.database_status][1],
           tooltip=status_tooltip),
    Column("detail", N_("Detail"), detail_text, width=172, muted=True, tooltip=status_tooltip),
    Column("support", N_("Support level"), lambda c: c.priority_support.value if c.priority_support else "", width=108),
    Column("resident", N_("Resident"), lambda c: value_text(c.resident_hosting), width=80, muted=True),
    Column("test", N_("Test environment"), test_environment, width=124, muted=True),
    # Translators: US export rules, a proper name
    Column("itar", N_("ITAR"), itar_words, width=64, muted=True, tooltip=itar_words),
    Column("users", N_("Users"), lambda c: c.users, kind=Kind.NUMBER, width=64),
    Column("pulled", N_("Last pulled"), lambda c: c.last_pulled, text=pulled_words, kind=Kind.MOMENT, width=120,
           muted=True, tooltip=pulled_tooltip),
    Column("id", N_("CETEC id"), lambda c: c.id, width=80, muted=True, hidden=True),
    Column("external_key", N_("External key"), lambda c: c.external_key or "", width=120, muted=True, hidden=True),
    Column("production_users", N_("Production users"), lambda c: c.num_prod_users,
           text=lambda c: number_text(c.num_prod_users), kind=Kind.NUMBER, width=110, hidden=True),
    Column("full_users", N_("Full users"), lambda c: c.num_full_users, text=lambda c: number_text(c.num_full_users),
           kind=Kind.NUMBER, width=90, hidden=True),
    Column("checked", N_("Checked"), lambda c: c.checked_at, text=lambda c: ago(c.checked_at), kind=Kind.MOMENT,
           width=120, muted=True, hidden=True, tooltip=lambda c: moment_text(c.checked_at)),
)  # fmt: skip
ALWAYS_SEARCHED = ("name", "domain", "id", "external_key")
"""Columns that a search looks through whether they are shown or not."""


def number_text(value: float) -> str:
    """A number of users, without decimals where it has none."""
    return format_value(int(value) if value == int(value) else value)


# -- filters -----------------------------------------------------------------------------------------------------------

TOTAL = "total"
LIST = "list"
"""The group of the tiles, and of those who are not in the list: one of them at a time."""


def _counted(*statuses: DatabaseStatus | None) -> Callable[[Customer], bool]:
    return lambda c: c.database_status in statuses and is_listed(c)


def tiles() -> list[FilterChip]:
    """The tiles above the table: together, without the first, they are all listed customers (§5)."""
    S = DatabaseStatus

    def tile(key: str, label: str, *statuses: DatabaseStatus | None) -> FilterChip:
        tone, drawing = LOOKS[statuses[0]]
        return FilterChip(key, label, _counted(*statuses), LIST, drawing, tone, hidden=True)

    return [
        FilterChip(TOTAL, _("Customers"), is_listed, LIST, Icon.USERS, hidden=True),
        # Translators: a number stands above: how many customers have a database
        tile("existing", _("With database"), S.EXISTS),
        tile("no_database", _("No database"), S.NO_DATABASE),
        tile("resident", _("Resident"), S.RESIDENT_HOSTING),
        tile("itar", _("ITAR"), S.ITAR_HOSTING),
        tile("invalid", _("No valid domain"), S.INVALID_DOMAIN),
        tile("errors", _("Check failed"), S.MYSQL_ERROR, S.BATCH_TIMEOUT),
        tile("unavailable", _("Unavailable"), S.UNAVAILABLE),
        tile("not_checked", _("Not checked"), S.MYSQL_DISABLED),
        tile("waiting", _("Waiting"), None),
    ]


RARE_TILES = frozenset({"unavailable", "not_checked", "waiting"})
"""Tiles that are shown only when they count something."""


def filters(environments: Sequence[str] = ()) -> list[FilterChip]:
    """All filters, in the person's language; `environments` are the test environments that there are."""
    support, resident, itar, test = _("Support"), _("Resident"), _("ITAR"), _("Test environment")
    gone = _("Not in the list")

    def of_level(level: SupportLevel | None) -> Callable[[Customer], bool]:
        return lambda c: c.priority_support is level

    def of_environment(name: str) -> Callable[[Customer], bool]:
        return lambda c: test_environment(c) == name

    return [
        *tiles(),
        *(FilterChip(f"support_{level.value.lower()}", level.value, of_level(level), "support", menu=support)
          for level in SupportLevel),
        FilterChip("support_none", _("No support level"), of_level(None), "support", menu=support),
        FilterChip("resident_yes", _("Resident"), lambda c: c.resident_hosting, "resident", menu=resident),
        FilterChip("resident_no", _("Not resident"), lambda c: not c.resident_hosting, "resident", menu=resident),
        FilterChip("itar_yes", _("ITAR"), lambda c: c.itar_hosting, "itar", menu=itar),
        FilterChip("itar_no", _("Not ITAR"), lambda c: not c.itar_hosting, "itar", menu=itar),
        *(FilterChip(f"test_{name}", name, of_environment(name), "test", menu=test) for name in environments),
        FilterChip("not_billable", _("No longer billable"),
                   lambda c: c.status is CustomerStatus.NOT_BILLABLE, LIST, menu=gone),
        FilterChip("missing", _("No longer in CETEC"),
                   lambda c: c.missing_since is not None and c.status is CustomerStatus.ACTIVE, LIST, menu=gone),
        FilterChip("inactive", _("Deactivated"), lambda c: c.status is CustomerStatus.INACTIVE, LIST, menu=gone),
    ]  # fmt: skip


def environments_of(customers: Iterable[Customer]) -> tuple[str, ...]:
    """The test environments that occur, without the word for none."""
    return tuple(sorted({test_environment(c) for c in customers} - {""}, key=str.casefold))
