"""Digest sign-in: the vectors of the reference, and challenges as terminals really write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.hikvision.digest import Challenge, authorization, best_challenge, parse_challenges, schemes

URI = "/ISAPI/AccessControl/UserInfo/Record?format=json"
FIELD = (
    'Digest qop="auth", realm="DS-0A1B2C3D", nonce="5a6f5e4d3c2b1a09", algorithm="MD5", stale="false", opaque="", '
    'domain="::"'
)


def signed(algorithm: str) -> str:
    challenge = Challenge("DS-0A1B2C3D", "5a6f5e4d3c2b1a09", algorithm, "auth")
    return authorization(challenge, "admin", "Probe-2025", "POST", URI, cnonce="0f1e2d3c4b5a6978")


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "65ad9a810cb603c2079fe07fc15fc565"),
        ("", "65ad9a810cb603c2079fe07fc15fc565"),
        ("SHA-256", "1f3fdc9f4346dc013d4569f56c67177cd563f68984ed7a4c6b42e93f0fb4dbf1"),
    ],
)
def test_the_vectors_of_the_reference(algorithm: str, response: str) -> None:
    assert f'response="{response}"' in signed(algorithm)
    assert f'uri="{URI}"' in signed(algorithm)
    assert "nc=00000001" in signed(algorithm)


def test_the_password_is_not_in_the_header() -> None:
    assert "Probe-2025" not in signed("MD5")


def test_every_call_has_a_fresh_cnonce() -> None:
    challenge = Challenge("r", "n", "MD5", "auth")
    first, second = (authorization(challenge, "u", "p", "GET", "/") for _call in range(2))
    assert first != second


class TestChallenges:
    def test_one_as_seen_in_the_field(self) -> None:
        (challenge,) = parse_challenges([FIELD])
        assert challenge == Challenge("DS-0A1B2C3D", "5a6f5e4d3c2b1a09", "MD5", "auth", "", stale=False)

    @pytest.mark.parametrize(
        ("text", "stale"),
        [('stale="TRUE"', True), ("stale=true", True), ('stale="FALSE"', False), ("", False), ('STALE="True"', True)],
    )
    def test_stale_is_read_in_every_spelling(self, text: str, stale: bool) -> None:
        (challenge,) = parse_challenges([f'Digest realm="r", nonce="n", {text}'])
        assert challenge.stale is stale

    @pytest.mark.parametrize(
        "headers",
        [
            ['Digest realm="r", nonce="m", algorithm=MD5', 'Digest realm="r", nonce="s", algorithm=SHA-256'],
            ['Digest realm="r", nonce="m", algorithm=MD5, Digest realm="r", nonce="s", algorithm="SHA-256"'],
            ['Basic realm="b", Digest realm="r", nonce="s", algorithm=sha256'],
        ],
        ids=["two headers", "merged", "with basic"],
    )
    def test_of_several_the_strongest_is_answered(self, headers: list[str]) -> None:
        best = best_challenge(parse_challenges(headers))
        assert best is not None
        assert (best.nonce, best.hash_name) == ("s", "sha256")

    def test_basic_is_never_answered(self) -> None:
        assert best_challenge(parse_challenges(['Basic realm="b"'])) is None
        assert schemes(['Basic realm="b"', FIELD]) == ("Basic", "Digest")

    def test_a_hash_that_nobody_knows_is_not_answered(self) -> None:
        assert best_challenge(parse_challenges(['Digest realm="r", nonce="n", algorithm=SHA-512-256'])) is None

    @given(st.lists(st.text(max_size=200), max_size=4))
    def test_any_header_is_read_without_a_fault(self, headers: list[str]) -> None:
        best = best_challenge(parse_challenges(headers))
        assert best is None or best.nonce
