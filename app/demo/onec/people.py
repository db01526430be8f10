"""What `agents` answers: departments, people, vacation accruals (onec-zup.md section 5.1)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from app.demo.onec.staff import EMPTY_GUID, Department, Person, Staff, end_of_month, months_between
from app.demo.onec.wire import EMPTY_DATE, Row, Ways, spelt

VACATION_A_MONTH = 28 / 12


def agents(staff: Staff, first: date, last: date, today: date, ways: Ways) -> Row:
    """The one object of the answer. `first` and `last` bound the accruals alone."""
    listed = [person for person in staff.people if _is_listed(person, today)]
    accruals = _accrual_months(first, last, today)
    return {
        "AR_departments": [_department(unit, number, ways) for number, unit in enumerate(staff.departments)],
        "AR_agents": [_person(person, number, accruals, ways) for number, person in enumerate(listed)],
    }


def _is_listed(person: Person, today: date) -> bool:
    """People at work, and those who left for one month more."""
    return person.hired <= today and (person.left is None or today <= _a_month_after(person.left))


def _a_month_after(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _accrual_months(first: date, last: date, today: date) -> list[date]:
    """The last day of each month with an accrual; a start before this month counts from this month on."""
    start = max(first, today.replace(day=1))
    return [end_of_month(month) for month in months_between(start, last)] if start <= last else []


def _department(unit: Department, number: int, ways: Ways) -> Row:
    record = {"departmentId": unit.id, "department": unit.name, "parentDepartmentId": unit.parent_id}
    return spelt(record, number) if ways.mixed_spelling else record


def _person(person: Person, number: int, accruals: list[date], ways: Ways) -> Row:
    record: Row = {
        "agentId": person.agent_id,
        "tabN": person.number,
        "lastname": person.last_name,
        "firstname": person.first_name,
        "secondname": person.middle_name,
        "startwork": person.hired.isoformat(),
        "finishwork": person.left and person.left.isoformat(),
        "positionId": person.position.id,
        "position": person.position.name,
        "positionChangeDate": person.position_since and person.position_since.isoformat(),
        "departmentId": person.department_id,
        "rate": person.rate,
        "Login": person.login,
        "normWeek": person.norm_week,
        "normWeekChangeDate": person.norm_since.isoformat(),
        "SN": "",
        "Db_ID": str(88_412 + number),
        "area": person.site,
        "AR_vacation": [
            {"date": _accrued_on(person, end), "vacation": _accrued(person, place)}
            for place, end in enumerate(accruals, 1)
        ],
    }
    return _mixed(record, number) if ways.mixed_spelling else record


def _accrued_on(person: Person, end: date) -> str:
    day = person.hired.day
    return (end if day >= end.day else end.replace(day=day)).isoformat()


def _accrued(person: Person, months: int) -> float:
    return round(person.vacation_days + months * VACATION_A_MONTH * (1 if person.left is None else 0), 10)


def _mixed(record: Row, number: int) -> Row:
    """The same person in another hand: capitals, empty dates, decimal commas, an absent key (section 4.3)."""
    if number % 3 == 1:
        record["agentId"] = record["agentId"].upper()
        record["departmentId"] = record["departmentId"].upper()
    if record["finishwork"] is None:
        if number % 4 == 0:
            del record["finishwork"]
        elif number % 4 != 3:
            record["finishwork"] = EMPTY_DATE if number % 4 == 1 else "0001-01-01"
    if record["positionChangeDate"] is None and number % 2:
        record["positionChangeDate"] = EMPTY_DATE
    if record["rate"] != 1 or number % 9 == 0:
        record["rate"] = str(record["rate"]).replace(".0", "").replace(".", ",")
    if number % 10 == 3:
        record["startwork"] += "T00:00:00"
    if number % 30 == 29:
        record["positionId"] = EMPTY_GUID
    return spelt(record, number)
