"""Sends status messages: one POST each, answered or not (contact-center.md §6).

Made without the shared HTTP foundation, which writes a line per request and spaces requests out: both are wrong for
hundreds a second.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx

from app.connectors.breaker import Breaker
from app.connectors.contact_center.settings import ContactCenterSettings
from app.connectors.http import RepeatableError
from app.connectors.recording import Noted
from app.connectors.route import client_options
from app.connectors.sign_in import SignIn
from app.domain.contact_center.pushes import StatusMessage
from app.errors import MusterError, TimedOut, Unreachable
from app.i18n import _
from app.redaction import redact

log = logging.getLogger(__name__)
PUSH_TIMEOUT_S = 5.0
MOST_SOCKETS = 16
_MOST_ANSWER_BYTES = 65_536
_HAS_LEFT = "http11.send_request_body.complete"


class StatusPush:
    """The line to one receiver, which is shown our sign-in only where it is the platform itself."""

    def __init__(self, settings: ContactCenterSettings, auth: SignIn) -> None:
        self.breaker = Breaker(_("Receiver of status updates"))
        self._url = settings.status_push_url
        route = settings.route if settings.pushes_to_itself else settings.route.to_others()
        self._client = httpx.AsyncClient(
            auth=auth if settings.pushes_to_itself else None,
            limits=httpx.Limits(max_connections=MOST_SOCKETS),
            **client_options(self._url, PUSH_TIMEOUT_S, route),
        )

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self._client.aclose()

    async def send(self, message: StatusMessage) -> bool:
        """Whether the receiver took the message, or said nothing; False when it answered with a refusal.

        Raises `Unreachable` or `TimedOut` when it has surely not arrived, at once while the receiver is known to be
        dead.
        """
        return await self.breaker.call(lambda: self._send(message))

    async def _send(self, message: StatusMessage) -> bool:
        try:
            return await self._post(message)
        except Unreachable:  # refused at once: a receiver that is starting again is there the next moment
            return await self._post(message)

    async def _post(self, message: StatusMessage) -> bool:
        has_left = False
        noted = Noted("POST", self._url)
        noted.begin()

        async def watch(event: str, _info: dict[str, Any]) -> None:
            nonlocal has_left
            has_left = has_left or event == _HAS_LEFT

        try:
            async with asyncio.timeout(PUSH_TIMEOUT_S):
                status = await self._answered(message, {"trace": watch})
        except RepeatableError as error:  # a sign-in that may work in a moment
            noted.failed(error.error.message)
            raise error.error from error
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            noted.failed(redact(str(error)) or type(error).__name__)
            if not has_left:
                raise _not_sent(error) from error
            log.debug("A status update got no answer: %s", type(error).__name__)
            return True
        noted.answered(status, 0, "" if status < 400 else f"HTTP {status}")
        log.debug("A status update was answered with %s", status)
        return status < 400

    async def _answered(self, message: StatusMessage, extensions: dict[str, Any]) -> int:
        """The status of the answer, whose body is read only so that its socket can be used again."""
        async with self._client.stream("POST", self._url, json=message.wire(), extensions=extensions) as response:
            size = 0
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > _MOST_ANSWER_BYTES:
                    break
            return response.status_code


def _not_sent(error: Exception) -> MusterError:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        text = _("The receiver of status updates cannot be reached within {seconds:g} seconds.")
        return TimedOut(text.format(seconds=PUSH_TIMEOUT_S))
    cause = redact(str(error)) or type(error).__name__
    return Unreachable(_("The receiver of status updates cannot be reached: {cause}").format(cause=cause))
