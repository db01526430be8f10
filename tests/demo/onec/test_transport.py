"""The demo 1C: sign-in, addresses, sessions and bad days (onec-zup.md sections 4 and 9)."""

from __future__ import annotations

import base64
import json
import re
import threading
import time

import httpx
import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import Person
from app.demo.onec.troubles import Method, Trouble, TroublePlan
from app.demo.onec.wire import Ways
from tests.support.demo_onec import HOUR, ORLOVA, fact, read, schedule, sheet


class TestTransport:
    def test_only_the_cyrillic_name_in_utf8_is_let_in(self, infobase: DemoOneC) -> None:
        told = infobase.describe()
        pair = f"{told['username']}:{told['password']}"
        for encoding, status in (("utf-8", 200), ("windows-1251", 401)):
            token = base64.b64encode(pair.encode(encoding)).decode()
            headers = {"Authorization": f"Basic {token}"}
            answer = httpx.get(f"{told['endpoint_url']}/agents/2026-01-01/2026-01-31", headers=headers, trust_env=False)
            assert answer.status_code == status
        assert answer.headers["www-authenticate"].startswith("Basic")

    def test_the_user_is_checked_before_the_address(self, infobase: DemoOneC, service: httpx.Client) -> None:
        for path in ("", "/unknown", "/agents/2026-01-01"):
            assert httpx.get(f"{service.base_url}{path}".rstrip("/"), trust_env=False).status_code == 401
            assert service.get(path).status_code == 404
        assert httpx.get(f"{infobase.base_url}/Customer/hs/wfm", trust_env=False).status_code == 404
        assert "1С:Предприятие" in httpx.get(f"{infobase.base_url}/customer/ru_RU/", trust_env=False).text

    @pytest.mark.parametrize(("verb", "path"), [("GET", "/sendSchedule"), ("POST", "/agents/2026-01-01/2026-01-31")])
    def test_a_wrong_verb_is_405(self, service: httpx.Client, verb: str, path: str) -> None:
        assert service.request(verb, path).status_code == 405

    def test_both_styles_of_calling_are_understood_unless_switched_off(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        question = {"date_start": "2026-02-01", "date_end": "2026-02-02", "AR_agents": [{"agentId": ORLOVA}]}
        by_path = read(service.post("/getTimetypeInfo", json=question))
        assert read(service.post("", json={"getTimetypeInfo": question})) == by_path
        period = {"startDate": "2026-01-01", "endDate": "2026-12-31"}
        assert len(read(service.post("", json={"agents": period}))[0]["AR_agents"]) == 60
        infobase.ways = Ways(path_style=False)
        assert service.post("/getTimetypeInfo", json=question).status_code == 404
        infobase.ways = Ways(envelope_style=False)
        assert service.post("", json={"getTimetypeInfo": question}).status_code == 404

    def test_a_body_that_is_no_question_is_refused_in_words(self, service: httpx.Client) -> None:
        for body in (b"{", b"{}", b'{"date_start": "yesterday", "date_end": "2026-01-01", "AR_agents": []}'):
            answer = service.post("/getTimetypeInfo", content=body)
            assert answer.status_code == 500
            assert "Ошибка в параметрах" in answer.text
        assert service.get("/agents/today/2026-01-01").status_code == 500

    @pytest.mark.parametrize(
        ("trouble", "status", "words"),
        [
            (Trouble.NO_LICENCE, 500, "Не обнаружено свободной лицензии"),
            (Trouble.REFUSAL, 500, '"message":"Не заполнен производственный календарь'),
            (Trouble.SENTENCE, 500, "Не заполнен производственный календарь"),
            (Trouble.MODULE_ERROR, 500, "clsid="),
            (Trouble.HTML_ERROR, 500, "<h2>500"),
            (Trouble.EMPTY_ERROR, 500, ""),
            (Trouble.SESSION_XML, 406, "<descr>Не удалось начать сеанс"),
            (Trouble.LOCKED, 503, "Выполняется обновление"),
            (Trouble.NO_PUBLICATION, 404, "Apache"),
            (Trouble.NO_SERVICE, 404, "<descr>"),
            (Trouble.WRONG_VERB, 405, "Method Not Allowed"),
        ],
    )
    def test_a_trouble_has_its_status_and_words_and_heals(
        self, infobase: DemoOneC, service: httpx.Client, trouble: Trouble, status: int, words: str
    ) -> None:
        infobase.trouble = TroublePlan(trouble, times=1)
        answer = service.get("/agents/2026-01-01/2026-01-31")
        assert answer.status_code == status
        assert words in answer.content.decode("utf-8-sig")
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 200

    def test_a_trouble_aimed_at_one_method_leaves_the_others_well(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        infobase.trouble = TroublePlan(Trouble.FALSE, only=Method.SCHEDULE, text="Период закрыт")
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 200
        refused = read(service.post("/sendSchedule", json=schedule(("2026-03-14T09:00:00", HOUR, 0))))
        assert refused == {"result": "false", "message": "Период закрыт"}
        assert infobase.schedules == {}
        assert infobase.trouble.only is Method.SCHEDULE

    def test_the_base_address_tells_a_missing_publication_from_a_missing_service(
        self, infobase: DemoOneC, service: httpx.Client
    ) -> None:
        infobase.trouble = TroublePlan(Trouble.NO_PUBLICATION)
        assert "Apache" in service.get("").text
        infobase.trouble = TroublePlan(Trouble.NO_SERVICE)
        assert "Apache" not in service.get("").text
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 404

    def test_plain_http_may_be_sent_to_https(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.trouble = TroublePlan(Trouble.REDIRECT_HTTPS)
        answer = service.post("/sendSchedule", json=schedule())
        assert answer.status_code == 301
        assert answer.headers["location"] == f"{service.base_url}sendSchedule".replace("http:", "https:")

    def test_bare_decimal_commas_and_trailing_commas_are_no_json_until_repaired(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        read(service.post("/sendFactWorkTime", json=fact("2026-02-14T09:00:00", 45)))
        good = sheet(service, "2026-02-01", "2026-02-28")
        question = {"date_start": "2026-02-01", "date_end": "2026-02-28", "AR_agents": [{"agentId": ORLOVA}]}
        infobase.trouble = TroublePlan(Trouble.DECIMAL_COMMA, times=1)
        comma = service.post("/getTimetypeInfo", json=question).content.decode("utf-8-sig")
        with pytest.raises(json.JSONDecodeError):
            json.loads(comma)
        assert json.loads(re.sub(r'(:\s*-?\d+),(\d+)(?=\s*(?:,\s*"|\}))', r"\1.\2", comma)) == [good]
        infobase.trouble = TroublePlan(Trouble.TRAILING_COMMAS, times=1)
        trailing = service.post("/getTimetypeInfo", json=question).content.decode("utf-8-sig")
        with pytest.raises(json.JSONDecodeError):
            json.loads(trailing)
        assert json.loads(re.sub(r",(?=\s*[}\]])", "", trailing)) == [good]

    def test_a_wrong_charset_is_stated_over_utf8(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.trouble = TroublePlan(Trouble.WRONG_CHARSET)
        answer = service.get("/agents/2026-01-01/2026-01-31")
        assert answer.headers["content-type"] == "text/html; charset=windows-1251"
        assert "Орлова" in answer.content.decode("utf-8-sig")
        assert "Орлова" not in answer.text

    def test_the_faults_of_every_system_hit_here_too(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.fault = FaultPlan(Fault.UNAUTHORIZED, only="agents", times=1)
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 401
        infobase.fault = FaultPlan(Fault.CUT_JSON, times=1)
        with pytest.raises(json.JSONDecodeError):
            read(service.get("/agents/2026-01-01/2026-01-31"))
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 200


class TestSessions:
    def test_calls_beyond_the_licences_are_turned_away(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.ways = Ways(max_sessions=1, latency_s=0.3)
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(service.get("/agents/2026-01-01/2026-01-31").status_code))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert sorted(found) == [200, 500, 500]
        assert infobase.sessions.most_at_once == 1
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 200

    def test_a_cookie_keeps_one_session_until_it_is_finished(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.ways = Ways(reuse_sessions=True, max_sessions=1)
        assert "ibsession" in service.get("/agents/2026-01-01/2026-01-31", headers={"IBSession": "start"}).cookies
        for _ in range(3):
            assert service.get("/agents/2026-01-01/2026-01-31").status_code == 200
        assert infobase.sessions.started == 1
        stranger = httpx.Client(headers=service.headers, base_url=service.base_url, trust_env=False)
        assert "лицензии" in stranger.get("/agents/2026-01-01/2026-01-31").text  # held by the cookie
        service.get("/agents/2026-01-01/2026-01-31", headers={"IBSession": "finish"})
        assert stranger.get("/agents/2026-01-01/2026-01-31").status_code == 200
        stranger.close()

    def test_an_old_cookie_is_404_and_a_full_pool_406(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.ways = Ways(reuse_sessions=True, session_max_age_s=0.05, pool_size=1)
        service.get("/agents/2026-01-01/2026-01-31", headers={"IBSession": "start"})
        time.sleep(0.1)
        assert service.get("/agents/2026-01-01/2026-01-31").status_code == 404
        service.cookies.clear()
        infobase.ways = Ways(reuse_sessions=True, pool_size=1)
        service.get("/agents/2026-01-01/2026-01-31", headers={"IBSession": "start"})
        service.cookies.clear()
        full = service.get("/agents/2026-01-01/2026-01-31", headers={"IBSession": "start"})
        assert (full.status_code, 'reason="406"' in full.text) == (406, True)
