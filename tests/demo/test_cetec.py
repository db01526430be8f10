"""The demo CETEC answers as cetec-mysql.md section 2 says."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from app.demo.cetec.clientele import MAX_CUSTOMERS, build_clientele
from app.demo.cetec.server import BadToken, DemoCetec
from app.demo.faults import Fault, FaultPlan
from app.demo.listing import Record
from app.demo.world import DemoWorld
from app.domain.kinds import CETEC, MYSQL
from tests.support.command import Muster

DEFAULT_COLUMNS = (
    "id,name,domain,ok_to_bill,priority_support,resident_hosting,test_environment,itar_hosting_bc,num_prod_users,"
    "num_full_users,techx_password"
)


@pytest.fixture
def installation() -> Iterator[DemoCetec]:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1) as world:
        yield world.cetec


@pytest.fixture
def cetec(installation: DemoCetec) -> Iterator[httpx.Client]:
    """Brings the token with every request."""
    told = installation.describe()
    token = {"preshared_token": told["preshared_token"]}
    with httpx.Client(base_url=told["api_url"], params=token, timeout=5, trust_env=False) as client:
        yield client


def listed(client: httpx.Client, **params: str) -> list[Record]:
    answer = client.get("/api/customer", params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    records: list[Record] = answer.json()
    return records


def is_true(flag: object) -> bool:
    """The truth rule of section 2.3."""
    return str(flag).strip().lower() not in {"", "none", "false", "0", "no", "n"}


def test_the_list_is_a_bare_array_of_344_billed_customers(cetec: httpx.Client) -> None:
    customers = listed(cetec, columns=DEFAULT_COLUMNS, ok_to_bill="1")
    assert len(customers) == 344
    assert all(is_true(customer["ok_to_bill"]) for customer in customers)
    assert all(list(customer) == DEFAULT_COLUMNS.split(",") for customer in customers)


def test_without_the_filter_those_not_billed_come_too(installation: DemoCetec, cetec: httpx.Client) -> None:
    everybody = listed(cetec)
    assert everybody == installation.customers
    assert Counter(is_true(customer["ok_to_bill"]) for customer in everybody) == {True: 344, False: 20}
    assert {str(c["domain"]).strip() for c in everybody if not is_true(c["ok_to_bill"])} & {"undefined", "None", ""}


def test_the_filter_can_be_ignored_upstream(installation: DemoCetec, cetec: httpx.Client) -> None:
    installation.filters_billable = False
    assert len(listed(cetec, ok_to_bill="1")) == 364


def test_columns_come_as_asked_and_unknown_ones_not_at_all(cetec: httpx.Client) -> None:
    assert list(listed(cetec, columns="domain, nothing,id")[0]) == ["domain", "id"]


def test_one_is_found_by_id_of_either_type(installation: DemoCetec, cetec: httpx.Client) -> None:
    by_type = {type(customer["id"]): customer for customer in installation.customers}
    assert set(by_type) == {int, str}
    for customer in by_type.values():
        assert listed(cetec, id=str(customer["id"])) == [customer]
        assert cetec.get(f"/api/customer/{customer['id']}").json() == customer
    assert listed(cetec, id="1") == []
    assert cetec.get("/api/customer/1").status_code == 404


def test_one_is_found_by_its_external_key(installation: DemoCetec, cetec: httpx.Client) -> None:
    customer = next(customer for customer in installation.customers if customer["external_key"])
    assert listed(cetec, external_key=str(customer["external_key"])) == [customer]


def test_a_name_finds_every_name_with_it_in_any_letter_case(cetec: httpx.Client) -> None:
    assert [customer["domain"] for customer in listed(cetec, name="Acme Corp")] == ["acme"]
    found = listed(cetec, name="MAGNETICS")
    assert found
    assert all("magnetics" in str(customer["name"]).lower() for customer in found)
    assert listed(cetec, name="%") == []


@pytest.mark.parametrize("wrapper", ["customers", "data", "rows"])
def test_the_list_may_come_in_an_object(installation: DemoCetec, cetec: httpx.Client, wrapper: str) -> None:
    installation.wrapped_in = wrapper
    assert len(cetec.get("/api/customer").json()[wrapper]) == 364


def test_one_may_come_alone(installation: DemoCetec, cetec: httpx.Client) -> None:
    installation.one_alone = True
    key = str(installation.customers[0]["id"])
    assert cetec.get("/api/customer", params={"id": key}).json() == installation.customers[0]


def test_the_token_is_read_as_it_is(installation: DemoCetec) -> None:
    assert set("&%;|[+") <= set(installation.preshared_token)
    url = f"{installation.base_url}/api/customer"
    raw = httpx.get(f"{url}?preshared_token={installation.preshared_token}", trust_env=False)
    assert raw.headers["content-type"].startswith("text/html")  # a token that was not encoded is another one
    encoded = httpx.get(url, params={"preshared_token": installation.preshared_token}, trust_env=False)
    assert len(encoded.json()) == 364


@pytest.mark.parametrize("query", ["", "?preshared_token=", "?preshared_token=wrong"])
@pytest.mark.parametrize("path", ["/api/customer", "/api/customer/102"])
def test_a_bad_token_gets_the_page_to_sign_in_at(installation: DemoCetec, path: str, query: str) -> None:
    answer = httpx.get(f"{installation.base_url}{path}{query}", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert 'type="password"' in answer.text


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        (BadToken.UNAUTHORIZED, 401, "Unauthorized"),
        (BadToken.FORBIDDEN, 403, "IP is not Authorized"),
        (BadToken.REDIRECT, 302, ""),
        (BadToken.MESSAGE, 200, "token wrong|1 is not valid"),
    ],
)
def test_a_bad_token_may_be_turned_away_otherwise(
    installation: DemoCetec, how: BadToken, status: int, said: str
) -> None:
    installation.bad_token = how
    answer = httpx.get(f"{installation.base_url}/api/customer", params={"preshared_token": "wrong|1"}, trust_env=False)
    assert answer.status_code == status
    assert said in answer.text
    if how is BadToken.REDIRECT:
        page = httpx.get(installation.base_url + answer.headers["location"], trust_env=False)
        assert "Login" in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(cetec: httpx.Client, method: str) -> None:
    for path in ("/api/customer", "/api/customer/102"):
        assert cetec.request(method, path).status_code == 405


def test_changes_made_in_place_are_sent(installation: DemoCetec, cetec: httpx.Client) -> None:
    installation.customers[0]["domain"] = "elsewhere"
    del installation.customers[1:]
    assert [customer["domain"] for customer in listed(cetec)] == ["elsewhere"]


def test_faults_hit_the_list_and_heal(installation: DemoCetec, cetec: httpx.Client) -> None:
    installation.fault = FaultPlan(Fault.RATE_LIMITED, seconds=7, only="customers", times=1)
    assert cetec.get("/api/customer").headers["retry-after"] == "7"
    assert len(listed(cetec)) == 364
    installation.fault = FaultPlan(Fault.CUT_JSON)
    with pytest.raises(json.JSONDecodeError):
        cetec.get("/api/customer").json()
    installation.fault = FaultPlan(Fault.EMPTY_LIST)
    assert listed(cetec) == []
    installation.fault = FaultPlan(Fault.EXACT_1000)
    thousand = listed(cetec, columns="id,domain")
    assert len({str(customer["id"]) for customer in thousand}) == len(thousand) == 1000
    assert set(thousand[-1]) == {"id", "domain"}


def test_requests_are_logged_with_their_query(installation: DemoCetec, cetec: httpx.Client) -> None:
    listed(cetec, id="102")
    method, path, status = installation.requests[0]
    assert (method, status) == ("GET", 200)
    assert path == "/api/customer?preshared_token=demo%26%25%3B%7C%5Btoken%2B1&id=102"


def test_the_same_seed_gives_the_same_customers() -> None:
    assert build_clientele(50, seed=7) == build_clientele(50, seed=7)
    assert build_clientele(50, seed=7) != build_clientele(50, seed=8)


def test_parts_are_those_of_the_reference() -> None:
    clientele = build_clientele()
    parts = Counter(part(customer, clientele.databases) for customer in clientele.customers)
    assert parts == {"backup": 298, "resident": 23, "itar": 12, "no table": 5, "no database": 6, "not billed": 20}


def part(customer: Record, databases: dict[str, set[str]]) -> str:
    """By the table of section 4.1."""
    if not is_true(customer["ok_to_bill"]):
        return "not billed"
    if is_true(customer["itar_hosting_bc"]):
        return "itar"
    if is_true(customer["resident_hosting"]):
        return "resident"
    tables = databases.get(str(customer["domain"]))
    return "no database" if tables is None else "backup" if "usage_stats" in tables else "no table"


def test_values_come_in_all_the_spellings_of_the_reference() -> None:
    billed = [customer for customer in build_clientele().customers if is_true(customer["ok_to_bill"])]
    assert {type(customer["ok_to_bill"]) for customer in billed} == {int, str, bool}
    assert {type(customer["resident_hosting"]) for customer in billed} == {int, str, bool, type(None)}
    assert {type(customer["num_prod_users"]) for customer in billed} == {int, float, str, type(None)}
    assert any("GovCloud" in str(customer["itar_hosting_bc"]) for customer in billed)
    assert {"Enterprise", "std", "L", None} <= {customer["priority_support"] for customer in billed}
    for sign in ("'", '"', "&", "-", ","):
        assert any(sign in str(customer["name"]) for customer in billed)
    for sign in ("-", "_", "."):
        assert any(sign in str(customer["domain"]) for customer in billed)


@pytest.mark.parametrize("billed", [0, 1, 12, 344, 10_000])
def test_no_two_billed_customers_share_a_domain_in_any_letter_case(billed: int) -> None:
    customers = [customer for customer in build_clientele(billed).customers if is_true(customer["ok_to_bill"])]
    domains = {str(customer["domain"]).lower() for customer in customers}
    assert len(domains) == len(customers) == billed
    assert all(domain == domain.strip() and 0 < len(domain) <= 64 for domain in domains)
    assert not domains & {"undefined", "none"}
    assert len({str(customer["id"]) for customer in customers}) == billed


@pytest.mark.parametrize("billed", [-1, MAX_CUSTOMERS + 1])
def test_impossible_numbers_of_customers_are_refused(billed: int) -> None:
    with pytest.raises(ValueError, match="0 to 100000"):
        build_clientele(billed)


def test_both_servers_are_described_by_the_fields_of_a_connection() -> None:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=2) as world:
        told = world.describe()
    names = list(told)
    assert names.index("mysql") < names.index("cetec")  # one is named by the other
    assert set(told["cetec"]) <= {field.key for field in CETEC.fields}
    assert set(told["mysql"]) - {"control_url", "accounts"} <= {field.key for field in MYSQL.fields}


def test_simulate_serves_as_many_customers_as_it_is_told_to(muster: Muster) -> None:
    process = muster.start("simulate", "--people", "1", "--terminals", "0", "--customers", "10000", "--json")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())["cetec"]
    token = {"preshared_token": told["preshared_token"], "ok_to_bill": "1", "columns": "id"}
    customers = httpx.get(f"{told['api_url']}/api/customer", params=token, trust_env=False, timeout=10).json()
    assert len(customers) == 10_000
    process.terminate()
    process.communicate(timeout=10)


def test_customers_are_made_quickly() -> None:
    def cost(billed: int) -> float:
        began = time.perf_counter()
        build_clientele(billed)
        return time.perf_counter() - began

    assert min(cost(344) for _ in range(10)) < 0.02
    assert min(cost(10_000) for _ in range(2)) < 1
