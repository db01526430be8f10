"""What can go wrong with a delivery, and its words (webhooks.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.i18n import N_


class ErrorCode(StrEnum):
    """What went wrong, in place of a stack trace."""

    TIMEOUT = "timeout"
    DNS_FAILED = "dns_failed"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_RESET = "connection_reset"
    NETWORK_UNREACHABLE = "network_unreachable"
    TLS_EXPIRED = "tls_expired"
    TLS_UNKNOWN_CA = "tls_unknown_ca"
    TLS_NAME_MISMATCH = "tls_name_mismatch"
    TLS_OTHER = "tls_other"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_RESPONSE = "bad_response"
    INVALID_URL = "invalid_url"
    BLOCKED_ADDRESS = "blocked_address"
    OAUTH_FAILED = "oauth_failed"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INTERNAL = "internal"


ERROR_WORDS: Mapping[ErrorCode, str] = {
    ErrorCode.TIMEOUT: N_("No answer in time"),
    ErrorCode.DNS_FAILED: N_("The name of the receiver is not known"),
    ErrorCode.CONNECTION_REFUSED: N_("Nobody listens at the address"),
    ErrorCode.CONNECTION_RESET: N_("The receiver broke the connection"),
    ErrorCode.NETWORK_UNREACHABLE: N_("The network does not lead there"),
    ErrorCode.TLS_EXPIRED: N_("The receiver's certificate has expired"),
    ErrorCode.TLS_UNKNOWN_CA: N_("The receiver's certificate is signed by nobody known"),
    ErrorCode.TLS_NAME_MISMATCH: N_("The receiver's certificate is for another name"),
    ErrorCode.TLS_OTHER: N_("No secure connection came about"),
    ErrorCode.TOO_MANY_REDIRECTS: N_("The receiver has moved"),
    ErrorCode.BAD_RESPONSE: N_("The receiver refused"),
    ErrorCode.INVALID_URL: N_("The address cannot be used"),
    ErrorCode.BLOCKED_ADDRESS: N_("Nothing is sent to this address"),
    ErrorCode.OAUTH_FAILED: N_("Signing in failed"),
    ErrorCode.PAYLOAD_TOO_LARGE: N_("The message was too large"),
    ErrorCode.CANCELLED: N_("Cancelled"),
    ErrorCode.EXPIRED: N_("Too old to be sent"),
    ErrorCode.INTERNAL: N_("It could not be sent"),
}
