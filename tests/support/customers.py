"""The demo world's two servers of customers, for tests that need CETEC, the MySQL server or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pymysql
from pymysql.cursors import Cursor

from app.demo.listing import Record
from app.demo.mysql.server import DemoMysql
from app.demo.world import DemoWorld

LIMIT_S = 5
Connection: TypeAlias = "pymysql.connections.Connection[Cursor]"


def customers_world(customers: int = 344) -> DemoWorld:
    """A world that holds little else; not started."""
    return DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=customers)


def customer(number: int, domain: object, **more: object) -> Record:
    """A billed customer as CETEC sends it, with nothing special but what `more` says."""
    plain: Record = {
        "id": number,
        "name": f"Customer {number}",
        "domain": domain,
        "ok_to_bill": 1,
        "priority_support": "Standard",
        "resident_hosting": 0,
        "test_environment": "Update Nightly",
        "itar_hosting_bc": "",
        "num_prod_users": 10,
        "num_full_users": 2,
        "techx_password": f"planted-{number}",
        "external_key": None,
    }
    return plain | more


def serve(world: DemoWorld, customers: Iterable[Record], databases: Mapping[str, Iterable[str]]) -> None:
    """Put these in place of the customers and databases that the world was made with."""
    world.cetec.customers[:] = customers
    world.mysql.databases.clear()
    world.mysql.databases.update({name: set(tables) for name, tables in databases.items()})


def connect(server: DemoMysql, user: str = "muster", password: str | None = None, **more: Any) -> Connection:
    """Signed in with a real client; with the password of the account unless another one is given."""
    told = server.describe()
    known = server.account(user)
    given = password if password is not None else known.password if known else ""
    limits: dict[str, Any] = {"connect_timeout": LIMIT_S, "read_timeout": LIMIT_S, "write_timeout": LIMIT_S}
    connection: Connection = pymysql.connect(
        host=told["host"], port=told["port"], user=user, password=given, **limits | more
    )
    return connection


def ask(connection: Connection, sql: str, *values: object) -> list[tuple[object, ...]]:
    """The rows of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def thread_of(connection: Connection) -> int:
    """The id that the server knows the connection by."""
    return int(connection.thread_id())  # type: ignore[no-untyped-call]
