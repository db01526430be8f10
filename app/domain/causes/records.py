"""Why a record of a list, a step of a plan or a customer's check was left out; `record_code` makes the code."""

from __future__ import annotations

from app.domain.causes.cause import RECORD_LEFT_OUT, Cause
from app.i18n import N_

_LACKS = N_("The source does not say what is needed to keep this record.")
_NUMBER = N_("A terminal knows people by their number: a whole number that nobody else has.")
_CHOICE = N_("It was not chosen.")
_TWO = N_("Two records claim to be the same, and nothing says which of them is right.")
_AT_SOURCE = N_("Correct it at its source, then sync again.")
_DECIDE = N_("Decide which of the two is right, correct it at its source, then run it again.")
_NOT_SENT = N_("The person is not sent; all others are.")
_SERVER = N_("The database server could not be asked, so what was known before stays.")


def record_code(reason: str) -> str:
    """The code of a reason for which records are left out; what it is about follows a colon and does not count."""
    return f"record.{reason.partition(':')[0]}" if reason else ""


def _cause(reason: str, title: str, cause: str, remedy: str, effect: str = RECORD_LEFT_OUT) -> Cause:
    return Cause(record_code(reason), title, cause, effect, remedy)


RECORDS = (
    _cause("unreadable", N_("Not a record"), _LACKS, _AT_SOURCE),
    _cause("missing_name", N_("No name at the source"), _LACKS, _AT_SOURCE),
    _cause("missing_required", N_("Required value missing at the source"), _LACKS, _AT_SOURCE),
    _cause("missing_employee_id", N_("No employee id at the source"), _LACKS, _AT_SOURCE),
    _cause("missing_department_id", N_("No department at the source"), _LACKS, _AT_SOURCE),
    _cause(
        "missing_office",
        N_("Office not known here"),
        N_("The person belongs to a department that is not one of the offices here."),
        N_("Sync the offices first; if it stays, the department is not shared with this login."),
    ),
    _cause(
        "mapping",
        N_("The mapping cannot take it"),
        N_("A field mapping of the connection converts or checks a value of this record, and the value does not fit."),
        N_("Correct it at the source, or change the mapping of this connection."),
    ),
    _cause("duplicate_id", N_("Listed twice with the same id"), _TWO, _DECIDE),
    _cause("conflict", N_("Conflict"), _TWO, _DECIDE),
    _cause("number_taken", N_("The number belongs to somebody else"), _NUMBER, _DECIDE),
    _cause(
        "changed_meanwhile",
        N_("Changed since the preview"),
        N_("Somebody changed the record after the preview was made."),
        N_("Run the preview again."),
    ),
    _cause("not_active", N_("Not active"), N_("Only active people are sent."), _AT_SOURCE, _NOT_SENT),
    _cause("no_number", N_("No terminal number"), _NUMBER, N_("Give the person a terminal number, then push again.")),
    _cause("bad_number", N_("Not a terminal number"), _NUMBER, N_("A number from 1 to 2147483647 is one."), _NOT_SENT),
    _cause(
        "doubled_number",
        N_("Two people with the same number"),
        N_("The second of them would overwrite the first on the devices."),
        N_("Give one of them another number."),
        _NOT_SENT,
    ),
    _cause("no_name", N_("No name"), _LACKS, N_("Give the person a name."), _NOT_SENT),
    _cause(
        "no_photo",
        N_("No photo"),
        N_("Nothing is known that could be sent."),
        N_("Give the person a photo."),
        _NOT_SENT,
    ),
    _cause(
        "no_room",
        N_("Not enough room on the device"),
        N_("The device has no room for more people or faces."),
        N_("Remove people who left from the device, or use a device with more room."),
        _NOT_SENT,
    ),
    _cause("invalid_row", N_("Row that cannot be taken"), N_("A value of the row is missing or wrong."), _AT_SOURCE),
    _cause("name_taken", N_("Already there"), N_("There is one of that name."), N_("Rename one of the two.")),
    _cause("not_selected", N_("Not selected in the preview"), _CHOICE, N_("Select it in the preview.")),
    _cause("office_not_selected", N_("Office not selected in the preview"), _CHOICE, N_("Select it in the preview.")),
    _cause(
        "unknown_customer",
        N_("Unknown customer"),
        N_("No customer here has this id."),
        N_("Sync the customers first."),
    ),
    _cause(
        "mysql_error",
        N_("Check failed"),
        _SERVER,
        N_("Test the MySQL connection, then check again."),
        N_("Whether the database is there stays as it was known before."),
    ),
    _cause(
        "batch_timeout",
        N_("Check took too long"),
        _SERVER,
        N_("Check fewer customers at once, or allow the server more seconds."),
        N_("Whether the database is there stays as it was known before."),
    ),
)
