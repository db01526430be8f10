"""A Customers page over a store that holds customers, without any remote system; and one over the demo's servers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.customers import Customer
from app.domain.outcomes import Action
from app.domain.plans import Plan, Step
from app.operations.runner import Request
from app.store import connections
from app.store import customers as stored
from tests.support.customers import customer, customers_world, serve
from ui.desk import Desk
from ui.pages.customers import CustomersPage

Keep = Callable[[Sequence[Customer]], Coroutine[Any, Any, list[Customer]]]
Open = Callable[[], CustomersPage]


async def create(desk: Desk, name: str, kind: str, **settings: str) -> str:
    """Add a connection; returns its id."""
    params = {"name": name, "kind": kind, "settings": settings}
    secrets = {"preshared_token": "a;b|c"} if kind == "cetec" else {}
    report = await desk.report_of(Request("connections.create", params=params, secrets=secrets))
    assert report is not None
    assert report.error is None
    found = await desk.workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found.id


@pytest.fixture
async def connection_id(desk: Desk) -> str:
    """The id of a CETEC connection that nobody answers on."""
    return await create(desk, "cetec", "cetec", domain="acme", backups="backups")


@pytest.fixture
def keep(desk: Desk, connection_id: str) -> Keep:
    """Stores customers under that connection, new ones and changed ones; returns them as the page knows them."""

    async def keep(customers: Sequence[Customer]) -> list[Customer]:
        ours = [replace(c, connection=connection_id) for c in customers]
        steps = tuple(Step(Action.CREATE, c.name, c.id, c) for c in ours)
        await desk.workspace.store.write(stored.write_plan, Plan("customers", "database", steps))
        return ours

    return keep


@pytest.fixture
def open_page(desk: Desk) -> Open:
    def open_page() -> CustomersPage:
        page = CustomersPage(desk)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        return page

    return open_page


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    """A CETEC with five customers, and a MySQL server with the databases of two of them."""
    world = customers_world()
    customers = [
        customer(1, "acme"),
        customer(2, "bolt"),
        customer(3, "core"),
        customer(4, "resident.example", resident_hosting=1),
        customer(5, "undefined"),
    ]
    serve(world, customers, {"acme": {"usage_stats"}, "bolt": {"usage_stats"}})
    with world:
        yield world


@pytest.fixture
async def linked(desk: Desk, firm: DemoWorld) -> Desk:
    """The desk connected to both as `cetec` and `mysql`."""
    await connect_demo(desk.workspace, {k: v for k, v in firm.describe().items() if k in {"cetec", "mysql"}})
    return desk
