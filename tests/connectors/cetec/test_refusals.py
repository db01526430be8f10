"""Every row of the table of errors (cetec-mysql.md §2.4), and the token in none of them (§11.1-§11.3)."""

from __future__ import annotations

import gzip
import json
import logging
from urllib.parse import quote

import httpx
import pytest
import respx

from app.connectors.cetec import MOST_LIST_BYTES, Cetec, CetecSettings
from app.connectors.http import RetryPolicy
from app.domain.customers import CustomerQuery
from app.errors import (
    BadData,
    ErrorKind,
    ExitCode,
    MusterError,
    Outage,
    RateLimited,
    Redirected,
    RefusedSignIn,
    RemoteError,
    Unreachable,
)
from app.redaction import MASK, RedactingFormatter
from tests.support.cetec import (
    SETTINGS,
    TOKEN,
    Listening,
    body,
    chain,
    customer,
    everything_told,
    listening,
    told,
    told_token,
)

ALL = CustomerQuery()
REJECTED = "CETEC rejected the token (or this network address)."
WEB_PAGE = "CETEC answered with a web page instead of data. Check token and domain."
SIGN_IN = '<!DOCTYPE html><title>Cetec ERP</title><form><input name="p" type="password"></form>'
HTML = {"Content-Type": "text/html; charset=utf-8"}


async def refused(cetec: Cetec, query: CustomerQuery = ALL) -> MusterError:
    with pytest.raises(MusterError) as error:
        await cetec.customers(query)
    return error.value


async def refused_by_a_socket(answer: bytes) -> tuple[MusterError, Listening]:
    async with listening(answer) as server, Cetec(CetecSettings(server.url, TOKEN), RetryPolicy((0.0,))) as cetec:
        return await refused(cetec), server


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "kind", "message"),
        [
            (401, RefusedSignIn, REJECTED),
            (403, RefusedSignIn, REJECTED),
            (404, RemoteError, "No CETEC API at this address."),
            (429, RateLimited, "CETEC rate limit reached. Retry after 60 seconds."),
            (400, RemoteError, "CETEC error 400: no such column"),
            (500, Outage, "CETEC error 500: no such column"),
            (503, Outage, "CETEC error 503: no such column"),
        ],
    )
    async def test_the_table(
        self, cetec: Cetec, answers: respx.MockRouter, status: int, kind: type[MusterError], message: str
    ) -> None:
        answers.get("/api/customer").respond(status, text=" no such column ")
        error = await refused(cetec)
        assert (type(error), error.message) == (kind, message)
        assert error.remedy

    async def test_a_refused_token_ends_with_its_own_exit_code(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(401, html=SIGN_IN)
        error = await refused(cetec)
        assert (error.kind, error.exit_code) == (ErrorKind.REFUSED_SIGN_IN, ExitCode.NOT_CONFIGURED)

    async def test_refusals_do_not_open_the_breaker(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        route = answers.get("/api/customer").respond(401)
        for _time in range(8):
            await refused(cetec)
        assert (route.call_count, cetec.breaker.refuses_until) == (8, None)


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize(
        "location",
        [
            "/auth/login",
            "/Login?next=/api",
            "https://acme.cetecerp.com/x/LOGIN.html",
            "https://sso.example/",
            "//other/x",
        ],
    )
    async def test_to_a_sign_in_page_or_another_host_is_a_refused_token(
        self, cetec: Cetec, answers: respx.MockRouter, status: int, location: str
    ) -> None:
        answers.get("/api/customer").respond(status, headers={"Location": location})
        error = await refused(cetec)
        assert (type(error), error.message) == (RefusedSignIn, REJECTED)
        assert len(answers.calls) == 1

    @pytest.mark.parametrize("location", ["/api/v2/customer", "https://ACME.cetecerp.com/x?login", "", "http://a:b/"])
    async def test_elsewhere_is_said_and_not_followed(
        self, cetec: Cetec, answers: respx.MockRouter, location: str
    ) -> None:
        answers.get("/api/customer").respond(302, headers={"Location": location})
        assert isinstance(await refused(cetec), Redirected | Unreachable)
        assert len(answers.calls) == 1


class TestPages:
    @pytest.mark.parametrize(
        "page",
        [SIGN_IN, "<html><body>Please LOGIN</body></html>", "<input TYPE = 'Password'>", "<p>Not logged in? Login"],
    )
    async def test_a_page_to_sign_in_at_is_a_refused_token_not_an_empty_list(
        self, cetec: Cetec, answers: respx.MockRouter, page: str
    ) -> None:
        answers.get("/api/customer").respond(200, html=page)
        error = await refused(cetec)
        assert (type(error), error.message) == (RefusedSignIn, WEB_PAGE)

    async def test_any_other_page_is_no_data(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, html="<h1>It works!</h1>")
        error = await refused(cetec)
        assert (type(error), error.message) == (BadData, WEB_PAGE)

    @pytest.mark.parametrize("start", ["<", " \r\n\t<", "\ufeff<"])
    async def test_what_begins_like_a_page_is_one_whatever_it_says_it_is(
        self, cetec: Cetec, answers: respx.MockRouter, start: str
    ) -> None:
        headers = {"Content-Type": "application/json"}
        answers.get("/api/customer").respond(200, text=start + SIGN_IN[1:], headers=headers)
        assert isinstance(await refused(cetec), RefusedSignIn)

    async def test_what_says_it_is_a_page_is_one_whatever_it_begins_like(
        self, cetec: Cetec, answers: respx.MockRouter
    ) -> None:
        answers.get("/api/customer").respond(200, content=b"Please log in", headers=HTML)
        assert (await refused(cetec)).message == WEB_PAGE

    async def test_a_list_that_mentions_a_login_is_a_list(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, json=[customer(name='<b>Login</b> type="password"')])
        assert len((await cetec.customers(ALL)).records) == 1


class TestErrorsInJson:
    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ({"error": "IP is not Authorized"}, "IP is not Authorized"),
            ({"message": " Token\nexpired "}, "Token expired"),
            ({"error": "", "message": "second"}, "second"),
            ({"error": True, "message": "why"}, "why"),
            ({"error": {"code": 7, "message": "inner"}}, "inner"),
            ({"error": "with a list of something else", "trace": []}, "with a list of something else"),
            ({"error": "an\x1b[31mescape\x00"}, "an [31mescape"),
        ],
    )
    async def test_an_object_without_a_list_is_the_servers_own_error(
        self, cetec: Cetec, answers: respx.MockRouter, said: dict[str, object], shown: str
    ) -> None:
        answers.get("/api/customer").respond(200, json=said)
        error = await refused(cetec)
        assert (type(error), error.message) == (RemoteError, shown)

    async def test_it_is_at_most_500_characters(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, json={"error": "x" * 2000})
        assert (await refused(cetec)).message == "x" * 500

    @pytest.mark.parametrize("before", [480, 495, 499, 500])
    async def test_the_token_is_masked_before_it_is_cut(
        self, cetec: Cetec, answers: respx.MockRouter, before: int
    ) -> None:
        answers.get("/api/customer").respond(200, json={"error": "x" * before + TOKEN})
        message = (await refused(cetec)).message
        assert message == ("x" * before + MASK)[:500]

    @pytest.mark.parametrize("said", [{}, {"error": None}, {"message": 5}, {"status": "fine"}, {"customers": {}}])
    async def test_an_object_that_says_nothing_is_bad_data(
        self, cetec: Cetec, answers: respx.MockRouter, said: dict[str, object]
    ) -> None:
        answers.get("/api/customer").respond(200, json=said)
        error = await refused(cetec)
        assert isinstance(error, BadData)
        assert error.message == "Invalid CETEC response. Expected a list of customers, received: object."


class TestSize:
    async def test_more_than_fifty_megabytes_are_not_read(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        bomb = gzip.compress(b" " * (MOST_LIST_BYTES + 1_000_000), 1)
        answers.get("/api/customer").respond(200, content=bomb, headers={"Content-Encoding": "gzip"})
        error = await refused(cetec)
        assert (type(error), error.message) == (BadData, "CETEC sent more than 50 MB.")


ECHO = TOKEN.encode()
ENCODED = quote(TOKEN, safe="").encode()
ERROR_PAGES = {
    "500": told(b"failed: GET /api/customer?preshared_token=" + ENCODED, 500),
    "500, raw": told(b"bad token " + ECHO, 500),
    "502, small letters": told(ENCODED.lower(), 502),
    "400, in JSON": told(json.dumps({"token": TOKEN}).encode(), 400),
    "400, in HTML": told(b"<p>plan&amp;ted%41;|[to]+k n=#?/&quot;&lt;&#x27;</p>", 400),
    "400, encoded twice": told(quote(quote(TOKEN, safe=""), safe="").encode(), 400),
    "400, with plus for a blank": told(ENCODED.replace(b"%20", b"+"), 400),
    "404": told(ECHO, 404),
    "429": told(ECHO, 429),
    "403": told(ECHO, 403),
}
OTHERS = {
    "error text": told(json.dumps({"error": f"{TOKEN} is not valid"}).encode()),
    "error text, encoded": told(json.dumps({"error": {"message": ENCODED.decode()}}).encode()),
    "sign-in page": told(b"<form action='/login?t=" + ENCODED + b"'>"),
    "page": told(b"<p>" + ECHO + b"</p>"),
    "no JSON": told(b"[" + ECHO),
    "no list": told(json.dumps(TOKEN).encode()),
    "redirect": told(b"", 302, "Location: /auth/login?preshared_token=" + ENCODED.decode()),
    "redirect elsewhere": told(b"", 302, "Location: /" + ENCODED.decode()),
    "redirect to nonsense": told(b"", 302, "Location: http://host:" + TOKEN.replace("\n", "")),
    "broken header": b"HTTP/1.1 200 OK\r\n" + ECHO + b"\r\n\r\n",
    "no HTTP": ECHO + b"\r\n\r\n",
    "cannot be unpacked": told(ECHO, 200, "Content-Encoding: gzip"),
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + ECHO,
    "nothing": b"",
}
FAILURES = ERROR_PAGES | OTHERS


class TestTokenIsNowhere:
    """§2.1, §11.2: in no message, remedy, representation, traceback, chained exception or line of the log."""

    @pytest.mark.parametrize("how", FAILURES)
    async def test_whatever_fails(self, how: str, caplog: pytest.LogCaptureFixture) -> None:
        caplog.handler.setFormatter(RedactingFormatter("%(name)s %(message)s"))
        caplog.set_level(logging.DEBUG)
        for library in ("httpx", "httpcore"):
            caplog.set_level(logging.WARNING, library)  # as the program has them (app/logs.py)
        error, server = await refused_by_a_socket(FAILURES[how])
        assert told_token(server.asked["preshared_token"])  # the server did get it
        assert told_token(everything_told(error)) == []
        assert told_token(caplog.text) == []
        ours = [r.getMessage() for r in caplog.records if r.name.startswith("app.")]
        assert not [line for line in ours if "?" in line or "columns" in line or told_token(line)]

    @pytest.mark.parametrize(
        "failure", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, OSError]
    )
    async def test_no_exception_of_the_library_is_kept_with_the_address_it_asked(
        self, cetec: Cetec, answers: respx.MockRouter, failure: type[Exception]
    ) -> None:
        answers.get("/api/customer").mock(side_effect=failure(f"could not get /api/customer?preshared_token={TOKEN}"))
        error = await refused(cetec)
        assert told_token(everything_told(error)) == []
        assert chain(error) == [error]

    async def test_nobody_listening(self) -> None:
        async with Cetec(CetecSettings("http://127.0.0.1:9", TOKEN), RetryPolicy(())) as cetec:
            error = await refused(cetec)
        assert isinstance(error, Unreachable)
        assert told_token(everything_told(error)) == []

    async def test_while_the_breaker_is_open(self, answers: respx.MockRouter, no_waiting: list[float]) -> None:
        answers.get("/api/customer").respond(500, text=TOKEN)
        async with Cetec(SETTINGS) as cetec:
            told_of = [everything_told(await refused(cetec)) for _time in range(6)]
        assert "left alone for a while" in told_of[-1]
        assert told_token("".join(told_of)) == []

    async def test_a_good_answer_leaves_a_line_without_the_query(
        self, cetec: Cetec, answers: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        answers.get("/api/customer").respond(200, content=body(customer(name=f"Acme {TOKEN}")))
        with caplog.at_level(logging.INFO, "app"):
            await cetec.customers(CustomerQuery(name="secret customer"))
        ours = [r.getMessage() for r in caplog.records if r.name.startswith("app.")]
        assert len(ours) == 1
        assert ours[0].startswith("GET api/customer: 200, ")
        assert told_token(repr(cetec) + repr(cetec.settings)) == []
