"""TLS to terminals: their certificates are self-signed, so a person trusts one by its fingerprint (§2, HTTPS).

The fingerprint is checked inside the handshake, before any request is sent.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import ssl
from typing import Any

from app.errors import Unreachable
from app.i18n import _

_HANDSHAKE_S = 10.0


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a certificate in DER, in hex."""
    return hashlib.sha256(certificate).hexdigest()


@functools.cache  # plain lines share one; making it takes longer than a call
def tls_context(https: bool, fingerprint: str) -> ssl.SSLContext:
    """The system's trust store, or exactly the certificate with this fingerprint."""
    if https and not fingerprint:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if fingerprint:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin below is stricter than any authority
        context.sslobject_class = _pinned(fingerprint.replace(":", "").casefold())
    return context


def _pinned(wanted: str) -> type[ssl.SSLObject]:
    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown: Any = self.getpeercert(binary_form=True)
            if not shown or fingerprint_of(shown) != wanted:
                raise ssl.SSLCertVerificationError("another certificate than the one that was trusted")

    return PinnedObject


async def fetch_fingerprint(host: str, port: int) -> str:
    """The fingerprint of the certificate that a device shows now, for a person to compare and trust.

    Raises `Unreachable` when there is no TLS at that address.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_HANDSHAKE_S):
            _reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as error:
        raise Unreachable(
            _("{host} shows no certificate on port {port}.").format(host=host, port=port),
            _("Check address and port; without https there is nothing to trust."),
        ) from error
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    return fingerprint_of(shown)
