"""Who may sign in to the demo MySQL server, and what each sees (cetec-mysql.md section 4.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

EVERYBODY_SEES = {"information_schema": ("COLUMNS", "SCHEMATA", "TABLES")}
SYSTEM_DATABASES = ("mysql", "performance_schema", "sys")
"""Seen by name with SHOW DATABASES; their tables take rights of their own."""

Tables = Mapping[str, Collection[str]]
"""The tables of each database."""


@dataclass(frozen=True)
class Account:
    """`sees_names` is the global SHOW DATABASES privilege, `sees_tables` SELECT on every backup database."""

    user: str
    password: str
    sees_names: bool = True
    sees_tables: bool = True

    def grants(self) -> list[str]:
        """What SHOW GRANTS says."""
        rights = [*["SELECT"] * self.sees_tables, *["SHOW DATABASES"] * self.sees_names]
        return [f"GRANT {', '.join(rights) or 'USAGE'} ON *.* TO `{self.user}`@`%`"]

    def view(self, databases: Tables) -> dict[str, Collection[str]]:
        """What information_schema shows of `databases`: where there is no right, nothing (section 4.5)."""
        seen: dict[str, Collection[str]] = dict(EVERYBODY_SEES)
        if self.sees_names:
            seen |= dict.fromkeys((*SYSTEM_DATABASES, *databases), ())
        if self.sees_tables:
            seen |= databases
        return seen


ACCOUNTS = (
    Account("muster", "look;only %42&backups"),
    Account("nogrants", "nothing-to-see", sees_names=False, sees_tables=False),
    Account("namesonly", "names-and-no-more", sees_tables=False),
)
"""One that can do its work, one that sees no database at all, one that sees their names and none of their tables."""
