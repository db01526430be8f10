"""The way to a system (connections.md §5): a client certificate that is really demanded, a proxy, further headers."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import respx

from app.connectors.http import HttpClient, HttpSettings, RetryPolicy
from app.connectors.route import USER_AGENT, Proxy, Route, wants_certificate
from app.errors import MusterError, NotConfigured, Unreachable
from tests.support.certificates import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.new(tmp_path)


@asynccontextmanager
async def listening(context: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers every request with `{}`; its address, and the heads of the requests it got."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side did not want to go on, which is what the test is about
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    finally:
        server.close()


def client(url: str, route: Route) -> HttpClient:
    return HttpClient(HttpSettings(url, "Hub", lambda _answer: None, retry=RetryPolicy(()), route=route, timeout_s=5.0))


async def asked(url: str, route: Route) -> int:
    async with client(url, route) as http:
        return (await http.get("x")).status


class TestClientCertificate:
    async def test_a_system_that_demands_one_gets_it(self, authority: Authority) -> None:
        own = authority.issue("muster")
        async with listening(authority.server(demands_client=True)) as (url, heads):
            assert await asked(url, Route(str(authority.file), certificate=str(own))) == 200
        assert len(heads) == 1

    async def test_without_one_it_is_refused(self, authority: Authority) -> None:
        async with listening(authority.server(demands_client=True)) as (url, heads):
            with pytest.raises(Unreachable):
                await asked(url, Route(str(authority.file)))
        assert heads == []

    def test_the_word_of_a_system_that_wants_one_is_understood_however_deep_it_lies(self) -> None:
        refusal, cut = ssl.SSLError(1, "alert"), httpx.ReadError("")
        refusal.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
        cut.__cause__ = OSError("cut")
        assert not wants_certificate(cut)
        cut.__cause__.__context__ = refusal
        assert wants_certificate(cut)

    def test_causes_that_lead_round_in_a_circle_come_to_an_end(self) -> None:
        one, other = OSError("one"), OSError("other")
        one.__cause__, other.__cause__ = other, one
        assert not wants_certificate(one)

    async def test_an_encrypted_key_is_opened_with_its_password(self, authority: Authority) -> None:
        own = authority.issue("muster", password="pass word")
        route = Route(str(authority.file), certificate=str(own), key_password="pass word")
        async with listening(authority.server(demands_client=True)) as (url, _heads):
            assert await asked(url, route) == 200

    @pytest.mark.parametrize("password", ["", "another", "x" * 2000])
    def test_a_key_that_does_not_open_is_named_and_nobody_is_asked(self, authority: Authority, password: str) -> None:
        own = authority.issue("muster", password="pass word")
        with pytest.raises(NotConfigured, match=r"muster\.pem") as refused:
            Route(certificate=str(own), key_password=password).context("https://x")
        assert refused.value.remedy
        assert "another" not in str(refused.value)

    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_a_file_that_is_none_is_named(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "own.pem"
        if content is not None:
            file.write_text(content)
        with pytest.raises(NotConfigured, match=r"own\.pem"):
            Route(certificate=str(file)).context("https://x")

    async def test_it_is_also_sent_where_certificates_are_not_checked(self, authority: Authority) -> None:
        own = authority.issue("muster")
        async with listening(authority.server(demands_client=True)) as (url, _heads):
            assert await asked(url, Route(verify=False, certificate=str(own))) == 200


class TestProxy:
    async def test_requests_go_through_it_with_user_and_password(self) -> None:
        proxy = Proxy("", "clerk", "planted-pass")
        async with listening() as (url, heads):
            route = Route(proxy=Proxy(url, proxy.user, proxy.password))
            assert await asked("http://127.0.0.1:1", route) == 200
        (head,) = heads
        assert head.startswith(b"GET http://127.0.0.1:1/x HTTP/1.1")
        assert b"Proxy-Authorization: Basic " + base64.b64encode(b"clerk:planted-pass") in head

    async def test_one_that_is_not_there_is_an_error_of_the_family(self) -> None:
        with pytest.raises(MusterError):
            await asked("http://127.0.0.1:1", Route(proxy=Proxy("http://127.0.0.1:2")))

    def test_its_password_stays_out_of_representations(self) -> None:
        route = Route(key_password="planted-1", proxy=Proxy("http://p:1", "clerk", "planted-2"))
        assert "planted" not in repr(route)

    def test_a_library_that_wants_them_in_the_address_gets_them_there(self) -> None:
        assert Proxy("http://p:1", "a b", "x@y").with_credentials == "http://a%20b:x%40y@p:1"
        assert Proxy("http://p:1").with_credentials == "http://p:1"


class TestHeaders:
    async def test_further_headers_go_along_and_ours_stay(self) -> None:
        with respx.mock(base_url="http://127.0.0.1:1") as hub:
            route = hub.get("/x").respond(200, json={})
            async with client("http://127.0.0.1:1", Route(headers={"X-Tenant": "7"})) as http:
                await http.get("x")
        sent = route.calls.last.request.headers
        assert (sent["x-tenant"], sent["user-agent"], sent["accept"]) == ("7", USER_AGENT, "application/json")

    def test_another_system_is_shown_neither_headers_nor_certificate(self) -> None:
        whole = Route("ca.pem", certificate="own.pem", key_password="k", proxy=Proxy("http://p:1"), headers={"X": "7"})
        other = whole.to_others()
        assert (other.certificate, other.key_password, dict(other.headers)) == ("", "", {})
        assert (other.ca_file, other.proxy) == ("ca.pem", whole.proxy)
