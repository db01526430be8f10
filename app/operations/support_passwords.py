"""Log-ins of customer systems, in memory and nowhere else (cetec-mysql.md §2.1)."""

from __future__ import annotations

from collections.abc import Mapping


class SupportPasswords:
    """What the last sync fetched, by customer key; gone when the program ends. Its representation tells nothing."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}

    def keep(self, connection_id: str, passwords: Mapping[str, str]) -> None:
        """Take what one answer held, by customer id."""
        self._by_key |= {f"{connection_id}/{customer_id}": text for customer_id, text in passwords.items()}

    def forget(self, connection_id: str) -> None:
        """Drop those of a connection."""
        self._by_key = {k: v for k, v in self._by_key.items() if not k.startswith(f"{connection_id}/")}

    def get(self, key: str) -> str | None:
        """The password of one customer, for a person who asked to see it; None when it was not fetched."""
        return self._by_key.get(key)
