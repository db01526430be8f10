"""By what a remote system is known again: what a test learned of it, kept without anything secret.

A new key may lead into another system, such as the one for tests; what it shows then differs from what the old key
showed (connections.md §4, Sign in again).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.i18n import N_

LABELS = {
    "account": N_("Account"),
    "role": N_("Role"),
    "available_methods": N_("Functions"),
    "departments": N_("Offices"),
    "employees": N_("Employees"),
    "people": N_("People"),
    "services": N_("Services"),
    "groups": N_("Groups"),
    "agents": N_("Agents"),
    "customers": N_("Customers"),
    "visible_schemas": N_("Databases"),
    "angajati": N_("Employees"),
    "dispozitive_pontaj": N_("Devices"),
}
"""What is compared, with its word; names are those of the details of a test."""
STORED_AS = "identity"
_FEW = 5
_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a new sign-in shows and the old one showed otherwise; `label` is to be translated."""

    label: str
    before: str
    after: str


def identity_of(details: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a test that worked learned, over what was known before: a short test learns less."""
    counts = details.get("counts")
    told = {**details, **(counts if isinstance(counts, Mapping) else {})}
    return {**(known or {}), **{key: told[key] for key in LABELS if told.get(key) is not None}}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What makes two systems look like different ones; numbers may move a little by themselves."""
    return [
        Difference(LABELS[key], _text(before[key]), _text(after[key]))
        for key in LABELS
        if key in before and key in after and _differs(before[key], after[key])
    ]


def _differs(before: Any, after: Any) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return set(map(str, before)) != set(map(str, after))
    if isinstance(before, int) and isinstance(after, int):
        return (not before) != (not after) or abs(before - after) > max(_FEW, _SHARE * max(before, after))
    return bool(before != after)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
