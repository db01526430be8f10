"""What a connection to a MySQL or MariaDB server consists of (cetec-mysql.md §1.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Tls(StrEnum):
    """Encryption: when the server offers it, always and with its certificate checked, or never."""

    PREFERRED = "preferred"
    REQUIRED = "required"
    OFF = "off"


@dataclass(frozen=True)
class MySqlSettings:
    """Everything a server needs; with `socket`, the path of a local one, `host` and `port` do not matter.

    Time limits are in seconds: for connecting, for one question, and for all that is asked about `batch_size` names.
    """

    host: str = ""
    port: int = 3306
    socket: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls.PREFERRED
    connect_timeout_s: float = 10.0
    query_timeout_s: float = 30.0
    batch_timeout_s: float = 60.0
    batch_size: int = 200
    pool_size: int = 2

    @property
    def address(self) -> str:
        """Where the server is, as it stands in the list of requests."""
        if self.socket:
            return f"mysql:{self.socket}"
        return f"mysql://[{self.host}]:{self.port}" if ":" in self.host else f"mysql://{self.host}:{self.port}"

    def missing(self) -> tuple[str, ...]:
        """The keys of required fields without a value."""
        needed = {"host": self.socket or self.host, "user": self.user}
        return tuple(key for key, value in needed.items() if not value)
