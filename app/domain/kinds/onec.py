"""A 1C ZUP infobase, reached by an HTTP service of its publication (onec-zup.md §3)."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from app.domain.kinds.line import LINE_FIELDS
from app.domain.kinds.sign_in import SIGN_IN_ACCOUNT, AuthenticationType, sign_in_fields
from app.domain.kinds.spec import ENABLE_WEBHOOKS, SYNC_INTERVAL, ConnectionKind, FieldSpec, FieldType, KindSpec
from app.domain.onec_time_types import checked_map
from app.errors import UsageError
from app.i18n import N_, _


class PostStyle(StrEnum):
    """Where the name of a method stands: in the address, or around the body (§3)."""

    PATH = "path"
    ENVELOPE = "envelope"


class SessionMode(StrEnum):
    """Whether calls ask for a session of 1C that is used again (§4.4)."""

    NONE = "none"
    IBSESSION = "ibsession"


_LOCALE = re.compile(r"/[a-z]{2}_[A-Z]{2}(?=/|$)")


def service_address(text: str) -> str:
    """The address of the HTTP service from what people paste: often that of the web client (§4.1).

    Publication names may differ by case alone, so the path keeps it.
    """
    parts = urlsplit(text if "://" in text else f"https://{text}")
    path, *rest = (str(part) for part in _LOCALE.split(parts.path, maxsplit=1))
    if rest and rest[0].startswith("/hs/"):  # what follows the language is the web client's, but for a service
        path += rest[0]
    return urlunsplit((parts.scheme.lower(), parts.netloc, path.rstrip("/"), "", ""))


def _address(text: str) -> str:
    try:
        return service_address(text)
    except ValueError as error:
        raise UsageError(_("{value} is not an address.").format(value=text)) from error


def time_zone(name: str) -> str:
    """The name of a time zone.

    Raises `UsageError` for one that nobody knows.
    """
    try:
        return str(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            _("{value} is not a time zone.").format(value=name), _("Write it like Europe/Moscow.")
        ) from error


SERVICE_FIELDS: tuple[FieldSpec, ...] = (
    SYNC_INTERVAL,
    FieldSpec(
        "retry_attempts",
        N_("Repetitions after a failure"),
        FieldType.NUMBER,
        default=3,
        low=0,
        high=10,
        whole=True,
        shared=True,
    ),
    FieldSpec(
        "timeout_seconds",
        N_("Time limit per request (seconds)"),
        FieldType.NUMBER,
        default=30,
        low=1,
        high=300,
        shared=True,
    ),
    FieldSpec(
        "batch_size",
        N_("Records per batch"),
        FieldType.NUMBER,
        default=1000,
        low=1,
        high=10_000,
        whole=True,
        shared=True,
    ),
    ENABLE_WEBHOOKS,
)
"""The settings that every integration has (connections.md §12)."""

ONEC = KindSpec(
    ConnectionKind.ONEC,
    N_("1C ZUP"),
    N_("People, norms and timesheets from 1C payroll; schedules and worked time to it"),
    (
        FieldSpec(
            "endpoint_url",
            N_("Address of the service"),
            FieldType.URL,
            required=True,
            complete=_address,
            help=N_("Like https://server/publication/hs/service; the names of the methods are appended to it."),
        ),
        *sign_in_fields(AuthenticationType.BASIC),
        FieldSpec(
            "post_style",
            N_("Method names"),
            FieldType.CHOICE,
            default=PostStyle.PATH.value,
            choices=tuple(style.value for style in PostStyle),
            titles={"path": N_("In the address"), "envelope": N_("Around the data")},
            help=N_("Change it only when the administrator of 1C says so."),
        ),
        FieldSpec(
            "timezone",
            N_("Time zone"),
            default="Europe/Moscow",
            check=time_zone,
            help=N_("For times that name none, and for the day that an instant belongs to."),
        ),
        FieldSpec(
            "max_parallel",
            N_("Requests at once"),
            FieldType.NUMBER,
            default=1,
            low=1,
            high=4,
            whole=True,
            help=N_("Each takes one licence of 1C."),
        ),
        FieldSpec(
            "session_mode",
            N_("Sessions of 1C"),
            FieldType.CHOICE,
            default=SessionMode.NONE.value,
            choices=tuple(mode.value for mode in SessionMode),
            titles={"none": N_("As the publication says"), "ibsession": N_("Ask for one and use it again")},
            help=N_("Choose the second where the publication says reuseSessions=use."),
        ),
        FieldSpec(
            "vacation_period_default",
            N_("Vacation balances of"),
            FieldType.CHOICE,
            default="calendar_year",
            choices=("calendar_year", "current_month"),
            titles={"calendar_year": N_("The current year"), "current_month": N_("The current month")},
        ),
        FieldSpec(
            "is_master_system",
            N_("1C owns people and departments"),
            FieldType.SWITCH,
            default=True,
            help=N_("Fields that come from 1C can then not be edited here."),
        ),
        FieldSpec(
            "personnel_mode",
            N_("People come"),
            FieldType.CHOICE,
            default="sync_and_manual",
            choices=("sync_only", "manual_only", "sync_and_manual"),
            titles={
                "sync_only": N_("From 1C only"),
                "manual_only": N_("By hand only"),
                "sync_and_manual": N_("From 1C and by hand"),
            },
        ),
        FieldSpec(
            "time_type_map",
            N_("Codes of working time"),
            check=checked_map,
            help=N_("Rows that differ from the state form, as JSON."),
        ),
        FieldSpec(
            "agents_per_request",
            N_("People per request"),
            FieldType.NUMBER,
            default=200,
            low=1,
            high=10_000,
            whole=True,
        ),
        FieldSpec(
            "hours_as_strings",
            N_("Hours as text"),
            FieldType.SWITCH,
            default=False,
            help=N_("Change it only when the administrator of 1C says so."),
        ),
        *SERVICE_FIELDS,
        *LINE_FIELDS,
    ),
    account=("endpoint_url", *SIGN_IN_ACCOUNT),
)
