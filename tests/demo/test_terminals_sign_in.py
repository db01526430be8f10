"""Sign-in at a demo terminal: what a 401 offers, how long a nonce lives, when the account locks (section 3)."""

from __future__ import annotations

import hashlib
import json
import re

import httpx
import pytest

from app.demo.terminals.quirks import ChallengeStyle, Quirks, RefusalBody, Schemes
from app.demo.terminals.terminal import SimulatedTerminal
from tests.support.terminals import INFO, RECORD, USER_CHECK, one_terminal, operator, person, stranger


def signed(
    terminal: SimulatedTerminal,
    challenge: str,
    *,
    method: str = "GET",
    uri: str = INFO,
    algorithm: str = "MD5",
    password: str | None = None,
) -> dict[str, str]:
    """An Authorization header made by hand from a challenge, so that a nonce can be used as often as a test wants."""

    def digest(text: str) -> str:
        return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()

    realm, nonce = (re.search(f'{key}="([^"]+)"', challenge) for key in ("realm", "nonce"))
    assert realm
    assert nonce
    who = digest(f"{terminal.username}:{realm[1]}:{terminal.password if password is None else password}")
    response = digest(f"{who}:{nonce[1]}:00000001:0f1e2d3c:auth:{digest(f'{method}:{uri}')}")
    return {
        "Authorization": f'Digest username="{terminal.username}", realm="{realm[1]}", nonce="{nonce[1]}", uri="{uri}", '
        f'algorithm={algorithm}, qop=auth, nc=00000001, cnonce="0f1e2d3c", response="{response}"'
    }


async def challenge_of(terminal: SimulatedTerminal) -> str:
    async with stranger(terminal) as client:
        return (await client.get(INFO)).headers["www-authenticate"]


async def asks(terminal: SimulatedTerminal, headers: dict[str, str], uri: str = INFO) -> httpx.Response:
    async with stranger(terminal) as client:
        return await client.get(uri, headers=headers)


async def test_a_bare_request_is_answered_with_the_challenge_of_the_reference() -> None:
    async with one_terminal() as terminal, stranger(terminal) as client:
        answer = await client.get(INFO)
        assert answer.status_code == 401
        assert re.fullmatch(
            r'Digest qop="auth", realm="DS-[0-9A-F]{8}", nonce="[0-9a-f]{16}", algorithm="MD5", stale="false", '
            r'opaque="", domain="::"',
            answer.headers["www-authenticate"],
        )
        assert "<userCheck" in answer.text
        assert "<retryLoginTime>5</retryLoginTime>" in answer.text
        assert "<lockStatus>unlock</lockStatus>" in answer.text


async def test_the_right_password_gets_in_and_a_wrong_one_does_not() -> None:
    async with one_terminal() as terminal:
        async with operator(terminal) as client:
            assert (await client.get(INFO)).status_code == 200
        async with operator(terminal, "wrong") as client:
            answer = await client.get(INFO)
        assert answer.status_code == 401
        assert "<retryLoginTime>4</retryLoginTime>" in answer.text
        assert terminal.doorman.failures == 1


async def test_a_wrong_user_name_is_a_failed_sign_in() -> None:
    async with one_terminal() as terminal:
        headers = signed(terminal, await challenge_of(terminal))
        headers["Authorization"] = headers["Authorization"].replace('username="admin"', 'username="root"')
        assert (await asks(terminal, headers)).status_code == 401
        assert terminal.doorman.failures == 1


async def test_bare_requests_are_never_counted_as_failures() -> None:
    async with one_terminal(Quirks(lock_after=2)) as terminal:
        for _ in range(5):
            await challenge_of(terminal)
        assert terminal.doorman.failed_in_all == 0
        async with operator(terminal) as client:
            assert (await client.get(INFO)).status_code == 200


@pytest.mark.parametrize("schemes", [Schemes.SHA256, Schemes.BOTH, Schemes.MERGED])
async def test_sha256_is_accepted_where_it_is_offered(schemes: Schemes) -> None:
    async with one_terminal(Quirks(schemes=schemes)) as terminal:
        challenge = await challenge_of(terminal)
        assert 'algorithm="SHA-256"' in challenge
        nonce = challenge.rpartition("Digest")[0] or challenge
        answer = await asks(terminal, signed(terminal, nonce, algorithm="SHA-256"))
        assert answer.status_code == 200


async def test_sha256_is_refused_where_only_md5_is_offered() -> None:
    async with one_terminal() as terminal:
        headers = signed(terminal, await challenge_of(terminal), algorithm="SHA-256")
        assert (await asks(terminal, headers)).status_code == 401
        assert terminal.doorman.failures == 1


async def test_two_challenges_come_as_two_headers_or_merged_in_one() -> None:
    async with one_terminal(Quirks(schemes=Schemes.BOTH)) as terminal, stranger(terminal) as client:
        apart = (await client.get(INFO)).headers.get_list("www-authenticate")
        terminal.quirks = Quirks(schemes=Schemes.MERGED)
        merged = (await client.get(INFO)).headers.get_list("www-authenticate")
        assert [len(apart), len(merged)] == [2, 1]
        assert merged[0].count("Digest ") == 2


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (ChallengeStyle.PLAIN, "algorithm=MD5, stale=false"),
        (ChallengeStyle.QUOTED, 'algorithm="MD5", stale="false"'),
        (ChallengeStyle.UPPER_CASE, 'algorithm="MD5", stale="FALSE"'),
        (ChallengeStyle.NO_ALGORITHM, 'stale="false"'),
    ],
)
async def test_parameters_are_written_in_the_style_of_the_terminal(style: ChallengeStyle, text: str) -> None:
    async with one_terminal(Quirks(style=style)) as terminal:
        challenge = await challenge_of(terminal)
        assert text in challenge
        assert ("algorithm" in challenge) is ("algorithm" in text)
        assert (await asks(terminal, signed(terminal, challenge))).status_code == 200


async def test_basic_is_accepted_only_where_it_is_offered() -> None:
    async with one_terminal(Quirks(schemes=Schemes.BASIC)) as terminal:
        assert (await challenge_of(terminal)).startswith("Basic realm=")
        async with stranger(terminal) as client:
            answer = await client.get(INFO, auth=(terminal.username, terminal.password))
            assert answer.status_code == 200
            assert terminal.calls[-1].scheme == "basic"
            terminal.quirks = Quirks()
            refused = await client.get(INFO, auth=(terminal.username, terminal.password))
            assert refused.status_code == 401


async def test_a_one_shot_nonce_is_outdated_at_its_second_use() -> None:
    async with one_terminal(Quirks(nonce_uses=1)) as terminal:
        headers = signed(terminal, await challenge_of(terminal))
        assert (await asks(terminal, headers)).status_code == 200
        again = await asks(terminal, headers)
        assert again.status_code == 401
        assert 'stale="true"' in again.headers["www-authenticate"]
        assert terminal.doorman.failed_in_all == 0


async def test_a_nonce_of_eight_uses_lasts_for_eight() -> None:
    async with one_terminal(Quirks(nonce_uses=8, says_stale=False)) as terminal:
        headers = signed(terminal, await challenge_of(terminal))
        codes = [(await asks(terminal, headers)).status_code for _ in range(9)]
        assert codes == [200] * 8 + [401]
        assert 'stale="false"' in (await asks(terminal, headers)).headers["www-authenticate"]


async def test_a_nonce_dies_of_age() -> None:
    async with one_terminal(Quirks(nonce_life_s=0)) as terminal:
        assert (await asks(terminal, signed(terminal, await challenge_of(terminal)))).status_code == 401


async def test_an_outdated_nonce_counts_as_a_failure_on_some_firmware() -> None:
    async with one_terminal(Quirks(nonce_uses=0, outdated_counts=True)) as terminal:
        await asks(terminal, signed(terminal, await challenge_of(terminal)))
        assert terminal.doorman.failed_in_all == 1


async def test_a_wrong_password_is_never_called_stale() -> None:
    async with one_terminal(Quirks(nonce_uses=0)) as terminal:
        answer = await asks(terminal, signed(terminal, await challenge_of(terminal), password="wrong"))
        assert 'stale="false"' in answer.headers["www-authenticate"]


async def test_a_nonce_can_be_bound_to_its_address() -> None:
    async with one_terminal(Quirks(nonce_bound_to_address=True)) as terminal:
        challenge = await challenge_of(terminal)
        elsewhere = signed(terminal, challenge, uri=USER_CHECK)
        assert (await asks(terminal, elsewhere, USER_CHECK)).status_code == 401
        assert (await asks(terminal, signed(terminal, challenge))).status_code == 200


async def test_a_signature_for_another_address_or_method_is_refused() -> None:
    async with one_terminal() as terminal:
        challenge = await challenge_of(terminal)
        assert (await asks(terminal, signed(terminal, challenge, uri=USER_CHECK))).status_code == 401
        assert (await asks(terminal, signed(terminal, challenge, method="POST"))).status_code == 401


async def test_the_query_is_part_of_what_is_signed() -> None:
    async with one_terminal() as terminal:
        path = RECORD.partition("?")[0]
        headers = signed(terminal, await challenge_of(terminal), method="POST", uri=path)
        async with stranger(terminal) as client:
            assert (await client.post(RECORD, json=person(), headers=headers)).status_code == 401
        assert not terminal.people


async def test_the_account_locks_after_so_many_failures_and_then_refuses_the_right_password_too() -> None:
    async with one_terminal(Quirks(lock_after=3, lock_s=1800)) as terminal:
        left = []
        for _ in range(3):
            headers = signed(terminal, await challenge_of(terminal), password="wrong")
            left.append(re.findall(r"<retryLoginTime>(\d)", (await asks(terminal, headers)).text))
        assert left == [["2"], ["1"], ["0"]]
        async with operator(terminal) as client:
            answer = await client.get(INFO)
            assert answer.status_code == 401
            assert "<lockStatus>locked</lockStatus>" in answer.text
            seconds = re.search(r"<unlockTime>(\d+)<", answer.text)
            assert seconds
            assert 1790 <= int(seconds[1]) <= 1800
            terminal.doorman.unlock()
            assert (await client.get(INFO)).status_code == 200


async def test_a_lock_may_hide_how_long_it_lasts() -> None:
    async with one_terminal(Quirks(lock_after=1, names_unlock_time=False, lock_word="lock")) as terminal:
        async with operator(terminal, "wrong") as client:
            answer = await client.get(INFO)
        assert "<unlockTime>0</unlockTime>" in answer.text
        assert "<lockStatus>lock</lockStatus>" in answer.text


async def test_a_right_sign_in_clears_the_failures() -> None:
    async with one_terminal() as terminal:
        async with operator(terminal, "wrong") as client:
            await client.get(INFO)
        async with operator(terminal) as client:
            answer = await client.get(USER_CHECK)
        assert "<statusValue>200</statusValue>" in answer.text
        assert "<retryLoginTime>5</retryLoginTime>" in answer.text


async def test_the_password_may_be_changed_while_it_serves() -> None:
    async with one_terminal() as terminal:
        async with operator(terminal) as client:
            terminal.password = "Another-1"
            assert (await client.get(INFO)).status_code == 401
        async with operator(terminal) as client:
            assert (await client.get(INFO)).status_code == 200


@pytest.mark.parametrize("form", list(RefusalBody))
async def test_a_refusal_carries_xml_json_html_or_nothing(form: RefusalBody) -> None:
    async with one_terminal(Quirks(refusal_body=form)) as terminal, stranger(terminal) as client:
        answer = await client.get(INFO)
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
        if form is RefusalBody.JSON:
            told = json.loads(answer.text)
            assert told["subStatusCode"] == "badAuthorization"
            assert (told["lockStatus"], told["retryTimes"], told["resLockTime"]) == ("unlock", 5, 0)
        else:
            shown = {RefusalBody.XML: "<userCheck", RefusalBody.HTML: "<html>", RefusalBody.EMPTY: ""}
            assert shown[form] in answer.text
            assert bool(answer.text) is (form is not RefusalBody.EMPTY)


async def test_a_terminal_without_a_password_says_it_is_not_activated() -> None:
    async with one_terminal(Quirks(activated=False)) as terminal:
        async with stranger(terminal) as client:
            assert "<isActivated>false</isActivated>" in (await client.get(INFO)).text
        async with operator(terminal) as client:
            answer = await client.get(INFO)
            assert (answer.status_code, answer.json()["subStatusCode"]) == (403, "notActivated")
        assert terminal.doorman.failed_in_all == 0


async def test_an_account_without_the_right_reads_and_may_not_write() -> None:
    async with one_terminal(Quirks(administrator=False)) as terminal, operator(terminal) as client:
        assert (await client.get(INFO)).status_code == 200
        answer = await client.post(RECORD, json=person())
        assert (answer.status_code, answer.json()["subStatusCode"]) == (403, "lowPrivilege")
        assert answer.json()["errorCode"] == 1073741826


async def test_a_large_unsigned_body_may_lose_its_connection() -> None:
    async with one_terminal(Quirks(drops_bare_bodies_over=1000)) as terminal, stranger(terminal) as client:
        assert (await client.post(RECORD, content=b"x" * 1000)).status_code == 401
        with pytest.raises(httpx.TransportError):
            await client.post(RECORD, content=b"x" * 1001)
