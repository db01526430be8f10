"""Vitec Megler Hub (vitec-hub.md §2)."""

from __future__ import annotations

from app.domain.kinds.line import LINE_FIELDS
from app.domain.kinds.spec import ENABLE_WEBHOOKS, SYNC_INTERVAL, ConnectionKind, FieldSpec, FieldType, KindSpec
from app.i18n import N_

VITEC = KindSpec(
    ConnectionKind.VITEC,
    N_("Vitec Hub"),
    N_("Offices, employees and pictures of Norwegian estate agents"),
    (
        FieldSpec(
            "environment",
            N_("Environment"),
            FieldType.CHOICE,
            ("VITEC_ENVIRONMENT",),
            default="qa",
            choices=("production", "qa"),
            titles={"production": N_("Production"), "qa": N_("QA / test")},
            aliases={"prod": "production", "test": "qa", "testing": "qa"},
            help=N_("Fills in the address; an address of your own wins."),
            overruled_by="base_url",
        ),
        FieldSpec(
            "base_url",
            N_("Address"),
            FieldType.URL,
            ("VITEC_HUB_BASE_URL",),
            help=N_("Leave empty to use the environment's address."),
        ),
        FieldSpec(
            "installation_id",
            N_("Installation id"),
            FieldType.TEXT,
            ("VITEC_INSTALLATION_ID",),
            required=True,
            help=N_("Short code of the customer's installation, for example MSABCTEST."),
        ),
        FieldSpec("product_login", N_("Product login"), FieldType.TEXT, ("VITEC_HUB_PRODUCT_LOGIN",), required=True),
        FieldSpec(
            "access_key",
            N_("Access key"),
            FieldType.SECRET,
            ("VITEC_HUB_ACCESS_KEY", "VITEC_ACCESS_KEY"),
            required=True,
            help=N_("Kept in the system's keyring only."),
        ),
        FieldSpec("timeout_s", N_("Time limit per request (seconds)"), FieldType.NUMBER, default=30, low=1, high=300),
        FieldSpec(
            "max_rps",
            N_("Most requests per second"),
            FieldType.NUMBER,
            default=50,
            low=1,
            high=200,
            whole=True,
            clamped=True,
        ),
        SYNC_INTERVAL,
        ENABLE_WEBHOOKS,
        *LINE_FIELDS,
    ),
)
