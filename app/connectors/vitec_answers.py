"""Reads Vitec Hub's answers: JSON of uncertain shape to trimmed, typed records (vitec-hub.md §7 and §8).

Field by field and forgiving, because the vendor publishes no schema: a value of an unexpected type counts as missing,
unknown fields are listed by name, and only an answer that is no list at all is refused.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from app.domain.directory import EmployeeStatus
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.domain.mappings.value_tables import POSITION_TYPES
from app.domain.snapshots import Snapshot
from app.domain.vitec import ROLES, VitecEmployee, VitecOffice
from app.errors import BadData
from app.i18n import _, ngettext

R = TypeVar("R")
Record = Mapping[str, Any]
_ROUND_SIZES = frozenset({1000, 5000, 10_000})  # §4.3: exactly such a length may be a cut-off list
_ID_CHARS = 100
_KIND_CHARS = 20
_LARGEST_WHOLE = 2**31 - 1  # what an integer column holds everywhere
_PICTURE_FIELDS = frozenset({"departmentImageUrl", "imageUrl", "bannerUrl", "logoUrl", "profileImageUrl"})
_DEPARTMENT_FIELDS = _PICTURE_FIELDS | {
    "departmentId", "departmentNumber", "marketName", "name", "legalName", "organisationNumber", "organizationNumber",
    "orgNumber", "orgnr", "email", "phone", "streetAddress", "postalAddress", "postalCode", "visitPostalCode", "city",
    "visitCity", "webPublish", "aboutDepartment",
}  # fmt: skip
_EMPLOYEE_FIELDS = _PICTURE_FIELDS | {
    "employeeId", "departmentId", "name", "email", "title", "mobilePhone", "workPhone", "employeePositions",
    "employeeActive", "aboutMe", "profileImage", "photoUrl", "avatarUrl",
}  # fmt: skip
# Checked in this order; the trainee's title contains the agent's word (§8.4).
_TITLE_ROLES = (
    (re.compile(r"\beiendomsmeglerfullmektig\b"), "eiendomsmeglerfullmektig"),
    (re.compile(r"\beiendomsmegler\b"), "eiendomsmegler"),
    (re.compile(r"\bfagansvarlig\b"), "fagansvarlig"),
    (re.compile(r"\bdaglig leder\b"), "daglig_leder"),
)


def read_methods(body: bytes) -> tuple[str, ...]:
    """Names in the answer of `Account/Methods`, as received."""
    names = (text(element.get("name")) for element in _list(body) if isinstance(element, dict))
    return tuple(name for name in names if name)


def read_departments(body: bytes, mapper: Mapper = AS_SENT) -> Snapshot[VitecOffice]:
    """The answer of `Departments`."""
    snapshot = _snapshot(mapper.take("department", _list(body)), _DEPARTMENT_FIELDS, _office, Counter())
    odd = [o.name for o in snapshot.records if o.organization_number and not _is_number(o.organization_number)]
    if not odd:
        return snapshot
    warning = _("Organisation numbers without nine digits: {names}.").format(names=", ".join(odd[:5]))
    return replace(snapshot, warnings=(*snapshot.warnings, warning))


def _is_number(organization_number: str) -> bool:
    return re.fullmatch(r"[0-9]{9}", organization_number) is not None


def read_employees(body: bytes, mapper: Mapper = AS_SENT) -> Snapshot[VitecEmployee]:
    """The answer of `Employees`."""
    unmapped: Counter[str] = Counter()
    found = mapper.take("employee", _list(body))
    snapshot = _snapshot(found, _EMPLOYEE_FIELDS, lambda raw: _employee(raw, unmapped, mapper), unmapped)
    for kind, count in unmapped.items():
        mapper.seen(POSITION_TYPES, kind, count)
    return snapshot


def _list(body: bytes) -> list[Any]:
    """The JSON list in `body`.

    Raises `BadData` for anything else, naming the JSON type received (§5).
    """
    try:
        value = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(_("Invalid Vitec Hub response.")) from error
    if not isinstance(value, list):
        names = {dict: "object", str: "string", bool: "boolean", type(None): "null"}
        raise BadData(
            _("Invalid Vitec Hub response. Expected a list, received: {type}.").format(
                type=names.get(type(value), "number")
            )
        )
    return value


def _snapshot(
    elements: list[Any], known: frozenset[str], read: Callable[[Record], R], unmapped: Counter[str]
) -> Snapshot[R]:
    objects = [element for element in elements if isinstance(element, dict)]
    refused = tuple(element for element in elements if isinstance(element, Problem))
    fields = set().union(*map(dict.keys, objects)) if objects else set()
    records = tuple(read(raw) for raw in objects)
    return Snapshot(
        records,
        unreadable=len(elements) - len(objects) - len(refused),
        refused=refused,
        unknown_fields=tuple(sorted(fields - known)),
        unmapped_roles=dict(unmapped),
        warnings=_warnings(len(elements), unmapped),
        complete=not refused and None not in elements,
    )


def _warnings(count: int, unmapped: Counter[str]) -> tuple[str, ...]:
    warnings = []
    if count in _ROUND_SIZES:
        warnings.append(
            ngettext(
                "The list is possibly truncated: it has exactly {count} element.",
                "The list is possibly truncated: it has exactly {count} elements.",
                count,
            ).format(count=count)
        )
    if unmapped:
        types = ", ".join(f"{kind} ×{n}" for kind, n in sorted(unmapped.items()))
        warnings.append(_("Unmapped position types: {types}.").format(types=types))
    return tuple(warnings)


def text(value: Any) -> str | None:
    """Trimmed text; numbers as text; blank and everything else is None."""
    if type(value) is str:  # nearly always, and a list has tens of thousands of them
        return (value if "\0" not in value else value.replace("\0", "")).strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def whole(value: Any) -> int | None:
    """A whole number, also when sent as text."""
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,10}\s*", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) <= _LARGEST_WHOLE else None


def _first(raw: Record, *names: str) -> str | None:
    return next((found for name in names if (found := text(raw.get(name)))), None)


def _office(raw: Record) -> VitecOffice:
    number = _first(raw, "organisationNumber", "organizationNumber", "orgNumber", "orgnr")
    postal_code = _first(raw, "postalCode", "visitPostalCode")
    return VitecOffice(
        vitec_department_id=_department_id(raw.get("departmentId")),
        name=_first(raw, "marketName", "name", "legalName") or "Vitec Office",
        legal_name=text(raw.get("legalName")),
        organization_number=re.sub(r"\s", "", number) if number else None,
        email=text(raw.get("email")),
        phone=text(raw.get("phone")),
        street_address=_first(raw, "streetAddress", "postalAddress"),
        # A number lost its leading zeros on the way (§13.13).
        postal_code=postal_code.zfill(4) if postal_code and postal_code.isdigit() else postal_code,
        city=_first(raw, "city", "visitCity"),
        is_active=raw["webPublish"] if isinstance(raw.get("webPublish"), bool) else None,
        description=text(raw.get("aboutDepartment")),
        department_number=text(raw.get("departmentNumber")),
    )


def _employee(raw: Record, unmapped: Counter[str], mapper: Mapper) -> VitecEmployee:
    first, *rest = (text(raw.get("name")) or "").split() or [""]
    employee_id = text(raw.get("employeeId"))
    title = text(raw.get("title"))
    return VitecEmployee(
        vitec_employee_id=employee_id if employee_id and len(employee_id) <= _ID_CHARS else None,
        departments=_departments(raw.get("departmentId")),
        first_name=first,
        last_name=" ".join(rest),
        email=text(raw.get("email")),
        title=title,
        phone=text(raw.get("mobilePhone")) or text(raw.get("workPhone")),
        system_roles=_roles(raw.get("employeePositions"), title, unmapped, mapper),
        status=EmployeeStatus.INACTIVE if raw.get("employeeActive") is False else EmployeeStatus.ACTIVE,
        description=text(raw.get("aboutMe")),
    )


def _departments(value: Any) -> tuple[int, ...]:
    elements = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(n for n in map(_department_id, elements) if n is not None))


def _department_id(value: Any) -> int | None:
    number = whole(value)
    return number if number is not None and number > 0 else None


def _roles(positions: Any, title: str | None, unmapped: Counter[str], mapper: Mapper) -> tuple[str, ...]:
    """Roles in order of appearance, else inferred from the title (§8.4)."""
    roles: dict[str, None] = {}
    for position in positions if isinstance(positions, list) else ():
        kind = position.get("type") if isinstance(position, dict) else None
        if isinstance(kind, dict):
            kind = next((kind[key] for key in ("value", "id") if kind.get(key) is not None), None)
        role = ROLES.get(whole(kind) or 0)
        if role is None and kind is not None:
            name = str(kind)[:_KIND_CHARS] if isinstance(kind, str | int | float) else "?"
            role = mapper.value(POSITION_TYPES, name)
            if role is None:
                unmapped[name] += 1
        if role is not None:
            roles[role] = None
    return tuple(roles) or _title_roles(title)


def _title_roles(title: str | None) -> tuple[str, ...]:
    lowered = (title or "").lower()
    return tuple(role for pattern, role in _TITLE_ROLES if pattern.search(lowered))
