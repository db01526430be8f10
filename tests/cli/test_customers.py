"""Customers on the command line: the object of a sync, exit codes, `muster list customers` (command-line.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.world import DemoWorld
from tests.support.command import QuickMuster
from tests.support.customers import customers_world

KEYS_OF_THE_REFERENCE = {
    "id", "name", "domain", "database_exists", "ok_to_bill", "priority_support", "resident_hosting",
    "test_environment", "itar_hosting_bc", "num_prod_users", "num_full_users", "lastPulled",
}  # fmt: skip
SHOWN = {
    "total_customers": 344, "existing_databases": 298, "resident_hosting": 23, "itar_hosting": 12,
    "invalid_domains": 0, "no_database": 11,
}  # fmt: skip


@pytest.fixture
def erp() -> Iterator[DemoWorld]:
    with customers_world() as world:
        yield world


@pytest.fixture
def linked(quick: QuickMuster, erp: DemoWorld) -> QuickMuster:
    """A home with both connections, their secrets given on standard input."""
    add(quick, "mysql", erp.describe()["mysql"], ("host", "port", "user", "tls"), "password")
    add(quick, "cetec", erp.describe()["cetec"], ("api_url", "backups"), "preshared_token")
    return quick


def add(muster: QuickMuster, kind: str, told: dict[str, Any], keys: tuple[str, ...], secret: str) -> None:
    settings = [part for key in keys for part in ("--set", f"{key}={told[key]}")]
    added = muster(
        "connections", "add", kind, "--kind", kind, *settings, "--secret", f"{secret}=-", stdin=told[secret] + "\n"
    )
    assert added.code == 0, added


def test_the_summary_of_the_reference_and_the_object_under_result(linked: QuickMuster) -> None:
    ran = linked("run", "customers.sync", "--json")
    assert ran.code == 0
    assert SHOWN.items() <= ran.json["summary"].items()
    result = ran.json["result"]
    assert result["metadata"]["summary"] == ran.json["summary"]
    assert all(row.keys() >= KEYS_OF_THE_REFERENCE for row in result["customers"])
    assert {type(row["id"]) for row in result["customers"]} == {int}
    assert len(ran.json["outcomes"]) == len(result["customers"]) == 344


def test_a_customer_by_name_and_chosen_columns(linked: QuickMuster) -> None:
    everybody = linked("run", "customers.sync", "--json").json["result"]["customers"]
    name = everybody[0]["name"]
    by_name = linked("run", "customers.sync", "--set", f"name={name}", "--json").json["result"]["customers"]
    assert name in [row["name"] for row in by_name]
    columns = "columns=id,name,domain,priority_support"
    narrow = linked("run", "customers.sync", "--set", columns, "--json").json
    assert SHOWN.items() <= narrow["summary"].items()
    assert "num_prod_users" not in narrow["result"]["customers"][0]


def test_the_list_has_the_keys_of_the_reference_and_text_ids(linked: QuickMuster) -> None:
    linked("run", "customers.sync")
    rows = linked("list", "customers", "--json").json
    assert len(rows) == 344
    assert all(row.keys() >= KEYS_OF_THE_REFERENCE | {"database_detail"} for row in rows)
    assert {type(row["id"]) for row in rows} == {str}
    assert not any(isinstance(value, dict) for row in rows for value in row.values())
    lacking = linked("list", "customers", "--where", "database_exists=false", "--json").json
    assert len(lacking) == 11


def test_failed_checks_end_with_3_and_still_show_everybody(linked: QuickMuster, erp: DemoWorld) -> None:
    erp.mysql.fault = MysqlFaultPlan(MysqlFault.REFUSED)
    ran = linked("run", "customers.sync", "--json")
    assert (ran.code, ran.json["state"]) == (3, "finished")
    assert ran.json["result"]["metadata"]["mysql_status"] == "failed"
    assert ran.json["summary"]["mysql_errors"] == 309
    assert {"mysql_error"} <= {row["database_exists"] for row in ran.json["result"]["customers"]}
    assert len(linked("list", "customers", "--json").json) == 344


def test_a_web_page_instead_of_data_is_a_refused_sign_in(linked: QuickMuster, erp: DemoWorld) -> None:
    token = erp.describe()["cetec"]["preshared_token"]
    erp.cetec.preshared_token = "another"
    ran = linked("run", "customers.sync", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (5, "refused_sign_in")
    assert token not in ran.out + ran.err


def test_an_outage_stops_with_4(linked: QuickMuster, erp: DemoWorld, no_waiting: list[float]) -> None:
    erp.cetec.fault = FaultPlan(Fault.SERVER_ERROR)
    assert linked("run", "customers.sync", "--json").code == 4


def test_the_connection_tests_tell_what_the_reference_lists(linked: QuickMuster) -> None:
    mysql = linked("connections", "test", "mysql", "--json")
    assert mysql.code == 0
    assert mysql.json.keys() >= {
        "success", "stages", "message", "remedy", "status", "environment", "connection_method", "connection_type",
        "server_version", "visible_schemas", "schemas_with_usage_stats", "warnings",
    }  # fmt: skip
    assert (mysql.json["connection_method"], mysql.json["connection_type"]) == ("direct_host", "tcp")
    assert linked("connections", "test", "cetec", "--json").code == 0
