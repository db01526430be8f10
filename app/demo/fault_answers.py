"""What each fault looks like over HTTP: one table for answers given instead, one for answers spoilt."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from app.demo.faults import Fault, FaultPlan, RetryAfter
from app.demo.line import BrokenOff, Late, Silence
from app.demo.listing import Record

Clone = Callable[[Record, int], Record]
"""Makes one more record out of another, so that the list stays free of doubles."""

SIGN_IN_PAGE = "https://login.fjordheim.example/Account/Login"
LIMIT = 1000
MEGABYTE = 1 << 20

SIGN_IN_HTML = """<!DOCTYPE html>
<html lang="no"><head><meta charset="utf-8"><title>Logg inn</title></head>
<body><main><h1>Logg inn</h1><form method="post" action="/Account/Login">
<label>Brukernavn <input name="username"></label>
<label>Passord <input name="password" type="password"></label>
<button>Logg inn</button></form></main></body></html>
"""


def instead(plan: FaultPlan, request: Request) -> Response | None:
    """The answer given in place of the right one, or None when the right one is still needed."""
    make = INSTEAD.get(plan.fault)
    return make(plan, request) if make else None


def spoilt(plan: FaultPlan, answer: Response, clone: Clone | None) -> Response:
    """The right answer as the fault leaves it; a refusal can be late, but is not changed.

    `clone` is None where no list of records is answered.
    """
    spoil = SPOILT.get(plan.fault)
    touched = answer.status_code == 200 or plan.fault is Fault.SLOW
    return spoil(plan, answer, clone) if spoil and touched else answer


def unauthorized() -> Response:
    """401, asking for Basic authentication."""
    return JSONResponse(
        {"message": "Authorization has been denied for this request."},
        401,
        {"WWW-Authenticate": 'Basic realm="Demo"'},
    )


def forbidden() -> Response:
    """403: signed in, without the right."""
    return JSONResponse({"message": "The product has no access to this function or installation."}, 403)


def not_found() -> Response:
    """404."""
    return JSONResponse({"message": "No resource was found that matches the request."}, 404)


def _rate_limited(plan: FaultPlan, _request: Request) -> Response:
    date = datetime.now(UTC) + timedelta(seconds=plan.seconds)
    when = {
        RetryAfter.SECONDS: str(math.ceil(plan.seconds)),
        RetryAfter.HTTP_DATE: format_datetime(date, usegmt=True),
    }
    headers = {} if plan.retry_after is RetryAfter.MISSING else {"Retry-After": when[plan.retry_after]}
    return JSONResponse({"message": "Too many requests."}, 429, headers)


def _server_error(plan: FaultPlan, request: Request) -> Response:
    text = "The service is unavailable.\n"
    if plan.leaks:
        told = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        text += f"{request.method} {request.url}\n{told}\n" + "   at Vitec.Hub.Pipeline.Invoke()\n" * 40
    return PlainTextResponse(text, plan.status)


def _redirect(_plan: FaultPlan, request: Request) -> Response:
    return RedirectResponse(f"{SIGN_IN_PAGE}?ReturnUrl={quote(request.url.path, safe='')}", 302)


def _huge(_plan: FaultPlan, _request: Request) -> Response:
    return StreamingResponse(_endless_list(), media_type="application/json")


async def _endless_list() -> AsyncIterator[bytes]:
    """A well-formed list of a little over 100 MB, a megabyte at a time."""
    yield b"["
    piece = b'{"filler":"' + b"x" * (MEGABYTE - 14) + b'"},'
    for _ in range(101):
        yield piece
        await asyncio.sleep(0)  # others are served meanwhile
    yield b"{}]"


INSTEAD: dict[Fault, Callable[[FaultPlan, Request], Response]] = {
    Fault.UNAUTHORIZED: lambda _plan, _request: unauthorized(),
    Fault.FORBIDDEN: lambda _plan, _request: forbidden(),
    Fault.NOT_FOUND: lambda _plan, _request: not_found(),
    Fault.RATE_LIMITED: _rate_limited,
    Fault.SERVER_ERROR: _server_error,
    Fault.HTML: lambda _plan, _request: HTMLResponse(SIGN_IN_HTML),
    Fault.REDIRECT: _redirect,
    Fault.HANG: lambda _plan, _request: Silence(),
    Fault.HUGE: _huge,
}


def _cut(plan: FaultPlan, answer: Response, _clone: Clone | None) -> Response:
    if plan.breaks:
        return BrokenOff(answer)
    body = bytes(answer.body)
    return Response(body[: len(body) // 2], media_type=answer.headers["content-type"])


def _empty(_plan: FaultPlan, answer: Response, clone: Clone | None) -> Response:
    return JSONResponse([]) if clone else answer


def _not_a_list(_plan: FaultPlan, answer: Response, clone: Clone | None) -> Response:
    return JSONResponse({"items": json.loads(bytes(answer.body))}) if clone else answer


def _exact_1000(_plan: FaultPlan, answer: Response, clone: Clone | None) -> Response:
    if clone is None:
        return answer
    records: list[Record] = json.loads(bytes(answer.body))[:LIMIT]
    known = len(records)
    records += [clone(records[number % known], number) for number in range(known, LIMIT if known else 0)]
    return JSONResponse(records)


SPOILT: dict[Fault, Callable[[FaultPlan, Response, Clone | None], Response]] = {
    Fault.SLOW: lambda plan, answer, _clone: Late(answer, plan.seconds),
    Fault.CUT_JSON: _cut,
    Fault.EMPTY_LIST: _empty,
    Fault.NOT_A_LIST: _not_a_list,
    Fault.EXACT_1000: _exact_1000,
}
