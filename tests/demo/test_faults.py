"""Every fault as an independent client meets it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from app.demo.faults import Fault, FaultPlan, RetryAfter
from app.demo.vitec import VitecPlace
from app.demo.world import DemoWorld


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.UNAUTHORIZED, 401), (Fault.FORBIDDEN, 403), (Fault.NOT_FOUND, 404), (Fault.SERVER_ERROR, 503)],
)
def test_refusals_have_their_status(world: DemoWorld, hub: httpx.Client, fault: Fault, status: int) -> None:
    world.vitec.fault = FaultPlan(fault)
    assert hub.get("/Employees").status_code == status
    assert hub.get("/Employees/1/Picture").status_code == status
    world.vitec.fault = FaultPlan()
    assert hub.get("/Employees").status_code == 200


def test_a_server_error_can_have_another_number_and_repeat_what_it_was_sent(
    world: DemoWorld, hub: httpx.Client
) -> None:
    world.vitec.fault = FaultPlan(Fault.SERVER_ERROR, status=500, leaks=True)
    answer = hub.get("/Employees")
    assert answer.status_code == 500
    assert answer.request.headers["Authorization"] in answer.text
    assert len(answer.text) > 500


def test_rate_limit_says_when_in_seconds_as_a_date_or_not_at_all(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.RATE_LIMITED, seconds=30)
    answer = hub.get("/Employees")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    world.vitec.fault = FaultPlan(Fault.RATE_LIMITED, seconds=30, retry_after=RetryAfter.HTTP_DATE)
    date = parsedate_to_datetime(hub.get("/Employees").headers["retry-after"])
    assert timedelta(seconds=20) < date - datetime.now(UTC) <= timedelta(seconds=31)
    world.vitec.fault = FaultPlan(Fault.RATE_LIMITED, retry_after=RetryAfter.MISSING)
    assert "retry-after" not in hub.get("/Employees").headers


def test_slow_is_the_right_answer_late(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.SLOW, seconds=0.2)
    start = time.monotonic()
    assert len(hub.get("/Employees").json()) == 340
    assert time.monotonic() - start >= 0.2
    assert hub.get("/Employees/NOBODY").status_code == 404


def test_html_is_a_sign_in_page_with_status_200(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.HTML)
    answer = hub.get("/Employees")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<form" in answer.text


def test_cut_json_has_a_length_that_fits(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.CUT_JSON)
    answer = hub.get("/Employees")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.content.startswith(b"[{")
    with pytest.raises(ValueError, match=r"."):  # cut letters or cut JSON, as it happens
        json.loads(answer.content)


def test_cut_json_can_break_the_connection_instead(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.CUT_JSON, breaks=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        hub.get("/Employees")
    assert hub.get("/Employees").status_code == 200


def test_lists_can_be_empty_wrapped_or_exactly_1000(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.EMPTY_LIST)
    assert hub.get("/Employees").json() == []
    world.vitec.fault = FaultPlan(Fault.NOT_A_LIST)
    assert len(hub.get("/Departments").json()["items"]) == 14
    world.vitec.fault = FaultPlan(Fault.EXACT_1000)
    employees, departments = hub.get("/Employees").json(), hub.get("/Departments").json()
    assert len({str(person["employeeId"]) for person in employees}) == 1000
    assert len({department["departmentId"] for department in departments}) == 1000
    assert len(hub.get(f"{world.vitec.base_url}/Account/Methods").json()) == 1000


def test_exactly_1000_can_also_be_fewer_than_there_are() -> None:
    with DemoWorld(people=1200) as world, signed_in(world) as client:
        world.vitec.fault = FaultPlan(Fault.EXACT_1000)
        assert len(client.get(f"/{world.vitec.installation_id}/Employees").json()) == 1000


def test_list_faults_leave_single_records_and_pictures_alone(world: DemoWorld, hub: httpx.Client) -> None:
    for fault in (Fault.EMPTY_LIST, Fault.NOT_A_LIST, Fault.EXACT_1000):
        world.vitec.fault = FaultPlan(fault)
        assert hub.get("/Departments/4701").json()["departmentId"] == 4701
        assert hub.get("/Departments/4701/Picture").content.startswith(b"\xff\xd8")


def test_redirect_leads_to_a_sign_in_page_elsewhere(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.REDIRECT)
    answer = hub.get("/Employees")
    assert answer.status_code == 302
    assert "login" in answer.headers["location"].lower()


def test_hang_never_answers_and_leaves_the_others_served(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.HANG, only=VitecPlace.EMPLOYEES)
    with pytest.raises(httpx.ReadTimeout):
        hub.get("/Employees", timeout=0.2)
    assert world.vitec.requests[-1] == ("GET", "/MSFJORDTEST/Employees", 0)
    assert hub.get("/Departments").status_code == 200


def test_huge_is_more_than_100_megabytes_and_can_be_left_early(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.HUGE, times=2)
    with hub.stream("GET", "/Employees") as answer:
        assert sum(len(piece) for piece in answer.iter_bytes()) > 100 * 1000 * 1000
    with hub.stream("GET", "/Employees") as answer:
        assert next(answer.iter_bytes()).startswith(b"[")
    assert hub.get("/Employees").status_code == 200


def test_a_fault_can_hit_one_endpoint_only(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.NOT_FOUND, only=VitecPlace.DEPARTMENTS)
    assert hub.get("/Departments").status_code == 404
    assert hub.get("/Departments/4701").status_code == 200
    assert hub.get("/Employees").status_code == 200


def test_a_fault_can_hit_the_installation_while_the_login_is_fine(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.FORBIDDEN, only=VitecPlace.INSTALLATION)
    assert hub.get(f"{world.vitec.base_url}/Account/Methods").status_code == 200
    assert hub.get("/Departments").status_code == 403
    assert hub.get("/Employees/NOBODY/Picture").status_code == 403


def test_a_fault_can_heal_after_some_requests(world: DemoWorld, hub: httpx.Client) -> None:
    world.vitec.fault = FaultPlan(Fault.SERVER_ERROR, only=VitecPlace.EMPLOYEES, times=2)
    assert hub.get("/Departments").status_code == 200  # not counted: another endpoint
    assert [hub.get("/Employees").status_code for _ in range(3)] == [503, 503, 200]
    assert world.vitec.fault == FaultPlan()


def test_a_place_the_hub_does_not_have_is_refused(world: DemoWorld) -> None:
    with pytest.raises(ValueError, match=r"only must be one of .*departments"):
        world.vitec.fault = FaultPlan(Fault.HANG, only="offices")


@pytest.mark.parametrize("wrong", [{"times": 0}, {"seconds": -1}, {"status": 404}])
def test_numbers_that_mean_nothing_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FaultPlan(Fault.SERVER_ERROR, **wrong)  # type: ignore[arg-type]  # one of three numbers


def signed_in(world: DemoWorld) -> httpx.Client:
    told = world.describe()["vitec"]
    auth = (told["product_login"], told["access_key"])
    return httpx.Client(base_url=told["base_url"], auth=auth, timeout=5, trust_env=False)
