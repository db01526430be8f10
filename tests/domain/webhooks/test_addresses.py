"""Which addresses are anybody's, the firm's own, or nobody's to send to (webhooks.md §8); and what is no endpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.addresses import Reach, reach
from app.domain.webhooks.endpoint import EndpointSignIn, WebhookEndpoint
from app.domain.webhooks.endpoint_rules import check_endpoint
from app.errors import UsageError

GOOD = WebhookEndpoint("e1", "hook", "https://hooks.example.com:8443/in?a=b", ("integration.*",))


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "0.1.2.3", "::", "169.254.169.254", "fe80::1", "fe80::1%eth0",
        "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::7f00:1", "fd00:ec2::254",
    ],
)  # fmt: skip
def test_nothing_is_ever_sent_here(text: str) -> None:
    assert reach(text) is Reach.NEVER


@pytest.mark.parametrize(
    "text",
    ["10.0.0.5", "172.16.3.4", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::3", "::ffff:10.0.0.5", "192.0.2.2"],
)
def test_addresses_of_the_own_network_need_leave(text: str) -> None:
    assert reach(text) is Reach.INTERNAL


def test_this_computers_own_address_needs_leave_too() -> None:
    assert reach("203.0.113.9") is Reach.INTERNAL  # kept for examples
    assert reach("93.184.216.34", {"93.184.216.34"}) is Reach.INTERNAL


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_are_anybodys(text: str) -> None:
    assert reach(text) is Reach.PUBLIC


def test_a_good_endpoint() -> None:
    check_endpoint(GOOD)
    check_endpoint(replace(GOOD, url="http://10.0.0.1/x", insecure=True))
    check_endpoint(replace(GOOD, url="https://bücher.example/x"))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "one\ntwo"},
        {"url": "ftp://a.example/x"},
        {"url": "https://"},
        {"url": "https://user:secret@a.example/x"},
        {"url": "https://a.example/x#part"},
        {"url": "https://a.example/a b"},
        {"url": "https://a.example:99999/"},
        {"url": "https://a.example:0/"},
        {"url": "https://0177.0.0.1/"},
        {"url": "https://1２７.0.0.1/"},
        {"url": "https://①②⑦.0.0.1/"},
        {"url": "https://a.example/" + "x" * 1000},
        {"url": "http://a.example/x"},
        {"event_types": ()},
        {"timeout_seconds": 0.5},
        {"timeout_seconds": 301},
        {"retry_attempts": 11},
        {"retry_delay_seconds": 0},
        {"headers": {"webhook-id": "x"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"headers": {"X-A": "one\r\nX-B: two"}},
        {"headers": {"Bad Name": "x"}},
        {"sign_in": EndpointSignIn(AuthenticationType.BASIC)},
        {"sign_in": EndpointSignIn(AuthenticationType.BASIC, username="a:b")},
        {"sign_in": EndpointSignIn(AuthenticationType.OAUTH2, token_url="http://a.example/t", client_id="c")},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        check_endpoint(replace(GOOD, **changes))  # type: ignore[arg-type]
