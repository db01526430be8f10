"""The demo Hub answers as vitec-hub.md sections 3 to 5 say."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image

from app.demo.vitec import CUSTOMER_DATA
from app.demo.world import DemoWorld


def test_account_methods_lists_functions_by_name(world: DemoWorld) -> None:
    told = world.describe()["vitec"]
    answer = httpx.get(
        f"{told['base_url']}/Account/Methods", auth=(told["product_login"], told["access_key"]), trust_env=False
    )
    assert answer.status_code == 200
    assert "GetEmployees" in {method["name"] for method in answer.json()}


def test_both_lists_come_whole(world: DemoWorld, hub: httpx.Client) -> None:
    departments, employees = hub.get("/Departments"), hub.get("/Employees")
    assert departments.headers["content-type"].startswith("application/json")
    assert departments.json() == world.vitec.departments
    assert employees.json() == world.vitec.employees
    assert (len(departments.json()), len(employees.json())) == (14, 340)


def test_one_record_is_found_by_id_of_either_type(world: DemoWorld, hub: httpx.Client) -> None:
    by_type = {type(person["employeeId"]): person for person in world.vitec.employees}
    for person in by_type.values():
        assert hub.get(f"/Employees/{person['employeeId']}").json() == person
    department = world.vitec.departments[3]
    assert hub.get(f"/Departments/{department['departmentId']}").json() == department


@pytest.mark.parametrize(
    "path",
    ["/Departments/1", "/Employees/NOBODY", "/Employees/NOBODY/Picture", "/Departments/1/Picture", "/employees",
     "/Employees/", "/Nothing"],
)  # fmt: skip
def test_what_is_not_there_is_404(hub: httpx.Client, path: str) -> None:
    assert hub.get(path).status_code == 404


def test_an_unknown_installation_is_404(world: DemoWorld, hub: httpx.Client) -> None:
    assert hub.get(f"{world.vitec.base_url}/MSOTHER/Departments").status_code == 404


@pytest.mark.parametrize("auth", [None, ("muster-demo", "wrong"), ("wrong", "Fj0rdheim-demo-key-1")])
def test_wrong_credentials_are_401_with_a_challenge(world: DemoWorld, auth: tuple[str, str] | None) -> None:
    for path in ("/Account/Methods", f"/{world.vitec.installation_id}/Employees", "/MSOTHER/Departments"):
        answer = httpx.get(world.vitec.base_url + path, auth=auth, trust_env=False)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_both_access_keys_work_and_a_withdrawn_one_does_not(world: DemoWorld, hub: httpx.Client) -> None:
    first, second = world.vitec.access_keys
    assert hub.get("/Departments", auth=(world.vitec.product_login, second)).status_code == 200
    world.vitec.access_keys.remove(first)
    assert hub.get("/Departments").status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_nothing_but_get_is_allowed(hub: httpx.Client, method: str) -> None:
    answer = hub.request(method, "/Employees")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_customer_data_is_refused_and_seen(world: DemoWorld, hub: httpx.Client) -> None:
    for path in CUSTOMER_DATA:
        assert hub.get("/" + path.format(estate_id="E-1"), params={"departmentId": 4701}).status_code == 403
    assert len(world.vitec.requests) == len(CUSTOMER_DATA)
    assert world.vitec.requests[0] == ("GET", "/MSFJORDTEST/Estates?departmentId=4701", 403)


def test_requests_are_logged_as_they_were_sent(world: DemoWorld, hub: httpx.Client) -> None:
    hub.get("/Departments")
    hub.get(f"{world.vitec.base_url}/MS%2FX/Departments")
    assert world.vitec.requests == [("GET", "/MSFJORDTEST/Departments", 200), ("GET", "/MS%2FX/Departments", 404)]
    world.vitec.forget_requests()
    assert world.vitec.requests == []


def test_changes_made_in_place_are_sent(world: DemoWorld, hub: httpx.Client) -> None:
    assert len(hub.get("/Employees").json()) == 340
    people = world.vitec.employees
    people[0]["title"] = "Sjef"
    del people[1:]
    assert [person["title"] for person in hub.get("/Employees").json()] == ["Sjef"]
    people.clear()
    assert hub.get("/Employees").json() == []
    world.vitec.methods.clear()
    assert hub.get(f"{world.vitec.base_url}/Account/Methods").json() == []


def test_employee_pictures_are_upright_jpegs(world: DemoWorld, hub: httpx.Client) -> None:
    key = next(key for key in employee_ids(world) if key not in world.vitec.without_picture)
    answer = hub.get(f"/Employees/{key}/Picture", headers={"Accept": "image/*"})
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "JPEG"
        assert picture.width < picture.height
        assert len(set(picture.resize((24, 32)).tobytes())) > 40  # not a plain surface


def test_department_pictures_are_wide_jpegs(hub: httpx.Client) -> None:
    answer = hub.get("/Departments/4701/Picture")
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width > picture.height


def test_some_have_no_picture(world: DemoWorld, hub: httpx.Client) -> None:
    assert world.vitec.without_picture <= set(employee_ids(world))
    assert hub.get(f"/Employees/{min(world.vitec.without_picture)}/Picture").status_code == 404
    assert hub.get(f"/Departments/{min(world.vitec.without_banner)}/Picture").status_code == 404


def employee_ids(world: DemoWorld) -> list[str]:
    return [str(person["employeeId"]) for person in world.vitec.employees]
