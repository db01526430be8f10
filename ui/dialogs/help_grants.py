"""The least that the MySQL account of the database check needs (cetec-mysql.md §4.5): to see, never to write."""

from __future__ import annotations

GRANTS = "\n".join(
    (
        "create user 'muster'@'%' identified by '...';",
        "grant show databases on *.* to 'muster'@'%';",
        "-- then for each backup database, its table alone:",
        "grant select on `customer`.usage_stats to 'muster'@'%';",
        "-- or, if that is too many, all databases:",
        "grant select on *.* to 'muster'@'%';",
    )
)
