"""Reading CETEC's list (cetec-mysql.md §2.2, §2.3, §3): forgiving field by field, strict about the list itself."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest
import respx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.connectors.cetec import DEFAULT_COLUMNS, Cetec
from app.connectors.cetec_answers import Wanted, read_customers
from app.connectors.http import RetryPolicy
from app.domain.customers import NEEDED_COLUMNS, CustomerList, CustomerQuery, CustomerRecord, SupportLevel
from app.errors import BadData, MusterError
from app.redaction import MASK, redact
from tests.support.cetec import BASE, SETTINGS, body, customer

USUAL = Wanted(DEFAULT_COLUMNS[:-1])
EVERYBODY = replace(USUAL, only_billable=False)
WITH_PASSWORDS = Wanted(DEFAULT_COLUMNS)


def read(*customers: object, wanted: Wanted = EVERYBODY) -> CustomerList:
    return read_customers(body(*customers), wanted)


def one(wanted: Wanted = EVERYBODY, **fields: Any) -> CustomerRecord:
    """The only record of a list whose only customer has these fields."""
    (record,) = read(customer(**fields), wanted=wanted).records
    return record


class TestOneCustomer:
    def test_the_example_of_the_reference(self) -> None:
        assert one(USUAL) == CustomerRecord(
            "123", "Example Circuits Inc", "examplecircuits", ok_to_bill=True, resident_hosting=False,
            itar_hosting=False, priority_support=SupportLevel.ENTERPRISE, test_environment="Update Nightly",
            num_prod_users=150, num_full_users=25,
            fields=frozenset({
                "name", "domain", "ok_to_bill", "priority_support", "resident_hosting", "test_environment",
                "itar_hosting", "itar_text", "num_prod_users", "num_full_users",
            }),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("sent", "key"), [(123, "123"), ("123", "123"), (" 007 ", "007"), (1e3, "1000"), (0, "0"), ("a-b", "a-b")]
    )
    def test_an_id_is_a_text_key(self, sent: object, key: str) -> None:
        (record,) = read(customer(sent)).records
        assert record.id == key

    @pytest.mark.parametrize("sent", [None, "", "  ", True, 1.5, [], {}, "x" * 101, 10**200])
    def test_a_record_without_one_is_counted_and_makes_the_list_incomplete(self, sent: object) -> None:
        found = read(customer(sent), customer(5), {"name": "no id"}, "text", None)
        assert [record.id for record in found.records] == ["5"]
        assert (found.unreadable, found.complete) == (4, False)
        assert found.warnings == ("4 customers without an id were left out.",)

    @pytest.mark.parametrize(("sent", "name"), [(" Acme ", "Acme"), ("A\0cme", "Acme"), (42, "42")])
    def test_a_name_is_trimmed_text(self, sent: object, name: str) -> None:
        assert one(name=sent).name == name

    @pytest.mark.parametrize("sent", [None, "", " ", [], True])
    def test_a_customer_without_a_name_goes_by_domain_or_id(self, sent: object) -> None:
        assert one(name=sent).name == "examplecircuits"
        assert one(name=sent, domain="undefined").name == "123"

    @pytest.mark.parametrize("sent", [None, "", "  ", "undefined", " Undefined", False, [], {}])
    def test_what_stands_for_no_domain(self, sent: object) -> None:
        assert one(domain=sent).domain is None

    @pytest.mark.parametrize(
        ("sent", "level"), [("ENT", "Enterprise"), (" std ", "Standard"), ("l", "Lite"), ("x", None)]
    )
    def test_levels_of_support(self, sent: str, level: str | None) -> None:
        assert one(priority_support=sent).priority_support == level

    @pytest.mark.parametrize(
        ("sent", "number"),
        [
            ("150", 150.0), (" 7 ", 7.0), (25, 25.0), (2.5, 2.5), ("2.5", 2.5), (None, 0.0), ("", 0.0),
            ("many", 0.0), (-3, 0.0), (True, 0.0), ([], 0.0), ("nan", 0.0), ("inf", 0.0), ("1e400", 0.0),
            (10**400, 0.0), (2**31, 0.0), (2**31 - 1, 2.0**31 - 1),
        ],
    )  # fmt: skip
    def test_users_as_text_null_or_fraction(self, sent: object, number: float) -> None:
        record = one(num_prod_users=sent, num_full_users=sent)
        assert (record.num_prod_users, record.num_full_users) == (number, number)

    @pytest.mark.parametrize(
        ("sent", "environment"),
        [("Update Weekly", "Update Weekly"), (" Pause Updates ", "Pause Updates"), ("0", None), (0, None), ("", None),
         (None, None), (False, None), (True, None)],
    )  # fmt: skip
    def test_a_test_environment_is_a_text_or_none(self, sent: object, environment: str | None) -> None:
        assert one(test_environment=sent).test_environment == environment

    @pytest.mark.parametrize(
        ("sent", "itar", "text"),
        [
            (True, True, ""), (1, True, ""), ("1", True, ""), (" Yes ", True, ""), ("", False, ""),
            ("0", False, ""), ("no", False, ""), (None, False, ""), (False, False, ""),
            (" US persons only ", True, "US persons only"), ("GovCloud", True, "GovCloud"), (["x"], True, ""),
        ],
    )  # fmt: skip
    def test_a_text_in_the_itar_column_is_a_yes_and_is_kept(self, sent: object, itar: bool, text: str) -> None:
        record = one(itar_hosting_bc=sent)
        assert (record.itar_hosting, record.itar_text) == (itar, text)

    @pytest.mark.parametrize("sent", [1, "1", True, "true", " YES "])
    def test_resident_hosting(self, sent: object) -> None:
        assert one(resident_hosting=sent).resident_hosting


class TestColumns:
    def test_only_what_was_asked_for_and_came_counts_as_fetched(self) -> None:
        asked = Wanted((*NEEDED_COLUMNS, "num_full_users", "external_key"))
        sent = customer()
        del sent["itar_hosting_bc"], sent["domain"]
        (record,) = read(sent, wanted=asked).records
        assert record.fields == {"name", "ok_to_bill", "resident_hosting", "num_full_users"}
        assert (record.num_full_users, record.num_prod_users, record.priority_support) == (25, 0, None)

    def test_a_column_that_is_null_was_fetched(self) -> None:
        assert {"domain", "priority_support", "num_prod_users"} <= one(
            domain=None, priority_support=None, num_prod_users=None
        ).fields

    def test_columns_of_the_callers_own_come_as_they_are(self) -> None:
        asked = Wanted((*NEEDED_COLUMNS, "custnum", "addresses", "balance", "absent"))
        sent = {"custnum": " 7 ", "addresses": [{"city": "Oslo"}], "balance": None, "acct_email": "a@b"}
        assert one(asked, **sent).extra == {"custnum": " 7 ", "addresses": [{"city": "Oslo"}], "balance": None}

    def test_what_nobody_asked_for_is_named_and_not_taken(self) -> None:
        found = read(customer(acct_email="a@b", custnum=7), customer(5, zone=1))
        assert found.unknown_fields == ("acct_email", "custnum", "zone")
        assert [record.extra for record in found.records] == [{}, {}]

    def test_a_key_that_was_asked_for_is_text(self) -> None:
        asked = Wanted((*NEEDED_COLUMNS, "external_key"))
        assert one(asked, external_key=" CRM-1 ").external_key == "CRM-1"
        assert one(asked, external_key="").external_key is None
        assert "external_key" not in one(external_key="CRM-1").fields

    async def test_a_list_without_the_needed_columns_does_not_hide_everybody(
        self, cetec: Cetec, answers: respx.MockRouter
    ) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            asked = request.url.params["columns"].split(",")
            return httpx.Response(200, json=[{k: v for k, v in customer().items() if k in asked}])

        answers.get("/api/customer").mock(side_effect=answer)
        (record,) = (await cetec.customers(CustomerQuery(columns=("id", "name", "priority_support")))).records
        assert (record.ok_to_bill, record.domain) == (True, "examplecircuits")
        assert {"domain", "ok_to_bill", "itar_hosting", "priority_support"} <= record.fields
        assert "num_prod_users" not in record.fields


class TestFilter:
    @pytest.mark.parametrize("sent", [0, "0", "", False, "false", None, "no", "n", " FALSE "])
    def test_who_is_not_billed_is_left_out_although_the_server_was_asked(self, sent: object) -> None:
        assert read(customer(ok_to_bill=sent), wanted=USUAL).records == ()
        assert [r.ok_to_bill for r in read(customer(ok_to_bill=sent)).records] == [False]

    @pytest.mark.parametrize("sent", [1, "1", True, "true", "yes"])
    def test_who_is_billed_stays(self, sent: object) -> None:
        assert len(read(customer(ok_to_bill=sent), wanted=USUAL).records) == 1

    def test_a_list_that_does_not_say_who_is_billed_says_so(self) -> None:
        found = read({"id": 1, "name": "Acme"}, wanted=USUAL)
        assert found.records == ()
        assert found.warnings == ("CETEC does not say who is billable (ok_to_bill), so nobody counts as billable.",)
        assert read({"id": 1, "name": "Acme"}).warnings == ()

    def test_ids_that_are_left_out_never_appear(self) -> None:
        wanted = replace(EVERYBODY, excluded_ids=frozenset({"2", "x"}))
        assert [r.id for r in read(customer(1), customer(2), customer("2 "), customer(3), wanted=wanted).records] == [
            "1", "3",
        ]  # fmt: skip

    async def test_the_connection_says_which(self, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, json=[customer(1), customer(2)])
        async with Cetec(replace(SETTINGS, excluded_ids=("2",))) as cetec:
            assert [r.id for r in (await cetec.customers(CustomerQuery())).records] == ["1"]

    def test_of_two_with_one_id_the_first_stays(self) -> None:
        found = read(customer(1, name="first"), customer(2), customer("1", name="second"), customer(" 1"))
        assert [(r.id, r.name) for r in found.records] == [("1", "first"), ("2", "Example Circuits Inc")]
        assert found.warnings == ("Listed more than once, so only the first counts: 1.",)
        assert found.complete


class TestTheListItself:
    @pytest.mark.parametrize("key", ["customers", "data", "rows"])
    def test_it_may_come_in_an_object(self, key: str) -> None:
        wrapped = json.dumps({"count": 1, key: [customer()], "error": None}).encode()
        assert len(read_customers(wrapped, USUAL).records) == 1

    def test_one_customer_may_come_alone_when_one_was_asked_for(self) -> None:
        alone = json.dumps(customer(message="hello")).encode()
        assert len(read_customers(alone, replace(USUAL, one_alone=True)).records) == 1
        with pytest.raises(MusterError):
            read_customers(alone, USUAL)

    async def test_it_does_so_by_the_id_of_the_question(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, json=customer())
        assert len((await cetec.customers(CustomerQuery(id="123"))).records) == 1
        with pytest.raises(BadData):
            await cetec.customers(CustomerQuery(name="Example"))

    @pytest.mark.parametrize("content", [b"[]", b'{"customers": []}', b"\xef\xbb\xbf[]"])
    def test_an_empty_one_is_warned_about_and_proves_nothing(self, content: bytes) -> None:
        found = read_customers(content, USUAL)
        assert (found.records, found.complete, found.warnings) == ((), False, ("CETEC returned no customers.",))

    @pytest.mark.parametrize(
        ("count", "cut"), [(99, False), (100, True), (101, False), (250, True), (344, False), (500, True), (1000, True)]
    )
    def test_one_of_a_round_length_may_be_cut_off(self, count: int, cut: bool) -> None:
        found = read(*map(customer, range(count)))
        warning = f"The list is possibly truncated: it has exactly {count} customers."
        assert (len(found.records), found.complete) == (count, not cut)
        assert found.warnings == ((warning,) if cut else ())

    def test_the_length_counts_as_it_came_not_as_it_was_filtered(self) -> None:
        odd = read(*(customer(n, ok_to_bill=n % 2) for n in range(200)), wanted=USUAL)
        cut = read(*(customer(n, ok_to_bill=n % 2) for n in range(250)), wanted=USUAL)
        assert (len(odd.records), odd.complete) == (100, True)
        assert (len(cut.records), cut.complete) == (125, False)

    @pytest.mark.parametrize(
        ("content", "received"), [(b"12", "number"), (b'"x"', "string"), (b"true", "boolean"), (b"null", "null")]
    )
    def test_anything_else_is_refused_with_the_type_received(self, content: bytes, received: str) -> None:
        with pytest.raises(BadData) as refused:
            read_customers(content, USUAL)
        assert refused.value.message == (f"Invalid CETEC response. Expected a list of customers, received: {received}.")

    @pytest.mark.parametrize(
        "content",
        [b"", b"[NaN]", b'[{"id": 1', b'["\xff"]', b'["\\ud800"]', b"[" + b"9" * 5000 + b"]", b"[" * 100_000,
         b'[{"id": 1, "odd": ' + b"[" * 90_000 + b"]" * 90_000 + b"}]", "[]".encode("utf-16")],
        ids=["empty", "nan", "cut", "not utf-8", "surrogate", "huge number", "deep", "deep inside", "utf-16"],
    )  # fmt: skip
    def test_what_is_no_json_is_refused(self, content: bytes) -> None:
        with pytest.raises(BadData, match="Invalid CETEC response."):
            read_customers(content, USUAL)

    def test_a_column_nested_without_sense_is_refused(self) -> None:
        deep: object = 1
        for _level in range(200):
            deep = [deep]
        with pytest.raises(BadData):
            one(Wanted((*NEEDED_COLUMNS, "odd")), odd=deep)

    async def test_thousands_are_read(self, cetec: Cetec, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, content=body(*map(customer, range(20_001))))
        assert len((await cetec.customers(CustomerQuery())).records) == 20_001


class TestSupportPasswords:
    def test_they_are_apart_from_everything_that_is_kept_or_shown(self) -> None:
        found = read(
            customer(1, techx_password="hush-1"), customer(2, techx_password=" sp ace "), wanted=WITH_PASSWORDS
        )
        assert found.passwords == {"1": "hush-1", "2": " sp ace "}
        assert "hush" not in repr(found) + str(found.records)
        assert [r.extra for r in found.records] == [{}, {}]
        assert "techx_password" not in found.unknown_fields

    def test_they_are_masked_from_then_on(self) -> None:
        read(customer(1, techx_password="hush-1"), customer(2, techx_password="abc"), wanted=WITH_PASSWORDS)
        assert redact("the words hush-1 and abc") == f"the words {MASK} and abc"

    @pytest.mark.parametrize("wanted", [USUAL, Wanted((*NEEDED_COLUMNS, "custnum"))])
    def test_one_that_comes_unasked_is_not_touched(self, wanted: Wanted) -> None:
        found = read(customer(techx_password="hush-1"), wanted=wanted)
        assert found.passwords == {}
        assert "hush" not in repr(found)
        assert found.unknown_fields == ()

    @pytest.mark.parametrize("sent", [None, "", "  ", 7, True, ["hush"], {"p": "hush"}])
    def test_what_is_no_text_is_none(self, sent: object) -> None:
        assert read(customer(techx_password=sent), wanted=WITH_PASSWORDS).passwords == {}

    def test_of_customers_that_are_left_out_none_is_kept(self) -> None:
        wanted = replace(WITH_PASSWORDS, excluded_ids=frozenset({"1"}))
        sent = [customer(1, techx_password="hush-1"), customer(2, techx_password="hush-2", ok_to_bill=0)]
        assert read(*sent, wanted=wanted).passwords == {}

    async def test_the_switch_decides(self, answers: respx.MockRouter) -> None:
        answers.get("/api/customer").respond(200, json=[customer(techx_password="hush-1")])
        for switch, passwords in ((False, {}), (True, {"123": "hush-1"})):
            async with Cetec(replace(SETTINGS, fetch_passwords=switch)) as cetec:
                assert (await cetec.customers(CustomerQuery())).passwords == passwords


KEYS = st.sampled_from([*DEFAULT_COLUMNS, "custnum", "customers", "data", "rows", "error", "message"])
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["0", "undefined", "Enterprise", "1e999", "nan", "false"])
)  # fmt: skip
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8), max_leaves=25
)
CONTENT = st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode())
ASKED = Wanted((*DEFAULT_COLUMNS, "custnum"), only_billable=False)


@given(content=CONTENT, wanted=st.sampled_from([USUAL, ASKED, replace(ASKED, one_alone=True)]))
@example(content=b'[{"id": 1, "num_prod_users": 1' + b"0" * 4000 + b"}]", wanted=ASKED)
def test_whatever_comes_is_a_list_of_customers_or_an_error_of_the_family(content: bytes, wanted: Wanted) -> None:
    try:
        found = read_customers(content, wanted)
    except MusterError as error:
        assert 0 < len(error.message) <= 500
        return
    msgspec.json.encode([record.extra for record in found.records])
    for record in found.records:
        assert record.id == record.id.strip() != ""
        assert record.name
        assert record.num_prod_users >= 0
        assert "techx_password" not in {*record.extra, *record.fields}
        assert record.ok_to_bill or not wanted.only_billable
    assert len({record.id for record in found.records}) == len(found.records)
    assert set(found.passwords) <= {record.id for record in found.records}


@settings(max_examples=60)
@given(
    status=st.sampled_from([200, 200, 200, 204, 302, 304, 400, 401, 404, 418, 429, 500, 599]),
    content=CONTENT,
    kind=st.sampled_from(["application/json", "text/html", "text/plain", ""]),
    location=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20),
)
def test_no_answer_leaves_the_client_in_another_way(status: int, content: bytes, kind: str, location: str) -> None:
    async def ask() -> object:
        with respx.mock(base_url=BASE) as router:
            router.get("/api/customer").respond(
                status, content=content, headers={"Content-Type": kind, "Location": location}
            )
            async with Cetec(SETTINGS, RetryPolicy(())) as cetec:
                try:
                    return await cetec.customers(CustomerQuery(id="1"))
                except MusterError as error:
                    return error

    assert isinstance(asyncio.run(ask()), CustomerList | MusterError)
