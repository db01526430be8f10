"""From Supabase's error answers to the closed family: REST by code (supabase.md §3.5), sign-in (§6.4), storage (§7.2).

Three services, three forms of body. Each is decided by its code; the status counts only where there is no code, the
text only where the reference names it. `details` and `hint` may be missing, and a 5xx may be no JSON at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.connectors.http import Answer, Classify, rate_limited
from app.domain.causes import CAUSES
from app.errors import (
    ClockOff,
    Forbidden,
    MusterError,
    NotConfigured,
    Outage,
    RefusedSignIn,
    RemoteError,
    TimedOut,
)
from app.i18n import N_, _
from app.redaction import redact

SYSTEM = "Supabase"
_MOST_TEXT = 300


class TokenExpired(RefusedSignIn):
    """The access token is too old; a renewed one may work."""

    code = "supabase.token_expired"


class SessionEnded(RefusedSignIn):
    """The session cannot be renewed; only a new sign-in helps."""

    code = "supabase.session_ended"


class EmbedUnknown(RemoteError):
    """The relation between the two tables is not known or not unique (PGRST200, PGRST201)."""

    code = "supabase.embed_unknown"


class ColumnUnknown(RemoteError):
    """A column of the query does not exist; the message names it."""

    code = "supabase.column_unknown"


class PageBehindEnd(RemoteError):
    """There are no rows so far behind (416, PGRST103): the list is read."""

    code = "supabase.page_behind_end"


class StatementTooLong(TimedOut):
    """The database gave up on the query (57014); a smaller page may work."""

    code = "supabase.statement_too_long"


class PhotoMissing(RemoteError):
    """No such file, or not allowed to see it: storage does not tell the two apart."""

    code = "supabase.photo_missing"


class BucketUnknown(RemoteError):
    """No such bucket, or a private one asked by its public address."""

    code = "supabase.bucket_unknown"


@dataclass(frozen=True)
class _Rule:
    """What a code means: the error's class, its cause, and its sentence where that names more than the cause does."""

    kind: type[MusterError]
    name: str = ""
    message: str = ""

    @property
    def code(self) -> str:
        """The cause in the catalogue, that of the class where none is named."""
        return f"supabase.{self.name}" if self.name else self.kind.code

    def error(self, **words: str) -> MusterError:
        cause = CAUSES[self.code]
        return self.kind(_(self.message or cause.cause).format(**words), cause.remedy, code=cause.code)


_REST: Mapping[str, _Rule] = {
    "PGRST301": _Rule(RefusedSignIn, "bad_token", N_("Supabase cannot read the sign-in token: {text}")),
    "PGRST302": _Rule(RefusedSignIn, "anonymous"),
    "PGRST303": _Rule(RefusedSignIn, "bad_token", N_("Supabase does not accept the sign-in token: {text}")),
    "42501": _Rule(Forbidden, "table_right", N_("Supabase gives no right to the table {table}.")),
    "PGRST205": _Rule(RemoteError, "no_table", N_("The project has no table {table}.")),
    "42P01": _Rule(RemoteError, "no_table", N_("The project has no table {table}.")),
    "PGRST106": _Rule(RemoteError, "no_table", N_("The project does not offer this schema: {text}")),
    "PGRST200": _Rule(EmbedUnknown, message=N_("The project knows no relation between the tables: {text}")),
    "PGRST201": _Rule(EmbedUnknown, message=N_("The project knows several relations of the tables: {text}")),
    "42703": _Rule(ColumnUnknown, message=N_("A column is missing in the table {table}: {text}")),
    "PGRST204": _Rule(ColumnUnknown, message=N_("A column is missing in the table {table}: {text}")),
    "PGRST116": _Rule(RemoteError, "not_one_row", N_("There is not exactly one such row in the table {table}.")),
    "57014": _Rule(StatementTooLong),
}
_OUTAGE = _Rule(Outage, "sign_in_outage", N_("Supabase's sign-in service has a problem: {text}"))
_SIGN_IN: Mapping[str, _Rule] = {
    "invalid_credentials": _Rule(RefusedSignIn, "invalid_credentials"),
    "email_not_confirmed": _Rule(RefusedSignIn, "email_not_confirmed"),
    "user_banned": _Rule(RefusedSignIn, "user_banned"),
    "email_provider_disabled": _Rule(RefusedSignIn, "email_provider_disabled"),
    "captcha_failed": _Rule(RefusedSignIn, "captcha_failed"),
    "insufficient_aal": _Rule(RefusedSignIn, "insufficient_aal"),
    "session_expired": _Rule(SessionEnded),
    "session_not_found": _Rule(SessionEnded),
    "refresh_token_not_found": _Rule(SessionEnded),
    "refresh_token_already_used": _Rule(SessionEnded),
    "bad_jwt": _Rule(SessionEnded),
    "request_timeout": _OUTAGE,
    "unexpected_failure": _OUTAGE,
    "unknown": _OUTAGE,
}
_STORAGE: Mapping[str, _Rule] = {
    "NoSuchKey": _Rule(PhotoMissing),
    "NoSuchBucket": _Rule(BucketUnknown),
    "AccessDenied": _Rule(Forbidden, "photo_right"),
    "InvalidJWT": _Rule(TokenExpired, message=N_("Supabase's storage does not accept the sign-in token.")),
    "ExpiredToken": _Rule(TokenExpired, message=N_("The sign-in token of Supabase's storage expired.")),
}
_GATEWAY: Mapping[int, _Rule] = {
    401: _Rule(RefusedSignIn, "key"),
    402: _Rule(RemoteError, "restricted"),
    404: _Rule(RemoteError, "unknown_address"),
    540: _Rule(RemoteError, "paused"),
}
"""What the gateway in front of all services says, by status (§3.5)."""
_STORAGE_STATUSES = {"404": "NoSuchKey", "403": "AccessDenied", "401": "InvalidJWT"}


@dataclass(frozen=True)
class _Body:
    """What an error answer says, whichever service sent it."""

    code: str
    text: str
    status_code: str = ""


def _read(answer: Answer) -> _Body:
    try:
        value = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return _Body(answer.headers.get("x-sb-error-code", ""), answer.excerpt())
    code = _first(value, "error_code") or answer.headers.get("x-sb-error-code", "") or _first(value, "code")
    text = _first(value, "msg", "message", "error_description", "error") or answer.excerpt()
    return _Body(code, redact(text)[:_MOST_TEXT], str(value.get("statusCode") or ""))


def _first(value: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if isinstance(found := value.get(name), str) and found), "")


def rest_refusals(table: str) -> Classify:
    """The classification of answers of `/rest/v1/{table}`."""

    def classify(answer: Answer) -> MusterError | None:
        if answer.status < 300:
            return None
        if answer.status == 416:
            return PageBehindEnd(_("The page lies behind the end of the list."))
        body = _read(answer)
        if special := _token_refusal(body):
            return special
        if rule := _REST.get(body.code):
            return rule.error(table=table, text=body.text)
        if body.code.startswith(("53", "08")) or re.fullmatch(r"PGRST00[0-3]", body.code):
            return Outage(_("The project's database cannot be reached or is overloaded: {text}").format(text=body.text))
        return general_refusal(answer, body.text)

    return classify


def _token_refusal(body: _Body) -> MusterError | None:
    """Before version 13 an expired token had another code, so the text counts as well (§3.5)."""
    if "JWT expired" in body.text:
        return _Rule(TokenExpired).error()
    if "issued at future" in body.text or "not yet valid" in body.text:
        return ClockOff(_("Supabase says that the sign-in token is from the future: clocks do not agree."))
    return None


def sign_in_refusal(answer: Answer) -> MusterError | None:
    """The classification of answers of `/auth/v1`."""
    if answer.status < 300:
        return None
    body = _read(answer)
    if body.code == "over_request_rate_limit":
        return rate_limited(answer, SYSTEM)
    if rule := _SIGN_IN.get(body.code):
        return rule.error(text=body.text)
    return general_refusal(answer, body.text)


def storage_refusal(answer: Answer) -> MusterError | None:
    """The classification of answers of `/storage/v1`, whose status is nearly always 400 (§7.2)."""
    if answer.status < 300:
        return None
    body = _read(answer)
    if body.code == "SlowDown" or "429" in {body.status_code, str(answer.status)}:
        return rate_limited(answer, SYSTEM)
    code = body.code if body.code in _STORAGE else _STORAGE_STATUSES.get(body.status_code or str(answer.status), "")
    if rule := _STORAGE.get(code):
        return rule.error(text=body.text)
    return general_refusal(answer, body.text)


def general_refusal(answer: Answer, text: str = "") -> MusterError | None:
    """What the gateway in front of all services says (§3.5)."""
    if answer.status == 429:
        return rate_limited(answer, SYSTEM)
    if answer.status == 401 and "No API key found" in text:
        return _Rule(NotConfigured, "no_key").error()
    if answer.status == 403:
        return Forbidden(_("Supabase forbids it: {text}").format(text=text))
    if rule := _GATEWAY.get(answer.status):
        return rule.error()
    return None  # every other status is what it is for every system
