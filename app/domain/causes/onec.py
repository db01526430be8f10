"""What 1C refuses for (onec-zup.md §4.5); the classes of `app.connectors.onec.refusals` name these codes."""

from __future__ import annotations

from app.domain.causes.general import BUSY, OUTAGE, REMOTE_ERROR
from app.i18n import N_

ONEC = tuple(
    cause.about(cause.code, cause.cause, system="1C")
    for cause in (
        REMOTE_ERROR.about(
            "onec.business",
            N_("1C refuses for a reason of its own, such as a calendar that is not filled; its words are shown."),
            N_("This is 1C's own answer. Put right in 1C what it names, then send it again."),
            title=N_("1C refuses"),
        ),
        REMOTE_ERROR.about(
            "onec.bad_request",
            N_("1C does not take what was sent."),
            N_("Check what was sent; the administrator of 1C can say what the service expects."),
            title=N_("1C refuses"),
        ),
        BUSY.about(
            "onec.no_licence",
            N_("1C answers, but no free licence."),
            N_("Close idle 1C sessions or buy licences."),
            title=N_("No free licence"),
        ),
        REMOTE_ERROR.about(
            "onec.not_found",
            N_("1C does not know this address."),
            N_("Check the address of the connection: server, publication, /hs/, service."),
        ),
        REMOTE_ERROR.about(
            "onec.session_lost",
            N_("1C does not find what was asked in this session: the session may have ended, or the address is wrong."),
            N_("Look in 1C whether it is there; a schedule can be sent again, which does no harm."),
            title=N_("Session lost"),
            effect=N_("It may be there already. The next call starts another session."),
        ),
        REMOTE_ERROR.about(
            "onec.wrong_verb",
            N_("1C wants this method to be called in another way."),
            N_("Ask the administrator of 1C to compare the service with the published contract."),
        ),
        OUTAGE.about(
            "onec.busy",
            N_("1C cannot take calls just now: no session, no cluster, or the infobase is locked."),
            N_("Wait a few minutes: 1C may be restarting, updated or locked for maintenance."),
        ),
        OUTAGE.about(
            "onec.lost",
            N_("A server on the way got no answer from 1C, which may have done what it was asked nevertheless."),
            N_("Wait a few minutes: 1C may be restarting, updated or locked for maintenance."),
        ),
        OUTAGE.about(
            "onec.failed",
            N_("A module of 1C broke off."),
            N_("Send this text to the administrator of 1C; its technological log says more."),
        ),
        REMOTE_ERROR.about(
            "onec.nobody",
            N_("1C lists nobody with this id."),
            N_("Check the id; people who left are listed for a month only."),
            title=N_("Unknown to 1C"),
        ),
        REMOTE_ERROR.about(
            "onec.no_document",
            N_("1C took the worked time and made no document of it, mostly as it agrees with the plan."),
            N_("Compare plan and worked time of that day in 1C."),
            title=N_("No document made"),
        ),
        REMOTE_ERROR.about(
            "onec.not_in_timesheet",
            N_("The timesheet of that day shows no document of worked time."),
            N_("1C may not have taken it, or plan and worked time agree. It can be sent again."),
            title=N_("Not in the timesheet"),
            effect=N_("It is kept as not confirmed."),
        ),
    )
)
