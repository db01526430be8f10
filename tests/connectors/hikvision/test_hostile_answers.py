"""Whatever answers at an address: a write comes back as a reply, nothing is harmed, no account is locked."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors.hikvision import Terminal, TerminalRefusal, TerminalSettings
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import TerminalPerson
from app.errors import ErrorKind, ExitCode, NotConfigured
from tests.support.scripted_terminal import DONE, HANG_UP, Cooldowns, line_to, scripted, told
from tests.support.terminals import one_terminal

ANA = TerminalPerson("1042", "Ionescu Ana")
DIGEST = 'WWW-Authenticate: Digest qop="auth", realm="r", nonce="n"'


class TestRefusedSignIn:
    """§3.3: one failed sign-in and no more, whatever the refusal looks like."""

    @pytest.mark.parametrize(
        "refusal",
        [
            told({"statusCode": 4, "subStatusCode": "badAuthorization"}, 401, DIGEST),
            told({"statusCode": 4, "subStatusCode": "loginPasswordError", "errorCode": 0x4000000C}, 403),
            told({"statusCode": 4, "subStatusCode": "userNameOrPasswordError"}, 200),
            told({"statusCode": 4, "subStatusCode": "unheardOf", "errorCode": 0x4000A3E9}, 403),
            told(b"", 401),
            told(b"<html>Unauthorized</html>", 401, DIGEST),
        ],
        ids=["401", "403", "200", "locked by its number", "401 without challenge", "401 with a page"],
    )
    async def test_in_every_form_it_is_the_last_try(self, refusal: bytes) -> None:
        cooldowns = Cooldowns()
        async with scripted(signed=refusal) as device, line_to(device, cooldowns) as terminal:
            first = await terminal.add_person(ANA)
            second = await terminal.add_person(ANA)
            with pytest.raises(TerminalRefusal) as refused:
                await terminal.device_info()
        assert (first.kind, second.kind) == (AnswerClass.SIGN_IN, AnswerClass.SIGN_IN)
        assert (refused.value.kind, refused.value.exit_code) == (ErrorKind.REFUSED_SIGN_IN, ExitCode.NOT_CONFIGURED)
        assert len(device.signatures) == 1
        assert len(device.asked) == 2
        assert len(cooldowns.noted) == 1

    @pytest.mark.parametrize("seconds", [0, -5, 10**18, 86_401, "soon", None, 1e300])
    async def test_a_nonsensical_end_counts_as_half_an_hour(self, seconds: object) -> None:
        cooldowns = Cooldowns()
        refusal = told({"lockStatus": "lock", "unlockTime": seconds}, 401)
        async with scripted(signed=refusal) as device, line_to(device, cooldowns) as terminal:
            reply = await terminal.add_person(ANA)
        (until,) = cooldowns.noted.values()
        assert timedelta(minutes=29) < until - datetime.now(UTC) <= timedelta(minutes=30)
        assert "30 minutes" in reply.message

    async def test_a_named_end_is_kept_to(self) -> None:
        cooldowns = Cooldowns()
        refusal = told({"lockStatus": "lock", "unlockTime": 600}, 401)
        async with scripted(signed=refusal) as device, line_to(device, cooldowns) as terminal:
            assert (await terminal.add_person(ANA)).retry_after_s == 600
        (until,) = cooldowns.noted.values()
        assert until - datetime.now(UTC) <= timedelta(minutes=10)

    async def test_a_cool_down_that_is_over_lets_one_more_try(self) -> None:
        cooldowns = Cooldowns()
        async with scripted(signed=told(b"", 401)) as device:
            async with line_to(device, cooldowns) as terminal:
                await terminal.add_person(ANA)
            cooldowns.noted = dict.fromkeys(cooldowns.noted, datetime.now(UTC) - timedelta(seconds=1))
            async with line_to(device, cooldowns) as terminal:
                await terminal.add_person(ANA)
                await terminal.add_person(ANA)
        assert len(device.signatures) == 2

    async def test_an_account_that_is_locked_already_is_not_signed_for(self) -> None:
        bare = told({"lockStatus": "locked", "unlockTime": 90}, 401, DIGEST)
        async with scripted(bare=bare) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert (reply.code, reply.retry_after_s) == ("locked", 90)
        assert device.signatures == []

    async def test_an_old_nonce_is_signed_anew_once_and_a_second_time_not(self) -> None:
        stale = told(b"", 401, f"{DIGEST}, stale=true")
        async with scripted(signed=stale) as device, line_to(device) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.SIGN_IN
        assert len(device.signatures) == 2

    async def test_the_warning_says_how_few_tries_are_left(self) -> None:
        for left, words in ((2, "2 tries"), (1, "1 try"), (3, "")):
            refusal = told({"lockStatus": "unlock", "retryTimes": left}, 401)
            async with scripted(signed=refusal) as device, line_to(device) as terminal:
                warning = (await terminal.add_person(ANA)).warning
            assert (words in warning) if words else (warning == "")


class TestChallenges:
    @pytest.mark.parametrize(
        ("challenge", "username"),
        [
            ('Digest qop="auth", realm="Ușa principală", nonce="n"', "admin"),
            ('Digest qop="auth", realm="r", nonce="n"', "Ștefan"),
            ('Digest qop="auth", realm="Hall, Digest of doors, Basic", nonce="n"', "admin"),
        ],
        ids=["letters in the realm", "letters in the user name", "schemes in the realm"],
    )
    async def test_unusual_ones_are_answered(self, challenge: str, username: str) -> None:
        bare = told(b"", 401, f"WWW-Authenticate: {challenge}")
        async with scripted(bare=bare) as device, line_to(device, username=username) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.OK
        (signed,) = device.signatures
        assert f'username="{username}"'.encode().decode("latin-1") in signed.headers["authorization"]

    @pytest.mark.parametrize(
        "challenge", ['Digest qop="auth-int", realm="r", nonce="n"', 'Digest realm="r", nonce=""', 'Basic realm="r"']
    )
    async def test_what_cannot_be_answered_safely_is_not(self, challenge: str) -> None:
        bare = told(b"", 401, f"WWW-Authenticate: {challenge}")
        async with scripted(bare=bare) as device, line_to(device) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.DEVICE_FATAL
        assert device.signatures == []


class TestNoTerminal:
    @pytest.mark.parametrize(
        "bare",
        [
            told(b"<html>Welcome to your router</html>"),
            told(b"", 404),
            told({"error": "no such path"}, 400),
            told(DONE),
            told(b"x" * 5_000_000),
            b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        ],
        ids=["page", "404", "other service", "no sign-in", "endless", "ssh"],
    )
    async def test_nothing_is_signed_for_it(self, bare: bytes) -> None:
        async with scripted(bare=bare) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert reply.kind in {AnswerClass.NOT_ISAPI, AnswerClass.UNREACHABLE}
        assert reply.kind.stops_device
        assert device.signatures == []

    @pytest.mark.parametrize(
        ("target", "words"),
        [
            ("https://192.0.2.31/", "https only"),
            ("http://portal.example/login?token=abc", "portal.example/login"),
            ("", "?"),
        ],
    )
    async def test_a_redirect_is_never_followed_and_said(self, target: str, words: str) -> None:
        bare = told(b"", 302, *([f"Location: {target}"] if target else []))
        async with scripted(bare=bare) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
            with pytest.raises(TerminalRefusal) as refused:
                await terminal.probe()
        assert words in reply.message
        assert "token" not in reply.message
        assert (refused.value.kind, refused.value.exit_code) == (ErrorKind.REDIRECTED, ExitCode.STOPPED)
        assert device.signatures == []

    @pytest.mark.parametrize(
        ("http", "code", "kind"),
        [(503, "deviceBusy", "busy"), (403, "forbiddenIP", "device_fatal"), (403, "notActivated", "device_fatal"),
         (403, "invalidOperation", "busy")],
    )  # fmt: skip
    async def test_a_terminal_may_refuse_before_any_sign_in(self, http: int, code: str, kind: str) -> None:
        async with scripted(bare=told({"statusCode": 4, "subStatusCode": code}, http)) as device:
            async with line_to(device) as terminal:
                assert (await terminal.add_person(ANA)).kind == kind
            assert device.signatures == []

    async def test_a_server_error_before_any_sign_in_is_no_proof_of_another_device(self) -> None:
        async with scripted(bare=told(b"", 503)) as device, line_to(device) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.BUSY

    async def test_an_address_that_cannot_be_one_is_a_setting_to_correct(self) -> None:
        with pytest.raises(NotConfigured):
            Terminal(TerminalSettings("gate", "exa mple\x00", 80), Cooldowns())

    async def test_a_name_that_nobody_can_have_is_unreachable(self) -> None:
        async with Terminal(
            TerminalSettings("gate", "xn--", 80, username="a", password="bbbb"), Cooldowns()
        ) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.UNREACHABLE

    async def test_https_to_a_port_that_speaks_http_says_so(self) -> None:
        async with one_terminal() as device:
            wrong = TerminalSettings("gate", device.host, device.port, https=True, fingerprint="ab" * 32)
            async with Terminal(wrong, Cooldowns()) as terminal:
                reply = await terminal.add_person(ANA)
        assert (reply.kind, reply.connection_failed) == (AnswerClass.UNREACHABLE, True)
        assert "https" in reply.remedy


class TestUnconfirmedWrites:
    """§4: HTTP 200 alone is no success."""

    @pytest.mark.parametrize(
        "content",
        [{}, {"FPID": "1042"}, {"statusCode": 1, "subStatusCode": "somethingElse"}, {"subStatusCode": "ok"},
         b"<Answer><done>true</done></Answer>"],
        ids=["empty object", "no status", "another word", "no number", "other xml"],
    )  # fmt: skip
    async def test_a_write_is_done_only_when_the_terminal_says_so(self, content: object) -> None:
        async with scripted(signed=told(content)) as device, line_to(device) as terminal:
            replies = [await terminal.add_person(ANA), await terminal.add_face("1042", b"\xff\xd8\xff\xd9")]
        assert not {AnswerClass.OK, AnswerClass.EXISTS} & {reply.kind for reply in replies}

    async def test_a_word_for_a_face_means_the_person_when_the_person_was_sent(self) -> None:
        answer = told({"statusCode": 6, "subStatusCode": "alreadyExist"}, 400)
        async with scripted(signed=answer) as device, line_to(device) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.EXISTS
            assert (await terminal.add_face("1042", b"\xff\xd8\xff\xd9")).kind is AnswerClass.FACE_EXISTS


class TestResets:
    async def test_a_read_is_made_anew_once_with_a_handshake_of_its_own(self) -> None:
        breaks = iter([HANG_UP])
        info = told({"DeviceInfo": {"model": "DS-K1T342"}})
        async with scripted(signed=lambda _asked: next(breaks, info)) as device, line_to(device) as terminal:
            assert (await terminal.device_info()).model == "DS-K1T342"
        assert [asked.signed for asked in device.asked] == [False, True, False, True]

    async def test_a_second_reset_ends_it(self) -> None:
        async with scripted(signed=HANG_UP) as device, line_to(device) as terminal:
            with pytest.raises(TerminalRefusal):
                await terminal.device_info()
        assert len(device.signatures) == 2

    async def test_a_write_is_never_repeated(self) -> None:
        async with scripted(signed=HANG_UP) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert (reply.kind, reply.connection_failed) == (AnswerClass.UNREACHABLE, True)
        assert len(device.signatures) == 1


class TestHeavyAnswers:
    async def test_a_packed_bomb_is_not_unpacked(self) -> None:
        bomb = gzip.compress(b" " * 50_000_000)
        async with scripted(signed=told(bomb, 200, "Content-Encoding: gzip")) as device, line_to(device) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.NOT_ISAPI

    async def test_more_than_four_megabytes_are_not_read(self) -> None:
        async with scripted(signed=told(b"{" + b" " * 5_000_000 + b"}")) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert reply.kind is AnswerClass.NOT_ISAPI
        assert "4 MB" in reply.message

    async def test_a_face_of_another_person_is_no_proof(self) -> None:
        found = {**DONE, "responseStatusStrg": "OK", "totalMatches": 1, "MatchList": [{"FPID": "007"}]}
        async with scripted(signed=told(found)) as device, line_to(device) as terminal:
            assert not await terminal.has_face("7")
            assert await terminal.has_face("007")

    @pytest.mark.parametrize("state", ["NO MATCH", "NO_MATCH"])
    async def test_no_face_may_come_without_a_number(self, state: str) -> None:
        async with scripted(signed=told({**DONE, "responseStatusStrg": state})) as device, line_to(device) as terminal:
            assert not await terminal.has_face("7")

    async def test_an_answer_to_something_else_is_no_proof_either(self) -> None:
        async with scripted(signed=told(DONE)) as device, line_to(device) as terminal:
            with pytest.raises(TerminalRefusal):
                await terminal.has_face("7")


KEYS = st.sampled_from(
    [
        *("statusCode", "subStatusCode", "errorCode", "errorMsg", "ResponseStatus", "userCheck", "lockStatus"),
        *("unlockTime", "retryLoginTime", "isActivated", "UserInfoSearch", "UserInfo", "totalMatches", "employeeNo"),
    ]
)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["lock", "MORE"])
)
CONTENTS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
BODIES = st.binary(max_size=60) | CONTENTS.map(lambda content: json.dumps(content).encode())


@settings(max_examples=60)
@given(status=st.integers(200, 599), bare=BODIES, signed=st.tuples(st.integers(200, 599), BODIES))
def test_nothing_that_anybody_answers_leaves_a_write_without_a_reply(
    status: int, bare: bytes, signed: tuple[int, bytes]
) -> None:
    async def go() -> None:
        script = {"bare": told(bare, status if status % 4 == 0 else 401, DIGEST), "signed": told(signed[1], signed[0])}
        async with scripted(**script) as device, line_to(device, timeout_s=2.0) as terminal:
            reply = await terminal.add_person(ANA)
            assert "\n" not in reply.answered
            assert bool(reply.message) is (reply.kind is not AnswerClass.OK)
            with suppress(TerminalRefusal):
                await terminal.find_people(["1"])

    asyncio.run(go())
