"""The demo contact centre: the five historic reads (contact-center.md sections 4 and 5.2 to 5.6)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from app.demo.contact_center.server import DemoContactCenter
from app.demo.contact_center.wire import Ways
from app.demo.world import DemoWorld
from tests.support.demo_contact_center import EVERYBODY, GROUPS, MONDAY, NOW, Answer, asked, moment, read

FIVE_MINUTES = 300_000


def metrics(platform: httpx.Client, groups: str = GROUPS, step: int = FIVE_MINUTES) -> Answer:
    return asked(platform, "serviceGroupData", step=step, groupId=groups)


class TestMetrics:
    def test_they_are_those_of_the_calls(self, platform: httpx.Client) -> None:
        calls: Counter[tuple[str, float]] = Counter()
        spent: Counter[tuple[str, float]] = Counter()
        for row in asked(platform, "agentCallsData", agentId=EVERYBODY):
            for call in row["agentCalls"]:
                key = row["groupId"], moment(call["startCall"]) // 300 * 300
                calls[key] += 1
                spent[key] += call["duration"]
        told = {
            (row["groupId"], moment(cell["startInterval"])): cell
            for row in metrics(platform)
            for cell in row["historicData"]
        }
        assert {key: cell["notUniqueTreated"] for key, cell in told.items() if cell["notUniqueTreated"]} == calls
        assert all(told[key]["aht"] == total // calls[key] for key, total in spent.items())
        assert sum(calls.values()) > 1000

    def test_counts_add_up_and_most_is_answered(self, platform: httpx.Client) -> None:
        cells = [cell for row in metrics(platform) for cell in row["historicData"]]
        for cell in cells:
            assert cell["notUniqueReceived"] == cell["notUniqueTreated"] + cell["notUniqueMissed"] > 0
            assert cell["receivedCalls"] == cell["treatedCalls"] + cell["missCalls"] <= cell["notUniqueReceived"]
        treated, received = (sum(cell[key] for cell in cells) for key in ("notUniqueTreated", "notUniqueReceived"))
        assert 0.6 < treated / received < 0.98
        assert sum(cell["receivedCalls"] for cell in cells) < received

    def test_the_day_has_its_curve(self, platform: httpx.Client) -> None:
        (row,) = metrics(platform, "g-sales", 3_600_000)
        hours = {datetime.fromisoformat(cell["startInterval"]).hour + 3: cell for cell in row["historicData"]}
        assert hours[12]["notUniqueReceived"] > 2 * hours[7]["notUniqueReceived"]

    def test_intervals_without_contacts_are_missing(self, platform: httpx.Client) -> None:
        (row,) = metrics(platform, "g-sales")
        starts = [moment(cell["startInterval"]) for cell in row["historicData"]]
        assert starts == sorted(set(starts))
        assert len(starts) < 288
        assert all(cell["endInterval"] > cell["startInterval"] for cell in row["historicData"])

    @pytest.mark.parametrize("step", [60_000, 900_000, 1_234_567, 86_400_000])
    def test_any_step_tells_the_same_sums(self, platform: httpx.Client, step: int) -> None:
        def total(found: Answer) -> int:
            return sum(cell["notUniqueReceived"] for row in found for cell in row["historicData"])

        assert total(metrics(platform, step=step)) == total(metrics(platform))

    def test_groups_that_nobody_knows_are_missing_and_nothing_at_all_is_404(self, platform: httpx.Client) -> None:
        assert [row["groupId"] for row in metrics(platform, "g-sales,g-none")] == ["g-sales"]
        params = {"startDate": MONDAY[0], "endDate": MONDAY[1], "step": str(FIVE_MINUTES), "groupId": "g-none"}
        assert platform.get("/historic/serviceGroupData", params=params).status_code == 404


class TestStatuses:
    def test_those_of_no_group_are_repeated_under_each_and_the_rest_has_no_gap(self, platform: httpx.Client) -> None:
        groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for row in asked(platform, "agentStatusData", agentId=EVERYBODY):
            for state in row["states"]:
                groups[row["agentId"], state["startDate"], state["endDate"], state["stateCode"]].add(row["groupId"])
        breaks = [key for key in groups if key[3].startswith("Break") and len(groups[key]) > 1]
        assert breaks
        assert all(len(found) == 1 for key, found in groups.items() if key[3] in {"Ready", "Work", "AfterCall"})
        by_agent: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for agent, start, end, _code in groups:
            by_agent[agent].append((start, end))
        for agent, spans in by_agent.items():
            borders = sorted(spans)
            gaps = [(left, right) for left, right in pairwise(borders) if left[1] != right[0]]
            assert len(gaps) <= 1, agent  # between a night that ended and one that begins

    def test_they_may_come_once_without_a_group(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        center.ways = Ways(repeats_groupless=False)
        rows = asked(platform, "agentStatusData", agentId=EVERYBODY)
        apart = [row for row in rows if "groupId" not in row]
        assert apart
        assert all("serviceId" not in row for row in apart)
        codes = {state["stateCode"] for row in apart for state in row["states"]}
        assert {"Break_11", "Break_12", "Preparation"} <= codes
        assert not codes & {"Ready", "Work", "AfterCall"}

    def test_one_over_midnight_is_told_to_both_days_and_not_to_a_period_within_it(self, platform: httpx.Client) -> None:
        days = [("2026-03-07T21:00:00Z", MONDAY[0]), MONDAY]
        over = [
            (row["agentId"], state["startDate"], state["endDate"])
            for row in asked(platform, "agentStatusData", days[0], agentId=EVERYBODY)
            for state in row["states"]
            if state["startDate"] < MONDAY[0] < state["endDate"]
        ]
        assert over
        agent, start, end = over[0]
        again = asked(platform, "agentStatusData", days[1], agentId=agent)
        assert any((state["startDate"], state["endDate"]) == (start, end) for row in again for state in row["states"])
        assert asked(platform, "agentStatusData", ("2026-03-08T20:59:00Z", "2026-03-08T21:01:00Z"), agentId=agent) == []

    def test_logins_hold_their_statuses(self, platform: httpx.Client) -> None:
        period = ("2026-03-08T09:00:00Z", "2026-03-10T09:00:00Z")
        logins = {row["agentId"]: row["logins"] for row in asked(platform, "agentLoginData", period, agentId=EVERYBODY)}
        assert len(logins) > 30
        for login in (login for listed in logins.values() for login in listed):
            length = moment(login["logoutDate"]) - moment(login["loginDate"])
            assert login["duration"] == length * 1000
            assert 3 < length / 3600 < 13
        agent, (first, *_) = next(iter(logins.items()))
        states = asked(platform, "agentStatusData", (first["loginDate"], first["logoutDate"]), agentId=agent)
        assert {"Preparation", "Ready", "Work"} <= {state["stateCode"] for row in states for state in row["states"]}

    def test_a_login_that_goes_on_is_told_only_where_the_platform_does(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        today = (MONDAY[1], "2026-03-10T21:00:00Z")
        shut = asked(platform, "agentLoginData", today, agentId=EVERYBODY)
        assert all(login["logoutDate"] for row in shut for login in row["logins"])
        center.ways = Ways(open_sessions=True)
        told = asked(platform, "agentLoginData", today, agentId=EVERYBODY)
        assert any(login["logoutDate"] is None for row in told for login in row["logins"])


class TestContacts:
    def test_each_is_told_once_however_the_day_is_cut(self, platform: httpx.Client) -> None:
        def calls(period: tuple[str, str]) -> Counter[tuple[str, str, str]]:
            rows = asked(platform, "agentCallsData", period, agentId=EVERYBODY)
            return Counter(
                (row["agentId"], row["groupId"], call["startCall"]) for row in rows for call in row["agentCalls"]
            )

        noon = "2026-03-09T09:00:00Z"
        assert calls((MONDAY[0], noon)) + calls((noon, MONDAY[1])) == calls(MONDAY)

    def test_only_chats_overlap(self, platform: httpx.Client) -> None:
        overlapping = set()
        for row in asked(platform, "agentCallsData", agentId=EVERYBODY):
            for left, right in pairwise(row["agentCalls"]):
                if right["startCall"] < left["endCall"]:
                    overlapping.add(row["groupId"])
        assert overlapping == {"g-chat"}

    def test_chat_time_is_the_union_of_the_chats(self, platform: httpx.Client) -> None:
        found = asked(platform, "agentChatsWorkTime", agentId=EVERYBODY)
        assert {row["workDate"] for row in found} == {"2026-03-09"}
        calls = asked(platform, "agentCallsData", ("2026-03-08T18:00:00Z", MONDAY[1]), agentId=EVERYBODY)
        for row in found:
            seconds = {
                second
                for chat in calls
                if (chat["agentId"], chat["groupId"]) == (row["agentId"], "g-chat")
                for call in chat["agentCalls"]
                for second in range(int(moment(call["startCall"])), int(moment(call["endCall"])))
                if moment(MONDAY[0]) <= second < moment(MONDAY[1])
            }
            assert row["workTime"] == len(seconds) * 1000
        assert len(found) < 60

    def test_a_chat_over_midnight_is_cut_and_counts_for_both_days(self) -> None:
        with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0, agents=200) as world:
            world.onec.clock = world.contact_center.clock = lambda: NOW
            told = world.contact_center.describe()
            headers = {"Authorization": f"Bearer {told['token']}"}
            agents = ",".join(f"op-{number}" for number in range(17, 217))
            with httpx.Client(
                base_url=str(told["endpoint_url"]), headers=headers, timeout=20, trust_env=False
            ) as client:
                for day in range(13):
                    night = datetime(2026, 2, 24, 21, tzinfo=UTC) + timedelta(days=day)
                    around = ((night - timedelta(minutes=20)).isoformat(), (night + timedelta(minutes=20)).isoformat())
                    rows = asked(client, "agentChatsWorkTime", around, agentId=agents)
                    days = Counter(row["agentId"] for row in rows)
                    if 2 in days.values():
                        break
            agent = next(agent for agent, count in days.items() if count == 2)
            first, second = (row["workTime"] for row in rows if row["agentId"] == agent)
            assert 0 < first <= 1_200_000
            assert 0 < second <= 720_000


class TestTime:
    def test_there_is_nothing_before_two_weeks_and_nothing_of_the_future(self, platform: httpx.Client) -> None:
        for period in (
            ("2026-02-01T00:00:00Z", "2026-02-20T00:00:00Z"),
            ("2026-03-10T10:00:00Z", "2026-04-01T00:00:00Z"),
        ):
            for what in ("agentStatusData", "agentLoginData", "agentCallsData", "agentChatsWorkTime"):
                assert asked(platform, what, period, agentId=EVERYBODY) == []
        all_of_it = ("2026-02-01T00:00:00Z", "2026-03-12T00:00:00Z")
        (row,) = asked(platform, "serviceGroupData", all_of_it, step=FIVE_MINUTES, groupId="g-sales")
        assert row["historicData"][0]["startInterval"] >= "2026-02-23T21:00:00Z"
        assert row["historicData"][-1]["startInterval"] <= "2026-03-10T10:00:00Z"

    def test_asking_again_and_another_world_tell_the_same(self, platform: httpx.Client) -> None:
        first = asked(platform, "agentStatusData", agentId="op-17,op-24")
        with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0) as world:
            world.onec.clock = world.contact_center.clock = lambda: NOW + timedelta(hours=5)
            told = world.contact_center.describe()
            headers = {"Authorization": f"Bearer {told['token']}"}
            with httpx.Client(base_url=str(told["endpoint_url"]), headers=headers, trust_env=False) as client:
                assert asked(client, "agentStatusData", agentId="op-17,op-24") == first

    def test_a_wrong_clock_shifts_all_it_tells(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        def starts(period: tuple[str, str]) -> list[float]:
            rows = asked(platform, "agentCallsData", period, agentId="op-17")
            return [moment(call["startCall"]) for row in rows for call in row["agentCalls"]]

        right = starts(MONDAY)
        center.ways = Ways(clock_ahead_s=3600)
        assert starts(("2026-03-08T22:00:00Z", "2026-03-09T22:00:00Z")) == [start + 3600 for start in right]

    def test_two_weeks_of_everybody_take_a_few_seconds(self, platform: httpx.Client) -> None:
        began = datetime.now(UTC)
        found = asked(platform, "agentStatusData", ("2026-02-23T21:00:00Z", "2026-03-10T10:00:00Z"), agentId=EVERYBODY)
        assert sum(len(row["states"]) for row in found) > 50_000
        assert (datetime.now(UTC) - began).total_seconds() < 8


class TestParameters:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"startDate": None}, "startDate"),
            ({"endDate": "yesterday"}, "endDate"),
            ({"startDate": "2026-03-09T00:00:00"}, "startDate"),
            ({"startDate": "2026-03-09T00:00:00 03:00"}, "startDate"),
            ({"endDate": MONDAY[0]}, "endDate"),
            ({"step": None}, "step"),
            ({"step": "0"}, "step"),
            ({"step": "five"}, "step"),
            ({"groupId": None}, "groupId"),
        ],
    )
    def test_a_bad_one_is_400_and_named(
        self, platform: httpx.Client, change: dict[str, str | None], field: str
    ) -> None:
        good = {"startDate": MONDAY[0], "endDate": MONDAY[1], "step": "300000", "groupId": "g-sales"}
        params = {key: value for key, value in (good | change).items() if value is not None}
        answer = platform.get("/historic/serviceGroupData", params=params)
        assert answer.status_code == 400
        told = answer.json()
        assert set(told) == {"field", "message", "description"}
        assert told["field"] == field

    def test_an_offset_is_understood_when_it_is_encoded(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        local = ("2026-03-09T00:00:00+03:00", "2026-03-10T00:00:00+03:00")
        assert asked(platform, "agentCallsData", local, agentId="op-17") == asked(
            platform, "agentCallsData", agentId="op-17"
        )
        assert "%2B03:00" in center.requests[0].path or "%2B03%3A00" in center.requests[0].path
        raw = f"?startDate={local[0]}&endDate={local[1]}&agentId=op-17"
        answer = httpx.get(
            f"{platform.base_url}historic/agentCallsData{raw}", headers=platform.headers, trust_env=False
        )
        assert answer.json()["field"] == "startDate"

    def test_commas_are_understood_raw_and_encoded(self, platform: httpx.Client) -> None:
        query = f"startDate={MONDAY[0]}&endDate={MONDAY[1]}&agentId="
        raw, encoded = (
            read(platform.get(f"/historic/agentLoginData?{query}op-17{comma}op-25")) for comma in (",", "%2C")
        )
        assert raw == encoded


class TestGateway:
    def test_it_answers_in_snake_case_and_an_envelope(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        params = {"start_date": "2026-03-09", "end_date": "2026-03-09", "step": "300000", "group_id": "g-sales"}
        address = f"{center.describe()['gateway_url']}/historic/serviceGroupData"
        found = read(httpx.get(address, params=params, headers=platform.headers, trust_env=False))
        assert set(found) == {"service_group_data", "total_count", "parameters", "timestamp"}
        assert (found["total_count"], found["parameters"]) == (1, params)
        (plain,) = metrics(platform, "g-sales")
        (row,) = found["service_group_data"]
        assert row["group_id"] == "g-sales"
        values = [list(cell.values()) for cell in row["historic_data"]]
        assert values == [list(cell.values()) for cell in plain["historicData"]]
        assert {"start_interval", "not_unique_received", "post_processing"} <= set(row["historic_data"][0])

    def test_days_include_the_last_and_ids_may_be_left_out(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        address = f"{center.describe()['gateway_url']}/historic/agentCallsData"
        params = {"start_date": "2026-03-08", "end_date": "2026-03-09"}
        found = read(httpx.get(address, params=params, headers=platform.headers, trust_env=False))["agent_calls_data"]
        plain = asked(platform, "agentCallsData", ("2026-03-07T21:00:00Z", MONDAY[1]), agentId=EVERYBODY)
        assert json.dumps(found).count("start_call") == json.dumps(plain).count("startCall")
