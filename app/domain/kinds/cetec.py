"""A CETEC ERP installation (cetec-mysql.md §1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.kinds.line import LINE_FIELDS
from app.domain.kinds.spec import ENABLE_WEBHOOKS, SYNC_INTERVAL, ConnectionKind, FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _

TOKEN = "preshared_token"
_OF_CETEC = ".cetecerp.com"
_LAST_PORT = 65535


def cetec_host(text: str) -> str:
    """The host that a domain setting means: a bare name is one of CETEC's own (§1.1).

    Raises `UsageError` for what cannot be a host.
    """
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).partition("/")[0].strip()
    parts = re.fullmatch(r"(?P<name>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)\.?(?P<port>:[0-9]{1,5})?", host)
    port = parts["port"] or "" if parts else ""
    if parts is None or int(port[1:] or 0) > _LAST_PORT:
        raise UsageError(_("{value} is not a domain.").format(value=text), _("Write it like yourdomain.cetecerp.com."))
    name = parts["name"]
    while name.endswith(_OF_CETEC * 2):
        name = name.removesuffix(_OF_CETEC)
    return (name if "." in name else name + _OF_CETEC) + port


def cetec_address(settings: Mapping[str, object]) -> str:
    """The address that is called: `api_url`, else made from domain and protocol; blank while there is neither."""
    if address := settings.get("api_url"):
        return str(address)
    domain = str(settings.get("domain") or "")
    return f"{settings.get('protocol') or 'https'}://{cetec_host(domain)}" if domain else ""


def _address(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def customer_ids(text: str) -> tuple[str, ...]:
    """The ids of a comma-separated list."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


CETEC = KindSpec(
    ConnectionKind.CETEC,
    N_("CETEC ERP"),
    N_("Customers, each checked for its backup database on a MySQL server"),
    (
        FieldSpec(
            "api_url",
            N_("Address"),
            FieldType.URL,
            ("API_URL",),
            complete=_address,
            help=N_("Leave empty to make it from the domain."),
        ),
        FieldSpec(
            "domain",
            N_("Domain"),
            FieldType.TEXT,
            ("VITE_CETEC_DOMAIN",),
            check=cetec_host,
            required=True,
            overruled_by="api_url",
            help=N_("Your name at CETEC, like yourdomain or yourdomain.cetecerp.com."),
        ),
        FieldSpec(
            "protocol",
            N_("Protocol"),
            FieldType.CHOICE,
            ("VITE_API_PROTOCOL",),
            default="https",
            choices=("https", "http"),
            titles={"https": "https", "http": N_("http, not encrypted")},
            help=N_("With http everybody on the way can read the token. Choose it only inside your own network."),
        ),
        FieldSpec(
            TOKEN,
            N_("Preshared token"),
            FieldType.SECRET,
            ("VITE_PRESHARED_TOKEN",),
            required=True,
            help=N_("Kept in the system's keyring only."),
        ),
        FieldSpec(
            "backups",
            N_("Backup databases"),
            FieldType.CONNECTION,
            of_kind=ConnectionKind.MYSQL,
            help=N_("The MySQL connection that holds one database per customer; without one nothing is checked."),
        ),
        FieldSpec(
            "only_billable",
            N_("Billable customers only"),
            FieldType.SWITCH,
            default=True,
            help=N_("Customers that are not billed are left out."),
        ),
        FieldSpec(
            "excluded_customer_ids",
            N_("Leave out"),
            check=lambda text: ", ".join(customer_ids(text)),
            help=N_("Ids of customers that never appear, with commas."),
        ),
        FieldSpec(
            "support_passwords",
            N_("Fetch support passwords"),
            FieldType.SWITCH,
            default=False,
            help=N_("Log-ins of customer systems: kept in memory only, shown on request, and every look is recorded."),
        ),
        FieldSpec("timeout_s", N_("Time limit per request (seconds)"), FieldType.NUMBER, default=30, low=1, high=300),
        SYNC_INTERVAL,
        ENABLE_WEBHOOKS,
        *LINE_FIELDS,
    ),
    account=("api_url", "domain", "protocol"),
)
