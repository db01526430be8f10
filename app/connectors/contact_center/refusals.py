"""From a platform's answers to the closed family of errors (contact-center.md §4)."""

from __future__ import annotations

from typing import Any

from app.connectors.http import Answer, rate_limited
from app.connectors.retry_after import retry_after_seconds
from app.connectors.tolerant_json import NotJson, Row, read_json, rows_of
from app.domain.causes import CAUSES
from app.errors import Forbidden, MusterError, Outage, RefusedSignIn, RemoteError
from app.i18n import _
from app.redaction import redact

WORTH_REPEATING = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_TEXT_CHARS = 500
_MOST_READ_BYTES = 100_000


class NoData(RemoteError):
    """404: nothing for these parameters; when every question gets it, the address is wrong (§4, §7.6)."""

    code = "cc.no_data"
    default_remedy = CAUSES[code].remedy


class BadParameter(RemoteError):
    """400: the platform does not take a parameter; `field` names it."""

    code = "cc.bad_parameter"
    default_remedy = CAUSES[code].remedy
    field = ""


def classify(answer: Answer) -> MusterError | None:
    """What an answer means; None for one that carries data."""
    status = answer.status
    if status == 400:
        return _bad_parameter(answer)
    if status == 401:
        return RefusedSignIn(
            _("The contact centre does not accept the sign-in."),
            _("Check the sign-in of the connection: type, and token, key or password."),
        )
    if status == 403:
        return Forbidden(
            _("The contact centre knows the sign-in, which has no right to this."),
            _("Ask whoever runs the platform for the right to read its integration interface."),
        )
    if status == 404:
        return NoData(_("The contact centre has no data for this."))
    if status == 429:
        return rate_limited(answer, _("Contact centre"))
    if status in WORTH_REPEATING or status >= 500:
        return Outage(
            _("The contact centre failed: {status} {text}").format(status=status, text=_said(answer)).rstrip(),
            retry_after=retry_after_seconds(answer.headers.get("retry-after")),
        )
    return None


def _bad_parameter(answer: Answer) -> BadParameter:
    row = _object(answer)
    field = _text(row, "field")
    said = _said(answer)
    if not field:
        return BadParameter(_("The contact centre refuses what was asked: {text}").format(text=said).rstrip())
    text = _("The contact centre refuses the parameter {field}: {text}").format(field=field, text=said).rstrip()
    error = BadParameter(text)
    error.field = field
    return error


def _said(answer: Answer) -> str:
    """Message and description, else how the answer begins; without secrets."""
    row = _object(answer)
    parts = (_text(row, "message"), _text(row, "description"), _text(row, "detail"))
    return " ".join(dict.fromkeys(part for part in parts if part)) or answer.excerpt()


def _object(answer: Answer) -> Row:
    try:
        rows = rows_of(read_json(answer.body[:_MOST_READ_BYTES]).value).found
    except NotJson:
        return Row({})
    return rows[0] if rows else Row({})


def _text(row: Row, name: str) -> str:
    value: Any = row.get(name)
    # Blanked before it is cut: a secret that the cut went through would not be known again.
    return " ".join(redact(str(value)).split())[:_MOST_TEXT_CHARS] if isinstance(value, str | int) else ""
