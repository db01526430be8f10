"""A refusal for a reason of payroll, in words that 1C shows to people (onec-zup.md section 4.5)."""

from __future__ import annotations


class Refused(Exception):
    """Answered with 500 and the text; nothing was done."""
