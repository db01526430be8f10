"""From CETEC's answers to the closed family of errors (cetec-mysql.md §2.4).

What a wrong token gets is not documented, so it is told from what arrives: a status, a redirect, a page to sign in at.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

import httpx

from app.connectors.http import Answer, Classify, rate_limited, redirect_target
from app.errors import BadData, MusterError, Redirected, RefusedSignIn, RemoteError
from app.i18n import N_, _
from app.redaction import redact

SYSTEM = "CETEC"
_MOST_PAGE_BYTES = 1_000_000
_SIGN_IN_PAGE = re.compile(rb"""type\s*=\s*["']?password|login""", re.IGNORECASE)
_TOKEN_REMEDY = N_("Check the token: that it is right, has the needed rights, and is allowed from this address.")
_ADDRESS_REMEDY = N_("Check the domain or the address of the connection.")
_UNKNOWN_NAME_REMEDY = N_("Check the domain: an unknown name at cetecerp.com may still answer with a page.")


def refusals(base_url: str) -> Classify:
    """The classification of answers of the installation at `base_url`."""
    host = (urlsplit(base_url).hostname or "").lower()

    def classify(answer: Answer) -> MusterError | None:
        if answer.status in {401, 403} or (300 <= answer.status < 400 and _to_sign_in(answer, host)):
            return RefusedSignIn(_("CETEC rejected the token (or this network address)."), _TOKEN_REMEDY)
        if 300 <= answer.status < 400:
            return Redirected(_("CETEC redirects to {host}.").format(host=redact(redirect_target(answer))))
        if answer.status == 404:
            return RemoteError(_("No CETEC API at this address."), _ADDRESS_REMEDY)
        if answer.status == 429:
            return rate_limited(answer, SYSTEM)
        if 200 <= answer.status < 300 and _is_page(answer):
            return _page(answer)
        return None  # every other status is what it is for every system

    return classify


def _to_sign_in(answer: Answer, host: str) -> bool:
    try:
        target = httpx.URL(answer.headers.get("location", ""))
    except httpx.InvalidURL:
        return False
    return "login" in target.path.lower() or target.host not in {"", host}


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "text/html" or answer.body[:100].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _page(answer: Answer) -> MusterError:
    signs_in = _SIGN_IN_PAGE.search(answer.body[:_MOST_PAGE_BYTES]) is not None
    message = _("CETEC answered with a web page instead of data. Check token and domain.")
    return RefusedSignIn(message, _TOKEN_REMEDY) if signs_in else BadData(message, _UNKNOWN_NAME_REMEDY)
