"""What a read of a contact centre could not take: rows that cannot be read, ids that cannot be asked for, days that it
did not come to (§4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.causes import CAUSES, record_code
from app.domain.contact_center.losses import Unread, causes, sentence, total
from app.domain.outcomes import Action, Outcome, Status
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.contact_center.asking import Subject
from app.operations.context import RunContext

_UNREADABLE, _UNSENDABLE = "unreadable", "unsendable_id"


def note_losses(context: RunContext, unread: Sequence[Unread], not_asked: Sequence[str] = ()) -> None:
    """Count them among the reasons of the run, and warn of rows with their causes."""
    if unread:
        context.warnings.append(sentence(unread))
        context.reasons[_UNREADABLE] += total(unread)
    if not_asked:
        context.reasons[_UNSENDABLE] += len(not_asked)


def unread_outcome(
    subject: Subject, target: str, target_id: str, unread: Sequence[Unread], *, others: bool = False
) -> Outcome:
    """Rows of a group or an agent, or of nobody, that could not be read; whether there are `others`, which could."""
    count = total(unread)
    text = ngettext("{count} row cannot be read: {causes}", "{count} rows cannot be read: {causes}", count)
    message = text.format(count=count, causes=causes(unread))
    status = Status.PARTIAL if others else Status.SKIPPED
    return _failed(subject, target, target_id, status, message, _UNREADABLE)


def unsendable_outcome(subject: Subject, target: str, target_id: str) -> Outcome:
    """A group or an agent that cannot be asked for."""
    message = _("The id is empty or holds a comma, so it cannot be asked for.")
    return _failed(subject, target, target_id, Status.SKIPPED, message, _UNSENDABLE)


def stopped_outcome(
    subject: Subject, target: str, target_id: str, cause: MusterError, count: int, since: date | None
) -> Outcome:
    """A group or an agent of which so many rows came before a read was stopped; `since` is the first day that is
    missing, None where all of them are.
    """
    if since is None:
        status, action = Status.NOT_ATTEMPTED, Action.SKIP
        text = _("Not attempted: {cause}").format(cause=cause.message)
    else:
        status, action = Status.PARTIAL, Action.UPDATE if count else Action.SKIP
        text = ngettext(
            "{count} row; the days from {day} on are missing: {cause}",
            "{count} rows; the days from {day} on are missing: {cause}",
            count,
        ).format(count=count, day=since.isoformat(), cause=cause.message)
    return Outcome(
        subject.name, subject.id, target, target_id, status, "fetch", text, action, cause.remedy, code=cause.code
    )  # fmt: skip


def _failed(subject: Subject, target: str, target_id: str, status: Status, message: str, reason: str) -> Outcome:
    code = record_code(reason)
    return Outcome(
        subject.name, subject.id, target, target_id, status, "fetch", message, Action.SKIP,
        remedy=_(CAUSES[code].remedy), code=code,
    )  # fmt: skip
