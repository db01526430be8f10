"""A transport that connects to checked addresses only; the request and TLS go on naming the host (webhooks.md §8).

A proxy of the system hides the real address: then the name is checked by our own resolution, and the proxy connects.
"""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from app.connectors.webhooks.guard import LOOPBACK, Allowed, Guard

MOST_SOCKETS = 4
_LIMITS = httpx.Limits(max_connections=MOST_SOCKETS, max_keepalive_connections=MOST_SOCKETS, keepalive_expiry=15.0)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves, checks and pins at every request. `allowed` may be replaced between requests."""

    def __init__(self, guard: Guard, allowed: Allowed, tls: ssl.SSLContext, proxy: str | None = None) -> None:
        self.allowed = allowed
        self._guard = guard
        self._proxied = proxy is not None
        self._inner = httpx.AsyncHTTPTransport(verify=tls, limits=_LIMITS, proxy=proxy, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the first checked address that can be connected to.

        Raises `BlockedAddress`, `OSError` for an unknown name, and what httpx raises.
        """
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = await self._guard.addresses(host, port, self.allowed)
        if self._proxied:
            return await self._inner.handle_async_request(request)
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_pinned(request, host, addresses[-1]))

    async def aclose(self) -> None:
        """Close the pooled sockets."""
        await self._inner.aclose()


def proxy_for(url: str) -> str | None:
    """The proxy that the system names for an address; None to connect without one."""
    parts = urlsplit(url)  # takes also what httpx refuses: that is for the try to say
    host = parts.hostname or ""
    if host == LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme) or None


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The same request to an address; `Host` is set already, the name for TLS goes along."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
