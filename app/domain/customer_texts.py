"""The words for what a database check found: what it means, and what to look at next (cetec-mysql.md §4.1, §10)."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.customers import DatabaseAnswer, DatabaseDetail, DatabaseStatus
from app.i18n import N_, _

STATUS_WORDS: Mapping[DatabaseStatus, str] = {
    DatabaseStatus.EXISTS: N_("Database is there"),
    DatabaseStatus.NO_DATABASE: N_("No database"),
    DatabaseStatus.RESIDENT_HOSTING: N_("Resident hosting"),
    DatabaseStatus.ITAR_HOSTING: N_("ITAR hosting"),
    DatabaseStatus.UNAVAILABLE: N_("Backup unavailable"),
    DatabaseStatus.MYSQL_ERROR: N_("Check failed"),
    DatabaseStatus.BATCH_TIMEOUT: N_("Check took too long"),
    DatabaseStatus.INVALID_DOMAIN: N_("No valid domain"),
    DatabaseStatus.MYSQL_DISABLED: N_("Not checked"),
}
_MEANING: Mapping[DatabaseStatus, str] = {
    DatabaseStatus.EXISTS: N_("The backup database is there, with its table usage_stats."),
    DatabaseStatus.NO_DATABASE: N_("There is no database of this name on the server."),
    DatabaseStatus.RESIDENT_HOSTING: N_("The customer hosts itself; its database is not on this server."),
    DatabaseStatus.ITAR_HOSTING: N_("The customer is on ITAR hosting and is never asked about."),
    DatabaseStatus.UNAVAILABLE: N_("It cannot be checked: no database is named for this customer."),
    DatabaseStatus.MYSQL_ERROR: N_("The check failed."),
    DatabaseStatus.BATCH_TIMEOUT: N_("The server did not answer within the time limit."),
    DatabaseStatus.INVALID_DOMAIN: N_("The customer has no domain in CETEC, so there is no name to look for."),
    DatabaseStatus.MYSQL_DISABLED: N_("No MySQL server is connected, so nothing was checked."),
}
_DETAILS: Mapping[str, str] = {
    DatabaseDetail.DATABASE_MISSING: N_("There is no database of this name on the server."),
    DatabaseDetail.TABLE_MISSING: N_("The database is there, but it shows no table usage_stats."),
    DatabaseDetail.CASE_MISMATCH: N_("The backup database is there, its name in other capital letters."),
    DatabaseDetail.NAME_TOO_LONG: N_("A database name has at most 64 characters; this one is longer."),
    DatabaseDetail.NOT_VISIBLE: N_("The MySQL account may not see a database of this name."),
}
_REMEDIES: Mapping[str, str] = {
    DatabaseStatus.MYSQL_ERROR: N_("Test the MySQL connection: credentials, host and port, encryption, socket path."),
    DatabaseStatus.BATCH_TIMEOUT: N_("Check the server's load, or allow more seconds per batch, then check again."),
    DatabaseStatus.INVALID_DOMAIN: N_("Give the customer a domain in CETEC."),
    DatabaseStatus.MYSQL_DISABLED: N_("Add a MySQL connection and choose it in the CETEC connection."),
    DatabaseDetail.DATABASE_MISSING: N_("Check the form of the domain, the server, and the grants of the account."),
    DatabaseDetail.TABLE_MISSING: N_("Check that the backup ran to its end, and that the account may see the table."),
    DatabaseDetail.NAME_TOO_LONG: N_("Check the domain in CETEC."),
    DatabaseDetail.NOT_VISIBLE: N_("Grant the account SELECT on the backup databases and SHOW DATABASES."),
}


def answer_text(answer: DatabaseAnswer) -> str:
    """What an answer means, in a sentence; the cause follows where a check failed."""
    meaning = _(_MEANING[answer.status])
    if answer.detail in _DETAILS:
        return _(_DETAILS[answer.detail])
    if not answer.detail or answer.detail == DatabaseDetail.OK:
        return meaning
    if answer.status is DatabaseStatus.EXISTS:
        return _("The backup database is there, under the name {name}.").format(name=answer.detail)
    return f"{meaning} {answer.detail}"


def answer_remedy(answer: DatabaseAnswer) -> str:
    """The next thing to look at; blank when nothing is wrong."""
    return _(_REMEDIES.get(answer.detail) or _REMEDIES.get(answer.status, "")) if answer.status in _WORTH_A_LOOK else ""


_WORTH_A_LOOK = frozenset(DatabaseStatus) - {
    DatabaseStatus.EXISTS,
    DatabaseStatus.RESIDENT_HOSTING,
    DatabaseStatus.ITAR_HOSTING,
}
