"""Every row of the tables of errors: REST (supabase.md §3.5), sign-in (§6.4), and the gateway before both."""

from __future__ import annotations

import httpx
import pytest

from app.connectors.http import RetryPolicy
from app.connectors.supabase import Supabase
from app.errors import (
    BadData,
    ErrorKind,
    Forbidden,
    MusterError,
    NotConfigured,
    Outage,
    RateLimited,
    RefusedSignIn,
    RemoteError,
    TimedOut,
    Unreachable,
)
from tests.support.supabase import EMPLOYEES, SETTINGS, Keeper, Project, refusal

GATEWAY = [
    (httpx.Response(401, json={"message": "No API key found in request", "hint": "x"}), NotConfigured, "got no key"),
    (httpx.Response(401, json={"message": "Invalid API key"}), RefusedSignIn, "does not accept the key"),
    (httpx.Response(401), RefusedSignIn, "does not accept the key"),
    (httpx.Response(402, json={}), RemoteError, "restricted"),
    (httpx.Response(404, text="not here"), RemoteError, "does not know this address"),
    (httpx.Response(429, headers={"retry-after": "90"}), RateLimited, "90 seconds"),
    (httpx.Response(540), RemoteError, "paused"),
    (httpx.Response(500, text="<html>down</html>"), Outage, "down"),
]
REST = [
    *GATEWAY,
    (refusal(401, "PGRST301", "Expected 3 parts in JWT; got 1"), RefusedSignIn, "Expected 3 parts"),
    (refusal(401, "PGRST302", "Anonymous access is disabled"), RefusedSignIn, "without a signed-in user"),
    (refusal(401, "PGRST303", "JWT not in audience"), RefusedSignIn, "not in audience"),
    (refusal(403, "42501", "permission denied for table angajati"), Forbidden, "no right to the table angajati"),
    (refusal(401, "42501", "permission denied", hint=None), Forbidden, "no right to the table angajati"),
    (refusal(404, "PGRST205", "not in the schema cache"), RemoteError, "no table angajati"),
    (refusal(404, "42P01", "relation does not exist"), RemoteError, "no table angajati"),
    (refusal(400, "PGRST204", "Could not find the 'x' column"), RemoteError, "column is missing"),
    (refusal(400, "PGRST100", "failed to parse"), RemoteError, "failed to parse"),
    (refusal(400, "22P02", "invalid input syntax for type uuid"), RemoteError, "invalid input"),
    (refusal(406, "PGRST116", "JSON object requested"), RemoteError, "not exactly one such row"),
    (refusal(409, "23505", "duplicate key"), RemoteError, "duplicate key"),
    (refusal(406, "PGRST106", "The schema must be one of"), RemoteError, "does not offer this schema"),
    (refusal(500, "57014", "canceling statement"), TimedOut, "took too long"),
    (refusal(503, "PGRST000", "could not connect"), Outage, "cannot be reached or is overloaded"),
    (refusal(503, "PGRST002", "schema cache"), Outage, "cannot be reached or is overloaded"),
    (refusal(504, "PGRST003", "timed out acquiring"), Outage, "cannot be reached or is overloaded"),
    (refusal(503, "53300", "too many connections"), Outage, "cannot be reached or is overloaded"),
    (refusal(503, "08006", "connection failure"), Outage, "cannot be reached or is overloaded"),
    (httpx.Response(544, text="gateway"), Outage, "544"),
]
SIGN_IN = [
    *GATEWAY,
    *((code, RefusedSignIn, text) for code, text in {
        "invalid_credentials": "E-mail or password is wrong", "email_not_confirmed": "not confirmed",
        "user_banned": "blocked", "email_provider_disabled": "switched off", "captcha_failed": "captcha",
        "session_expired": "has ended", "session_not_found": "has ended", "refresh_token_not_found": "has ended",
        "refresh_token_already_used": "has ended", "bad_jwt": "has ended", "insufficient_aal": "second factor",
    }.items()),
    ("over_request_rate_limit", RateLimited, "rate limit"),
    ("request_timeout", Outage, "has a problem"), ("unexpected_failure", Outage, "has a problem"),
    ("unknown", Outage, "has a problem"),
]  # fmt: skip


def named(value: object) -> str:
    if isinstance(value, httpx.Response):
        return f"{value.status_code}"
    return value.__name__ if isinstance(value, type) else str(value)


@pytest.mark.parametrize(("answer", "kind", "text"), REST, ids=named)
async def test_tables(
    client: Supabase, project: Project, answer: httpx.Response, kind: type[MusterError], text: str
) -> None:
    await client.account()
    project.instead["/rest/"].append(answer)
    with pytest.raises(kind, match=text) as refused:
        await client.count(EMPLOYEES)
    assert isinstance(refused.value, Outage) == issubclass(kind, Outage)


BODIES = {
    "default": lambda code: httpx.Response(400, json={"code": 400, "error_code": code, "msg": "m"}),
    "newer": lambda code: httpx.Response(400, json={"code": code, "message": "m"}),
    "header": lambda code: httpx.Response(400, text="m", headers={"x-sb-error-code": code}),
}


@pytest.mark.parametrize("form", BODIES)
@pytest.mark.parametrize(("answer", "kind", "text"), SIGN_IN, ids=named)
async def test_sign_in(
    client: Supabase, project: Project, answer: httpx.Response | str, kind: type[MusterError], text: str, form: str
) -> None:
    """Decided by the code alone, in both forms of the body and in the header."""
    project.instead["/token"].append(BODIES[form](answer) if isinstance(answer, str) else answer)
    with pytest.raises(kind, match=text):
        await client.account()


async def test_a_good_status_with_an_error_in_words_is_no_list(client: Supabase, project: Project) -> None:
    project.instead["/rest/"].append(httpx.Response(200, json={"code": "x", "message": "y"}))
    with pytest.raises(BadData):
        await client.employees()


class TestRepeating:
    @pytest.mark.parametrize(
        ("status", "times"), [(502, 3), (503, 3), (504, 3), (520, 3), (544, 3), (540, 1), (500, 1)]
    )
    async def test_only_what_passes_by_itself_is_repeated(
        self, project: Project, no_waiting: list[float], status: int, times: int
    ) -> None:
        async with Supabase(SETTINGS, Keeper()) as client:
            await client.account()
            project.instead["/rest/"].extend(httpx.Response(status) for _time in range(9))
            with pytest.raises(MusterError):
                await client.count(EMPLOYEES)
        assert len(project.asked("/rest/")) == times

    async def test_a_sign_in_is_never_repeated(self, project: Project, no_waiting: list[float]) -> None:
        async with Supabase(SETTINGS, Keeper()) as client:
            project.instead["/token"].extend(httpx.Response(503) for _time in range(9))
            with pytest.raises(Outage):
                await client.account()
        assert (len(project.asked("/token")), no_waiting) == (1, [])

    async def test_a_project_that_is_down_is_left_alone(self, project: Project) -> None:
        async with Supabase(SETTINGS, Keeper(), RetryPolicy(())) as client:
            await client.account()
            project.instead["/rest/"].extend(httpx.Response(503) for _time in range(9))
            for _time in range(5):
                with pytest.raises(Outage):
                    await client.count(EMPLOYEES)
            with pytest.raises(Unreachable):
                await client.count(EMPLOYEES)
        assert len(project.asked("/rest/")) == 5


@pytest.mark.parametrize("kind", [ErrorKind.REFUSED_SIGN_IN])
async def test_every_refused_sign_in_has_a_remedy(client: Supabase, project: Project, kind: ErrorKind) -> None:
    project.instead["/token"].append(BODIES["default"]("user_banned"))
    with pytest.raises(MusterError) as refused:
        await client.account()
    assert (refused.value.kind, bool(refused.value.remedy)) == (kind, True)
