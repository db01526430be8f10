"""What a person is told of incidents, and how often (connections.md §14)."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.incidents import PATIENCE_S, QUIET_S, Incident, IncidentKind, Incidents

START = 1_000_000.0
MINUTE = 60.0


def incident(kind: IncidentKind = IncidentKind.SIGN_IN, subject: str = "c1", since: float = 0.0) -> Incident:
    return Incident(kind, subject, subject, f"{subject} {kind}", "Do something.", "connections", subject, since)


def told(keeper: Incidents, now: float, *standing: Incident) -> list[tuple[str, bool]]:
    return [(notice.incident.key, notice.over) for notice in keeper.look(standing, now)]


def test_an_incident_is_told_once_however_long_it_lasts() -> None:
    keeper = Incidents()
    assert told(keeper, START, incident()) == [("sign_in c1", False)]
    assert [told(keeper, START + n * MINUTE, incident()) for n in range(1, 200)] == [[]] * 199


def test_its_end_is_told_once() -> None:
    keeper = Incidents()
    told(keeper, START, incident())
    assert told(keeper, START + 11 * MINUTE) == [("sign_in c1", True)]
    assert told(keeper, START + 30 * MINUTE) == []


def test_what_comes_and_goes_is_told_at_most_once_in_ten_minutes() -> None:
    keeper = Incidents()
    messages = [
        notice
        for second in range(0, 1800, 10)
        for notice in keeper.look([incident()] if second // 30 % 2 == 0 else [], START + second)
    ]
    assert len(messages) <= 3


def test_an_end_within_ten_minutes_is_told_when_they_are_over_and_not_at_all_after_a_relapse() -> None:
    keeper = Incidents()
    told(keeper, START, incident())
    assert told(keeper, START + 2 * MINUTE) == []
    assert told(keeper, START + 10 * MINUTE) == [("sign_in c1", True)]
    assert told(keeper, START + 15 * MINUTE, incident()) == []
    assert told(keeper, START + 20 * MINUTE, incident()) == [("sign_in c1", False)]


def test_connections_do_not_silence_each_other() -> None:
    keeper = Incidents()
    assert len(told(keeper, START, incident(), incident(subject="c2"))) == 2


def test_the_worst_of_a_connection_covers_the_rest_and_what_is_left_is_no_news() -> None:
    keeper = Incidents()
    failing = incident(IncidentKind.FAILING)
    assert told(keeper, START, failing, incident()) == [("sign_in c1", False)]
    assert told(keeper, START + 20 * MINUTE, failing) == []
    assert told(keeper, START + 40 * MINUTE) == [("failing c1", True)]


def test_what_gets_worse_is_told() -> None:
    keeper = Incidents()
    told(keeper, START, incident(IncidentKind.FAILING))
    assert told(keeper, START + 11 * MINUTE, incident(IncidentKind.PAUSED)) == [("paused c1", False)]


def test_an_open_circuit_is_told_after_five_minutes() -> None:
    keeper = Incidents()
    circuit = incident(IncidentKind.CIRCUIT, since=START)
    assert told(keeper, START + PATIENCE_S[IncidentKind.CIRCUIT] - 1, circuit) == []
    assert told(keeper, START + PATIENCE_S[IncidentKind.CIRCUIT], circuit) == [("circuit c1", False)]


def test_a_snoozed_one_is_told_again_when_the_time_is_over_and_only_if_it_stands() -> None:
    keeper = Incidents()
    told(keeper, START, incident())
    keeper.snooze(incident(), START + 60 * MINUTE)
    assert told(keeper, START + 59 * MINUTE, incident()) == []
    assert told(keeper, START + 60 * MINUTE, incident()) == [("sign_in c1", False)]
    other = Incidents()
    told(other, START, incident())
    other.snooze(incident(), START + 60 * MINUTE)
    assert told(other, START + 30 * MINUTE) == []
    assert told(other, START + 61 * MINUTE) == []


def test_a_snooze_outlives_the_program() -> None:
    keeper = Incidents({"sign_in c1": START + MINUTE})
    assert told(keeper, START, incident()) == []
    assert told(keeper, START + MINUTE, incident()) == [("sign_in c1", False)]


@given(st.lists(st.tuples(st.integers(1, 900), st.sets(st.sampled_from(IncidentKind)), st.booleans()), max_size=60))
def test_never_two_messages_about_one_connection_in_ten_minutes(
    steps: list[tuple[int, set[IncidentKind], bool]],
) -> None:
    keeper, now = Incidents(), START
    at: dict[str, list[float]] = defaultdict(list)
    for wait, kinds, second in steps:
        now += wait
        subjects = ["c1", "c2"] if second else ["c1"]
        for notice in keeper.look([incident(kind, subject) for kind in kinds for subject in subjects], now):
            at[notice.incident.subject].append(now)
    for times in at.values():
        assert all(after - before >= QUIET_S for before, after in pairwise(times))
