"""The demo 1C: its control path."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import Person
from app.demo.onec.troubles import Method, Trouble, TroublePlan
from tests.support.demo_onec import HOUR, ORLOVA, fact, read, schedule


class TestControl:
    def test_all_is_set_and_shown_over_http(self, infobase: DemoOneC, service: httpx.Client, orlova: Person) -> None:
        change = {
            "trouble": {"trouble": "no_licence", "only": "agents", "times": 2},
            "ways": {"max_sessions": 3},
            "now": "2027-01-15T12:00:00+03:00",
            "calendar_years": [2027],
            "part_months": [[ORLOVA.upper(), "2027-01"]],
        }
        shown = httpx.post(f"{infobase.base_url}/_demo/onec", json=change, trust_env=False).json()
        assert (shown["ways"]["max_sessions"], shown["ways"]["bom"], shown["people"]) == (3, True, 60)
        assert infobase.trouble == TroublePlan(Trouble.NO_LICENCE, only=Method.AGENTS, times=2)
        assert infobase.today == date(2027, 1, 15)
        sent = schedule(("2027-01-20T09:00:00", HOUR, 0), first="2027-01-01", last="2027-01-31")
        assert "часть месяца" in read(service.post("/sendSchedule", json=sent))["message"]

    def test_documents_and_schedules_are_shown_and_forgotten(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        read(service.post("/sendSchedule", json=schedule(("2026-03-14T09:00:00", HOUR, 0))))
        read(service.post("/sendFactWorkTime", json=fact("2026-03-15T09:00:00", 60)))
        with httpx.Client(base_url=f"{infobase.base_url}/_demo", trust_env=False) as control:
            (document,) = control.get("/documents").json()
            assert (document["code"], document["day"], document["hours"]) == ("РВ", "2026-03-15", 1)
            (written,) = control.get("/schedules").json()
            assert (written["agent_id"], written["month"]) == (ORLOVA, "2026-03")
            assert written["days"]["2026-03-14"] == {"day_hours": 1, "night_hours": 0}
            assert control.delete("/documents").json() == control.delete("/schedules").json() == []

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b'{"trouble": {"trouble": "tired"}}', "tired"),
            (b'{"trouble": {"times": 0}}', "times must be 1 or more"),
            (b'{"ways": {"boom": true}}', "boom"),
            (b'{"now": "2026-01-01T00:00:00"}', "zone"),
            (b'{"nothing": 1}', "nothing"),
        ],
    )
    def test_a_change_that_cannot_be_read_is_explained(self, infobase: DemoOneC, body: bytes, reason: str) -> None:
        answer = httpx.post(f"{infobase.base_url}/_demo/onec", content=body, trust_env=False)
        assert answer.status_code == 400
        assert reason in answer.json()["detail"]
