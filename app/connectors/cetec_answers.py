"""Reads CETEC's list of customers: JSON of uncertain shape to uniform, typed records (cetec-mysql.md §2.2-§2.4).

Forgiving field by field; strict about the list. Only columns that were asked for are looked at, so what the server adds
by itself, a support password above all, is not even touched.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.customers import CustomerList, CustomerRecord, clean_domain, is_true, support_level
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.errors import BadData, RemoteError
from app.i18n import _, ngettext
from app.redaction import redact, register_secret

PASSWORD_COLUMN = "techx_password"
_LISTS = ("customers", "data", "rows")
_ROUND_SIZES = frozenset({100, 250, 500, 1000})  # §2.2: exactly such a length may be a cut-off list
_MOST_USERS = 2**31 - 1
_MOST_ID_CHARS = 100
_MOST_TEXT_CHARS = 500
_MOST_TEXT_READ = 1_000_000
_MOST_LEVELS = 50  # of a column that only the caller knows
_NAMED = 5
_PLAIN_YES = frozenset({"1", "true", "yes", "y"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (),
    "name": ("name",),
    "domain": ("domain",),
    "ok_to_bill": ("ok_to_bill",),
    "priority_support": ("priority_support",),
    "resident_hosting": ("resident_hosting",),
    "test_environment": ("test_environment",),
    "itar_hosting_bc": ("itar_hosting", "itar_text"),
    "num_prod_users": ("num_prod_users",),
    "num_full_users": ("num_full_users",),
    "external_key": ("external_key",),
}
"""CETEC's columns that we know, each with the fields of a record that it fills."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: the columns, who is kept, and whether a single customer may come without a list."""

    columns: tuple[str, ...]
    only_billable: bool = True
    excluded_ids: frozenset[str] = frozenset()
    one_alone: bool = False


def read_customers(body: bytes, wanted: Wanted, mapper: Mapper = AS_SENT) -> CustomerList:
    """The answer of `/api/customer`; support passwords are registered as secrets.

    Raises `BadData` for what is no list of customers, `RemoteError` with the text of an error that came instead.
    """
    elements = mapper.take("customer", _list(body, one_alone=wanted.one_alone))
    refused = tuple(element for element in elements if isinstance(element, Problem))
    found: dict[str, Raw] = {}
    doubled: dict[str, None] = {}
    unreadable = 0
    for element in elements:
        if isinstance(element, Problem):
            continue
        key = customer_id(element.get("id")) if isinstance(element, dict) else None
        if key is None:
            unreadable += 1
        elif key in found:
            doubled[key] = None
        else:
            found[key] = element
    kept = {key: raw for key, raw in found.items() if _is_kept(key, raw, wanted)}
    return CustomerList(
        tuple(_record(key, raw, wanted.columns) for key, raw in kept.items()),
        unreadable=unreadable,
        refused=refused,
        unknown_fields=_unknown(found.values(), wanted.columns),
        warnings=_warnings(elements, found.values(), unreadable, list(doubled), wanted),
        complete=bool(elements) and len(elements) not in _ROUND_SIZES and not unreadable and not refused,
        passwords=_passwords(kept, wanted.columns),
    )


def _list(body: bytes, *, one_alone: bool) -> list[Any]:
    try:
        value = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadData(_("Invalid CETEC response.")) from None
    if isinstance(value, dict):
        if listed := [value[key] for key in _LISTS if isinstance(value.get(key), list)]:
            return listed[0]  # type: ignore[no-any-return]
        if one_alone and value.get("id") is not None:
            return [value]
        if text := _error_text(value):
            raise RemoteError(text)
    if not isinstance(value, list):
        names = {dict: "object", str: "string", bool: "boolean", type(None): "null"}
        raise BadData(
            _("Invalid CETEC response. Expected a list of customers, received: {type}.").format(
                type=names.get(type(value), "number")
            )
        )
    return value


def _error_text(value: Raw) -> str:
    """What an answer says in place of customers, masked before it is cut (§2.4); blank when it says nothing."""
    said = (value.get("error"), value.get("message"))
    texts = [part.get("message") if isinstance(part, dict) else part for part in said]
    found = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    shown = "".join(
        c if c.isprintable() else " " for c in redact(found.strip()[:_MOST_TEXT_READ])[: 2 * _MOST_TEXT_CHARS]
    )
    return " ".join(shown.split())[:_MOST_TEXT_CHARS]


def _is_kept(key: str, raw: Raw, wanted: Wanted) -> bool:
    return key not in wanted.excluded_ids and (not wanted.only_billable or is_true(raw.get("ok_to_bill")))


def _record(key: str, raw: Raw, columns: Sequence[str]) -> CustomerRecord:
    sent = {column: raw[column] for column in columns if column in raw}
    name = text(sent.get("name"))
    itar = sent.get("itar_hosting_bc")
    fields = {field for column in sent for field in _COLUMNS.get(column, ())}
    return CustomerRecord(
        id=key,
        name=name or clean_domain(sent.get("domain")) or key,
        domain=clean_domain(text(sent.get("domain"))),
        ok_to_bill=is_true(sent.get("ok_to_bill")),
        resident_hosting=is_true(sent.get("resident_hosting")),
        itar_hosting=is_true(itar),
        itar_text=_itar_text(itar),
        priority_support=support_level(text(sent.get("priority_support"))),
        test_environment=_environment(sent.get("test_environment")),
        num_prod_users=users(sent.get("num_prod_users")),
        num_full_users=users(sent.get("num_full_users")),
        external_key=text(sent.get("external_key")),
        fields=frozenset(fields),
        extra=_extra(sent),
    )


def _extra(sent: Raw) -> dict[str, Any]:
    """Columns that only the caller knows, as they came; CETEC's own are flat or nearly so (§2.2).

    Raises `BadData` for what is nested so deeply that no program could be given it.
    """
    extra = {c: v for c, v in sent.items() if c not in _COLUMNS and c.lower() != PASSWORD_COLUMN}
    if not _is_flat(extra, _MOST_LEVELS):
        raise BadData(_("Invalid CETEC response."))
    return extra


def _is_flat(value: object, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(part, levels - 1) for part in parts)


def customer_id(value: object) -> str | None:
    """The key that a number or a text means; None for what cannot be one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text(value)
    return found if found and len(found) <= _MOST_ID_CHARS else None


def text(value: object) -> str | None:
    """Trimmed text; whole numbers as text; blank and everything else is None."""
    if isinstance(value, str):
        return value.replace("\0", "").strip() or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def users(value: object) -> float:
    """A number of users, also when sent as text; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return 0.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= _MOST_USERS else 0.0


def _itar_text(value: object) -> str:
    """The description that may stand in place of a yes (§2.3)."""
    found = text(value) if isinstance(value, str) and is_true(value) else None
    return "" if found is None or found.lower() in _PLAIN_YES else found


def _environment(value: object) -> str | None:
    found = text(value)
    return None if found == "0" else found


def _passwords(kept: Mapping[str, Raw], columns: Sequence[str]) -> dict[str, str]:
    """Support passwords by customer id, where they were asked for; they are never trimmed."""
    if PASSWORD_COLUMN not in columns:
        return {}
    sent = {key: raw.get(PASSWORD_COLUMN) for key, raw in kept.items()}
    passwords = {key: value for key, value in sent.items() if isinstance(value, str) and value.strip()}
    register_secret(*passwords.values())
    return passwords


def _unknown(found: Any, columns: Sequence[str]) -> tuple[str, ...]:
    names = set().union(*map(dict.keys, found)) if found else set()
    return tuple(sorted(names - {*_COLUMNS, *columns, PASSWORD_COLUMN}))


def _warnings(
    elements: Sequence[object], found: Any, unreadable: int, doubled: Sequence[str], wanted: Wanted
) -> tuple[str, ...]:
    count = len(elements)
    warnings = []
    if not count:
        warnings.append(_("CETEC returned no customers."))
    if count in _ROUND_SIZES:
        warnings.append(
            ngettext(
                "The list is possibly truncated: it has exactly {count} customer.",
                "The list is possibly truncated: it has exactly {count} customers.",
                count,
            ).format(count=count)
        )
    if unreadable:
        warnings.append(
            ngettext(
                "{count} customer without an id was left out.",
                "{count} customers without an id were left out.",
                unreadable,
            ).format(count=unreadable)
        )
    if doubled:
        ids = ", ".join(doubled[:_NAMED])
        warnings.append(_("Listed more than once, so only the first counts: {ids}.").format(ids=ids))
    if wanted.only_billable and found and not any("ok_to_bill" in raw for raw in found):
        warnings.append(_("CETEC does not say who is billable (ok_to_bill), so nobody counts as billable."))
    return tuple(warnings)
