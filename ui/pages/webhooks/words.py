"""Words of webhooks that several views say: how a delivery stands, why a try was made, how an endpoint is doing."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.webhooks.delivery import Answer, DeliveryStatus, Trigger
from app.domain.webhooks.endpoint import DisabledReason, PayloadFormat, RetryProfile, WebhookEndpoint, notice
from app.domain.webhooks.error_codes import ERROR_WORDS, ErrorCode
from app.domain.webhooks.events import Category
from app.i18n import N_, _
from app.store.values import now
from ui.theme import Icon, Tone

STATUS_WORDS = {
    # Translators: how a delivery of a webhook stands
    DeliveryStatus.PENDING: N_("Waiting"),
    DeliveryStatus.SENDING: N_("Being sent"),
    DeliveryStatus.DELIVERED: N_("Delivered"),
    DeliveryStatus.FAILED: N_("Failed"),
    DeliveryStatus.CANCELLED: N_("Cancelled"),
    DeliveryStatus.EXPIRED: N_("Too old"),
}
STATUS_TONES = {
    DeliveryStatus.PENDING: Tone.INFO,
    DeliveryStatus.SENDING: Tone.INFO,
    DeliveryStatus.DELIVERED: Tone.SUCCESS,
    DeliveryStatus.FAILED: Tone.DANGER,
    DeliveryStatus.CANCELLED: Tone.NEUTRAL,
    DeliveryStatus.EXPIRED: Tone.WARNING,
}
STATUS_ICONS = {
    DeliveryStatus.PENDING: Icon.CLOCK,
    DeliveryStatus.SENDING: Icon.SEND,
    DeliveryStatus.DELIVERED: Icon.CHECK,
    DeliveryStatus.FAILED: Icon.CLOSE,
    DeliveryStatus.CANCELLED: Icon.MINUS,
    DeliveryStatus.EXPIRED: Icon.HISTORY,
}
TRIGGER_WORDS = {
    # Translators: why a webhook was sent
    Trigger.INITIAL: N_("First attempt"),
    Trigger.AUTOMATIC: N_("Automatic retry"),
    Trigger.MANUAL: N_("Sent again by hand"),
    Trigger.BULK: N_("Sent again with others"),
    Trigger.TEST: N_("Test"),
}
CATEGORY_WORDS = {
    # Translators: where events of webhooks belong
    Category.INTEGRATION: N_("Integration"),
    Category.CONTACT_CENTER: N_("Contact centre"),
    Category.ONEC: N_("1C"),
    Category.WEBHOOK: N_("Webhooks"),
    Category.SYSTEM: N_("Muster itself"),
    Category.TEST: N_("Test"),
}
PROFILE_WORDS = {
    RetryProfile.SIMPLE: N_("Simple: the pause doubles each time"),
    RetryProfile.STANDARD: N_("Patient: ten attempts within three days"),
}
FORMAT_WORDS = {
    PayloadFormat.CLASSIC: N_("Classic: event_type, payload"),
    PayloadFormat.STANDARD: N_("Standard Webhooks: type, data"),
}


def state_of(endpoint: WebhookEndpoint) -> tuple[str, Tone, Icon]:
    """Word, tone and icon of how an endpoint is doing."""
    if endpoint.disabled_reason == DisabledReason.GONE:
        return _("Receiver is gone"), Tone.DANGER, Icon.FAILED
    if endpoint.disabled_reason == DisabledReason.FAILING:
        return _("Switched off"), Tone.DANGER, Icon.FAILED
    if not endpoint.is_active:
        return _("Paused"), Tone.NEUTRAL, Icon.PAUSE
    if notice(endpoint, now()):
        return _("Needs a look"), Tone.WARNING, Icon.WARNING
    if endpoint.consecutive_failures:
        return _("Failing"), Tone.WARNING, Icon.WARNING
    if endpoint.last_success is not None:
        return _("Works"), Tone.SUCCESS, Icon.CHECK
    return _("Nothing sent yet"), Tone.NEUTRAL, Icon.ASK


def needs_a_look(endpoint: WebhookEndpoint) -> bool:
    """Whether somebody should do something about it."""
    switched_off = endpoint.disabled_reason in {DisabledReason.GONE, DisabledReason.FAILING}
    return switched_off or (endpoint.is_active and bool(endpoint.consecutive_failures or notice(endpoint, now())))


def events_text(patterns: Iterable[str]) -> str:
    """Which events an endpoint is told of, in one line."""
    names = list(patterns)
    return _("All events") if "*" in names else ", ".join(names)


def code_words(code: str) -> str:
    """What went wrong, by its code; one of a newer Muster is shown as it is."""
    return _(ERROR_WORDS[ErrorCode(code)]) if code in set(ErrorCode) else code


def answer_text(answer: Answer) -> str:
    """How a try ended, in one line: the status that was answered, else what went wrong."""
    return result_text(answer.http_status, answer.error_code.value if answer.error_code else "")


def result_text(http_status: int | None, code: str) -> str:
    """The same from its parts; blank while nothing was tried."""
    if http_status is not None and code in {"", ErrorCode.BAD_RESPONSE}:
        return f"HTTP {http_status}"
    if http_status is not None:
        return _("{what} (HTTP {status})").format(what=code_words(code), status=http_status)
    return code_words(code) if code else ""
