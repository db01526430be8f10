"""A contact-centre platform, or a gateway in front of one (contact-center.md §3)."""

from __future__ import annotations

from app.domain.contact_center.endpoints import Dialect, overrides_text
from app.domain.kinds.line import LINE_FIELDS
from app.domain.kinds.onec import SERVICE_FIELDS, time_zone
from app.domain.kinds.sign_in import SIGN_IN_ACCOUNT, AuthenticationType, sign_in_fields
from app.domain.kinds.spec import ConnectionKind, FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _

_DAY_MS = 86_400_000


def interval_step(text: str) -> str:
    """A length of intervals in milliseconds that divides a day (§3).

    Raises `UsageError` for one that does not.
    """
    if _DAY_MS % int(text):
        raise UsageError(
            _("A day cannot be divided into intervals of {step} ms.").format(step=text),
            _("Choose 300000 (five minutes), 900000 (fifteen) or 1800000 (thirty)."),
        )
    return text


def socket_address(text: str) -> str:
    """The address of a WebSocket, over wss; plain ws only to this computer.

    Raises `UsageError` saying what is wrong with it.
    """
    from app.domain.connections import checked_url  # which is made of the kinds

    scheme, _sign, rest = text.partition("://")
    plain = {"ws": "http", "wss": "https"}.get(scheme.lower())
    if plain is None:
        raise UsageError(_("{value} is not a WebSocket address.").format(value=text), _("Write it like wss://host."))
    return "ws" + checked_url(f"{plain}://{rest}").removeprefix("http")


CONTACT_CENTER = KindSpec(
    ConnectionKind.CONTACT_CENTER,
    N_("Contact centre"),
    N_("Agents, groups and contacts of a contact centre: history, live numbers, status updates"),
    (
        FieldSpec(
            "endpoint_url",
            N_("Address"),
            FieldType.URL,
            required=True,
            help=N_("What the paths of the interface are appended to, like https://cc.example.com/api."),
        ),
        *sign_in_fields(AuthenticationType.BEARER),
        FieldSpec(
            "dialect",
            N_("Dialect"),
            FieldType.CHOICE,
            default=Dialect.ARGUS.value,
            choices=tuple(dialect.value for dialect in Dialect),
            titles={"argus": N_("Argus"), "gateway": N_("Gateway")},
            help=N_("How questions are written. Answers are understood either way."),
        ),
        FieldSpec(
            "paths",
            N_("Other paths"),
            check=overrides_text,
            help=N_("Where a platform differs: pairs like groupsLoad=/online/load, with commas."),
        ),
        FieldSpec(
            "websocket_url",
            N_("WebSocket address"),
            check=socket_address,
            help=N_("Where the platform sends live numbers by itself. Leave it empty to have it asked for them."),
        ),
        FieldSpec(
            "status_push_url",
            N_("Receiver of status updates"),
            FieldType.URL,
            help=N_("The full address that status updates are sent to. Leave it empty to send none."),
        ),
        FieldSpec(
            "system_id",
            N_("Name of this system"),
            help=N_("As it is registered at the receiver of status updates. Empty: the name of the connection."),
        ),
        FieldSpec(
            "status_max_age_seconds",
            N_("Status updates are dropped after (seconds)"),
            FieldType.NUMBER,
            default=3600,
            low=5,
            high=604_800,
            help=N_("What could not be sent for so long is not sent any more: late statuses are wrong statuses."),
        ),
        FieldSpec(
            "static_service_id",
            N_("Service of groups that name none"),
            default="1",
        ),
        FieldSpec(
            "timezone",
            N_("Time zone"),
            default="Europe/Moscow",
            check=time_zone,
            help=N_("Whose midnights divide the days."),
        ),
        FieldSpec(
            "step_ms",
            N_("Length of an interval (milliseconds)"),
            FieldType.NUMBER,
            default=300_000,
            low=60_000,
            high=3_600_000,
            whole=True,
            check=interval_step,
        ),
        FieldSpec(
            "ids_per_request", N_("Ids per request"), FieldType.NUMBER, default=100, low=1, high=1000, whole=True
        ),
        FieldSpec(
            "raw_commas",
            N_("Send commas as they are"),
            FieldType.SWITCH,
            default=False,
            help=N_("Only for a platform that does not understand encoded commas."),
        ),
        FieldSpec(
            "history_window_days",
            N_("Days per historic request"),
            FieldType.NUMBER,
            default=1,
            low=1,
            high=31,
            whole=True,
        ),
        FieldSpec(
            "resync_tail_days",
            N_("Last days that are always asked for again"),
            FieldType.NUMBER,
            default=2,
            low=0,
            high=60,
            whole=True,
            help=N_("Handling times of late contacts still change."),
        ),
        FieldSpec("poll_seconds", N_("Seconds between live numbers"), FieldType.NUMBER, default=5, low=2, high=60),
        FieldSpec(
            "target_answer_seconds",
            N_("Seconds to answer within"),
            FieldType.NUMBER,
            default=20,
            low=1,
            high=3600,
            help=N_("What the platform counts as answered in time; agree on it with whoever runs it."),
        ),
        FieldSpec(
            "chat_platform",
            N_("Platform with chats"),
            FieldType.SWITCH,
            default=False,
            help=N_("Time with chats is asked for only there."),
        ),
        *SERVICE_FIELDS,
        *LINE_FIELDS,
    ),
    account=("endpoint_url", *SIGN_IN_ACCOUNT),
)
