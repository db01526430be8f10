"""The guard at work: names resolved at every try, checked addresses connected to, failures named (webhooks.md §8)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.connectors.sign_in import SignInSettings
from app.connectors.webhooks import Allowed, Guard, Outgoing, WebhookClient, make_client
from app.connectors.webhooks.client import PRODUCT_AGENT
from app.connectors.webhooks.failures import explain
from app.demo.webhooks.receiver import DemoReceiver
from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.error_codes import ErrorCode

PUBLIC = "93.184.216.34"
NO_SIGN_IN = SignInSettings(AuthenticationType.NONE)


class Names:
    """A resolver that gives its answers one after the other, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Wire(httpx.AsyncBaseTransport):
    """Stands where sockets would be opened."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self.dead:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, stream=httpx.ByteStream(b"ok"))


def client(url: str, names: Names, wire: Wire, allowed: Allowed = Allowed()) -> WebhookClient:  # noqa: B008 - frozen
    made = make_client(url, NO_SIGN_IN, Guard(names), allowed)
    made._transport._inner = wire  # type: ignore[assignment]
    return made


def outgoing(url: str, timeout_s: float = 5.0) -> Outgoing:
    return Outgoing("POST", url, {"webhook-id": "dlv_1"}, b"{}", timeout_s)


async def test_a_checked_address_is_connected_to_and_the_name_goes_along() -> None:
    names, wire = Names([PUBLIC]), Wire()
    url = "https://hooks.example.com:8443/in?a=b"
    line = client(url, names, wire)
    answer = await line.send(outgoing(url), Allowed())
    await line.close()
    assert answer.arrived
    (asked,) = wire.requests
    assert str(asked.url) == f"https://{PUBLIC}:8443/in?a=b"
    assert asked.headers["host"] == "hooks.example.com:8443"
    assert asked.extensions["sni_hostname"] == "hooks.example.com"
    assert asked.headers["user-agent"] == PRODUCT_AGENT
    assert names.asked == [("hooks.example.com", 8443)]


async def test_a_name_that_turns_inward_between_two_tries_is_blocked_at_the_second() -> None:
    names, wire = Names([PUBLIC], ["127.0.0.1"]), Wire()
    line = client("https://turning.example/x", names, wire)
    assert (await line.send(outgoing("https://turning.example/x"), Allowed())).arrived
    answer = await line.send(outgoing("https://turning.example/x"), Allowed())
    await line.close()
    assert answer.error_code is ErrorCode.BLOCKED_ADDRESS
    assert [request.url.host for request in wire.requests] == [PUBLIC]
    assert len(names.asked) == 2


async def test_one_bad_address_among_good_ones_blocks_them_all() -> None:
    wire = Wire()
    line = client("https://mixed.example/x", Names([PUBLIC, "169.254.169.254"]), wire)
    answer = await line.send(outgoing("https://mixed.example/x"), Allowed())
    await line.close()
    assert answer.error_code is ErrorCode.BLOCKED_ADDRESS
    assert not wire.requests


async def test_the_next_address_is_tried_where_the_first_is_dead() -> None:
    wire = Wire(PUBLIC)
    line = client("https://two.example/x", Names([PUBLIC, "93.184.216.35"]), wire)
    assert (await line.send(outgoing("https://two.example/x"), Allowed())).arrived
    await line.close()
    assert [request.url.host for request in wire.requests] == [PUBLIC, "93.184.216.35"]


async def test_the_own_network_only_where_it_is_allowed() -> None:
    wire = Wire()
    line = client("http://intranet.example/x", Names(["10.0.0.5"]), wire)
    refused = await line.send(outgoing("http://intranet.example/x"), Allowed())
    taken = await line.send(outgoing("http://intranet.example/x"), Allowed(internal=True))
    await line.close()
    assert (refused.error_code, taken.error_code) == (ErrorCode.BLOCKED_ADDRESS, None)


async def test_loopback_only_on_the_port_of_the_inbox() -> None:
    wire = Wire()
    line = client("http://127.0.0.1:4000/x", Names(["127.0.0.1"]), wire)
    for allowed in (Allowed(), Allowed(internal=True), Allowed(True, frozenset({4001}))):
        answer = await line.send(outgoing("http://127.0.0.1:4000/x"), allowed)
        assert answer.error_code is ErrorCode.BLOCKED_ADDRESS
    assert (await line.send(outgoing("http://127.0.0.1:4000/x"), Allowed(False, frozenset({4000})))).arrived
    await line.close()


async def test_a_proxy_of_the_system_connects_but_the_name_is_checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    wire, names = Wire(), Names([PUBLIC], ["10.0.0.1"])
    line = client("https://a.example/x", names, wire)
    assert line.proxy == "http://proxy.example:3128"
    assert (await line.send(outgoing("https://a.example/x"), Allowed())).arrived
    assert wire.requests[0].url.host == "a.example"
    assert (await line.send(outgoing("https://a.example/x"), Allowed())).error_code is ErrorCode.BLOCKED_ADDRESS
    await line.close()


@pytest.fixture
async def receiver() -> AsyncIterator[DemoReceiver]:
    receiver = DemoReceiver()
    await receiver.open()
    yield receiver
    await receiver.close()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ok", 200, None),
        ("/huge", 200, None),
        ("/redirect", 302, ErrorCode.TOO_MANY_REDIRECTS),
        ("/gone", 410, ErrorCode.BAD_RESPONSE),
        ("/busy", 503, ErrorCode.BAD_RESPONSE),
        ("/reset", None, ErrorCode.CONNECTION_RESET),
        ("/hang", None, ErrorCode.TIMEOUT),
    ],
)
async def test_every_answer_is_named(
    receiver: DemoReceiver, path: str, status: int | None, code: ErrorCode | None
) -> None:
    allowed = Allowed(False, frozenset({urlsplit(receiver.base_url).port or 0}))
    line = make_client(receiver.base_url, NO_SIGN_IN, Guard(), allowed)
    answer = await line.send(outgoing(receiver.base_url + path, 0.5 if path == "/hang" else 10), allowed)
    await line.close()
    assert (answer.http_status, answer.error_code) == (status, code)
    assert answer.retry_after_s == (90 if path == "/busy" else None)
    assert len(answer.response_body) <= 4096


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def certificate(number: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = number
    return error


CONNECT = httpx.ConnectError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(-2, "unknown"), ErrorCode.DNS_FAILED),
        (caused(CONNECT("x"), ConnectionRefusedError(111, "refused")), ErrorCode.CONNECTION_REFUSED),
        (caused(CONNECT("x"), OSError(101, "unreachable")), ErrorCode.NETWORK_UNREACHABLE),
        (caused(CONNECT("x"), certificate(10)), ErrorCode.TLS_EXPIRED),
        (caused(CONNECT("x"), certificate(20)), ErrorCode.TLS_UNKNOWN_CA),
        (caused(CONNECT("x"), certificate(62)), ErrorCode.TLS_NAME_MISMATCH),
        (caused(CONNECT("x"), ssl.SSLError(1, "wrong version")), ErrorCode.TLS_OTHER),
        (httpx.RemoteProtocolError("ended"), ErrorCode.CONNECTION_RESET),
        (httpx.UnsupportedProtocol("ftp"), ErrorCode.INVALID_URL),
        (httpx.ReadTimeout("late"), ErrorCode.TIMEOUT),
    ],
)
def test_every_failure_has_a_code(error: Any, code: ErrorCode) -> None:
    found, text = explain(error, 30)
    assert found is code
    assert text
