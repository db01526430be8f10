"""What the parameters of operations are called, in forms and where a run is told; settings go by their own labels."""

from __future__ import annotations

from app.domain.kinds import KINDS
from app.i18n import N_, _
from ui.texts import FIELD_WORDS

PARAMETER_WORDS = {
    "employees": N_("Employees"),
    "offices": N_("Offices"),
    "people": N_("People"),
    "person": N_("Person"),
    "employee": N_("Person"),
    "devices": N_("Devices"),
    "device": N_("Device"),
    "without": N_("Left out"),
    "pace": N_("Pace"),
    "on_fatal": N_("If a device fails"),
    "stop_on_person_data_error": N_("Stop when a person's data are refused"),
    "photo_transfer": N_("How photos get there"),
    "when_person_exists": N_("When a person is already there"),
    "when_face_exists": N_("When a face is already there"),
    "photo_check": N_("When a photo looks unusable"),
    "id": N_("Record"),
    "values": N_("New values"),
    "unpin": N_("Released pins"),
    "name": N_("Name"),
    "kind": N_("Kind"),
    "kinds": N_("Kind"),
    "settings": N_("Settings"),
    "paused": N_("Paused"),
    "file": N_("File"),
    "errors_file": N_("File"),
    "customers": N_("Customers"),
    "customer": N_("Customer"),
    "external_key": N_("External key"),
    "columns": N_("Columns"),
    "connection": N_("Connection"),
    "connections": N_("Connections"),
    "operation": N_("Operation"),
    "params": N_("Settings"),
    "role": N_("Role"),
    "actor": N_("Who"),
    "text": N_("Search"),
    "fingerprint": N_("SHA-256 fingerprint"),
    "database_url": N_("Address of the database"),
    "accept_missing": N_("They really left"),
    "confirm": N_("Confirmed"),
    "again": N_("Send again"),
    "action": N_("What to do"),
    "remove": N_("Removed"),
    "purge": N_("Remove with its history"),
    "undo": N_("Undo"),
    # Translators: parameters of operations that run by themselves
    "start_date": N_("From day"),
    "end_date": N_("To day"),
    "full_sync": N_("Everything anew"),
    "departments": N_("Departments"),
    "groups": N_("Groups"),
    "agents": N_("Agents"),
    "all_days": N_("Also days without a difference"),
    "fetch": N_("Fetch before comparing"),
    # Translators: from here on, when something runs by itself
    "schedule": N_("Schedule"),
    "every": N_("Every"),
    "cron": N_("By the calendar"),
    "zone": N_("Time zone"),
    "quiet": N_("Nothing starts between"),
    "jitter": N_("Spread of start times (percent)"),
    # Translators: from here on, working time, schedules and the contact centre
    "agent_id": N_("Person"),
    "batch_id": N_("Import"),
    "by_number": N_("Link accounts by personnel number"),
    "calculation_mode": N_("Period"),
    "day": N_("Day"),
    "days": N_("Days"),
    "absent": N_("Absent"),
    "add": N_("Add"),
    "shifts": N_("Shifts"),
    "shift_start": N_("Shift begins"),
    "periods": N_("Worked time"),
    "pieces": N_("Month"),
    "partly": N_("Only good rows"),
    "stored": N_("Plan"),
    "only": N_("Kind of gap"),
    "initiator_name": N_("Confirmed by"),
    "timestamp": N_("Time"),
    "state_code": N_("Status"),
    "meaning": N_("Meaning"),
    "limits": N_("Limits and alarms"),
    # Translators: from here on, files of contact centre data
    "data_type": N_("Type of data"),
    "format": N_("Format"),
    "encoding": N_("Encoding"),
    "separator": N_("Separator"),
    "corrections": N_("Put right"),
    "include_raw_data": N_("Include raw data: all that is known of a row, as JSON"),
    "only_valid": N_("Only good rows"),
    "strict": N_("Strict: warnings are errors"),
    "update_existing": N_("Replace rows that are there already"),
    "validate_before_import": N_("Check"),
    "validation_rules": N_("Own rules"),
    # Translators: from here on, field mappings
    "entity": N_("Records"),
    "rows": N_("Fields"),
    "value": N_("Value"),
    "target": N_("Stands for"),
    # Translators: from here on, how long history is kept
    "run_days": N_("Runs with their counts"),
    "run_detail_days": N_("Results of runs, record by record"),
    "audit_days": N_("Audit trail"),
    "webhook_attempt_days": N_("Tries of webhooks, with what was sent"),
    "webhook_delivery_days": N_("Deliveries of webhooks"),
    # Translators: from here on, webhooks
    "url": N_("Address"),
    "event_types": N_("Types of events"),
    "auth_type": N_("Sign-in"),
    "compatible_signature": N_("Also sign the way GitHub does"),
    "unsigned": N_("Do not sign"),
    "retry_profile": N_("Retries"),
    "retry_delay_seconds": N_("Seconds before the first retry"),
    "payload_format": N_("Format"),
    "method": N_("Method"),
    "headers": N_("More headers"),
    "insecure": N_("Allow plain http"),
    "allow_internal": N_("Allow addresses of the own network"),
    "delivery": N_("Delivery"),
    "keep_hours": N_("Hours that the old one still signs"),
    "send_missed": N_("Send what was missed"),
    "since": N_("From day"),
    "until": N_("To day"),
}


def parameter_title(name: str) -> str:
    """What a parameter is called; one that nobody named goes by its own name."""
    words = PARAMETER_WORDS.get(name)
    return _(words) if words else field_title(name)


def field_title(key: str) -> str:
    """What a field of a record, or of a connection, is called."""
    labels = {field.key: field.label for spec in KINDS.values() for field in spec.fields}
    return _(FIELD_WORDS.get(key) or labels.get(key) or key)
