"""The demo 1C: sendFactWorkTime and getTimetypeInfo (onec-zup.md sections 5.4 and 5.5)."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import EMPTY_GUID, Absence, Person
from app.demo.onec.troubles import WELL, Method, Trouble, TroublePlan
from tests.support.demo_onec import HOUR, NOW, fact, read, schedule, sheet


class TestFacts:
    @pytest.mark.parametrize(
        ("plan", "start", "minutes", "kind", "posted"),
        [
            ((0, 0), "2026-03-14T09:00:00", 480, "Работа в выходные и праздничные дни", [("РВ", 8)]),
            ((0, 0), "2026-03-14T22:00:00", 240, "Работа в выходные и праздничные дни", [("РВН", 4)]),
            ((8, 0), "2026-03-14T09:00:00", 0, "Отсутствие", [("НН", 8)]),
            ((4, 4), "2026-03-14T18:00:00", 120, "Отсутствие", [("НН", 2), ("НН", 4)]),
            ((8, 0), "2026-03-14T09:00:00", 600, "Сверхурочная работа", [("С", 2)]),
            ((8, 0), "2026-03-14T09:00:00", 480, None, []),
        ],
    )
    def test_plan_and_fact_decide_the_documents(
        self,
        infobase: DemoOneC,
        service: httpx.Client,
        orlova: Person,
        plan: tuple[int, int],
        start: str,
        minutes: int,
        kind: str | None,
        posted: list[tuple[str, float]],
    ) -> None:
        other = ("2026-03-20T09:00:00", HOUR, 0)
        shift = ("2026-03-14T09:00:00", plan[0] * HOUR, plan[1] * HOUR)
        read(service.post("/sendSchedule", json=schedule(shift, other)))
        answer = read(service.post("/sendFactWorkTime", json=fact(start, minutes)))
        assert answer == {"result": bool(posted), "doc": kind}
        assert [(document.code, document.hours) for document in infobase.documents] == posted

    def test_the_document_names_who_confirmed_and_who_loaded(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        read(service.post("/sendFactWorkTime", json=fact("2026-03-14T09:00:00", 60)))
        (document,) = infobase.documents
        assert "Петров П.П." in document.comment
        assert "WFM" in document.comment
        assert document.responsible == "WFMСистема"
        assert (document.day, document.posted_at) == (date(2026, 3, 14), NOW)

    def test_sending_twice_posts_twice(self, infobase: DemoOneC, service: httpx.Client, orlova: Person) -> None:
        for _ in range(2):
            read(service.post("/sendFactWorkTime", json=fact("2026-03-14T09:00:00", 60)))
        assert [document.number for document in infobase.documents] == ["0000-000001", "0000-000002"]
        assert {"date": "2026-03-13T21:00:00Z", "timetype": "РВ", "hours": 2} in sheet(
            service, "2026-03-14", "2026-03-14"
        )["AR_date"]

    def test_slices_over_a_quarter_of_an_hour_are_refused(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        sent = fact("2026-03-14T09:00:00", 15)
        sent["loginfo"][0]["time"] = 900_001
        answer = service.post("/sendFactWorkTime", json=sent)
        assert (answer.status_code, "15 минут" in answer.text) == (500, True)
        assert infobase.documents == []

    def test_a_silent_server_has_made_the_document(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        infobase.trouble = TroublePlan(Trouble.SILENT, only=Method.FACTS, times=1)
        with pytest.raises(httpx.ReadTimeout):
            service.post("/sendFactWorkTime", json=fact("2026-03-14T09:00:00", 60), timeout=0.3)
        assert len(infobase.documents) == 1
        assert infobase.trouble == WELL


class TestTimeSheet:
    def test_days_are_instants_that_mean_moscow_days(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        found = sheet(service, "2026-02-01", "2026-02-28")
        assert found["AR_date"][0] == {"date": "2026-01-31T21:00:00Z", "timetype": "В", "hours": 0}
        assert found["AR_date"][1] == {"date": "2026-02-01T21:00:00Z", "timetype": "Я", "hours": 8}
        assert sum(row["date"].endswith("T21:00:00:00Z") for row in found["AR_date"]) == 4
        assert len(found["AR_date"]) == 28
        halves = [found[key] for key in ("half1_days", "half1_hours", "half2_days", "half2_hours")]
        assert halves == [10, 80, 9, 72]
        assert found["AR_N"] == []

    def test_a_sent_shift_shows_its_day_and_night_hours(self, service: httpx.Client, orlova: Person) -> None:
        read(service.post("/sendSchedule", json=schedule(("2026-03-14T20:00:00", 4 * HOUR, 27_000_000))))
        rows = sheet(service, "2026-03-14", "2026-03-15")["AR_date"]
        assert [(row["timetype"], row["hours"]) for row in rows] == [("Я", 4), ("Н", 7.5), ("В", 0)]

    def test_absences_displace_the_plan_and_sick_leave_the_vacation(
        self, service: httpx.Client, orlova: Person
    ) -> None:
        orlova.absences = [
            Absence("ОТ", date(2026, 2, 2), date(2026, 2, 6)),
            Absence("Б", date(2026, 2, 5), date(2026, 2, 6)),
        ]
        found = sheet(service, "2026-02-01", "2026-02-28")
        assert [row["timetype"] for row in found["AR_date"][1:6]] == ["ОТ", "ОТ", "ОТ", "Б", "Б"]
        assert found["AR_N"] == [{"timetype_N": "ОТ", "hours_N": "3"}, {"timetype_N": "Б", "hours_N": "2"}]

    def test_unexplained_hours_take_from_the_day_and_stand_among_the_reasons(
        self, service: httpx.Client, orlova: Person
    ) -> None:
        for day, minutes in (("05", 300), ("06", 360)):
            read(service.post("/sendFactWorkTime", json=fact(f"2026-02-{day}T09:00:00", minutes)))
        found = sheet(service, "2026-02-05", "2026-02-06")
        rows = [(row["timetype"], row["hours"]) for row in found["AR_date"]]
        assert rows == [("Я", 5), ("НН", 3), ("Я", 6), ("НН", 2)]
        assert found["AR_N"] == [{"timetype_N": "НН", "hours_N": "2(5)"}]

    def test_days_outside_the_service_and_unknown_people_are_left_out(
        self, service: httpx.Client, orlova: Person
    ) -> None:
        orlova.left = date(2026, 2, 10)
        assert len(sheet(service, "2026-02-01", "2026-02-28")["AR_date"]) == 10
        question = {"date_start": "2026-02-01", "date_end": "2026-02-02", "AR_agents": [{"agentId": EMPTY_GUID}]}
        assert read(service.post("/getTimetypeInfo", json=question)) == []
