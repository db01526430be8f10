"""Every cause that a person may meet, in one place: its code, title, cause, effect and remedy.

An error (`MusterError.code`), an outcome and the error of a run name a code of this catalogue; what exactly happened is
their own message. "Why?" shows both. A test walks all errors and refusal tables: a code that is not here fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.causes.cause import Cause
from app.domain.causes.contact_center import CONTACT_CENTER
from app.domain.causes.database import DATABASE
from app.domain.causes.general import GENERAL, UNEXPECTED
from app.domain.causes.mysql import MYSQL
from app.domain.causes.onec import ONEC
from app.domain.causes.records import RECORDS, record_code
from app.domain.causes.rows import ROWS, row_code
from app.domain.causes.supabase import SUPABASE
from app.domain.causes.terminals import TERMINALS, device_code
from app.domain.causes.webhooks import WEBHOOKS, webhook_code
from app.domain.outcomes import Action, Outcome, RunError, Status
from app.errors import MusterError
from app.i18n import _

ALL = (*GENERAL, *DATABASE, *MYSQL, *SUPABASE, *ONEC, *CONTACT_CENTER, *TERMINALS, *RECORDS, *ROWS, *WEBHOOKS)
CAUSES: Mapping[str, Cause] = MappingProxyType({cause.code: cause for cause in ALL})
__all__ = [
    "ALL", "CAUSES", "Cause", "cause_of_error", "cause_of_outcome", "device_code", "record_code", "remedy_of",
    "row_code", "webhook_code",
]  # fmt: skip


def cause_of_error(error: MusterError | RunError) -> Cause:
    """The cause of an error or of a run's end; one that was kept by an earlier version goes by its kind."""
    return CAUSES.get(error.code) or CAUSES.get(error.kind) or UNEXPECTED


def remedy_of(error: MusterError | RunError) -> str:
    """What to do about an error, translated: its own remedy, else that of its cause; never blank."""
    return _(error.remedy or cause_of_error(error).remedy)


def cause_of_outcome(outcome: Outcome) -> Cause | None:
    """Why it did not go well; None when it did, or when nothing had to be changed."""
    if outcome.status is Status.SUCCESS or (outcome.status is Status.SKIPPED and outcome.action is Action.UNCHANGED):
        return None
    code = outcome.code or (record_code("conflict") if outcome.action is Action.CONFLICT else "")
    return CAUSES.get(code) or CAUSES[outcome.status.value]
