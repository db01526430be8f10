"""The whole sync of customers on the command line against a real MariaDB that holds their backups."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.demo.world import DemoWorld
from tests.support.command import QuickMuster
from tests.support.customers import customers_world
from tests.support.mariadb import ALL, FEW, NOBODY, PASSWORD, MariaDb

SHOWN = {
    "total_customers": 344, "existing_databases": 298, "resident_hosting": 23, "itar_hosting": 12,
    "invalid_domains": 0, "no_database": 11, "mysql_errors": 0, "batch_timeouts": 0,
}  # fmt: skip


@pytest.fixture
def erp(mariadb: MariaDb) -> Iterator[DemoWorld]:
    """A CETEC whose customers' databases lie on the MariaDB."""
    with customers_world() as world:
        held = world.mysql.databases
        mariadb.hold([n for n, tables in held.items() if "usage_stats" in tables],
                     [n for n, tables in held.items() if "usage_stats" not in tables])  # fmt: skip
        yield world


def linked(muster: QuickMuster, erp: DemoWorld, mariadb: MariaDb, user: str, *more: str) -> QuickMuster:
    where = ("--set", "host=127.0.0.1", "--set", f"port={mariadb.port}", "--set", f"user={user}", *more)
    added = muster("connections", "add", "mysql", "--kind", "mysql", *where, "--secret", "password=-",
                   stdin=PASSWORD + "\n")  # fmt: skip
    assert added.code == 0, added
    told = erp.describe()["cetec"]
    cetec = ("--set", f"api_url={told['api_url']}", "--set", "backups=mysql", "--secret", "preshared_token=-")
    added = muster("connections", "add", "cetec", "--kind", "cetec", *cetec, stdin=told["preshared_token"] + "\n")
    assert added.code == 0, added
    return muster


def test_the_summary_of_the_reference(quick: QuickMuster, erp: DemoWorld, mariadb: MariaDb) -> None:
    ran = linked(quick, erp, mariadb, ALL)("run", "customers.sync", "--json")
    assert ran.code == 0
    assert SHOWN.items() <= ran.json["summary"].items()
    assert ran.json["warnings"] == []


def test_an_account_without_grants_is_a_warning(quick: QuickMuster, erp: DemoWorld, mariadb: MariaDb) -> None:
    muster = linked(quick, erp, mariadb, NOBODY)
    ran = muster("run", "customers.sync", "--json")
    assert ran.code == 0
    assert ran.json["summary"]["no_database"] == 309
    assert "0 of 309 databases visible - check the grants of the MySQL account." in ran.json["warnings"]
    tested = muster("connections", "test", "mysql", "--json")
    assert any("SELECT" in text for text in tested.json["warnings"])


def test_encryption_that_is_required_and_not_to_be_trusted(
    quick: QuickMuster, erp: DemoWorld, mariadb: MariaDb
) -> None:
    ran = linked(quick, erp, mariadb, ALL, "--set", "tls=required")("run", "customers.sync", "--json")
    assert ran.code == 3
    assert ran.json["summary"]["mysql_errors"] == 309


def test_databases_that_only_few_grants_reach(quick: QuickMuster, erp: DemoWorld, mariadb: MariaDb) -> None:
    erp.cetec.customers[0] |= {"domain": "few_one", "itar_hosting_bc": "", "resident_hosting": 0}
    mariadb.run("CREATE DATABASE few_one", "CREATE TABLE few_one.usage_stats (id INT) ENGINE=MEMORY")
    ran = linked(quick, erp, mariadb, FEW)("run", "customers.sync", "--json")
    assert ran.json["summary"]["existing_databases"] == 1
