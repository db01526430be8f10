"""Open clients of remote systems, one per connection, closed when the connection is edited or the program ends.

To add a kind: a function that makes its client in `_MAKERS`, and a method that hands it out under its own type.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from zoneinfo import ZoneInfo

from app.domain.connections import LOG_LEVEL, Connection, check_secret
from app.domain.contact_center.endpoints import Dialect, path_overrides
from app.domain.kinds import ConnectionKind, FieldType
from app.domain.kinds.cetec import TOKEN, cetec_address, customer_ids
from app.domain.kinds.onec import PostStyle, SessionMode
from app.domain.kinds.supabase import AuthMode, PhotoMode, photo_hosts
from app.domain.mappings import ENTITIES, Mapper
from app.domain.supabase_keys import check_publishable_key
from app.errors import NotConfigured, UsageError
from app.i18n import _
from app.operations.routes import route_of
from app.operations.sessions import KeptSession, SecretReader
from app.operations.sign_ins import sign_in_of
from app.store import mappings
from app.vault import is_set

if TYPE_CHECKING:
    from app.connectors.breaker import Breaker
    from app.connectors.cetec import Cetec
    from app.connectors.contact_center import ContactCenter
    from app.connectors.http import RetryPolicy
    from app.connectors.mysql import MySqlServer
    from app.connectors.onec import OneC
    from app.connectors.supabase import SessionKeeper, Supabase
    from app.connectors.vitec import VitecHub
    from app.operations.audit_log import AuditLog
    from app.store.database import Store
    from app.vault import Vault

Secrets = Mapping[str, str]


class Client(Protocol):
    """What every client of a connection can."""

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while the system is known to be down."""

    async def close(self) -> None:
        """Close the pooled sockets."""


class Mapped(Protocol):
    """What every client can that reads rows of a kind in `ENTITIES`."""

    mapper: Mapper


@dataclass(frozen=True)
class _Open:
    """A client and what it was made from."""

    connection: Connection
    secrets: Secrets = field(repr=False)
    client: Client


class Links:
    """Hands out a client per connection; breaker and limiter live as long as it does. Belongs to one event loop.

    `on_breaker` is told when a breaker moves: the connection's id, the states before and after.
    """

    def __init__(self, vault: Vault, store: Store, audit: AuditLog) -> None:
        self._vault = vault
        self._store = store
        self._audit = audit
        self._open: dict[str, _Open] = {}
        self._sessions: dict[str, KeptSession] = {}
        self._mappers: dict[str, Mapper] = {}
        self._one_at_a_time = asyncio.Lock()
        self.on_breaker: Callable[[str, str, str], None] | None = None

    async def vitec(self, connection: Connection) -> VitecHub:
        """The Hub of this connection.

        Raises `NotConfigured` naming the missing fields, `NoKeyring` when its secret cannot be read.
        """
        return cast("VitecHub", await self._client(connection))

    async def supabase(self, connection: Connection) -> Supabase:
        """The project of this connection, under the same rules as `vitec`."""
        return cast("Supabase", await self._client(connection))

    async def cetec(self, connection: Connection) -> Cetec:
        """The installation of this connection, under the same rules as `vitec`."""
        return cast("Cetec", await self._client(connection))

    async def mysql(self, connection: Connection) -> MySqlServer:
        """The server of this connection, under the same rules as `vitec`."""
        return cast("MySqlServer", await self._client(connection))

    async def onec(self, connection: Connection) -> OneC:
        """The infobase of this connection, under the same rules as `vitec`."""
        return cast("OneC", await self._client(connection))

    async def contact_center(self, connection: Connection) -> ContactCenter:
        """The platform of this connection, under the same rules as `vitec`."""
        return cast("ContactCenter", await self._client(connection))

    def session(self, connection: Connection) -> KeptSession:
        """Where the session of this connection is kept: the same object for everybody, so that they take turns."""
        session = KeptSession(self._vault, self._store, self._audit, connection)
        kept = self._sessions.setdefault(connection.id, session)
        kept.connection = connection
        return kept

    def mapper(self, connection_id: str) -> Mapper:
        """What the rows of a connection go through; the same for as long as this program runs."""
        return self._mappers.setdefault(connection_id, Mapper())

    async def _client(self, connection: Connection) -> Client:
        async with self._one_at_a_time:
            if connection.kind in ENTITIES:
                self.mapper(connection.id).use(*await self._store.read(mappings.in_use, connection.id))
            secrets = await read_secrets(connection, lambda key: self._vault.get(connection, key))
            known = self._open.get(connection.id)
            if known is not None and _line(known.connection) == _line(connection) and known.secrets == secrets:
                return known.client
            make = _MAKERS[connection.kind]
            client = await asyncio.to_thread(make, connection, secrets, self.session(connection))
            await self.drop(connection.id)
            if connection.kind in ENTITIES:
                cast(Mapped, client).mapper = self.mapper(connection.id)
            self._open[connection.id] = _Open(connection, secrets, client)
            client.breaker.on_move = lambda old, new: self._breaker_moved(connection.id, old, new)
            return client

    def _breaker_moved(self, connection_id: str, old: str, new: str) -> None:
        if self.on_breaker is not None:
            self.on_breaker(connection_id, old, new)

    def refused_until(self, connection_id: str) -> datetime | None:
        """Until when calls of a connection are refused after failures in a row; None while they pass."""
        known = self._open.get(connection_id)
        return known.client.breaker.refuses_until if known is not None else None

    def is_held(self, connection_id: str) -> bool:
        """Whether a person holds the calls of a connection back."""
        known = self._open.get(connection_id)
        return known is not None and known.client.breaker.is_held

    async def hold(self, connection: Connection) -> None:
        """Refuse the calls of a connection until `let_pass`, or until it is edited.

        Raises `NotConfigured`, `NoKeyring` where no client can be made.
        """
        await (await self._client(connection)).breaker.hold()

    async def let_pass(self, connection_id: str) -> None:
        """Let calls pass again: a test went well, or a person says so."""
        if known := self._open.get(connection_id):
            await known.client.breaker.reset()

    async def drop(self, connection_id: str) -> None:
        """Close the client of a connection that changed or went."""
        if known := self._open.pop(connection_id, None):
            await known.client.close()

    async def close(self) -> None:
        """Close all."""
        for connection_id in list(self._open):
            await self.drop(connection_id)


def _line(connection: Connection) -> dict[str, Any]:
    """The settings that a client is made from."""
    return {key: value for key, value in connection.settings.items() if key != LOG_LEVEL}


async def read_secrets(connection: Connection, secret: SecretReader) -> dict[str, str]:
    """The secrets that a client is made with; one that a sign-in takes the place of is read when it is needed.

    What is neither required nor set is not asked for: without a keyring the asking alone would fail.
    """
    in_use = [f for f in connection.spec.in_use(connection.settings) if f.type is FieldType.SECRET and not f.traded_for]
    wanted = [f.key for f in in_use if f.required or is_set(connection, f.key)]
    return {key: await secret(key) for key in wanted}


def make_vitec(
    connection: Connection, secrets: Secrets, _keeper: SessionKeeper, retry: RetryPolicy | None = None
) -> VitecHub:
    """A Hub client from a connection's settings and its key."""
    from app.connectors.vitec import VitecHub, VitecSettings, hub_address

    return VitecHub(
        VitecSettings(
            base_url=hub_address(connection.setting("base_url"), connection.setting("environment")),
            installation_id=connection.setting("installation_id") or "",
            product_login=connection.setting("product_login") or "",
            access_key=secrets["access_key"],
            timeout_s=connection.setting("timeout_s"),
            max_rps=connection.setting("max_rps"),
            route=route_of(connection, secrets),
        ),
        retry,
    )


def make_supabase(
    connection: Connection, secrets: Secrets, keeper: SessionKeeper, retry: RetryPolicy | None = None
) -> Supabase:
    """A client of a project from a connection's settings and secrets.

    Raises `NotConfigured` for a missing field and for a key in the wrong one.
    """
    from app.connectors.supabase import Supabase, SupabaseSettings

    setting = connection.setting
    try:
        check_publishable_key(setting("publishable_key") or "")
        for key, value in secrets.items():
            check_secret(connection.spec.field(key), value)
    except UsageError as error:
        raise NotConfigured(error.message, error.remedy) from error
    settings = SupabaseSettings(
        url=setting("url") or "",
        auth_mode=AuthMode(setting("auth_mode")),
        publishable_key=setting("publishable_key") or "",
        email=setting("email") or "",
        service_key=secrets.get("service_key", ""),
        jwks_url=setting("jwks_url") or "",
        jwt_secret=secrets.get("jwt_secret", ""),
        schema=setting("schema"),
        photo_bucket=setting("photo_bucket"),
        photo_mode=PhotoMode(setting("photo_mode")),
        photo_hosts=photo_hosts(setting("photo_hosts") or ""),
        page_size=setting("page_size"),
        timeout_s=setting("timeout_s"),
        route=route_of(connection, secrets),
    )
    return Supabase(settings, keeper, retry)


def make_cetec(
    connection: Connection, secrets: Secrets, _keeper: SessionKeeper, retry: RetryPolicy | None = None
) -> Cetec:
    """A CETEC client from a connection's settings and its token.

    Raises `NotConfigured` for a missing field and for a domain that is none.
    """
    from app.connectors.cetec import Cetec, CetecSettings

    try:
        address = cetec_address(connection.settings)
    except UsageError as error:
        raise NotConfigured(error.message, error.remedy) from error
    settings = CetecSettings(
        base_url=address,
        preshared_token=secrets.get(TOKEN, ""),
        timeout_s=connection.setting("timeout_s"),
        excluded_ids=customer_ids(connection.setting("excluded_customer_ids") or ""),
        fetch_passwords=connection.setting("support_passwords"),
        route=route_of(connection, secrets),
    )
    return Cetec(settings, retry)


def make_mysql(connection: Connection, secrets: Secrets, _keeper: SessionKeeper) -> MySqlServer:
    """A client of a MySQL server from a connection's settings and its password.

    Raises `NotConfigured` for a missing field.
    """
    from app.connectors.mysql import MySqlServer, MySqlSettings, Tls

    setting = connection.setting
    return MySqlServer(
        MySqlSettings(
            host=setting("host") or "",
            port=setting("port"),
            socket=setting("socket") or "",
            user=setting("user") or "",
            password=secrets.get("password", ""),
            tls=Tls(setting("tls")),
            connect_timeout_s=setting("connect_timeout_s"),
            query_timeout_s=setting("query_timeout_s"),
            batch_timeout_s=setting("batch_timeout_s"),
            batch_size=setting("batch_size"),
            pool_size=setting("pool_size"),
        )
    )


def make_onec(connection: Connection, secrets: Secrets, keeper: SessionKeeper) -> OneC:
    """A 1C client from a connection's settings and secrets.

    Raises `NotConfigured` for a missing field and for a secret that cannot be sent.
    """
    from app.connectors.http import RetryPolicy
    from app.connectors.onec import OneC, OneCSettings

    setting = connection.setting
    settings = OneCSettings(
        endpoint_url=setting("endpoint_url") or "",
        zone=ZoneInfo(setting("timezone")),
        post_style=PostStyle(setting("post_style")),
        session_mode=SessionMode(setting("session_mode")),
        max_parallel=setting("max_parallel"),
        agents_per_request=setting("agents_per_request"),
        hours_as_strings=setting("hours_as_strings"),
        timeout_s=setting("timeout_seconds"),
        route=route_of(connection, secrets),
    )
    retry = RetryPolicy.growing(setting("retry_attempts"))
    return OneC(settings, sign_in_of(connection, secrets, keeper, _(connection.spec.title)), retry)


def make_contact_center(connection: Connection, secrets: Secrets, keeper: SessionKeeper) -> ContactCenter:
    """A client of a contact centre from a connection's settings and secrets, under the rules of `make_onec`."""
    from app.connectors.contact_center import ContactCenter, ContactCenterSettings, retry_policy

    setting = connection.setting
    settings = ContactCenterSettings(
        endpoint_url=setting("endpoint_url") or "",
        zone=ZoneInfo(setting("timezone")),
        dialect=Dialect(setting("dialect")),
        paths=path_overrides(setting("paths") or ""),
        websocket_url=setting("websocket_url") or "",
        status_push_url=setting("status_push_url") or "",
        static_service_id=setting("static_service_id"),
        ids_per_request=setting("ids_per_request"),
        raw_commas=setting("raw_commas"),
        target_answer_seconds=setting("target_answer_seconds"),
        timeout_s=setting("timeout_seconds"),
        route=route_of(connection, secrets),
    )
    retry = retry_policy(setting("retry_attempts"))
    return ContactCenter(settings, sign_in_of(connection, secrets, keeper, _(connection.spec.title)), retry)


_MAKERS: Mapping[ConnectionKind, Callable[[Connection, Secrets, SessionKeeper], Client]] = {
    ConnectionKind.VITEC: make_vitec,
    ConnectionKind.SUPABASE: make_supabase,
    ConnectionKind.CETEC: make_cetec,
    ConnectionKind.ONEC: make_onec,
    ConnectionKind.CONTACT_CENTER: make_contact_center,
    ConnectionKind.MYSQL: make_mysql,
}
