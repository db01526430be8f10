"""Tables whose columns are called otherwise: asked for by their names, read by ours (connections.md §9)."""

from __future__ import annotations

import pytest

from app.connectors.supabase import Supabase
from app.domain.mappings import Check, CheckKind, Mapper, Rule
from tests.support.supabase import BIOMETRICS, EMPLOYEES, TERMINALS, Project, biometrics, person, terminal


async def test_a_column_of_another_name_is_asked_for_in_place_of_ours(client: Supabase, project: Project) -> None:
    row = person(1)
    row["nume_familie"] = row.pop("nume")
    project.tables[EMPLOYEES] = [row]
    client.mapper.use({"employee": (Rule("nume", ("nume_familie",)),)}, {})
    (found,) = (await client.employees()).records
    assert found.last_name == "Popescu"
    assert "select=id,nume_familie,prenume" in str(project.asked(EMPLOYEES)[0].url)


async def test_biometric_rows_are_mapped_where_they_are_embedded(client: Supabase, project: Project) -> None:
    project.tables[EMPLOYEES] = [person(1, **{BIOMETRICS: [biometrics(1, employee_no=None)]})]
    client.mapper.use({"biometrics": (Rule("employee_no", ("hikvision_employee_no",)),)}, {})
    (found,) = (await client.employees()).records
    assert found.employee_no == 1001


async def test_whoever_has_biometric_data_that_is_refused_is_left_out_and_the_list_is_not_whole(
    client: Supabase, project: Project
) -> None:
    project.tables[EMPLOYEES] = [person(1), person(2)]
    limit = Check(CheckKind.MAX_VALUE, "1001")
    client.mapper.use({"biometrics": (Rule("employee_no", ("employee_no",), checks=(limit,)),)}, {})
    found = await client.employees()
    assert ([p.employee_no for p in found.records], len(found.refused), found.complete) == ([1001], 1, False)
    assert (found.unreadable, found.warnings) == (0, ())


async def test_terminals_go_through_the_mapping_and_no_sample_holds_a_password(
    client: Supabase, project: Project
) -> None:
    row = terminal(1)
    row["adresa"] = row.pop("ip_address")
    project.tables[TERMINALS] = [row]
    client.mapper.use({"device": (Rule("ip_address", ("adresa",)),)}, {})
    (found,) = (await client.devices()).records
    assert (found.host, found.password) == ("192.168.1.1", "Plain-Text-1")
    samples = client.mapper.harvest().samples["device"]
    assert "adresa" in samples[0]
    assert "Plain-Text-1" not in str(samples)


@pytest.mark.parametrize(
    ("entity", "table"), [("employee", EMPLOYEES), ("biometrics", BIOMETRICS), ("device", TERMINALS)]
)
async def test_a_mapping_is_tried_on_twenty_records_with_the_columns_it_reads_and_no_password(
    client: Supabase, project: Project, entity: str, table: str
) -> None:
    make = {EMPLOYEES: person, BIOMETRICS: biometrics, TERMINALS: terminal}[table]
    project.tables[table] = [make(number) | {"extra": number} for number in range(1, 31)]
    rows = await client.sample(entity, Mapper({entity: (Rule("status", ("extra",)), Rule("employee_no", ("extra",)))}))
    assert [row["extra"] for row in rows] == list(range(1, 21))
    assert "password" not in str(project.asked(table)[0].url)
    assert "status" not in rows[0]
