"""From rows of `dispozitive_pontaj` to terminals (supabase.md §4.3).

Their passwords are plain text, whatever the column is called, and used as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from app.connectors.supabase.employees import clean_text, unreadable_warnings
from app.connectors.supabase.paging import Query, Row, Table, row_id
from app.domain.device_rules import address_warnings, checked_host, checked_port
from app.domain.mappings import AS_SENT, Mapper
from app.domain.snapshots import Snapshot
from app.domain.supabase import ACTIVE, SupabaseDevice
from app.errors import UsageError
from app.i18n import _, ngettext
from app.redaction import register_secret

TERMINALS = "dispozitive_pontaj"
SECRET_COLUMN = "password_encrypted"
COLUMNS = ("id", "ip_address", "port", "username", SECRET_COLUMN, "status")
QUERY = Query(TERMINALS, ",".join(COLUMNS), (("status", f"eq.{ACTIVE}"),))
"""Exactly §5.1: without a page size of ours, so the server's own limit decides, and pages go on by key."""
_NAMED = 5  # addresses in a warning


def terminals_query(mapper: Mapper) -> Query:
    """`QUERY` with the columns that the mapping reads."""
    columns = dict.fromkeys(("id", *mapper.columns("device", COLUMNS)))  # pages go by the id
    return replace(QUERY, select=",".join(columns))


def read_terminals(table: Table, mapper: Mapper = AS_SENT) -> Snapshot[SupabaseDevice]:
    """The terminals that can be called; those without a usable address are counted as unreadable and named."""
    table = table.mapped("device", mapper)
    devices: list[SupabaseDevice] = []
    refused: list[str] = []
    for row in table.rows:
        try:
            devices.append(_terminal(row))
        except UsageError:
            refused.append(clean_text(row.get("ip_address")) or row_id(row))
    register_secret(*(device.password for device in devices))
    return Snapshot(
        tuple(devices),
        unreadable=table.unreadable + len(refused),
        refused=table.refused,
        warnings=(
            *table.warnings,
            *unreadable_warnings(table.unreadable),
            *_unusual(devices),
            *_doubled(devices),
            *_refused(refused),
        ),
        complete=table.complete and not refused,
    )


def _terminal(row: Row) -> SupabaseDevice:
    """One terminal.

    Raises `UsageError` for an address that is none.
    """
    address = row.get("ip_address")
    password = row.get("password_encrypted")
    port = row.get("port")
    return SupabaseDevice(
        source_id=row_id(row),
        # Type `inet` adds the length of its network to the address of one computer.
        host=checked_host(re.sub(r"/\d{1,3}$", "", address.strip()) if isinstance(address, str) else ""),
        port=checked_port("" if port is None else str(port), https=False),
        username=clean_text(row.get("username")),
        password=password if isinstance(password, str) else "",
    )


def _unusual(devices: Iterable[SupabaseDevice]) -> list[str]:
    """What is possible but probably not meant, each sentence once with the addresses it is about."""
    about: dict[str, list[str]] = {}
    for device in devices:
        for warning in address_warnings(device.host, device.port):
            about.setdefault(warning, []).append(device.host)
    return [
        _("{addresses}: {warning}").format(addresses=", ".join(hosts[:_NAMED]), warning=warning)
        for warning, hosts in about.items()
    ]


def _doubled(devices: Iterable[SupabaseDevice]) -> list[str]:
    counts = Counter(f"{device.host}:{device.port}" for device in devices)
    doubled = [address for address, count in counts.items() if count > 1]
    if not doubled:
        return []
    return [_("Several devices have the same address: {names}.").format(names=", ".join(doubled[:_NAMED]))]


def _refused(names: list[str]) -> list[str]:
    if not names:
        return []
    text = ngettext(
        "{count} device has no usable address and was left out: {names}.",
        "{count} devices have no usable address and were left out: {names}.",
        len(names),
    )
    return [text.format(count=len(names), names=", ".join(names[:_NAMED]))]
