"""The self-signed certificate of a terminal that speaks https; a new one each time, as after a factory reset."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

LIFE = timedelta(days=3650)


def new_context(name: str, host: str) -> ssl.SSLContext:
    """A server's context with a fresh certificate for `name` at the address `host`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_TICKET  # a resumed session would show nobody a changed certificate
    change_certificate(context, name, host)
    return context


def change_certificate(context: ssl.SSLContext, name: str, host: str) -> None:
    """Put a fresh certificate and key into `context`; connections made from now on see it."""
    with tempfile.TemporaryDirectory(prefix="terminal-") as folder:
        file = Path(folder, "terminal.pem")
        file.write_bytes(_self_signed(name, host))
        context.load_cert_chain(file)


def _self_signed(name: str, host: str) -> bytes:
    """Key and certificate in PEM."""
    # Loaded here: most fleets speak http, and the library is slow to load.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, plain) + certificate.public_bytes(encoding)
