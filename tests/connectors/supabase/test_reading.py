"""Employees and terminals of a project: whole lists, every shape, every number (supabase.md §3-§5, §12)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.connectors.http import RetryPolicy
from app.connectors.supabase import Supabase
from app.domain.supabase import RecordProblem, SupabaseEmployee
from app.errors import BadData, MusterError, RemoteError, TimedOut
from tests.support.supabase import (
    BIOMETRICS,
    EMPLOYEES,
    SETTINGS,
    TERMINALS,
    Keeper,
    Project,
    Row,
    biometrics,
    person,
    refusal,
    terminal,
)


async def one(client: Supabase, project: Project, **fields: Any) -> SupabaseEmployee:
    project.tables[EMPLOYEES] = [person(1, **fields)]
    (found,) = (await client.employees()).records
    return found


async def with_biometrics(client: Supabase, project: Project, **fields: Any) -> SupabaseEmployee:
    return await one(client, project, **{BIOMETRICS: [biometrics(1, **fields)]})


class TestPaging:
    @pytest.mark.parametrize("limit", [1000, 100, 499, 7])
    async def test_pitfall_1_everybody_arrives_whatever_limit_the_server_cuts_at(
        self, client: Supabase, project: Project, limit: int
    ) -> None:
        count = 1500 if limit > 7 else 50
        project.tables[EMPLOYEES] = [person(n) for n in range(count)]
        project.max_rows = limit
        snapshot = await client.employees()
        assert len({p.supabase_id for p in snapshot.records}) == count
        assert (snapshot.complete, snapshot.warnings) == (True, ())

    async def test_the_query_is_that_of_the_reference_and_goes_on_by_key(
        self, client: Supabase, project: Project
    ) -> None:
        project.tables[EMPLOYEES] = [person(1)]
        await client.employees()
        first, second = (request.url.query.decode() for request in project.asked("/rest/v1/angajati"))
        assert first == (
            "select=id,nume,prenume,nume_complet,status,"
            "angajati_biometrie(id,employee_no,foto_fata_url,hikvision_employee_no)"
            "&status=eq.activ&order=id.asc&limit=500"
        )
        assert second == f"{first}&id=gt.{person(1)['id']}"
        assert [r.headers.get("prefer") for r in project.asked("/rest/v1/angajati")] == ["count=exact", None]

    async def test_the_query_of_terminals_is_that_of_the_reference(self, client: Supabase, project: Project) -> None:
        project.tables[TERMINALS] = [terminal(n) for n in range(1, 120)]
        project.max_rows = 50
        assert len((await client.devices()).records) == 119
        assert project.asked(TERMINALS)[0].url.query.decode() == (
            "select=id,ip_address,port,username,password_encrypted,status&status=eq.activ&order=id.asc"
        )

    async def test_pitfall_2_a_page_behind_the_end_is_the_end(self, client: Supabase, project: Project) -> None:
        project.tables[EMPLOYEES] = [person(1)]
        project.instead["id=gt."].append(refusal(416, "PGRST103", "Requested range not satisfiable"))
        assert len((await client.employees()).records) == 1

    async def test_rows_that_went_meanwhile_are_noticed(self, client: Supabase, project: Project) -> None:
        project.tables[EMPLOYEES] = [person(n) for n in range(6)]
        project.max_rows = 3

        def lose(request: httpx.Request) -> None:
            if "id=gt." in str(request.url):
                del project.tables[EMPLOYEES][4:]

        project.before = lose
        snapshot = await client.employees()
        assert len(snapshot.records) == 4
        assert not snapshot.complete
        assert snapshot.warnings == ("The list changed while it was read: 6 were announced, 4 came.",)

    async def test_a_list_that_repeats_itself_is_refused(self, client: Supabase, project: Project) -> None:
        page = httpx.Response(200, json=[person(1)])
        project.instead["/rest/v1/angajati"].extend([page, page])
        with pytest.raises(BadData, match="without end"):
            await client.employees()

    async def test_a_statement_that_takes_too_long_is_tried_with_smaller_pages(
        self, client: Supabase, project: Project
    ) -> None:
        project.tables[EMPLOYEES] = [person(n) for n in range(200)]
        project.instead["limit=500"].append(refusal(500, "57014", "canceling statement due to statement timeout"))
        assert len((await client.employees()).records) == 200
        assert "limit=125" in str(project.requests[-1].url)

    async def test_a_statement_that_always_takes_too_long_is_a_time_out(
        self, client: Supabase, project: Project
    ) -> None:
        project.instead["angajati"].extend(refusal(500, "57014", "timeout") for _time in range(9))
        with pytest.raises(TimedOut, match="took too long"):
            await client.employees()

    async def test_people_are_sorted_by_family_name_and_given_name(self, client: Supabase, project: Project) -> None:
        names = [("Popescu", "Dan"), ("Albu", "Zoe"), ("Popescu", "Ana")]
        project.tables[EMPLOYEES] = [person(n, nume=last, prenume=first) for n, (last, first) in enumerate(names)]
        assert [p.name for p in (await client.employees()).records] == ["Albu Zoe", "Popescu Ana", "Popescu Dan"]

    async def test_a_schema_of_ones_own_is_named(self, project: Project, keeper: Keeper) -> None:
        async with Supabase(replace(SETTINGS, schema="hr"), keeper) as client:
            await client.employees()
        assert project.asked("/rest/v1/")[0].headers["accept-profile"] == "hr"

    async def test_an_employee_on_leave_is_no_part_of_the_list(self, client: Supabase, project: Project) -> None:
        project.tables[EMPLOYEES] = [person(1), person(2, status="concediu"), person(3, status="suspendat")]
        assert len((await client.employees()).records) == 1


class TestShapes:
    """Pitfall 4."""

    @pytest.mark.parametrize("embed", [[biometrics(1)], biometrics(1)], ids=["array", "object"])
    async def test_array_and_object_say_the_same(self, client: Supabase, project: Project, embed: Any) -> None:
        found = await one(client, project, **{BIOMETRICS: embed})
        assert (found.employee_no, found.photo_reference) == (1001, "1001.jpg")

    @pytest.mark.parametrize("embed", [[], None, [None], "nonsense", 7, [{}]])
    async def test_nothing_usable_means_no_number_and_no_photo(
        self, client: Supabase, project: Project, embed: Any
    ) -> None:
        found = await one(client, project, **{BIOMETRICS: embed})
        assert (found.employee_no, found.photo_reference, found.problem) == (None, None, None)

    async def test_of_two_rows_the_one_with_a_number_counts_and_a_warning_names_the_person(
        self, client: Supabase, project: Project
    ) -> None:
        rows = [biometrics(1, id="a", employee_no=None), biometrics(1, id="c"), biometrics(1, id="b", employee_no=1500)]
        project.tables[EMPLOYEES] = [person(1, **{BIOMETRICS: rows})]
        snapshot = await client.employees()
        assert snapshot.records[0].employee_no == 1500
        assert snapshot.warnings == (
            "1 employee has several rows of biometric data; the one with a number was taken: Popescu Ana 1.",
        )

    async def test_of_rows_without_number_the_lowest_id_counts(self, client: Supabase, project: Project) -> None:
        rows = [biometrics(1, id=key, employee_no=None, foto_fata_url=f"{key}.jpg") for key in "ba"]
        assert (await one(client, project, **{BIOMETRICS: rows})).photo_reference == "a.jpg"

    @pytest.mark.parametrize(("status", "code"), [(400, "PGRST200"), (300, "PGRST201")])
    async def test_without_a_relation_two_queries_are_joined(
        self, client: Supabase, project: Project, status: int, code: str
    ) -> None:
        project.tables[EMPLOYEES] = [person(n) for n in range(3)]
        project.tables[BIOMETRICS] = [biometrics(n) for n in range(2)]
        project.instead["angajati_biometrie("].append(refusal(status, code, "Could not find a relationship"))
        assert [p.employee_no for p in (await client.employees()).records] == [1000, 1001, None]
        project.requests.clear()
        await client.employees()  # and it is remembered
        assert not project.asked("angajati_biometrie(")

    async def test_without_a_relation_one_employee_is_joined_too(self, client: Supabase, project: Project) -> None:
        project.tables |= {EMPLOYEES: [person(1)], BIOMETRICS: [biometrics(1), biometrics(2)]}
        project.instead["angajati_biometrie("].append(refusal(400, "PGRST200", "no"))
        assert (await client.employee(person(1)["id"])).employee_no == 1001
        assert f"angajat_id=eq.{person(1)['id']}" in str(project.asked(f"/{BIOMETRICS}?")[0].url)

    async def test_optional_columns_may_be_missing(self, client: Supabase, project: Project) -> None:
        project.tables[EMPLOYEES] = [person(1)]
        project.instead["hikvision_employee_no"].append(
            refusal(400, "42703", "column angajati_biometrie_1.hikvision_employee_no does not exist")
        )
        assert len((await client.employees()).records) == 1
        project.requests.clear()
        await client.employees()  # and it is remembered
        assert not project.asked("hikvision_employee_no")

    async def test_any_other_missing_column_is_an_error_that_names_it(self, client: Supabase, project: Project) -> None:
        project.instead["angajati"].append(refusal(400, "42703", "column angajati.nume does not exist"))
        with pytest.raises(RemoteError, match=r"angajati\.nume does not exist"):
            await client.employees()

    @pytest.mark.parametrize("rows", [[7], ["text"], [None], [{"nume": "x"}]])
    async def test_rows_that_are_none_are_refused(self, client: Supabase, project: Project, rows: list[Any]) -> None:
        project.instead["angajati"].append(httpx.Response(200, json=rows))
        with pytest.raises(BadData):
            await client.employees()

    async def test_a_row_without_key_is_counted_and_makes_the_list_incomplete(
        self, client: Supabase, project: Project
    ) -> None:
        project.instead["angajati"].append(httpx.Response(200, json=[person(1), {"nume": "x"}]))
        snapshot = await client.employees()
        assert (len(snapshot.records), snapshot.unreadable, snapshot.complete) == (1, 1, False)
        assert snapshot.warnings == ("1 row could not be read.",)

    @pytest.mark.parametrize("body", ["<html>Log in</html>", "", '{"a": 1}', "[1", "[" * 5000])
    async def test_a_page_that_is_no_list_is_bad_data(self, client: Supabase, project: Project, body: str) -> None:
        project.instead["angajati"].append(httpx.Response(200, text=body))
        with pytest.raises(BadData, match="not a list of rows"):
            await client.employees()


class TestNames:
    """Pitfall 15."""

    @pytest.mark.parametrize(
        ("nume", "prenume", "complet", "name"),
        [
            ("Popescu", "Ana Maria", None, "Popescu Ana Maria"),
            ("  Popescu ", " Ana \t Maria ", "x", "Popescu Ana Maria"),
            (None, "Ana", "Popescu Ana", "Ana"),
            (None, None, " Popescu  Ana ", "Popescu Ana"),
            ("", " ", "Popescu Ana", "Popescu Ana"),
            ("S\u0326tefan", "T\u0326epes", None, "\u0218tefan \u021aepes"),
            (7, ["x"], "Popescu", "Popescu"),
            ("Pop\0escu", "A\u200bna", None, "Pop escu A na"),
        ],
    )
    async def test_the_family_name_comes_first(
        self, client: Supabase, project: Project, nume: Any, prenume: Any, complet: Any, name: str
    ) -> None:
        found = await one(client, project, nume=nume, prenume=prenume, nume_complet=complet)
        assert (found.name, found.problem) == (name, None)

    @pytest.mark.parametrize("empty", [None, "", "  "])
    async def test_a_record_without_any_name_has_a_reason(
        self, client: Supabase, project: Project, empty: str | None
    ) -> None:
        found = await one(client, project, nume=empty, prenume=empty, nume_complet=empty)
        assert (found.problem, found.problem_text) == (RecordProblem.NO_NAME, "The record has no name.")


class TestNumbers:
    """Pitfall 12."""

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (1004, 1004),
            ("1004", 1004),
            (" 1004 ", 1004),
            (1004.0, 1004),
            ("2147483647", 2147483647),
            (None, None),
            ("", None),
        ],
    )
    async def test_numbers_and_numeric_texts(
        self, client: Supabase, project: Project, value: Any, number: int | None
    ) -> None:
        found = await with_biometrics(client, project, employee_no=value)
        assert (found.employee_no, found.problem) == (number, None)

    @pytest.mark.parametrize(
        "value", [0, -1, "0", "-5", 2147483648, "9" * 30, "12a", "1e3", 10.5, True, [], {}, "١٠٠٤", "1 004"]
    )
    async def test_what_is_no_number_has_a_reason(self, client: Supabase, project: Project, value: Any) -> None:
        found = await with_biometrics(client, project, employee_no=value)
        assert (found.employee_no, found.problem) == (None, RecordProblem.BAD_NUMBER)
        assert "1 to 2,147,483,647" in found.problem_text

    @pytest.mark.parametrize("reference", [None, "", "  ", 7, "x" * 3000, "a\nb.jpg"])
    async def test_no_usable_photo(self, client: Supabase, project: Project, reference: Any) -> None:
        assert (await with_biometrics(client, project, foto_fata_url=reference)).photo_reference is None


class TestOneEmployee:
    """Pitfall 20."""

    async def test_the_status_is_no_filter_but_a_reason(self, client: Supabase, project: Project) -> None:
        project.tables[EMPLOYEES] = [person(1, status="concediu"), person(2)]
        found = await client.employee(person(1)["id"])
        assert (found.status, found.problem) == ("concediu", RecordProblem.NOT_ACTIVE)
        assert found.problem_text == "The employee is not active."
        assert "status=eq." not in str(project.asked("/rest/v1/")[0].url)

    async def test_an_unknown_one_is_an_error(self, client: Supabase) -> None:
        with pytest.raises(RemoteError, match="no employee with the id nobody"):
            await client.employee("nobody")

    async def test_an_id_cannot_reach_beyond_its_place_in_the_query(self, client: Supabase, project: Project) -> None:
        with pytest.raises(MusterError):
            await client.employee("x&select=*#y")
        assert project.asked("/rest/v1/")[0].url.params["id"] == "eq.x&select=*#y"


class TestTerminals:
    async def test_pitfall_13_a_missing_port_is_80_and_the_network_is_cut_off(
        self, client: Supabase, project: Project
    ) -> None:
        project.tables[TERMINALS] = [terminal(5, ip_address="10.0.0.5/32", port=None)]
        (found,) = (await client.devices()).records
        assert (found.host, found.port, found.username, found.site) == ("10.0.0.5", 80, "admin", None)

    async def test_the_vendors_port_is_a_warning(self, client: Supabase, project: Project) -> None:
        project.tables[TERMINALS] = [terminal(1, port=8000), terminal(2, port="8000")]
        snapshot = await client.devices()
        assert [d.port for d in snapshot.records] == [8000, 8000]
        (warning,) = snapshot.warnings
        assert warning.startswith("192.168.1.1, 192.168.1.2: Port 8000 is the vendor's own protocol")

    @pytest.mark.parametrize(
        "fields",
        [{"ip_address": None}, {"ip_address": "http://10.0.0.1/"}, {"ip_address": "10.0.0.1@evil"}, {"port": 70000},
         {"ip_address": 7}, {"port": "no"}, {"ip_address": "224.0.0.1"}],
        ids=str,
    )  # fmt: skip
    async def test_an_address_that_is_none_is_left_out_and_named(
        self, client: Supabase, project: Project, fields: Row
    ) -> None:
        project.tables[TERMINALS] = [terminal(1, **fields), terminal(2)]
        snapshot = await client.devices()
        assert [d.source_id for d in snapshot.records] == ["d-002"]
        assert (snapshot.unreadable, snapshot.complete) == (1, False)
        assert "1 device has no usable address" in snapshot.warnings[-1]

    async def test_two_with_one_address_are_a_warning(self, client: Supabase, project: Project) -> None:
        project.tables[TERMINALS] = [terminal(1), terminal(2, ip_address="192.168.1.1")]
        assert (await client.devices()).warnings == ("Several devices have the same address: 192.168.1.1:80.",)

    async def test_pitfall_14_the_password_comes_unchanged_and_is_seen_nowhere(
        self, client: Supabase, project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        planted = " p@ss wörd\t&é "
        project.tables[TERMINALS] = [terminal(1, password_encrypted=planted)]
        snapshot = await client.devices()
        assert snapshot.records[0].password == planted
        assert planted not in repr(snapshot) + caplog.text

    async def test_only_active_ones_are_asked_for(self, client: Supabase, project: Project) -> None:
        project.tables[TERMINALS] = [terminal(1), terminal(2, status="inactiv"), terminal(3, status="eroare")]
        assert [d.source_id for d in (await client.devices()).records] == ["d-001"]


async def test_a_large_page_is_read_off_the_event_loop_and_says_the_same(project: Project, keeper: Keeper) -> None:
    project.tables[EMPLOYEES] = [person(n, nume_complet="x" * 200) for n in range(1000)]
    async with Supabase(replace(SETTINGS, page_size=1000), keeper, RetryPolicy(())) as client:
        assert len((await client.employees()).records) == 1000
