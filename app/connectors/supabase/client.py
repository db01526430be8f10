"""One Supabase project: employees, terminals and photos, read with a user's session or a service key (supabase.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Self

from app.connectors.breaker import Breaker
from app.connectors.http import Answer, Call, HttpClient, HttpSettings, RetryPolicy
from app.connectors.supabase.employees import BIOMETRICS
from app.connectors.supabase.paging import Query, Row, count_of, read_rows, read_table
from app.connectors.supabase.people import BIOMETRIC_COLUMNS, EMPLOYEES, People
from app.connectors.supabase.people import COLUMNS as EMPLOYEE_COLUMNS
from app.connectors.supabase.photos import PhotoRules, Photos
from app.connectors.supabase.refusals import (
    SYSTEM,
    TokenExpired,
    general_refusal,
    rest_refusals,
    sign_in_refusal,
)
from app.connectors.supabase.session import Access, Account, KeyAccess, Session, SessionKeeper
from app.connectors.supabase.settings import SupabaseSettings
from app.connectors.supabase.terminals import COLUMNS as TERMINAL_COLUMNS
from app.connectors.supabase.terminals import SECRET_COLUMN, TERMINALS, read_terminals, terminals_query
from app.connectors.supabase.tokens import TokenChecker
from app.domain.kinds.supabase import AuthMode
from app.domain.mappings import Mapper
from app.domain.mappings.mapper import MOST_SAMPLES
from app.domain.snapshots import Snapshot
from app.domain.supabase import PhotoAddress, SupabaseDevice, SupabaseEmployee
from app.errors import NotConfigured
from app.i18n import _
from app.redaction import register_secret

WORTH_REPEATING = frozenset({502, 503, 504, 544, *range(520, 528)})
"""What passes by itself (§3.5); 540 is a paused project, which does not."""
_MOST_KEY_LIST_BYTES = 1_000_000
_SAMPLED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "employee": (EMPLOYEES, EMPLOYEE_COLUMNS),
    "biometrics": (BIOMETRICS, BIOMETRIC_COLUMNS),
    "device": (TERMINALS, TERMINAL_COLUMNS),
}


class Supabase(AbstractAsyncContextManager["Supabase"]):
    """One project with one account. Belongs to one event loop.

    `keeper` keeps the user's session; a service key needs none.
    Raises `NotConfigured` naming missing fields.
    """

    def __init__(
        self, settings: SupabaseSettings, keeper: SessionKeeper | None = None, retry: RetryPolicy | None = None
    ) -> None:
        self.settings = settings
        self.mapper = Mapper()
        if missing := settings.missing():
            raise NotConfigured(
                _("Supabase credentials are not configured. Missing: {fields}.").format(fields=", ".join(missing))
            )
        register_secret(settings.jwt_secret)
        retry = replace(retry or RetryPolicy(), statuses=WORTH_REPEATING)
        self.http = HttpClient(
            HttpSettings(
                settings.url, SYSTEM, general_refusal, timeout_s=settings.timeout_s, retry=retry, route=settings.route
            )
        )
        self._session = self._make_session(keeper) if settings.auth_mode is AuthMode.USER else None
        self._access: Access = self._session or KeyAccess(settings.service_key)
        self._people = People(self._ask_table, settings.page_size, lambda: self.mapper)
        rules = PhotoRules(
            settings.url,
            settings.photo_bucket,
            settings.photo_mode,
            settings.photo_hosts,
            settings.timeout_s,
            settings.route.to_others(),
        )
        self._photos = Photos(rules, self.http, self._ask, retry)

    def _make_session(self, keeper: SessionKeeper | None) -> Session:
        if keeper is None:
            raise NotConfigured(_("Nobody is signed in to Supabase. Missing: {fields}.").format(fields="password"))
        settings = self.settings
        checker = TokenChecker(settings.url, self._key_list, self._judged, settings.jwt_secret)
        return Session(self.http, settings.publishable_key, settings.email, keeper, checker)

    def __repr__(self) -> str:
        return f"Supabase({self.settings.url!r})"

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while the project is known to be down."""
        return self.http.breaker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let a renewal of the session end, then close the pooled sockets."""
        await self._access.close()
        await self._photos.close()
        await self.http.close()

    # -- employees and terminals ---------------------------------------------------------------------------------

    async def employees(self) -> Snapshot[SupabaseEmployee]:
        """All active employees with number and photo, sorted by name (§5.2).

        Raises an error of the closed family; nothing is ever returned in part without `complete` being False.
        """
        return await self._people.active()

    async def employee(self, employee_id: str) -> SupabaseEmployee:
        """One employee, whatever the status: `problem` says when it is not active (§5.2).

        Raises `RemoteError` when there is none of that id.
        """
        return await self._people.one(employee_id)

    async def devices(self) -> Snapshot[SupabaseDevice]:
        """All active terminals with their passwords (§5.1)."""
        return read_terminals(await read_table(self._ask_table, terminals_query(self.mapper)), self.mapper)

    async def sample(self, entity: str, mapper: Mapper) -> list[Row]:
        """The first records of an entity with exactly the columns that a mapping reads, to try it on; no secrets.

        Raises `BadData` where the project has no such column.
        """
        table, columns = _SAMPLED[entity]
        wanted = dict.fromkeys(("id", *mapper.columns(entity, [name for name in columns if name != SECRET_COLUMN])))
        answer = await self._ask_table(table, Query(table, ",".join(wanted)).text(page_size=MOST_SAMPLES), False)
        return [row for row in await read_rows(answer) if isinstance(row, dict)]

    # -- photos --------------------------------------------------------------------------------------------------

    async def photo_address(self, reference: str) -> PhotoAddress:
        """Where a photo can be fetched without a key (§7.1); a signed address is good for ten minutes at least.

        Raises `Held` for a host that is not allowed, `BadData` for a reference that is none.
        """
        return await self._photos.address(reference)

    def plain_address(self, reference: str) -> str:
        """Where the photo would be if its bucket were public, without asking the project.

        Raises `Held` for a host that is not allowed, `BadData` for a reference that is none.
        """
        return self._photos.plain_address(reference)

    async def sign_photos(self, references: Iterable[str]) -> dict[str, PhotoAddress]:
        """Signed addresses by reference, asked for in batches and kept for 50 minutes (§7.2); failures are left out."""
        return await self._photos.sign(references)

    async def photo(self, reference: str) -> bytes:
        """The photo as it is stored, at most 10 MB.

        Raises `Held` for a host that is not allowed, `BadData` for a reference that is none or too many bytes.
        """
        return await self._photos.photo(reference)

    # -- what the connection test asks (§11) ---------------------------------------------------------------------

    async def health(self) -> None:
        """Ask whether the project is up and takes the key."""
        await self.http.send(Call("auth/v1/health", headers={"apikey": self.settings.key}, classify=sign_in_refusal))

    async def account(self) -> Account | None:
        """Who is signed in, signing in where nobody is; None with a service key."""
        return await self._session.account() if self._session is not None else None

    async def count(self, table: str) -> int:
        """How many rows of a table are visible; hidden ones do not count (§3.5)."""
        answer = await self._ask_table(table, "select=id&limit=1", True)
        counted = count_of(answer)
        return len(await read_rows(answer)) if counted is None else counted

    async def embed_form(self) -> str:
        """How biometric data comes: `array`, `object`, `null` (no row shows it) or `separate` (no relation)."""
        return await self._people.form()

    async def some_photo(self) -> str:
        """The reference of one photo; blank when there is none."""
        query = "select=foto_fata_url&foto_fata_url=not.is.null&limit=1"
        rows = await read_rows(await self._ask_table(BIOMETRICS, query, False))
        reference = rows[0].get("foto_fata_url") if rows and isinstance(rows[0], dict) else None
        return reference.strip() if isinstance(reference, str) else ""

    async def sign_out(self) -> None:
        """End this session on the server, for a sign-in that was only a test."""
        if self._session is not None:
            await self._session.sign_out()

    # -- requests ------------------------------------------------------------------------------------------------

    async def _ask_table(self, table: str, query: str, counted: bool) -> Answer:
        headers = {"Prefer": "count=exact"} if counted else {}
        if self.settings.schema != "public":
            headers["Accept-Profile"] = self.settings.schema
        return await self._ask(Call(f"rest/v1/{table}?{query}", headers=headers, classify=rest_refusals(table)))

    async def _ask(self, call: Call) -> Answer:
        """Send with the keys; a token that expired is renewed once and the request repeated once (§6.2)."""
        keys = await self._access.headers()
        try:
            return await self.http.send(replace(call, headers={**call.headers, **keys}))
        except TokenExpired:
            renewed = await self._access.renewed(keys)
            if renewed is None:
                raise
            return await self.http.send(replace(call, headers={**call.headers, **renewed}))

    async def _key_list(self) -> bytes:
        call = Call(self.settings.key_list, most_bytes=_MOST_KEY_LIST_BYTES, classify=sign_in_refusal)
        return (await self.http.send(call)).body

    async def _judged(self, token: str) -> None:
        headers = {"apikey": self.settings.publishable_key, "Authorization": f"Bearer {token}"}
        await self.http.send(Call("auth/v1/user", headers=headers, classify=sign_in_refusal))
