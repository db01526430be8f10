"""Why a webhook did not arrive, for the person at the log: the catalogue's words, and what a status adds to them."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.causes import CAUSES, webhook_code
from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.error_codes import ErrorCode
from app.i18n import N_, _

_GONE, _ABSENT, _BUSY = 410, frozenset({401, 403, 404}), frozenset({429, 502, 503, 504})
_NOT_RETRIED = N_("It is not tried again by itself.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person is told of a failure, in the language of the window."""

    cause: str
    effect: str
    remedy: str


def explain(code: str, http_status: int | None = None, status: DeliveryStatus | None = None) -> Explanation:
    """The story of an error code; `status` is where the delivery stands, as far as that is known."""
    known = CAUSES.get(webhook_code(code)) or CAUSES[webhook_code(ErrorCode.INTERNAL)]
    if http_status == _GONE:
        return Explanation(
            _("The receiver says that it is gone for good (410)."),
            _("The webhook was switched off; nothing more is sent to it."),
            _("If the receiver lives elsewhere now, enter its new address and resume the webhook."),
        )
    effect = _NOT_RETRIED if status is not None and status.over else known.effect
    return Explanation(_cause(known.cause, code, http_status), _(effect), _remedy(known.remedy, http_status))


def _cause(usual: str, code: str, http_status: int | None) -> str:
    if code == ErrorCode.BAD_RESPONSE and http_status is not None:
        return _("The receiver refused with status {status}.").format(status=http_status)
    return _(usual)


def _remedy(usual: str, http_status: int | None) -> str:
    if http_status in _ABSENT:
        return _("Check the address and the sign-in of the webhook.")
    if http_status in _BUSY:
        return _("The receiver is too busy: Muster sends slower by itself. If it lasts, look at the receiver.")
    return _(usual)
