"""Why a webhook did not arrive (webhooks.md §7); titles are the words of the delivery log."""

from __future__ import annotations

from app.domain.causes.cause import Cause
from app.domain.webhooks.error_codes import ERROR_WORDS, ErrorCode
from app.i18n import N_

_AGAIN = N_("It stays in the outbox and is tried again by itself, at growing distances.")
_NEVER = N_("It is not tried again by itself.")
_ADDRESS = N_("Check the address of the webhook.")
_RECEIVER = N_("Ask whoever runs the receiver.")
_CERTIFICATE = N_("Have the receiver's certificate renewed, or enter the address for which it is made.")
_AS_NOTED = N_("Look at the answer in the log, put that right, then send it again.")
_CAUSES: dict[ErrorCode, tuple[str, str, str]] = {
    ErrorCode.TIMEOUT: (
        N_("The receiver works longer than the time limit of the webhook, or hangs."), _AGAIN,
        N_("Let the receiver answer first and work afterwards, or raise the time limit."),
    ),
    ErrorCode.DNS_FAILED: (N_("No computer has the name in the address."), _AGAIN, _ADDRESS),
    ErrorCode.CONNECTION_REFUSED: (N_("The receiver is switched off, or uses another port."), _AGAIN, _RECEIVER),
    ErrorCode.CONNECTION_RESET: (N_("The receiver, or a firewall before it, cut the line."), _AGAIN, _RECEIVER),
    ErrorCode.NETWORK_UNREACHABLE: (
        N_("This computer has no network, or no way to the receiver's."), _AGAIN, N_("Check the network and the VPN."),
    ),
    ErrorCode.TLS_EXPIRED: (N_("The date until which the certificate holds is over."), _AGAIN, _CERTIFICATE),
    ErrorCode.TLS_UNKNOWN_CA: (
        N_("The certificate's authority is not one that this system trusts."), _AGAIN,
        N_("Add the certificate of its authority to the system's store."),
    ),
    ErrorCode.TLS_NAME_MISMATCH: (N_("The certificate is made for another address."), _AGAIN, _CERTIFICATE),
    ErrorCode.TLS_OTHER: (N_("Both sides found no common way of encrypting."), _AGAIN, _RECEIVER),
    ErrorCode.TOO_MANY_REDIRECTS: (
        N_("The receiver points to another address, which is never followed."), _AGAIN,
        N_("Enter the new address, if it is the right one."),
    ),
    ErrorCode.BAD_RESPONSE: (N_("The receiver answered with another status than 2xx."), _AGAIN, _AS_NOTED),
    ErrorCode.INVALID_URL: (N_("The address of the webhook is none that can be called."), _NEVER, _ADDRESS),
    ErrorCode.BLOCKED_ADDRESS: (
        N_("The address lies in this computer or in a private network."), _NEVER,
        N_("Enter a public address, or let an administrator allow private ones for this webhook."),
    ),
    ErrorCode.OAUTH_FAILED: (
        N_("No token for the receiver could be fetched."), _AGAIN, N_("Check the sign-in of the webhook."),
    ),
    ErrorCode.PAYLOAD_TOO_LARGE: (
        N_("The event is larger than what may be sent."), _NEVER, N_("Fetch the data with the command line instead."),
    ),
    ErrorCode.CANCELLED: (
        N_("The webhook was removed, or a person cancelled the delivery."), _NEVER, N_("Send it again by hand."),
    ),
    ErrorCode.EXPIRED: (
        N_("It waited longer than events are kept for sending."), _NEVER, N_("Send it again by hand."),
    ),
    ErrorCode.INTERNAL: (N_("Something that Muster does not know kept it from being sent."), _AGAIN, _AS_NOTED),
}  # fmt: skip


def webhook_code(error_code: str) -> str:
    """The code of the cause of a delivery's error."""
    return f"webhook.{error_code}" if error_code else ""


WEBHOOKS = tuple(Cause(webhook_code(code), ERROR_WORDS[code], *words, N_("Webhook")) for code, words in _CAUSES.items())
