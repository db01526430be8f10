"""Every connector's reader takes its rows through the mapping: renamed keys are read, refused records are counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest

from app.connectors.cetec_answers import Wanted, read_customers
from app.connectors.contact_center.answers import History
from app.connectors.contact_center.now import read_loads, read_online
from app.connectors.contact_center.people import read_personnel
from app.connectors.onec.bodies import read_norms, read_timesheet
from app.connectors.onec.people import read_people
from app.connectors.vitec_answers import read_departments, read_employees
from app.domain.mappings import Check, CheckKind, Mapper, Rule

DAYS = (date(2026, 2, 1), date(2026, 2, 28))
MOMENTS = {"startDate": "2026-01-20T10:00:00Z", "endDate": "2026-01-20T11:00:00Z"}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def renamed(entity: str, target: str, source: str) -> Mapper:
    return Mapper({entity: (Rule(target, (source,)),)})


def customers(mapper: Mapper, **row: Any) -> Any:
    return read_customers(body([{"id": 1, "ok_to_bill": 1, **row}]), Wanted(("id", "name")), mapper)


def people_of_1c(mapper: Mapper) -> Any:
    agents = [{"agentId": "7", "familia": "Ivanova", "AR_vacation": []}]
    return read_people(body([{"AR_agents": agents}]), UTC, mapper).people[0].last_name


def department_of_1c(mapper: Mapper) -> Any:
    departments = [{"departmentId": "D1", "caption": "Sales"}]
    return read_people(body([{"AR_departments": departments}, {"AR_agents": []}]), UTC, mapper).departments[0].name


def vacation_of_1c(mapper: Mapper) -> Any:
    balances = [{"date": "2026-01-31", "left": "14,5"}]
    found = read_people(body([{"AR_agents": [{"agentId": "7", "AR_vacation": balances}]}]), UTC, mapper)
    return found.people[0].vacation[0].days


def norm_of_1c(mapper: Mapper) -> Any:
    row = {"agentId": "7", "norma": "151,2", "startDate": "2026-02-01", "endDate": "2026-02-28"}
    return read_norms(body([row]), UTC, mapper).rows[0].hours


def timesheet_day(mapper: Mapper) -> Any:
    sheet = [{"agentId": "7", "AR_date": [{"date": "2026-02-02", "code": "Я", "hours": 8}], "AR_N": []}]
    return read_timesheet(body(sheet), *DAYS, UTC, mapper).periods[0].days[0].code


def timesheet_absence(mapper: Mapper) -> Any:
    sheet = [{"agentId": "7", "AR_date": [], "AR_N": [{"code": "Б", "hours_N": "2 (16)"}]}]
    return read_timesheet(body(sheet), *DAYS, UTC, mapper).periods[0].absences[0].code


def history(read: Callable[[History, bytes], Any], rows: list[dict[str, Any]]) -> Callable[[Mapper], Any]:
    return lambda mapper: read(History(UTC, mapper=mapper), body(rows)).rows[0]


STATUS = {"agentId": "A1", "code": "BREAK", **MOMENTS}
LOGIN = {"agentId": "A1", "in": "2026-01-20T10:00:00Z"}
CALL = {"agentId": "A1", "startCall": MOMENTS["startDate"], "endCall": MOMENTS["endDate"], "kind": "CHAT"}
NUMBERS = {"notUniqueTreated": 1, "notUniqueReceived": 1, "notUniqueMissed": 0}
INTERVAL = {"groupId": "G", "from": MOMENTS["startDate"], "metrics": NUMBERS}
SERVICES = {
    "services": [{"id": "S", "label": "Help", "serviceGroups": [{"id": "G", "label": "First"}]}],
    "agents": [{"id": "A", "label": "Olga"}],
}
LOAD = {"groupId": "G", "queue": 3, "operatorNumber": 1}


@pytest.mark.parametrize(
    ("mapper", "read", "expected"),
    [
        (
            renamed("department", "marketName", "label"),
            lambda m: read_departments(body([{"departmentId": 1, "label": "Fjord"}]), m).records[0].name,
            "Fjord",
        ),
        (
            renamed("employee", "name", "label"),
            lambda m: read_employees(body([{"employeeId": "E", "label": "Kari N"}]), m).records[0].first_name,
            "Kari",
        ),
        (
            renamed("customer", "name", "label"),
            lambda m: customers(m, label="Acme").records[0].name,
            "Acme",
        ),
        (renamed("agent", "lastname", "familia"), people_of_1c, "Ivanova"),
        (renamed("department", "department", "caption"), department_of_1c, "Sales"),
        (renamed("vacation", "vacation", "left"), vacation_of_1c, Decimal("14.5")),
        (renamed("norm", "normHours", "norma"), norm_of_1c, Decimal("151.2")),
        (renamed("timesheet_day", "timetype", "code"), timesheet_day, "Я"),
        (renamed("timesheet_absence", "timetype_N", "code"), timesheet_absence, "Б"),
        (renamed("service", "name", "label"), lambda m: read_personnel(body(SERVICES), m).services[0].name, "Help"),
        (renamed("group", "name", "label"), lambda m: read_personnel(body(SERVICES), m).groups[0].name, "First"),
        (renamed("agent", "name", "label"), lambda m: read_personnel(body(SERVICES), m).agents[0].name, "Olga"),
        (
            renamed("status", "stateCode", "code"),
            lambda m: history(History.statuses, [STATUS])(m).state_code,
            "BREAK",
        ),
        (
            renamed("status", "stateCode", "code"),
            lambda m: history(History.statuses, [{"agentId": "A1", "states": [STATUS]}])(m).state_code,
            "BREAK",
        ),
        (renamed("login", "loginDate", "in"), lambda m: history(History.logins, [LOGIN])(m).agent_id, "A1"),
        (
            renamed("call", "callType", "kind"),
            lambda m: history(History.calls, [CALL])(m).extra,
            '{"callType": "CHAT"}',
        ),
        (
            renamed("chat_day", "workTime", "ms"),
            lambda m: history(History.chat_days, [{"agentId": "A1", "workDate": "2026-01-20", "ms": 5}])(m).work_ms,
            5,
        ),
        (
            renamed("interval", "startInterval", "from"),
            lambda m: history(lambda h, b: h.intervals(b, 900_000), [INTERVAL])(m).group_id,
            "G",
        ),
        (
            renamed("online_status", "stateCode", "code"),
            lambda m: read_online(body([STATUS]), UTC, m).rows[0].state_code,
            "BREAK",
        ),
        (renamed("group_load", "callNumber", "queue"), lambda m: read_loads(body([LOAD]), "1", m).rows[0].waiting, 3),
    ],
)
def test_a_reader_reads_a_renamed_key(mapper: Mapper, read: Callable[[Mapper], Any], expected: object) -> None:
    assert read(mapper) == expected
    assert any(mapper.harvest().samples.values())


TAKEN, REFUSED = {"agentId": "8"}, {"agentId": "7", "tabN": "1"}


def never(entity: str, target: str) -> Mapper:
    return Mapper({entity: (Rule(target, (target,), checks=(Check(CheckKind.ONE_OF, values=("nobody has this",)),)),)})


@pytest.mark.parametrize(
    ("mapper", "read"),
    [
        (never("employee", "name"), lambda m: read_employees(body([{"employeeId": "E", "name": "K"}]), m)),
        (never("department", "name"), lambda m: read_departments(body([{"departmentId": 1, "name": "K"}]), m)),
        (never("customer", "name"), lambda m: customers(m, name="K")),
        (never("agent", "tabN"), lambda m: read_people(body([{"AR_agents": [TAKEN, REFUSED]}]), UTC, m)),
    ],
)
def test_a_list_with_a_refused_record_proves_nobodys_absence(mapper: Mapper, read: Callable[[Mapper], Any]) -> None:
    found = read(mapper)
    (problem,) = found.refused
    assert (found.unreadable, found.complete) == (0, False)
    assert problem.message.endswith("is none of the allowed values.")


def test_codes_and_statuses_are_counted_as_they_come() -> None:
    mapper = Mapper()
    days = [{"date": f"2026-02-0{n}", "timetype": "ЖЖ", "hours": 8} for n in (2, 3)]
    sheet = [{"agentId": "7", "AR_date": days, "AR_N": [{"timetype_N": "Б", "hours_N": "1 (8)"}]}]
    read_timesheet(body(sheet), *DAYS, UTC, mapper)
    assert mapper.harvest().values["time_type"] == {"ЖЖ": 2, "Б": 1}
    History(UTC, mapper=mapper).statuses(body([{"agentId": "A1", "stateCode": "X", **MOMENTS}]))
    assert mapper.harvest().values["status"] == {"X": 1}
