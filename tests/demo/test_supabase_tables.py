"""The tables of the demo Supabase answer as sections 3 to 5 of supabase.md say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.demo.supabase.database import Relation, TableName
from app.demo.supabase.project import SupabaseProject

COUNT = {"Prefer": "count=exact"}
EMPLOYEES = "/rest/v1/angajati"
BIOMETRICS = "/rest/v1/angajati_biometrie"
EMBEDDED = "id,nume,angajati_biometrie(id,employee_no,foto_fata_url,hikvision_employee_no)"


def rows(client: httpx.Client, path: str, **params: str | int) -> list[dict[str, Any]]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def numbers(client: httpx.Client, **params: str | int) -> list[int | None]:
    return [row["employee_no"] for row in rows(client, BIOMETRICS, select="employee_no", **params)]


def refused(
    client: httpx.Client, path: str, headers: Mapping[str, str] | None = None, **params: str
) -> tuple[int, str]:
    """Status and code; the body is in PostgREST's form."""
    answer = client.get(path, params=params, headers=headers)
    body = answer.json()
    assert set(body) == {"code", "message", "details", "hint"}
    return answer.status_code, body["code"]


# -- columns ---------------------------------------------------------------------------------------------------------


def test_columns_are_chosen_renamed_and_cast(supabase: httpx.Client) -> None:
    found = rows(supabase, BIOMETRICS, select="no:employee_no::text,employee_no", employee_no="eq.1004")
    assert found == [{"no": "1004", "employee_no": 1004}]


def test_without_a_selection_all_columns_come(supabase: httpx.Client, project: SupabaseProject) -> None:
    assert rows(supabase, EMPLOYEES, limit=1, order="id") == [min(project.employees, key=lambda row: str(row["id"]))]


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        (EMPLOYEES, {"select": "id,virsta"}, (400, "42703")),
        (EMPLOYEES, {"virsta": "eq.5"}, (400, "42703")),
        (EMPLOYEES, {"order": "virsta"}, (400, "42703")),
        (EMPLOYEES, {"select": "id,angajati_biometrie(grad)"}, (400, "42703")),
        (EMPLOYEES, {"select": "id::culoare"}, (400, "42704")),
        (EMPLOYEES, {"select": "id,(nume"}, (400, "PGRST100")),
        (EMPLOYEES, {"select": "id,angajati_biometrie(id"}, (400, "PGRST100")),
        (EMPLOYEES, {"status": "activ"}, (400, "PGRST100")),
        (EMPLOYEES, {"status": "este.activ"}, (400, "PGRST100")),
        (EMPLOYEES, {"or": "status.eq.activ"}, (400, "PGRST100")),
        (EMPLOYEES, {"order": "nume.sus"}, (400, "PGRST100")),
        (EMPLOYEES, {"id": "eq.1004"}, (400, "22P02")),
        (EMPLOYEES, {"id": "like.1004*"}, (404, "42883")),
        (BIOMETRICS, {"employee_no": "eq.unu"}, (400, "22P02")),
        (BIOMETRICS, {"employee_no": "eq.99999999999"}, (400, "22003")),
        (EMPLOYEES, {"angajati_biometrie.employee_no": "eq.1004"}, (400, "PGRST108")),
        (EMPLOYEES, {"select": "id,salarii(suma)"}, (400, "PGRST200")),
        ("/rest/v1/angajatii", {}, (404, "PGRST205")),
    ],
)
def test_what_cannot_be_asked_is_refused_by_code(
    supabase: httpx.Client, path: str, params: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refused(supabase, path, None, **params) == expected


def test_a_column_that_the_project_lacks_is_named(supabase: httpx.Client, project: SupabaseProject) -> None:
    del project.database.tables[TableName.BIOMETRICS].columns["hikvision_employee_no"]
    answer = supabase.get(EMPLOYEES, params={"select": EMBEDDED})
    assert (answer.status_code, answer.json()["code"]) == (400, "42703")
    assert "hikvision_employee_no does not exist" in answer.json()["message"]


# -- conditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("eq.1003", [1003]),
        ("gt.1057", [1058, 1059]),
        ("gte.1058", [1058, 1059]),
        ("lt.1002", [1000, 1001]),
        ("lte.1001", [1000, 1001]),
        ("in.(1003,1001)", [1001, 1003]),
        ("is.null", [None]),
    ],
)
def test_rows_are_chosen_by_conditions(supabase: httpx.Client, condition: str, expected: list[int | None]) -> None:
    assert numbers(supabase, employee_no=condition, order="employee_no") == expected


def test_a_comparison_never_matches_null_not_even_negated(supabase: httpx.Client) -> None:
    assert len(numbers(supabase, employee_no="neq.1000")) == 57
    assert len(numbers(supabase, employee_no="not.eq.1000")) == 57
    assert len(numbers(supabase, employee_no="not.is.null")) == 58


def test_conditions_are_joined_by_and_or_and_not(supabase: httpx.Client) -> None:
    assert numbers(supabase, **{"or": "(employee_no.eq.1001,employee_no.is.null)", "order": "employee_no"}) == [
        1001,
        None,
    ]
    assert numbers(supabase, **{"and": "(employee_no.gt.1001,or(employee_no.eq.1000,employee_no.eq.1002))"}) == [1002]
    assert numbers(supabase, **{"not.or": "(employee_no.gt.1000,employee_no.is.null)"}) == [1000]


def test_text_is_found_by_pattern_and_by_quoted_values(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.employees[0] |= {"nume": "Pop, Ana (Cluj)", "prenume": "Șerban"}
    assert rows(supabase, EMPLOYEES, select="prenume", nume='in.("Pop, Ana (Cluj)")') == [{"prenume": "Șerban"}]
    assert rows(supabase, EMPLOYEES, select="prenume", nume="like.Pop,*Cluj*") == [{"prenume": "Șerban"}]
    assert rows(supabase, EMPLOYEES, select="prenume", nume="ilike.POP,*") == [{"prenume": "Șerban"}]
    assert rows(supabase, EMPLOYEES, select="prenume", nume="like.POP,*") == []


def test_order_has_directions_and_places_for_null(supabase: httpx.Client) -> None:
    assert numbers(supabase, order="employee_no.desc", limit=2) == [None, 1059]
    assert numbers(supabase, order="employee_no.desc.nullslast", limit=2) == [1059, 1058]
    assert numbers(supabase, order="employee_no.asc.nullsfirst", limit=2) == [None, 1000]
    found = rows(supabase, EMPLOYEES, select="status,id", order="status.desc,id.asc")
    by_id = sorted(found, key=lambda row: str(row["id"]))
    assert found == sorted(by_id, key=lambda row: str(row["status"]), reverse=True)
    assert found[0]["status"] == "suspendat"


# -- embedded rows ---------------------------------------------------------------------------------------------------


def biometrics_of(client: httpx.Client, project: SupabaseProject, place: int, **params: str) -> Any:
    key = {"id": f"eq.{project.employees[place]['id']}", "select": EMBEDDED}
    return rows(client, EMPLOYEES, **key, **params)[0]["angajati_biometrie"]


def test_a_child_comes_as_an_array(supabase: httpx.Client, project: SupabaseProject) -> None:
    assert [row["employee_no"] for row in biometrics_of(supabase, project, 0)] == [1000]
    assert biometrics_of(supabase, project, 11) == []


def test_a_unique_child_comes_as_an_object_or_null(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.database.relation = Relation.ONE
    assert biometrics_of(supabase, project, 0)["employee_no"] == 1000
    assert biometrics_of(supabase, project, 11) is None


def test_a_parent_comes_as_an_object(supabase: httpx.Client, project: SupabaseProject) -> None:
    found = rows(supabase, BIOMETRICS, select="employee_no,om:angajati(nume)", employee_no="eq.1000")
    assert found == [{"employee_no": 1000, "om": {"nume": project.employees[0]["nume"]}}]


@pytest.mark.parametrize(("relation", "expected"), [(Relation.UNKNOWN, (400, "PGRST200")),
                                                    (Relation.AMBIGUOUS, (300, "PGRST201"))])  # fmt: skip
def test_a_relation_that_is_not_clear_is_refused(
    supabase: httpx.Client, project: SupabaseProject, relation: Relation, expected: tuple[int, str]
) -> None:
    project.database.relation = relation
    assert refused(supabase, EMPLOYEES, select=EMBEDDED) == expected
    assert len(rows(supabase, BIOMETRICS)) == 59


def test_a_hint_makes_the_relation_clear(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.database.relation = Relation.AMBIGUOUS
    hinted = "id,angajati_biometrie!angajati_biometrie_vechi_fkey(employee_no)"
    assert len(rows(supabase, EMPLOYEES, select=hinted)) == 60


def test_conditions_on_a_child_empty_it_or_with_inner_leave_the_parent_out(supabase: httpx.Client) -> None:
    condition = {"angajati_biometrie.employee_no": "in.(1000,1003)"}
    found = rows(supabase, EMPLOYEES, select="angajati_biometrie(employee_no)", **condition)
    assert len(found) == 60
    assert sum(bool(row["angajati_biometrie"]) for row in found) == 2
    assert len(rows(supabase, EMPLOYEES, select="angajati_biometrie!inner(employee_no)", **condition)) == 2
    renamed = rows(supabase, EMPLOYEES, select="bio:angajati_biometrie!inner(employee_no)",
                   **{"bio.employee_no": "eq.1003"})  # fmt: skip
    assert renamed == [{"bio": [{"employee_no": 1003}]}]


# -- pages -----------------------------------------------------------------------------------------------------------


def test_a_count_makes_a_part_206(supabase: httpx.Client) -> None:
    part = supabase.get(EMPLOYEES, params={"limit": 7, "offset": 5}, headers=COUNT)
    assert (part.status_code, part.headers["content-range"], len(part.json())) == (206, "5-11/60", 7)
    whole = supabase.get(EMPLOYEES, headers=COUNT)
    assert (whole.status_code, whole.headers["content-range"]) == (200, "0-59/60")
    unknown = supabase.get(EMPLOYEES, params={"limit": 7})
    assert (unknown.status_code, unknown.headers["content-range"]) == (200, "0-6/*")
    nobody = supabase.get(EMPLOYEES, params={"status": "eq.plecat"}, headers=COUNT)
    assert (nobody.status_code, nobody.headers["content-range"], nobody.json()) == (200, "*/0", [])


@pytest.mark.parametrize("count", ["exact", "planned", "estimated"])
def test_the_kind_of_count_that_was_made_is_told(supabase: httpx.Client, count: str) -> None:
    answer = supabase.get(EMPLOYEES, params={"limit": 7}, headers={"Prefer": f"return=minimal, count={count}"})
    assert (answer.headers["preference-applied"], answer.headers["content-range"]) == (f"count={count}", "0-6/60")


def test_a_count_of_an_unknown_kind_is_not_made(supabase: httpx.Client) -> None:
    answer = supabase.get(EMPLOYEES, params={"limit": 7}, headers={"Prefer": "count=rough"})
    assert (answer.status_code, answer.headers["content-range"]) == (200, "0-6/*")
    assert "preference-applied" not in answer.headers


def test_an_offset_behind_the_end_is_416_only_with_a_count(supabase: httpx.Client) -> None:
    assert refused(supabase, EMPLOYEES, COUNT, offset="61") == (416, "PGRST103")
    assert rows(supabase, EMPLOYEES, offset=61) == []


def test_the_range_header_beats_the_parameters(supabase: httpx.Client) -> None:
    answer = supabase.get(
        EMPLOYEES, params={"limit": 50, "order": "id"}, headers={"Range-Unit": "items", "Range": "10-14", **COUNT}
    )
    assert (answer.status_code, answer.headers["content-range"]) == (206, "10-14/60")
    assert refused(supabase, EMPLOYEES, {"Range": "14-10"}) == (416, "PGRST103")


def test_the_server_cuts_without_a_word(supabase: httpx.Client, project: SupabaseProject) -> None:
    project.rest.max_rows = 25
    answer = supabase.get(EMPLOYEES, params={"limit": 5000})
    assert (answer.status_code, answer.headers["content-range"], len(answer.json())) == (200, "0-24/*", 25)
    project.biometrics.extend(dict(project.biometrics[0]) for _ in range(40))
    assert len(biometrics_of(supabase, project, 0)) == 25


def test_head_gives_the_range_alone(supabase: httpx.Client) -> None:
    answer = supabase.head(EMPLOYEES, headers=COUNT)
    assert (answer.status_code, answer.headers["content-range"], answer.content) == (200, "0-59/60", b"")


def test_one_object_can_be_asked_for(supabase: httpx.Client) -> None:
    one = {"Accept": "application/vnd.pgrst.object+json"}
    answer = supabase.get(BIOMETRICS, params={"select": "employee_no", "employee_no": "eq.1000"}, headers=one)
    assert answer.json() == {"employee_no": 1000}
    assert refused(supabase, BIOMETRICS, one, employee_no="gt.1000") == (406, "PGRST116")
    assert refused(supabase, BIOMETRICS, {"Accept": "text/csv"}) == (406, "PGRST107")


# -- who may see what ------------------------------------------------------------------------------------------------


def test_a_missing_grant_is_an_error_and_a_missing_policy_an_empty_list(
    supabase: httpx.Client, project: SupabaseProject
) -> None:
    table = project.database.tables[TableName.EMPLOYEES]
    table.policy = False
    assert rows(supabase, EMPLOYEES) == []
    table.granted.discard("authenticated")
    assert refused(supabase, EMPLOYEES) == (403, "42501")
    assert refused(supabase, BIOMETRICS, select="id,angajati(nume)") == (403, "42501")


def test_a_user_without_the_role_sees_nothing(stranger: httpx.Client, project: SupabaseProject) -> None:
    project.accounts.users[0].role = ""
    user = project.accounts.users[0]
    told = stranger.post(
        "/auth/v1/token?grant_type=password", json={"email": user.email, "password": user.password}
    ).json()
    assert stranger.get(EMPLOYEES, headers={"Authorization": f"Bearer {told['access_token']}"}).json() == []


def test_nobody_signed_in_has_no_grant(stranger: httpx.Client) -> None:
    assert refused(stranger, EMPLOYEES) == (401, "42501")


def test_nothing_can_be_written(supabase: httpx.Client, project: SupabaseProject) -> None:
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        answer = supabase.request(method, EMPLOYEES, json={"nume": "X"} if method != "DELETE" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "42501")
    assert len(project.employees) == 60


def test_another_schema_is_not_exposed(supabase: httpx.Client) -> None:
    assert refused(supabase, EMPLOYEES, {"Accept-Profile": "privat"}) == (406, "PGRST106")
