"""What holds for every connection that does not say its own (connections.md §12).

One set of values per process, as with the language: whoever opens the workspace says which, from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping

_values: dict[str, str | float | bool] = {}


def use_everybodys(values: Mapping[str, str | float | bool]) -> None:
    """From now on these values hold for every connection that has none of its own."""
    _values.clear()
    _values.update(values)


def everybodys(key: str) -> str | float | bool | None:
    """The value that holds for all; None where nobody said one."""
    return _values.get(key)
