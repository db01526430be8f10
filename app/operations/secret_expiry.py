"""When what a connection signs in with ends, as far as it says so itself (connections.md §5): tokens that are JWTs.

Only secrets that a person enters count: what a sign-in gave is renewed without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.connections import Connection
from app.domain.kinds import FieldType
from app.errors import NoKeyring
from app.operations.sessions import SecretReader
from app.vault import is_set

SOON = timedelta(days=7)
EXPIRES_AS = "secret_expires_at"
"""Where the report of a test keeps it, so that nobody has to ask the keyring again."""


async def secret_expiry(connection: Connection, secret: SecretReader) -> datetime | None:
    """The first end of all its tokens; None where none says when. Without a keyring it is what the last test saw."""
    from app.connectors.sign_in import token_expiry

    in_use = [f for f in connection.spec.in_use(connection.settings) if f.type is FieldType.SECRET and not f.traded_for]
    try:
        found = [token_expiry(await secret(f.key)) for f in in_use if is_set(connection, f.key)]
    except NoKeyring:
        return known_expiry(connection)
    return min((ends for ends in found if ends is not None), default=None)


def known_expiry(connection: Connection) -> datetime | None:
    """What the last test saw, without asking the keyring; None too for a secret that was replaced since."""
    text = (connection.last_test or {}).get(EXPIRES_AS)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def ending(connections: Iterable[Connection], now: datetime) -> list[tuple[Connection, datetime]]:
    """The connections whose token ends within seven days or has ended, the first to end first."""
    known = [(connection, ends) for connection in connections if (ends := known_expiry(connection)) is not None]
    return sorted((each for each in known if each[1] <= now + SOON), key=lambda each: each[1])
