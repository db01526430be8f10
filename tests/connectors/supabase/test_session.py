"""Sign-in, refresh and keys: one session, never two refreshes, no key where it must not be (supabase.md §3.1, §6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import httpx
import jwt
import pytest

from app.connectors.http import RetryPolicy
from app.connectors.supabase import Supabase, session
from app.domain.attempts import AttemptLog, noting
from app.domain.clocks import clock_warnings
from app.domain.kinds.supabase import AuthMode
from app.errors import BadData, ClockOff, ErrorKind, MusterError, NoKeyring, NotConfigured, RefusedSignIn
from tests.support.supabase import (
    EMAIL,
    EMPLOYEES,
    PASSWORD,
    PUBLISHABLE,
    SETTINGS,
    Keeper,
    Project,
    person,
    refusal,
)

SECRET_KEY = "sb_secret_planted"
LEGACY_KEY = jwt.encode({"role": "service_role", "iss": "supabase"}, "x" * 32)


def tokens_asked(project: Project) -> list[str]:
    """The grants that were asked for."""
    return [request.url.params["grant_type"] for request in project.asked("/auth/v1/token")]


class TestSignIn:
    async def test_the_password_is_used_once_and_its_place_is_taken_by_the_session(
        self, client: Supabase, project: Project, keeper: Keeper
    ) -> None:
        await client.employees()
        await client.employees()
        assert tokens_asked(project) == ["password"]
        assert (keeper.given_password, keeper.token) == ("", "refresh-1")

    async def test_requests_carry_the_publishable_key_and_the_token_of_the_user(
        self, client: Supabase, project: Project
    ) -> None:
        await client.employees()
        sent = project.asked("/rest/v1/")[0].headers
        assert sent["apikey"] == PUBLISHABLE
        assert sent["authorization"].removeprefix("Bearer ") in project.access_tokens
        assert sent["user-agent"].startswith("Muster/")
        assert "mozilla" not in sent["user-agent"].lower()

    async def test_a_kept_session_needs_no_password(self, project: Project) -> None:
        project.refresh_tokens.add("kept")
        keeper = Keeper("", "kept")
        async with Supabase(SETTINGS, keeper) as client:
            await client.employees()
        assert (tokens_asked(project), keeper.kept) == (["refresh_token"], ["refresh-1"])

    async def test_who_is_signed_in(self, client: Supabase, project: Project) -> None:
        account = await client.account()
        assert account is not None
        assert (account.email, account.role, account.lacks_factor) == (EMAIL, "device_admin", False)

    async def test_a_role_that_users_can_give_themselves_does_not_count(
        self, client: Supabase, project: Project
    ) -> None:
        project.metadata = {}
        project.user = {"user_metadata": {"role": "device_admin"}}
        account = await client.account()
        assert account is not None
        assert account.role == ""

    async def test_a_second_factor_that_was_not_asked_for_is_noticed(self, client: Supabase, project: Project) -> None:
        project.user = {"factors": [{"status": "verified"}]}
        account = await client.account()
        assert account is not None
        assert account.lacks_factor

    async def test_without_session_and_password_nothing_is_sent(self, project: Project) -> None:
        async with Supabase(SETTINGS, Keeper("")) as client:
            with pytest.raises(NotConfigured, match="Missing: password"):
                await client.employees()
        assert project.requests == []

    async def test_a_wrong_password(self, project: Project) -> None:
        keeper = Keeper("wrong-password")
        async with Supabase(SETTINGS, keeper) as client:
            with pytest.raises(RefusedSignIn, match=r"E-mail or password is wrong\."):
                await client.employees()
        assert keeper.kept == []

    @pytest.mark.parametrize("body", [{}, {"access_token": "", "refresh_token": ""}, [], {"access_token": 7}])
    async def test_an_answer_without_session_is_bad_data(
        self, client: Supabase, project: Project, keeper: Keeper, body: object
    ) -> None:
        project.instead["/token"].append(httpx.Response(200, json=body))
        with pytest.raises(BadData):
            await client.employees()
        assert keeper.kept == []

    async def test_a_token_of_somebody_else_is_refused_and_the_password_kept(
        self, client: Supabase, project: Project, keeper: Keeper
    ) -> None:
        given = project.session() | {"access_token": project.issue(iss="https://other.example/auth/v1")}
        project.instead["/token"].append(httpx.Response(200, json=given))
        with pytest.raises(RefusedSignIn, match="issued by another address"):
            await client.employees()
        assert keeper.given_password == PASSWORD

    async def test_signing_out_ends_this_session_alone(self, client: Supabase, project: Project) -> None:
        await client.sign_out()
        assert not project.asked("/logout")
        await client.employees()
        await client.sign_out()
        assert project.asked("/logout")[0].url.params["scope"] == "local"


class TestRefresh:
    async def test_pitfall_6_a_token_that_expires_while_paging_is_renewed_once_and_nothing_is_doubled(
        self, client: Supabase, project: Project
    ) -> None:
        project.tables[EMPLOYEES] = [person(n) for n in range(30)]
        project.max_rows = 10
        seen: list[str] = []

        def expire_on_the_second_page(request: httpx.Request) -> None:
            if "id=gt." in str(request.url) and not seen:
                seen.append(str(request.url))
                project.expire()

        project.before = expire_on_the_second_page
        snapshot = await client.employees()
        assert len(snapshot.records) == 30
        assert tokens_asked(project) == ["password", "refresh_token"]
        assert [str(request.url) for request in project.asked("id=gt.")].count(seen[0]) == 2

    async def test_pitfall_7_two_that_hit_401_at_once_cause_one_refresh(
        self, client: Supabase, project: Project
    ) -> None:
        project.tables[EMPLOYEES] = [person(1)]
        await client.employees()
        project.expire()
        await asyncio.gather(*(client.employees() for _worker in range(5)))
        assert tokens_asked(project) == ["password", "refresh_token"]

    async def test_five_that_begin_at_once_cause_one_sign_in(self, client: Supabase, project: Project) -> None:
        await asyncio.gather(*(client.employees() for _worker in range(5)))
        assert tokens_asked(project) == ["password"]

    async def test_a_token_with_less_than_a_minute_left_is_renewed_first(
        self, client: Supabase, project: Project
    ) -> None:
        project.expires_in = 59
        await client.count(EMPLOYEES)
        project.expires_in = 3600
        await client.count(EMPLOYEES)
        await client.count(EMPLOYEES)
        assert tokens_asked(project) == ["password", "refresh_token"]

    async def test_the_new_token_is_kept_before_it_is_used(
        self, client: Supabase, project: Project, keeper: Keeper
    ) -> None:
        await client.employees()
        project.expire()
        kept_when_used: list[str] = []
        project.before = lambda request: kept_when_used.append(keeper.token) if "/rest/" in str(request.url) else None
        await client.employees()
        assert kept_when_used[0] == "refresh-1"  # refused with the old access token
        assert set(kept_when_used[1:]) == {"refresh-2"}

    async def test_a_refresh_that_cannot_be_kept_is_not_used(
        self, client: Supabase, project: Project, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def locked(_token: str) -> None:
            raise NoKeyring("The keyring is locked.")

        monkeypatch.setattr(keeper, "keep", locked)
        with pytest.raises(NoKeyring):
            await client.employees()
        assert not project.asked("/rest/")

    async def test_another_programs_newer_token_is_taken(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.refresh_tokens.add("newer")
        keeper = Keeper("", "used up by the other program")
        monkeypatch.setattr(session, "_NEWER_PAUSES_S", (0.0, 0.0))

        def other_program_keeps(request: httpx.Request) -> None:
            if b"used up" in request.content:
                keeper.token = "newer"

        project.before = other_program_keeps
        async with Supabase(SETTINGS, keeper) as client:
            await client.employees()
        assert keeper.kept == ["refresh-1"]

    async def test_the_token_is_read_again_before_each_refresh(
        self, client: Supabase, project: Project, keeper: Keeper
    ) -> None:
        await client.employees()
        project.expire()
        project.refresh_tokens.add("renewed elsewhere")
        keeper.token = "renewed elsewhere"
        await client.employees()
        assert b"renewed elsewhere" in project.asked("/token")[-1].content

    async def test_pitfall_8_a_used_up_token_asks_for_a_new_sign_in(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session, "_NEWER_PAUSES_S", (0.0,))
        async with Supabase(SETTINGS, Keeper("", "used up")) as client:
            with pytest.raises(RefusedSignIn) as refused:
                await client.employees()
        assert refused.value.remedy.startswith("Sign in again")
        assert refused.value.kind is ErrorKind.REFUSED_SIGN_IN

    async def test_a_known_password_replaces_a_used_up_token(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session, "_NEWER_PAUSES_S", (0.0,))
        async with Supabase(SETTINGS, Keeper(PASSWORD, "used up")) as client:
            await client.employees()
        assert tokens_asked(project) == ["refresh_token", "password"]

    async def test_a_run_that_is_cancelled_during_the_refresh_loses_no_token(
        self, project: Project, keeper: Keeper
    ) -> None:
        answered, go_on = asyncio.Event(), asyncio.Event()
        project.slow = ("/token", answered, go_on)
        async with Supabase(SETTINGS, keeper) as client, asyncio.TaskGroup() as group:
            run = group.create_task(client.employees())
            await asyncio.wait_for(answered.wait(), 5)
            run.cancel()
            await asyncio.sleep(0)
            assert keeper.kept == []
            go_on.set()
        assert run.cancelled()
        assert keeper.kept == ["refresh-1"]

    async def test_an_expired_token_is_renewed_once_only(self, client: Supabase, project: Project) -> None:
        project.instead["/rest/"].extend(refusal(401, "PGRST303", "JWT expired") for _time in range(9))
        with pytest.raises(RefusedSignIn):
            await client.employees()
        assert len(project.asked("/rest/")) == 2

    async def test_before_version_13_the_text_said_it(self, client: Supabase, project: Project) -> None:
        project.instead["/rest/"].append(refusal(401, "PGRST301", "JWT expired"))
        await client.employees()
        assert tokens_asked(project) == ["password", "refresh_token"]


class TestServiceKey:
    @pytest.fixture
    def make(self, project: Project) -> Callable[[str], Supabase]:
        project.service_keys |= {SECRET_KEY, LEGACY_KEY}
        settings = replace(SETTINGS, auth_mode=AuthMode.SERVICE_KEY, publishable_key="", email="")
        return lambda key: Supabase(replace(settings, service_key=key), None, RetryPolicy(()))

    async def test_pitfall_5_a_new_key_never_stands_in_authorization(
        self, make: Callable[[str], Supabase], project: Project
    ) -> None:
        async with make(SECRET_KEY) as client:
            await client.employees()
            await client.health()
        assert {request.headers["apikey"] for request in project.requests} == {SECRET_KEY}
        assert not any("authorization" in request.headers for request in project.requests)

    async def test_a_legacy_key_stands_in_both(self, make: Callable[[str], Supabase], project: Project) -> None:
        async with make(LEGACY_KEY) as client:
            await client.employees()
        sent = project.asked("/rest/")[0].headers
        assert (sent["apikey"], sent["authorization"]) == (LEGACY_KEY, f"Bearer {LEGACY_KEY}")

    async def test_nobody_is_signed_in(self, make: Callable[[str], Supabase], project: Project) -> None:
        async with make(SECRET_KEY) as client:
            assert await client.account() is None
            await client.sign_out()
        assert project.requests == []

    async def test_an_expired_key_cannot_be_renewed(self, make: Callable[[str], Supabase], project: Project) -> None:
        project.instead["/rest/"].append(refusal(401, "PGRST303", "JWT expired"))
        async with make(LEGACY_KEY) as client:
            with pytest.raises(RefusedSignIn):
                await client.employees()
        assert len(project.requests) == 1


class TestClock:
    """Pitfall 16."""

    @pytest.mark.parametrize(("ahead_s", "said"), [(600, "10 minutes behind"), (-7200, "120 minutes ahead")])
    async def test_a_clock_that_is_off_is_named_with_the_minutes(
        self, client: Supabase, project: Project, keeper: Keeper, ahead_s: int, said: str
    ) -> None:
        project.clock_s = ahead_s
        with pytest.raises(ClockOff, match=f"Supabase: this computer's clock is about {said}") as refused:
            await client.employees()
        assert (refused.value.kind, refused.value.exit_code) == (ErrorKind.CLOCK, 4)
        assert keeper.given_password == PASSWORD

    async def test_a_token_from_the_future_points_to_the_clock(self, client: Supabase, project: Project) -> None:
        project.instead["/rest/"].append(refusal(401, "PGRST303", "JWT issued at future"))
        with pytest.raises(ClockOff, match="clocks do not agree"):
            await client.employees()

    @pytest.mark.parametrize(
        ("ahead_s", "words"), [(0, ""), (20, ""), (110, "2 minutes behind"), (-45, "1 minute ahead")]
    )
    async def test_small_differences_are_told_apart(self, project: Project, ahead_s: int, words: str) -> None:
        project.service_keys.add(SECRET_KEY)
        project.clock_s = ahead_s
        settings = replace(SETTINGS, auth_mode=AuthMode.SERVICE_KEY, service_key=SECRET_KEY)
        with noting(AttemptLog()) as log:
            async with Supabase(settings) as client:
                await client.count(EMPLOYEES)
        said = clock_warnings(log.clocks)
        assert len(said) == bool(words)
        assert words in "".join(said)


class TestSecrets:
    async def test_no_secret_is_seen_in_logs_or_representations(
        self, client: Supabase, project: Project, keeper: Keeper, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "app")
        await client.employees()
        project.expire()
        await client.employees()
        seen = caplog.text + repr(client) + repr(client.settings) + repr(await client.account())
        for secret in (PASSWORD, *keeper.kept, *project.access_tokens):
            assert secret not in seen

    async def test_what_the_server_sends_back_is_masked(self, client: Supabase, project: Project) -> None:
        project.instead["/token"].append(httpx.Response(400, text=f"bad password {PASSWORD}"))
        with pytest.raises(MusterError) as refused:
            await client.employees()
        assert PASSWORD not in refused.value.message

    async def test_queries_are_not_logged(
        self, client: Supabase, project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "app")
        await client.employees()
        assert "GET rest/v1/angajati: 200" in caplog.text
        assert "select=" not in caplog.text


class TestNotConfigured:
    @pytest.mark.parametrize(
        ("settings", "fields"),
        [
            (replace(SETTINGS, url=""), "url"),
            (replace(SETTINGS, publishable_key="", email=""), "publishable_key, email"),
            (replace(SETTINGS, auth_mode=AuthMode.SERVICE_KEY), "service_key"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_missing_fields_are_named(self, settings: object, fields: str) -> None:
        with pytest.raises(NotConfigured, match=f"Missing: {fields}."):
            Supabase(settings, Keeper())  # type: ignore[arg-type]
