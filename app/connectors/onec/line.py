"""One call to 1C: where it goes, its session, and how long a missing licence is waited for (onec-zup.md §4.4, §9).

The rules of repetition are those of the HTTP foundation; here is only what no other system has.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from app.connectors.http import Answer, Call, HttpClient, HttpSettings, Repeat, RetryPolicy
from app.connectors.onec.refusals import (
    SYSTEM,
    OneCBadRequest,
    OneCBusinessError,
    OneCFailed,
    OneCLicenseUnavailable,
    OneCNotFound,
    OneCPlatformNotFound,
    OneCSessionLost,
    classify,
)
from app.connectors.onec.settings import OneCSettings
from app.connectors.sign_in import SignIn
from app.domain.causes import CAUSES
from app.domain.kinds.onec import PostStyle, SessionMode
from app.errors import MusterError
from app.i18n import _

log = logging.getLogger(__name__)
_COOKIE, _HEADER = "ibsession", "IBSession"
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_LOST_SESSION = (OneCBadRequest, OneCNotFound, OneCFailed, OneCBusinessError)
_GOODBYE_S = 2.0


class Line:
    """The line to one service. Belongs to one event loop."""

    def __init__(self, settings: OneCSettings, auth: SignIn, retry: RetryPolicy) -> None:
        self.settings = settings
        self.http = HttpClient(
            HttpSettings(
                settings.endpoint_url,
                SYSTEM,
                classify,
                auth=auth,
                timeout_s=settings.timeout_s,
                most_per_second=settings.calls_per_second,
                most_parallel=settings.max_parallel,
                retry=retry,
                route=settings.route,
                names_requests=True,
            )
        )
        self._licence_turn = asyncio.Lock()
        self._session_turn = asyncio.Lock()

    async def get(self, path: str) -> Answer:
        """One answer to a read."""
        return await self.send(Call(path))

    async def post(self, method: str, body: object, repeat: Repeat) -> Answer:
        """One answer to a method with a body; its name stands in the address or around the body (§3)."""
        path, sent = method, body
        if self.settings.post_style is PostStyle.ENVELOPE:
            path, sent = self.settings.endpoint_url, {method: body}
        return await self.send(Call(path, "POST", _JSON, sent, repeat=repeat))

    async def send(self, call: Call) -> Answer:
        """One answer, a missing licence waited for: one caller after the other, never side by side.

        A write that must not happen twice does not wait: whatever was answered, it was sent.
        """
        try:
            return await self._in_session(call)
        except OneCLicenseUnavailable as error:
            if call.repeats is Repeat.UNSENT:
                raise
            none_free = error
        async with self._licence_turn:
            for pause in self.settings.licence_pauses_s:
                log.info("%s: no free licence, next try in %g s", call, pause)
                await asyncio.sleep(pause)
                try:
                    return await self._in_session(call)
                except OneCLicenseUnavailable as error:
                    none_free = error
        raise none_free

    async def _in_session(self, call: Call) -> Answer:
        if self.settings.session_mode is not SessionMode.IBSESSION:
            return await self._explained(call)
        if not self.has_session:
            async with self._session_turn:  # callers side by side start one session, as each takes a licence
                if not self.has_session:
                    return await self._explained(_starting(call))
        # Not repeated with a session that may be the very trouble.
        gentle = replace(call, repeat=Repeat.AGAIN) if call.repeats is Repeat.READ else call
        try:
            return await self.http.send(gentle)
        except _LOST_SESSION as error:
            self.drop_session()
            if call.repeats is not Repeat.READ:
                if isinstance(error, OneCNotFound):
                    raise OneCSessionLost(_(CAUSES[OneCSessionLost.code].cause)) from error
                raise
            log.info("%s: %s; once more in a new session", call, type(error).__name__)
            return await self._explained(_starting(call))

    async def _explained(self, call: Call) -> Answer:
        try:
            return await self.http.send(call)
        except OneCPlatformNotFound:
            raise
        except OneCNotFound as error:
            raise await self._what_is_missing() from error

    async def _what_is_missing(self) -> MusterError:
        """A 404 may be of the publication, or of the service in it: the publication tells which (§4.5)."""
        seen: list[int] = []

        def note(answer: Answer) -> MusterError | None:
            seen.append(answer.status)
            return None

        with suppress(MusterError):
            await self.http.send_once(Call(self.settings.publication_url, accept="*/*", classify=note))
        if seen == [404]:
            return OneCNotFound(
                _("There is no such publication on the 1C server."),
                _("Check the address; upper and lower case matter on many servers."),
            )
        if not seen:
            return OneCNotFound(_("1C does not know this address."))
        return OneCNotFound(
            _("The publication is there, but the service or this method of it is missing."),
            _("Check what follows /hs/ in the address, and that the HTTP service is published."),
        )

    @property
    def has_session(self) -> bool:
        """Whether the next call carries the cookie of a session."""
        return any(cookie.name == _COOKIE for cookie in self.http.cookies.jar)

    def drop_session(self) -> None:
        """Forget the session; the next call starts another."""
        self.http.cookies.delete(_COOKIE)

    async def close(self) -> None:
        """End the session, so that its licence is free at once, and close the pooled sockets."""
        if self.settings.session_mode is SessionMode.IBSESSION and self.has_session:
            finish = Call(self.settings.endpoint_url, headers={_HEADER: "finish"})
            with suppress(MusterError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self.http.send_once(finish)
        await self.http.close()


def _starting(call: Call) -> Call:
    return replace(call, headers={**call.headers, _HEADER: "start"})
