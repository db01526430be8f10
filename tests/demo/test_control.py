"""The control path: faults and requests over HTTP, without credentials."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld


@pytest.fixture
def control(world: DemoWorld) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{world.vitec.base_url}/_demo", timeout=5, trust_env=False) as client:
        yield client


def test_a_fault_is_set_shown_and_healed(world: DemoWorld, hub: httpx.Client, control: httpx.Client) -> None:
    plan = {"fault": "rate_limited", "seconds": 7, "only": "employees", "times": 3}
    assert control.post("/faults", json=plan).status_code == 200
    assert world.vitec.fault == FaultPlan(Fault.RATE_LIMITED, seconds=7, only="employees", times=3)
    assert hub.get("/Employees").headers["retry-after"] == "7"
    assert control.get("/faults").json()["times"] == 2
    assert control.delete("/faults").json()["fault"] == "none"
    assert hub.get("/Employees").status_code == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "truncated"),
        (b'{"fault": "tired"}', "tired"),
        (b'{"fault": "hang", "time": 1}', "time"),
        (b'{"fault": "hang", "times": 0}', "times must be 1 or more"),
        (b'{"fault": "hang", "only": "offices"}', "only must be one of"),
    ],
)
def test_a_plan_that_cannot_be_read_is_explained(control: httpx.Client, body: bytes, reason: str) -> None:
    answer = control.post("/faults", content=body)
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]
    assert control.get("/faults").json()["fault"] == "none"


def test_requests_are_shown_and_forgotten(hub: httpx.Client, control: httpx.Client) -> None:
    hub.get("/Departments")
    assert control.get("/requests").json() == [{"method": "GET", "path": "/MSFJORDTEST/Departments", "status": 200}]
    assert control.delete("/requests").json() == []
    assert control.get("/requests").json() == []


def test_the_control_path_itself_is_never_hit(world: DemoWorld, control: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.HANG)
    assert control.get("/faults").json()["fault"] == "hang"
    assert world.vitec.requests == []
