"""Signing in to 1C and contact centres (connections.md §5): what is sent, what is renewed, what a refusal means."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
import respx

from app.connectors.http import Call, HttpClient, HttpSettings, Repeat, RetryPolicy, may_have_arrived
from app.connectors.oauth import MOST_TOKEN_BYTES, OAuth, OAuthSettings
from app.connectors.sign_in import SignIn, SignInSettings, close_sign_in, make_sign_in, token_expiry
from app.domain.kinds.sign_in import AuthenticationType, ClientAuthentication, header_name, user_name
from app.errors import (
    MusterError,
    NotConfigured,
    Outage,
    RateLimited,
    Redirected,
    RefusedSignIn,
    RemoteError,
    TimedOut,
    Unreachable,
    UsageError,
)
from app.redaction import MASK, redact

BASE = "http://127.0.0.1:1"
TOKENS = "http://127.0.0.1:2/oauth/token"
BASIC, BEARER, KEY, OAUTH, NONE = AuthenticationType


def classify(answer: Any) -> MusterError | None:
    return RefusedSignIn("The system refuses the token.") if answer.status == 401 else None


@asynccontextmanager
async def client(sign_in: SignIn, **settings: Any) -> AsyncIterator[HttpClient]:
    values: dict[str, Any] = {"retry": RetryPolicy(()), "most_per_second": 10_000.0, "most_parallel": 8} | settings
    async with HttpClient(HttpSettings(BASE, "1C", classify, auth=sign_in, **values)) as client:
        try:
            yield client
        finally:
            await close_sign_in(sign_in)


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


class Kept:
    """The refresh tokens of one connection, kept in memory."""

    def __init__(self, typed: str = "", kept: str = "") -> None:
        self.turn = asyncio.Lock()
        self.typed, self.kept = typed, kept
        self.log: list[str] = []

    async def refresh_token(self) -> str:
        return self.kept

    async def password(self) -> str:
        return self.typed

    async def keep(self, refresh_token: str) -> None:
        self.log.append(refresh_token)
        self.kept, self.typed = refresh_token, ""


def oauth(kept: Kept | None = None, **settings: Any) -> OAuth:
    values: dict[str, Any] = {"token_url": TOKENS, "client_id": "muster", "client_secret": "planted-s3cret"} | settings
    made = make_sign_in(SignInSettings(OAUTH, oauth=OAuthSettings(**values)), "1C", kept)
    assert isinstance(made, OAuth)
    return made


def given(token: str = "token-1", **more: Any) -> dict[str, Any]:
    return {"access_token": token, "token_type": "Bearer", "expires_in": 3600} | more


def form(request: httpx.Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(request.content.decode()).items()}


class TestPlainWays:
    async def header(self, wire: respx.MockRouter, settings: SignInSettings, name: str) -> str | None:
        route = wire.get(url__startswith=BASE).respond(200)
        async with client(make_sign_in(settings, "1C")) as http:
            await http.get("agents")
        value: str | None = route.calls.last.request.headers.get(name)
        return value

    async def test_a_cyrillic_user_and_password_go_in_utf_8(self, wire: respx.MockRouter) -> None:
        sent = await self.header(wire, SignInSettings(BASIC, "Обмен", "Пароль:1"), "Authorization")
        assert sent is not None
        assert base64.b64decode(sent.removeprefix("Basic ")).decode("utf-8") == "Обмен:Пароль:1"

    async def test_a_token_goes_as_bearer_without_the_blanks_around_it(self, wire: respx.MockRouter) -> None:
        assert await self.header(wire, SignInSettings(BEARER, token=" t0ken \n"), "Authorization") == "Bearer t0ken"

    @pytest.mark.parametrize("name", ["X-API-Key", "X-Gateway"])
    async def test_a_key_goes_in_its_header(self, wire: respx.MockRouter, name: str) -> None:
        assert await self.header(wire, SignInSettings(KEY, key="k3y-value", key_header=name), name) == "k3y-value"

    async def test_a_key_in_the_address_is_never_logged(
        self, wire: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        route = wire.get(url__startswith=BASE).respond(200)
        caplog.set_level(logging.DEBUG, "app")
        async with client(make_sign_in(SignInSettings(KEY, key="k3y & value", key_query="api"), "1C")) as http:
            await http.get("agents?x=1")
        url = route.calls.last.request.url
        assert dict(url.params) == {"x": "1", "api": "k3y & value"}
        assert "k3y" not in caplog.text
        assert redact(str(url)) == f"{BASE}/agents?x=1&api={MASK}"

    async def test_without_a_sign_in_nothing_is_added(self, wire: respx.MockRouter) -> None:
        assert await self.header(wire, SignInSettings(NONE), "Authorization") is None

    @pytest.mark.parametrize(
        ("settings", "missing"),
        [
            (SignInSettings(BASIC, "u"), "password"),
            (SignInSettings(BASIC), "username, password"),
            (SignInSettings(BEARER), "token"),
            (SignInSettings(BEARER, token=" "), "token"),
            (SignInSettings(KEY), "key"),
            (SignInSettings(KEY, key_query="api"), "key"),
            (SignInSettings(OAUTH), "token_url, client_id"),
        ],
    )
    def test_what_is_missing_is_named(self, settings: SignInSettings, missing: str) -> None:
        with pytest.raises(NotConfigured, match=f"1C is not configured. Missing: {missing}."):
            make_sign_in(settings, "1C")

    @pytest.mark.parametrize("token", ["to\r\nken", "токен", "to\0ken"])
    def test_a_token_that_no_header_can_carry_is_refused_without_repeating_it(self, token: str) -> None:
        with pytest.raises(NotConfigured, match="token holds characters that cannot be sent") as refused:
            make_sign_in(SignInSettings(BEARER, token=token), "1C")
        assert token not in refused.value.message + refused.value.remedy

    def test_a_secret_is_in_no_representation(self) -> None:
        settings = SignInSettings(
            BASIC, "u", "planted", "planted", "planted", oauth=OAuthSettings(client_secret="planted")
        )
        assert "planted" not in repr(settings)

    def test_a_user_name_with_a_colon_is_refused(self) -> None:
        with pytest.raises(UsageError, match="colon"):
            user_name("a:b")

    @pytest.mark.parametrize("name", ["X Key", "X:Key", "", "Ключ", "X\n"])
    def test_a_header_has_a_name_that_can_be_one(self, name: str) -> None:
        with pytest.raises(UsageError):
            header_name(name)


class TestExpiry:
    def test_a_jwt_says_when_it_ends(self) -> None:
        assert token_expiry(jwt.encode({"exp": 1_800_000_000}, "x" * 32)) == datetime.fromtimestamp(1_800_000_000, UTC)

    @pytest.mark.parametrize("token", ["opaque", "", "a.b.c", jwt.encode({"sub": "x"}, "x" * 32)])
    def test_other_tokens_do_not(self, token: str) -> None:
        assert token_expiry(token) is None

    @pytest.mark.parametrize("ends", [1e300, "soon", None, -1e30])
    def test_nonsense_is_no_time(self, ends: object) -> None:
        token = jwt.api_jws.PyJWS().encode(f'{{"exp": {ends!r}}}'.replace("None", "null").encode(), "x" * 32)
        assert token_expiry(token) is None


class TestOneToken:
    async def test_the_client_asks_for_a_token_as_itself(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given())
        calls = wire.get(url__startswith=BASE).respond(200)
        async with client(oauth(scope="zup read", audience="urn:zup")) as http:
            await http.get("agents")
        asked = tokens.calls.last.request
        assert form(asked) == {"grant_type": "client_credentials", "scope": "zup read", "audience": "urn:zup"}
        assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"muster:planted-s3cret").decode()
        assert calls.calls.last.request.headers["authorization"] == "Bearer token-1"

    async def test_the_secret_may_go_in_the_form_instead(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given())
        await oauth(client_authentication=ClientAuthentication.POST).token()
        assert form(tokens.calls.last.request)["client_secret"] == "planted-s3cret"
        assert "authorization" not in tokens.calls.last.request.headers

    async def test_a_cyrillic_client_secret_can_be_sent(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given())
        await oauth(client_secret="секрет").token()
        sent = tokens.calls.last.request.headers["authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent).decode() == "muster:секрет"

    async def test_five_calls_at_once_make_one_token_request(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given())
        calls = wire.get(url__startswith=BASE).respond(200)
        async with client(oauth()) as http, asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(http.get("agents"))
        assert (tokens.call_count, calls.call_count) == (1, 5)

    async def test_five_calls_share_one_refusal(self, wire: respx.MockRouter) -> None:
        async def refuse(_request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.3)  # so that the last call begins before the first is refused
            return httpx.Response(400, json={"error": "invalid_client"})

        tokens = wire.post(TOKENS).mock(side_effect=refuse)
        async with client(oauth()) as http:
            refusals = await asyncio.gather(*(http.get("agents") for _ in range(5)), return_exceptions=True)
        assert all(isinstance(refused, RefusedSignIn) for refused in refusals)
        assert tokens.call_count == 1

    async def test_a_token_that_is_about_to_end_is_renewed_before_it_is_used(
        self, wire: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire.post(TOKENS).mock(side_effect=[httpx.Response(200, json=given(f"token-{n}")) for n in (1, 2)])
        clock = 1000.0
        monkeypatch.setattr("app.connectors.oauth.time.monotonic", lambda: clock)
        sign_in = oauth()
        assert (await sign_in.token()).token == "token-1"
        clock += 3600 - 61
        assert (await sign_in.token()).token == "token-1"
        clock += 2
        assert (await sign_in.token()).token == "token-2"

    @pytest.mark.parametrize("life", [None, 0, -5, 1e12])
    async def test_a_token_of_unknown_life_is_used_until_it_is_refused(
        self, wire: respx.MockRouter, life: object
    ) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given(expires_in=life))
        sign_in = oauth()
        await sign_in.token()
        await sign_in.token()
        assert tokens.call_count == 1


class TestRefusedToken:
    def answers(self, wire: respx.MockRouter, *statuses: int) -> tuple[respx.Route, respx.Route]:
        tokens = wire.post(TOKENS).mock(side_effect=[httpx.Response(200, json=given(f"token-{n}")) for n in range(9)])
        calls = wire.route(url__startswith=BASE).mock(side_effect=[httpx.Response(s) for s in statuses])
        return tokens, calls

    async def test_a_read_gets_one_new_token_and_is_sent_once_more(self, wire: respx.MockRouter) -> None:
        tokens, calls = self.answers(wire, 401, 200)
        async with client(oauth()) as http:
            assert (await http.send(Call("getNormHours", "POST", body={}, repeat=Repeat.READ))).status == 200
        assert (tokens.call_count, calls.call_count) == (2, 2)
        assert calls.calls.last.request.headers["authorization"] == "Bearer token-1"
        assert calls.calls.last.request.content == b"{}"

    async def test_refused_again_it_needs_a_new_sign_in(self, wire: respx.MockRouter) -> None:
        tokens, calls = self.answers(wire, 401, 401)
        async with client(oauth()) as http:
            with pytest.raises(RefusedSignIn):
                await http.get("agents")
        assert (tokens.call_count, calls.call_count) == (2, 2)

    async def test_a_write_is_not_sent_again_and_the_next_call_has_a_new_token(self, wire: respx.MockRouter) -> None:
        tokens, calls = self.answers(wire, 401, 200)
        async with client(oauth()) as http:
            with pytest.raises(RefusedSignIn):
                await http.send(Call("sendFactWorkTime", "POST", body={}, repeat=Repeat.UNSENT))
            assert (tokens.call_count, calls.call_count) == (1, 1)
            await http.get("agents")
        assert calls.calls.last.request.headers["authorization"] == "Bearer token-1"

    async def test_calls_refused_at_the_same_time_share_one_new_token(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).mock(side_effect=[httpx.Response(200, json=given(f"token-{n}")) for n in range(9)])

        def serve(request: httpx.Request) -> httpx.Response:
            return httpx.Response(401 if request.headers["authorization"] == "Bearer token-0" else 200)

        wire.get(url__startswith=BASE).mock(side_effect=serve)
        async with client(oauth()) as http, asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(http.get("agents"))
        assert tokens.call_count == 2


class TestRefreshToken:
    async def test_the_typed_one_is_used_and_the_new_one_kept_before_the_first_call(
        self, wire: respx.MockRouter
    ) -> None:
        kept = Kept(typed="typed-1")
        tokens = wire.post(TOKENS).respond(200, json=given(refresh_token="kept-2"))
        known: list[str] = []

        def serve(_request: httpx.Request) -> httpx.Response:
            known.append(kept.kept)
            return httpx.Response(200)

        wire.get(url__startswith=BASE).mock(side_effect=serve)
        async with client(oauth(kept)) as http:
            await http.get("agents")
        assert form(tokens.calls.last.request) == {"grant_type": "refresh_token", "refresh_token": "typed-1"}
        assert known == kept.log == ["kept-2"]

    async def test_the_kept_one_wins_over_the_typed_one(self, wire: respx.MockRouter) -> None:
        tokens = wire.post(TOKENS).respond(200, json=given())
        await oauth(Kept("typed-1", "kept-2")).token()
        assert form(tokens.calls.last.request)["refresh_token"] == "kept-2"

    @pytest.mark.parametrize("more", [{}, {"refresh_token": "typed-1"}, {"refresh_token": ""}, {"refresh_token": 7}])
    async def test_one_that_does_not_change_is_not_kept_anew(
        self, wire: respx.MockRouter, more: dict[str, Any]
    ) -> None:
        kept = Kept(typed="typed-1")
        wire.post(TOKENS).respond(200, json=given(**more))
        await oauth(kept).token()
        assert (kept.log, kept.typed) == ([], "typed-1")

    async def test_one_that_another_program_changed_is_read_again(self, wire: respx.MockRouter) -> None:
        kept = Kept(kept="old")

        def serve(request: httpx.Request) -> httpx.Response:
            if form(request)["refresh_token"] == "old":
                kept.kept = "new"
                return httpx.Response(400, json={"error": "invalid_grant"})
            return httpx.Response(200, json=given())

        wire.post(TOKENS).mock(side_effect=serve)
        assert (await oauth(kept).token()).token == "token-1"

    async def test_a_cancelled_call_does_not_lose_the_new_one(self, wire: respx.MockRouter) -> None:
        kept = Kept(typed="typed-1")
        asked, go = asyncio.Event(), asyncio.Event()

        async def serve(request: httpx.Request) -> httpx.Response:
            asked.set()
            await go.wait()
            return httpx.Response(200, json=given(refresh_token="kept-2"))

        wire.post(TOKENS).mock(side_effect=serve)
        sign_in = oauth(kept)
        async with asyncio.TaskGroup() as group:
            call = group.create_task(sign_in.token())
            await asked.wait()
            call.cancel()
            go.set()
        await sign_in.close()
        assert kept.kept == "kept-2"

    async def test_what_the_service_gave_is_never_shown(self, wire: respx.MockRouter) -> None:
        wire.post(TOKENS).respond(200, json=given("acc3ss-token", refresh_token="r3fresh-token"))
        await oauth(Kept(typed="typed-token")).token()
        assert redact("acc3ss-token r3fresh-token typed-token planted-s3cret") == " ".join([MASK] * 4)


class TestWhatGoesWrong:
    async def failure(self, wire: respx.MockRouter, kept: Kept | None = None) -> MusterError:
        calls = wire.route(url__startswith=BASE).respond(200)
        async with client(oauth(kept)) as http:
            with pytest.raises(MusterError) as failed:
                await http.send(Call("sendFactWorkTime", "POST", body={}, repeat=Repeat.UNSENT))
        assert not calls.called
        assert not may_have_arrived(failed.value)
        assert "planted-s3cret" not in failed.value.message
        return failed.value

    @pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
    @pytest.mark.parametrize("status", [400, 401])
    async def test_a_refused_client_has_to_sign_in_again(self, wire: respx.MockRouter, error: str, status: int) -> None:
        wire.post(TOKENS).respond(status, json={"error": error, "error_description": "because of planted-s3cret"})
        refused = await self.failure(wire)
        assert type(refused) is RefusedSignIn
        assert error in refused.message
        assert "Sign in again" in refused.remedy

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (httpx.Response(401), RefusedSignIn),
            (httpx.Response(403, json={"message": "no"}), RefusedSignIn),
            (httpx.Response(400, json={"error": "invalid_scope"}), RemoteError),
            (httpx.Response(404, text="nothing here"), RemoteError),
            (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
            (httpx.Response(302, headers={"Location": "https://login.example"}), Redirected),
            (httpx.Response(500, text="oops"), Outage),
            (httpx.Response(503, json={"error": "invalid_client"}), Outage),
            (httpx.Response(200, text="<html>"), RemoteError),
            (httpx.Response(200, text=""), RemoteError),
            (httpx.Response(200, json=[]), RemoteError),
            (httpx.Response(200, json={}), RemoteError),
            (httpx.Response(200, text="[" * 200_000), RemoteError),
            (httpx.Response(200, content=b"\xff\xfe\xfa"), RemoteError),
            (httpx.Response(200, json=given(None)), RemoteError),  # type: ignore[arg-type]
            (httpx.Response(200, json=given("two\nlines")), RemoteError),
            (httpx.Response(200, json=given("токен")), RemoteError),
            (httpx.Response(200, json=given(token_type="mac")), RemoteError),
            (httpx.Response(200, json=given(expires_in="soon")), RemoteError),
            (httpx.Response(200, text='{"access_token": "t", "expires_in": 1e999}'), RemoteError),
        ],
    )
    async def test_every_answer_is_explained(
        self, wire: respx.MockRouter, answer: httpx.Response, kind: type[MusterError]
    ) -> None:
        wire.post(TOKENS).mock(return_value=answer)
        assert type(await self.failure(wire)) is kind

    @pytest.mark.parametrize(
        ("error", "kind"), [(httpx.ReadTimeout("late"), TimedOut), (httpx.ReadError("gone"), Unreachable)]
    )
    async def test_a_service_that_is_away_says_that_it_is_the_sign_in(
        self, wire: respx.MockRouter, error: httpx.HTTPError, kind: type[MusterError]
    ) -> None:
        wire.post(TOKENS).mock(side_effect=error)
        failed = await self.failure(wire)
        assert type(failed) is kind
        assert "sign-in service of 1C" in failed.message

    async def test_it_is_asked_again_like_a_call_that_never_left(
        self, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        wire.post(TOKENS).mock(side_effect=[httpx.ReadError("gone"), httpx.Response(200, json=given())])
        calls = wire.post(url__startswith=BASE).respond(200)
        async with client(oauth(), retry=RetryPolicy((1.0,))) as http:
            await http.send(Call("sendFactWorkTime", "POST", body={}, repeat=Repeat.UNSENT))
        assert (calls.call_count, no_waiting) == (1, [1.0])

    @pytest.mark.parametrize("packed", [False, True])
    async def test_an_endless_or_packed_answer_does_not_fill_the_memory(
        self, wire: respx.MockRouter, packed: bool
    ) -> None:
        import gzip

        huge = b" " * (MOST_TOKEN_BYTES + 1)
        headers = {"Content-Encoding": "gzip"} if packed else {}
        wire.post(TOKENS).respond(200, headers=headers, content=gzip.compress(huge) if packed else huge)
        failed = await self.failure(wire)
        assert isinstance(failed, RemoteError if packed else Unreachable)


async def test_authlib_brings_no_second_http_library() -> None:
    assert importlib.util.find_spec("httpx2") is None
    oauth()  # says that the warning about httpx is known
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    assert issubclass(AsyncOAuth2Client, httpx.AsyncClient)
