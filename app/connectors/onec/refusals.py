"""From 1C's answers to the closed family of errors (onec-zup.md §4.5).

1C knows two statuses, 200 and 500, so a 500 is read: a sentence for people is a refusal, a missing licence passes, a
trace of a module is a failure. What 1C says is shown word by word.
"""

from __future__ import annotations

import re

import httpx

from app.connectors.http import Answer, rate_limited
from app.connectors.retry_after import retry_after_seconds
from app.connectors.tolerant_json import NotJson, Row, body_text, read_json, rows_of
from app.domain.causes import CAUSES
from app.domain.onec_values import flag, text
from app.errors import Forbidden, MusterError, Outage, Redirected, RefusedSignIn, RemoteError
from app.i18n import _
from app.redaction import redact

SYSTEM = "1C"
_MOST_TEXT_CHARS = 1_000
_MOST_SENTENCE_CHARS = 500
_MOST_READ_BYTES = 1_000_000
_BUSY = frozenset({406, 408, 425, 503})
_LOST = frozenset({502, 504})
_DESCR = re.compile(r"<(?:\w+:)?descr\b[^>]*>([^<]*)<", re.IGNORECASE)
_BUSY_REASON = re.compile(r"""\breason\s*=\s*["']?406\b""")
_TRACE = re.compile(r"\{[^{}\n]{1,200}\(\d+(?:,\s*\d+)?\)\}|clsid\s*=|\bexception\b", re.IGNORECASE)
_NO_LICENCE = re.compile(
    r"свободн\w+ лицензи|не найдена лицензия\s*(?:[.!]|$)|не обнаружен ключ защиты|"
    r"no free licen[cs]e|licen[cs]e not found",
    re.IGNORECASE,
)
"""The platform's own wordings (§4.4)."""
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_SAID = ("message", "error", "description")


class OneCBusinessError(RemoteError):
    """1C refuses for a reason of its own, such as a production calendar that is not filled; its words verbatim."""

    code = "onec.business"
    default_remedy = CAUSES[code].remedy


class OneCBadRequest(RemoteError):
    """1C does not take what was sent (400)."""

    code = "onec.bad_request"
    default_remedy = CAUSES[code].remedy


class OneCLicenseUnavailable(RemoteError):
    """1C answers and has no free licence for one more session (§4.4).

    `otherwise` is what the answer means if it only speaks of some licence; None for the platform's own refusal, which
    comes before the service does anything.
    """

    code = "onec.no_licence"
    default_remedy = CAUSES[code].remedy
    otherwise: MusterError | None = None


class OneCNotFound(RemoteError):
    """404: no such publication, service or method."""

    code = "onec.not_found"
    default_remedy = CAUSES[code].remedy


class OneCPlatformNotFound(OneCNotFound):
    """404 in the words of 1C's platform, so that the publication is there."""


class OneCSessionLost(OneCNotFound):
    """404 to a write in a session, which may be of the session or of the address, and may have come too late (§9.3)."""

    code = "onec.session_lost"
    default_remedy = CAUSES[code].remedy


class OneCWrongVerb(RemoteError):
    """405: there is such a method, and it is called in another way."""

    code = "onec.wrong_verb"
    default_remedy = CAUSES[code].remedy


class OneCBusy(Outage):
    """1C cannot take the call just now: no session, no cluster, infobase locked."""

    code = "onec.busy"
    default_remedy = CAUSES[code].remedy


class OneCLost(OneCBusy):
    """A server on the way got no answer from 1C (502, 504), which may have done what it was asked nevertheless."""

    code = "onec.lost"
    default_remedy = CAUSES[code].remedy


class OneCFailed(Outage):
    """A module of 1C broke off."""

    code = "onec.failed"
    default_remedy = CAUSES[code].remedy


def classify(answer: Answer) -> MusterError | None:
    """What an answer means; None for 200."""
    status = answer.status
    if status < 300:
        return None
    if status < 400:
        return _redirected(answer)
    if status == 401:
        return RefusedSignIn(
            _("1C does not accept the sign-in."),
            _("Check user and password, that the user is not disabled, and that 1C authentication is ticked for it."),
        )
    if status == 403:
        return Forbidden(
            _("1C knows the user, who has no right to the service."), _("Ask the administrator of 1C for the right.")
        )
    if status == 429:
        return rate_limited(answer, SYSTEM)
    said = said_by(answer)
    meant = _meant(answer, said)
    if status >= 500 and re.search(r"лиценз|licen", _whole(answer), re.IGNORECASE):
        none_free = OneCLicenseUnavailable(_(CAUSES[OneCLicenseUnavailable.code].cause))
        own = _NO_LICENCE.search(said) and not _TRACE.search(said) and _json_text(answer.body) is None
        none_free.otherwise = None if own else meant
        return none_free
    return meant


def _meant(answer: Answer, said: str) -> MusterError | None:
    """The same, of what an answer says in any other matter than licences."""
    status = answer.status
    if status in _BUSY | _LOST or (status >= 500 and _BUSY_REASON.search(_whole(answer)[:_MOST_TEXT_CHARS])):
        return (OneCLost if status in _LOST else OneCBusy)(
            _("1C cannot take calls just now: {status} {text}").format(status=status, text=said).rstrip(),
            retry_after=retry_after_seconds(answer.headers.get("retry-after")),
        )
    if status == 404 and _DESCR.search(_whole(answer)):
        return OneCPlatformNotFound(
            _("1C does not know this address: {text}").format(text=said),
            _("Check what follows /hs/ in the address, and that the HTTP service is published."),
        )
    return _refused(status, said) if status < 500 else _failed(answer, said)


def _refused(status: int, said: str) -> MusterError | None:
    if status == 400:
        return OneCBadRequest(_("1C refuses what was sent: {text}").format(text=said))
    if status == 404:
        return OneCNotFound(_(CAUSES[OneCNotFound.code].cause))
    if status == 405:
        return OneCWrongVerb(_(CAUSES[OneCWrongVerb.code].cause))
    return None  # every other status is what it is for every system


def _failed(answer: Answer, said: str) -> MusterError:
    """Business or failure: only words for people are business."""
    if said and not _TRACE.search(said) and (_answered(answer) or _is_sentence(answer, said)):
        return OneCBusinessError(said)
    return OneCFailed(_("1C failed: {status} {text}").format(status=answer.status, text=said).rstrip())


def said_by(answer: Answer) -> str:
    """What an answer says to people: a text inside JSON or XML, else its beginning; without secrets."""
    written = _json_text(answer.body) if len(answer.body) <= _MOST_READ_BYTES else None
    if written is None:
        import html  # its table of entities takes 5 ms, and few answers are XML

        whole = _whole(answer)
        descr = _DESCR.search(whole)
        written = html.unescape(descr[1]) if descr else whole
    # Blanked before it is cut: a secret that the cut went through would not be known again.
    return " ".join(redact(written[: 100 * _MOST_TEXT_CHARS]).split())[:_MOST_TEXT_CHARS]


def _whole(answer: Answer) -> str:
    return body_text(answer.body[:_MOST_READ_BYTES])


def _answered(answer: Answer) -> bool:
    return len(answer.body) <= _MOST_READ_BYTES and bool(_json_text(answer.body))


def _is_sentence(answer: Answer, said: str) -> bool:
    return (
        len(said) <= _MOST_SENTENCE_CHARS
        and _CYRILLIC.search(said) is not None
        and not re.search(r"<\w", _whole(answer)[:_MOST_TEXT_CHARS])
    )


def _json_text(body: bytes) -> str | None:
    """The text for people of a JSON answer, blank when it has none; None when it is no JSON object."""
    try:
        rows = rows_of(read_json(body).value).found
    except NotJson:
        return None
    return message_of(rows[0]) if rows else None


def message_of(row: Row) -> str:
    """What an object of an answer says to people; OData wraps it (§4.6)."""
    for row_or_part in (row, *row.rows("odata.error", "error")):
        for name in _SAID:
            value = row_or_part.get(name)
            if isinstance(value, dict):
                value = Row(value).get("value", "message")
            if found := text(value):
                return found
    result = row.get("result")
    return text(result) if flag(result) is None else ""


def _redirected(answer: Answer) -> MusterError:
    """Never followed, as a POST would become a GET; the target is named so that it can be entered (§4.1)."""
    try:
        target = httpx.URL(answer.headers.get("location", "")).copy_with(query=None, fragment=None, userinfo=b"")
    except httpx.InvalidURL:
        target = httpx.URL("")
    return Redirected(
        _("1C redirects to {address}.").format(address=redact(str(target)) or "?"),
        _("Enter that address in the connection, if it is the right one; often it is https in place of http."),
    )
