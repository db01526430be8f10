"""The demo Supabase as a whole: its people and terminals, changes while it serves, faults, speed."""

from __future__ import annotations

import time
from collections import Counter
from urllib.parse import unquote

import httpx
import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.supabase.project import SupabaseProject
from app.demo.supabase.workforce import build_workforce
from app.demo.world import DemoWorld

EMPLOYEES = "/rest/v1/angajati"
QUERY = (
    "select=id,nume,prenume,nume_complet,status,"
    "angajati_biometrie(id,employee_no,foto_fata_url,hikvision_employee_no)&status=eq.activ&order=id.asc&limit=500"
)


def test_it_describes_a_connection(project: SupabaseProject) -> None:
    told = project.describe()
    assert set(told) == {
        "url", "auth_mode", "publishable_key", "email", "password", "service_key", "photo_bucket",
    }  # fmt: skip
    assert told["publishable_key"].startswith("sb_publishable_")
    assert told["service_key"].startswith("sb_secret_")


def test_sixty_people_of_whom_four_are_not_at_work(project: SupabaseProject) -> None:
    assert Counter(row["status"] for row in project.employees) == {"activ": 56, "concediu": 3, "suspendat": 1}
    assert len({row["id"] for row in project.employees}) == 60


def test_two_have_no_number_and_three_numbered_ones_no_photo(project: SupabaseProject) -> None:
    numbered = {row["angajat_id"]: row for row in project.biometrics if row["employee_no"] is not None}
    without = [row for row in project.employees if row["id"] not in numbered]
    assert [row["status"] for row in without] == ["activ", "activ"]
    numbers = [row["employee_no"] for row in numbered.values()]
    assert (min(map(int, map(str, numbers))), len(set(numbers))) == (1000, 58)
    assert sum(row["foto_fata_url"] is None for row in numbered.values()) == 3


def test_names_come_in_every_form_that_the_reference_allows(project: SupabaseProject) -> None:
    names = [(row["nume"], row["prenume"]) for row in project.employees]
    letters = {letter for row in project.employees for letter in str(row["nume"]) + str(row["prenume"])}
    assert {"Ș", "ț", "ă", "ţ"} <= letters
    assert sum(row["nume"] is None for row in project.employees) == 1
    assert any(row["nume_complet"] is None for row in project.employees)
    assert max(Counter(names).values()) > 1
    assert any(str(nume) != str(nume).strip() for nume, _prenume in names)


def test_photos_are_named_in_every_form_and_each_leads_to_a_file(project: SupabaseProject) -> None:
    references = [str(row["foto_fata_url"]) for row in project.biometrics if row["foto_fata_url"]]
    public = f"{project.base_url}/storage/v1/object/public/pontaj-photos/"
    assert sum(reference.startswith(public) for reference in references) > 40
    assert "1003.jpg" in references
    assert any(reference.startswith("https://") for reference in references)
    assert any("%20" in reference for reference in references)
    assert any("/object/sign/" in reference for reference in references)
    assert any(" " in reference for reference in references)
    for reference in references:
        path = unquote(reference.rpartition("pontaj-photos/")[2].partition("?")[0])
        assert path in project.storage.files


def test_a_seed_makes_the_same_people_and_another_seed_others() -> None:
    one, again, other = (build_workforce(60, seed, "http://x") for seed in (1, 1, 2))
    assert one == again
    assert one.employees != other.employees


@pytest.mark.parametrize("people", [0, 1, 7, 12, 48])
def test_a_small_firm_goes_without_some_of_it(people: int) -> None:
    firm = build_workforce(people, 2026, "http://x")
    assert len(firm.employees) == people
    assert len(firm.biometrics) == people - (people > 11)


def test_a_negative_number_of_people_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        SupabaseProject(-1)


def test_the_terminals_are_those_of_the_fleet(supabase: httpx.Client, project: SupabaseProject) -> None:
    found = supabase.get("/rest/v1/dispozitive_pontaj", params={"status": "eq.activ"}).json()
    assert len(found) == 2
    for row in found:
        assert httpx.get(
            f"http://{row['ip_address']}:{row['port']}/ISAPI/System/deviceInfo",
            auth=httpx.DigestAuth(row["username"], row["password_encrypted"]), trust_env=False,
        ).status_code == 200  # fmt: skip


def test_changes_made_in_place_are_sent(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.devices[0]["status"] = "inactiv"
    active = supabase.get("/rest/v1/dispozitive_pontaj", params={"status": "eq.activ"}).json()
    assert active == supabase.get("/rest/v1/dispozitive_pontaj", params={"id": f"eq.{project.devices[1]['id']}"}).json()
    project.biometrics[0]["employee_no"] = "1004"
    found = supabase.get("/rest/v1/angajati_biometrie", params={"select": "employee_no", "employee_no": "eq.1004"})
    assert found.json() == [{"employee_no": "1004"}, {"employee_no": 1004}]
    project.employees.clear()
    assert supabase.get(EMPLOYEES).json() == []
    project.placements.append({"angajat_biometrie_id": None, "status_sincronizare": "pending"})
    assert len(supabase.get("/rest/v1/angajati_biometrie_dispozitive").json()) == 1


def test_a_restart_keeps_address_and_changes() -> None:
    world = DemoWorld(people=1, offices=1, terminals=0, workers=5)
    with world:
        address = world.supabase.base_url
        del world.supabase.employees[0]
    with world:
        assert world.supabase.base_url == address
        assert len(world.supabase.employees) == 4


@pytest.mark.parametrize(
    ("place", "hit", "spared"),
    [
        ("rest", [EMPLOYEES, "/rest/v1/nothing"], ["/auth/v1/user"]),
        ("angajati", [EMPLOYEES], ["/rest/v1/angajati_biometrie"]),
        ("auth", ["/auth/v1/user", "/auth/v1/.well-known/jwks.json"], [EMPLOYEES]),
        ("picture", ["/storage/v1/object/public/pontaj-photos/1000.jpg"], ["/auth/v1/health"]),
        ("storage", ["/storage/v1/object/authenticated/pontaj-photos/1000.jpg"], [EMPLOYEES]),
    ],
)
def test_faults_hit_their_place(
    supabase: httpx.Client, project: SupabaseProject, place: str, hit: list[str], spared: list[str]
) -> None:
    project.fault = FaultPlan(Fault.SERVER_ERROR, only=place)
    assert [supabase.get(path).status_code for path in hit] == [503] * len(hit)
    assert [supabase.get(path).status_code for path in spared] == [200] * len(spared)


def test_faults_of_a_list_hit_a_table(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.fault = FaultPlan(Fault.EXACT_1000, only="angajati")
    found = supabase.get(EMPLOYEES).json()
    assert len({row["id"] for row in found}) == 1000
    project.fault = FaultPlan(Fault.EMPTY_LIST, only="angajati")
    assert supabase.get(EMPLOYEES).json() == []


def test_requests_are_noted(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.forget_requests()
    supabase.get(EMPLOYEES, params={"select": "id"})
    assert project.requests == [("GET", "/rest/v1/angajati?select=id", 200)]


def test_ten_thousand_people_are_read_page_by_page_in_seconds() -> None:
    with DemoWorld(people=1, offices=1, terminals=0, workers=10_000) as world:
        project = world.supabase
        with httpx.Client(base_url=project.base_url, headers={"apikey": project.gateway.secret_key},
                          trust_env=False) as client:  # fmt: skip
            began, last, found = time.monotonic(), "", []
            while page := client.get(f"{EMPLOYEES}?{QUERY}" + (f"&id=gt.{last}" if last else "")).json():
                found += page
                last = page[-1]["id"]
            took = time.monotonic() - began
    active = [row["id"] for row in project.employees if row["status"] == "activ"]
    assert [row["id"] for row in found] == sorted(map(str, active))
    assert took < 6  # 0.7 s alone on an idle machine
