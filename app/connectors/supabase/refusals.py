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


class SessionEnded(RefusedSignIn):
    """The session cannot be renewed; only a new sign-in helps."""


class EmbedUnknown(RemoteError):
    """The relation between the two tables is not known or not unique (PGRST200, PGRST201)."""


class ColumnUnknown(RemoteError):
    """A column of the query does not exist; the message names it."""


class PageBehindEnd(RemoteError):
    """There are no rows so far behind (416, PGRST103): the list is read."""


class StatementTooLong(TimedOut):
    """The database gave up on the query (57014); a smaller page may work."""


class PhotoMissing(RemoteError):
    """No such file, or not allowed to see it: storage does not tell the two apart."""


class BucketUnknown(RemoteError):
    """No such bucket, or a private one asked by its public address."""


@dataclass(frozen=True)
class _Rule:
    """What a code means: the error's class, its sentence and, where the class has none that fits, its remedy."""

    kind: type[MusterError]
    message: str
    remedy: str = ""

    def error(self, **words: str) -> MusterError:
        return self.kind(_(self.message).format(**words), self.remedy)


_KEY_REMEDY = N_("Check the key, the project address, and that the key is of the kind that its field names.")
_SIGN_IN_REMEDY = N_("Sign in again: edit the connection and enter the password.")
_SCHEMA_REMEDY = N_("Check the project address and the schema setting; the tables must be those of the reference.")
_GRANT_REMEDY = N_("Ask whoever runs the project for a grant and a policy on this table; the help shows both.")
_DASHBOARD_REMEDY = N_("Open the project's dashboard on supabase.com.")

_REST: Mapping[str, _Rule] = {
    "PGRST301": _Rule(RefusedSignIn, N_("Supabase cannot read the sign-in token: {text}"), _SIGN_IN_REMEDY),
    "PGRST302": _Rule(RefusedSignIn, N_("Supabase does not allow access without a signed-in user."), _SIGN_IN_REMEDY),
    "PGRST303": _Rule(RefusedSignIn, N_("Supabase does not accept the sign-in token: {text}"), _SIGN_IN_REMEDY),
    "42501": _Rule(Forbidden, N_("Supabase gives no right to the table {table}."), _GRANT_REMEDY),
    "PGRST205": _Rule(RemoteError, N_("The project has no table {table}."), _SCHEMA_REMEDY),
    "42P01": _Rule(RemoteError, N_("The project has no table {table}."), _SCHEMA_REMEDY),
    "PGRST106": _Rule(RemoteError, N_("The project does not offer this schema: {text}"), _SCHEMA_REMEDY),
    "PGRST200": _Rule(EmbedUnknown, N_("The project knows no relation between the tables: {text}"), _SCHEMA_REMEDY),
    "PGRST201": _Rule(EmbedUnknown, N_("The project knows several relations of the tables: {text}"), _SCHEMA_REMEDY),
    "42703": _Rule(ColumnUnknown, N_("A column is missing in the table {table}: {text}"), _SCHEMA_REMEDY),
    "PGRST204": _Rule(ColumnUnknown, N_("A column is missing in the table {table}: {text}"), _SCHEMA_REMEDY),
    "PGRST116": _Rule(RemoteError, N_("There is not exactly one such row in the table {table}.")),
    "57014": _Rule(StatementTooLong, N_("The project's database took too long to answer.")),
}
_SIGN_IN: Mapping[str, _Rule] = {
    "invalid_credentials": _Rule(
        RefusedSignIn, N_("E-mail or password is wrong."), N_("Edit the connection and enter them again.")
    ),
    "email_not_confirmed": _Rule(
        RefusedSignIn, N_("The e-mail address of this account is not confirmed yet."),
        N_("Open the link in the confirmation mail, or let the project's owner confirm the account."),
    ),
    "user_banned": _Rule(
        RefusedSignIn, N_("This account is blocked."), N_("Ask whoever runs the project, or use another account.")
    ),
    "email_provider_disabled": _Rule(
        RefusedSignIn, N_("Sign-in with a password is switched off in this project."),
        N_("Ask whoever runs the project to switch on the e-mail provider."),
    ),
    "captcha_failed": _Rule(
        RefusedSignIn, N_("The project demands a captcha, which a desktop program cannot pass."),
        N_("Ask whoever runs the project to switch off captcha protection for the sign-in."),
    ),
    "insufficient_aal": _Rule(
        RefusedSignIn, N_("The project demands a second factor, which Muster does not support yet."),
        N_("Use an account made for Muster, without a second factor."),
    ),
    **dict.fromkeys(
        (
            "session_expired", "session_not_found", "refresh_token_not_found", "refresh_token_already_used", "bad_jwt",
        ),
        _Rule(SessionEnded, N_("The session with Supabase has ended."), _SIGN_IN_REMEDY),
    ),
    **dict.fromkeys(
        ("request_timeout", "unexpected_failure", "unknown"),
        _Rule(Outage, N_("Supabase's sign-in service has a problem: {text}")),
    ),
}  # fmt: skip
_STORAGE: Mapping[str, _Rule] = {
    "NoSuchKey": _Rule(
        PhotoMissing, N_("There is no such photo in the project, or this account may not see it."),
        N_("Look for the file in the bucket; if it is there, a policy for reading it is missing."),
    ),
    "NoSuchBucket": _Rule(
        BucketUnknown, N_("The project has no such bucket, or it is not public."),
        N_("Check the photo bucket of the connection."),
    ),
    "AccessDenied": _Rule(
        Forbidden, N_("The project's policy does not let this account read photos."),
        N_("Ask whoever runs the project for a policy on the photo bucket; the help shows one."),
    ),
    "InvalidJWT": _Rule(TokenExpired, N_("Supabase's storage does not accept the sign-in token."), _SIGN_IN_REMEDY),
    "ExpiredToken": _Rule(TokenExpired, N_("The sign-in token of Supabase's storage expired."), _SIGN_IN_REMEDY),
}  # fmt: skip
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
        return TokenExpired(_("The sign-in token expired."), _SIGN_IN_REMEDY)
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
    if answer.status == 401:
        if "No API key found" in text:
            return NotConfigured(_("Supabase got no key."), N_("Fill in the key of the connection."))
        return RefusedSignIn(_("Supabase does not accept the key."), _KEY_REMEDY)
    if answer.status == 402:
        return RemoteError(_("The project is restricted: its quota or payment ran out."), _DASHBOARD_REMEDY)
    if answer.status == 403:
        return Forbidden(_("Supabase forbids it: {text}").format(text=text))
    if answer.status == 404:
        return RemoteError(_("Supabase does not know this address."), N_("Check the project address."))
    if answer.status == 540:
        return RemoteError(_("The project is paused."), N_("Restore it in the project's dashboard on supabase.com."))
    return None  # every other status is what it is for every system
