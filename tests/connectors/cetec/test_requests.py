"""What CETEC is asked (cetec-mysql.md §2.1): columns, the token unchanged, how often and how many at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors.cetec import DEFAULT_COLUMNS, MOST_QUERY_CHARS, Cetec, CetecSettings, columns_of
from app.connectors.http import RetryPolicy
from app.domain.customers import CustomerQuery
from app.errors import MusterError, NotConfigured, Outage, RateLimited, TimedOut, Unreachable, UsageError
from tests.support.cetec import BASE, SETTINGS, TOKEN, Listening, body, customer, listening, told

ALL = CustomerQuery()
USUAL = (
    "id,name,domain,ok_to_bill,priority_support,resident_hosting,test_environment,itar_hosting_bc,num_prod_users,"
    "num_full_users"
)


async def asked_of_a_socket(query: CustomerQuery, token: str = TOKEN, *, fetch_passwords: bool = False) -> Listening:
    async with listening(told(body(customer()))) as server:
        chosen = CetecSettings(server.url, token, fetch_passwords=fetch_passwords)
        async with Cetec(chosen, RetryPolicy(())) as cetec:
            await cetec.customers(query)
    return server


class TestParameters:
    async def test_a_usual_request_has_columns_filter_and_token_and_nothing_else(self) -> None:
        server = await asked_of_a_socket(ALL)
        assert server.targets[0].startswith("/api/customer?")
        assert server.asked == {"columns": USUAL, "ok_to_bill": "1", "preshared_token": TOKEN}

    async def test_customers_that_are_not_billed_are_asked_for_by_leaving_the_filter_out(self) -> None:
        server = await asked_of_a_socket(CustomerQuery(only_billable=False))
        assert server.asked == {"columns": USUAL, "preshared_token": TOKEN}

    async def test_an_id_a_name_and_a_key_go_along_as_they_are(self) -> None:
        server = await asked_of_a_socket(CustomerQuery("1+2", "Acme & Söhne 100%", "a;b=c"))
        assert [server.asked[key] for key in ("id", "name", "external_key")] == ["1+2", "Acme & Söhne 100%", "a;b=c"]

    async def test_json_is_asked_for(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        route = answers.get("/api/customer").respond(200, json=[customer()])
        await cetec.customers(ALL)
        assert route.calls.last.request.headers["accept"] == "application/json"

    async def test_a_path_of_the_address_stays(self, answers: respx.MockRouter) -> None:
        route = answers.get("/erp/api/customer").respond(200, json=[customer()])
        async with Cetec(replace(SETTINGS, base_url=f"{BASE}/erp")) as cetec:
            await cetec.customers(ALL)
        assert route.called

    async def test_a_question_that_no_server_takes_is_not_sent(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        with pytest.raises(UsageError, match="too long"):
            await cetec.customers(CustomerQuery(name="x" * MOST_QUERY_CHARS))
        assert not answers.calls


class TestColumns:
    def test_the_usual_ones_in_the_order_of_the_reference(self) -> None:
        assert ",".join(DEFAULT_COLUMNS) == f"{USUAL},techx_password"

    def test_support_passwords_only_where_they_are_switched_on(self) -> None:
        assert columns_of((), fetch_passwords=True) == DEFAULT_COLUMNS
        assert columns_of((), fetch_passwords=False) == DEFAULT_COLUMNS[:-1]

    def test_what_the_filter_and_the_decisions_need_is_added_to_a_callers_list(self) -> None:
        columns = columns_of(("priority_support", "id", "custnum"), fetch_passwords=False)
        assert columns == (
            "priority_support", "id", "custnum", "name", "domain", "ok_to_bill", "resident_hosting", "itar_hosting_bc",
        )  # fmt: skip

    @pytest.mark.parametrize("blank", [(), ("",), (" ", ","), (", ,",)])
    def test_a_blank_list_means_the_usual_ones(self, blank: tuple[str, ...]) -> None:
        assert columns_of(blank, fetch_passwords=False) == DEFAULT_COLUMNS[:-1]

    @pytest.mark.parametrize(
        "smuggled", [("techx_password",), (" TechX_Password ",), ("id,techx_password",), ("name", "techx_password,id")]
    )
    def test_a_callers_list_brings_no_support_password_past_the_switch(self, smuggled: tuple[str, ...]) -> None:
        assert "password" not in ",".join(columns_of(smuggled, fetch_passwords=False)).lower()
        assert "password" in ",".join(columns_of(smuggled, fetch_passwords=True)).lower()

    async def test_they_are_sent_in_their_order(self) -> None:
        server = await asked_of_a_socket(ALL, fetch_passwords=True)
        assert server.asked["columns"] == f"{USUAL},techx_password"


class TestToken:
    @pytest.mark.parametrize(
        "token",
        [
            "a&b=c",
            "100%41",
            "a;b",
            "a|b",
            "a[b]",
            "a+b",
            " a b ",
            "%2B%20",
            "a#b?c/d",
            "ș€🙂",
            "\"'<>\\^`{}",
            "a,b",
            "....",
        ],
    )
    async def test_it_arrives_unchanged(self, token: str) -> None:
        server = await asked_of_a_socket(ALL, token)
        assert server.asked["preshared_token"] == token
        assert server.asked["columns"] == USUAL

    @settings(max_examples=40)
    @given(token=st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(str.strip))
    def test_every_token_does(self, token: str) -> None:
        assert asyncio.run(asked_of_a_socket(ALL, token)).asked["preshared_token"] == token

    def test_it_is_no_part_of_a_representation(self) -> None:
        assert "planted" not in repr(CetecSettings(BASE, "planted-token"))


class TestNotConfigured:
    @pytest.mark.parametrize("token", ["", " ", "\n"])
    def test_a_token_is_required(self, token: str) -> None:
        with pytest.raises(NotConfigured, match="preshared_token is required"):
            Cetec(CetecSettings(BASE, token))

    def test_an_address_is_required(self) -> None:
        with pytest.raises(NotConfigured, match="neither address nor domain"):
            Cetec(CetecSettings("", TOKEN))


class TestRepeating:
    async def refused(self, route: respx.Route, kind: type[MusterError]) -> int:
        """How often it was asked before it gave up with this kind of error."""
        async with Cetec(SETTINGS) as cetec:
            with pytest.raises(kind):
                await cetec.customers(ALL)
        return route.call_count

    @pytest.mark.parametrize("status", [502, 503, 504])
    async def test_a_gateway_in_trouble_is_asked_twice_more(
        self, answers: respx.MockRouter, no_waiting: list[float], status: int
    ) -> None:
        assert await self.refused(answers.get("/api/customer").respond(status), Outage) == 3

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501, 505, 302])
    async def test_nothing_else_is_repeated(
        self, answers: respx.MockRouter, no_waiting: list[float], status: int
    ) -> None:
        assert await self.refused(answers.get("/api/customer").respond(status), MusterError) == 1
        assert no_waiting == []

    @pytest.mark.parametrize(
        ("failure", "kind"),
        [
            (httpx.ConnectError("no"), Unreachable),
            (httpx.ReadError("cut"), Unreachable),
            (httpx.ReadTimeout("t"), TimedOut),
        ],
    )
    async def test_a_network_error_is_repeated_twice(
        self, answers: respx.MockRouter, no_waiting: list[float], failure: Exception, kind: type[MusterError]
    ) -> None:
        assert await self.refused(answers.get("/api/customer").mock(side_effect=failure), kind) == 3

    async def test_a_rate_limit_is_waited_for_as_long_as_it_says(
        self, answers: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        fine = httpx.Response(200, json=[customer()])
        route = answers.get("/api/customer")
        route.mock(side_effect=[httpx.Response(429, headers={"Retry-After": "7"}), fine])
        async with Cetec(SETTINGS) as cetec:
            assert len((await cetec.customers(ALL)).records) == 1
        assert no_waiting == [7.0]

    async def test_a_rate_limit_of_hours_is_told_with_its_seconds(
        self, answers: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = answers.get("/api/customer").respond(429, headers={"Retry-After": "7200"})
        async with Cetec(SETTINGS) as cetec:
            with pytest.raises(RateLimited, match="7200 seconds") as refused:
                await cetec.customers(ALL)
        assert (route.call_count, refused.value.retry_after) == (1, 7200.0)


class TestOneAtATime:
    async def test_a_second_request_waits_for_the_first(self) -> None:
        go = asyncio.Event()
        async with listening(told(body(customer())), go) as server, Cetec(CetecSettings(server.url, TOKEN)) as cetec:
            both = asyncio.gather(cetec.customers(ALL), cetec.customers(ALL))
            async with asyncio.timeout(5):
                while not server.targets:
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0.1)
            assert len(server.targets) == 1
            go.set()
            await both
            assert len(server.targets) == 2

    async def test_a_server_that_never_answers_is_given_up_in_time(self) -> None:
        never = asyncio.Event()
        async with listening(b"", never) as server:
            async with Cetec(CetecSettings(server.url, TOKEN, timeout_s=0.1), RetryPolicy(())) as cetec:
                with pytest.raises(TimedOut, match="CETEC request failed. No answer within 0.1 seconds."):
                    await cetec.customers(ALL)
            never.set()
