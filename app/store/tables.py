"""Every table of the schema. Whoever works on a table imports its own module: a command loads few of them."""

from __future__ import annotations

from app.store.attempt_rows import ATTEMPT_TABLES
from app.store.audit_rows import AUDIT_TABLES
from app.store.contact_center_rows import CONTACT_CENTER_TABLES
from app.store.mapping_rows import MAPPING_TABLES
from app.store.models import (
    ConnectionRow,
    CooldownRow,
    CustomerRow,
    DeviceRow,
    EmployeeRow,
    JournalRow,
    LeaseRow,
    ListingRow,
    OfficeRow,
    OutcomePackRow,
    OutcomeRow,
    PlacementRow,
    PullRow,
    RunRow,
)
from app.store.onec_rows import ONEC_TABLES
from app.store.organization_rows import ORGANIZATION_TABLES
from app.store.outbox_rows import OUTBOX_TABLES
from app.store.run_digest_rows import HISTORY_TABLES
from app.store.schedule_rows import SCHEDULE_TABLES
from app.store.webhook_rows import WEBHOOK_TABLES

TABLES = (
    ConnectionRow,
    OfficeRow,
    EmployeeRow,
    DeviceRow,
    PlacementRow,
    CooldownRow,
    CustomerRow,
    PullRow,
    RunRow,
    OutcomeRow,
    OutcomePackRow,
    JournalRow,
    LeaseRow,
    ListingRow,
    *ATTEMPT_TABLES,
    *AUDIT_TABLES,
    *CONTACT_CENTER_TABLES,
    *ONEC_TABLES,
    *OUTBOX_TABLES,
    *HISTORY_TABLES,
    *MAPPING_TABLES,
    *SCHEDULE_TABLES,
    *WEBHOOK_TABLES,
    *ORGANIZATION_TABLES,
)
