"""What the Devices page understands as a record to show, besides the id or name of a device."""

from __future__ import annotations

MISSING_AT = "missing "
"""Begins a record id that asks where a person is missing; the rest is the employee's id."""
