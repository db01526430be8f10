"""What a contact centre refuses for (contact-center.md §4)."""

from __future__ import annotations

from app.domain.causes.cause import RECORD_LEFT_OUT, Cause
from app.domain.causes.general import REMOTE_ERROR
from app.i18n import N_

SYSTEM = N_("Contact centre")
CONTACT_CENTER = (
    REMOTE_ERROR.about(
        "cc.no_data",
        N_("The contact centre has no data for this; when every question gets that answer, the address is wrong."),
        N_("Check the address of the connection."),
        system=SYSTEM,
    ),
    REMOTE_ERROR.about(
        "cc.bad_parameter",
        N_("The contact centre does not take one of the values that were sent; its words name it."),
        N_("Check the settings of the connection and what was asked for; the platform names the culprit."),
        system=SYSTEM,
    ),
    Cause(
        "record.unsendable_id",
        N_("Id that cannot be asked for"),
        N_("Ids are sent as a list with commas: one that is empty or holds a comma itself cannot be among them."),
        RECORD_LEFT_OUT,
        N_("Have the platform give it an id without a comma, or ask without it."),
    ),
)
