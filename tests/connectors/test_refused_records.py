"""A list with a record that the mapping could not take proves nobody's absence (house rule 4, connections.md §9)."""

from __future__ import annotations

import json

import pytest

from app.connectors.vitec_answers import read_departments
from app.domain.directory import Office
from app.domain.directory_plans import PlanSettings, plan_offices
from app.domain.mappings import Check, CheckKind, Mapper, Rule


@pytest.mark.parametrize("refuses", [False, True])
def test_one_office_of_forty_that_is_missing_is_only_then_sure_to_be_gone(refuses: bool) -> None:
    settings = PlanSettings("vitec")
    sent = json.dumps([{"departmentId": n, "name": f"Office {n}", "city": str(n)} for n in range(1, 41)]).encode()
    stored = [step.record for step in plan_offices(read_departments(sent), [], settings).steps]
    assert all(isinstance(office, Office) for office in stored)
    found = [{"departmentId": n, "name": f"Office {n}", "city": str(n)} for n in range(1, 40)]
    limit = "38" if refuses else "40"
    mapper = Mapper({"department": (Rule("city", ("city",), checks=(Check(CheckKind.MAX_VALUE, limit),)),)})
    known = [office for office in stored if office is not None]
    plan = plan_offices(read_departments(json.dumps(found).encode(), mapper), known, settings)
    assert plan.suspicious is refuses
