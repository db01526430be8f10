"""How one terminal is reached, and how its account is named without giving the password away."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TerminalSettings:
    """How to reach one terminal.

    `fingerprint` is the SHA-256 of the certificate a person trusted, in hex; `timeout_s` holds for a whole call with
    its handshake; `face_parts` are the part names of an upload that this terminal accepted before.
    """

    device_id: str
    host: str
    port: int = 80
    https: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    fingerprint: str = ""
    timeout_s: float = 12.0
    face_parts: tuple[str, str] | None = None

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"

    @property
    def address(self) -> str:
        """Host and port: where all meet who call this terminal, by whichever name they know it."""
        return f"{self.host.strip().casefold()}:{self.port}"

    @property
    def account(self) -> str:
        """Names address, user and password together; another password makes another account (§3.3).

        The same for every device at that address: the terminal counts failed sign-ins, whoever they come from.
        """
        text = "\x1f".join((self.username, self.password))
        return hmac.new(f"{self.host}:{self.port}".encode(), text.encode(), hashlib.blake2b).hexdigest()[:32]
