"""Schedules: when one is due, moved clocks, what becomes of it after each run (connections.md §4, §11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.outcomes import Run, RunError, RunState
from app.domain.schedules import Schedule, Verdict, after_run, caught_up, planned, postponed, resolved, resumed, verdict
from app.domain.timing import Timing
from app.errors import ErrorKind

OWN_S = 900
MOSCOW, OSLO = "Europe/Moscow", "Europe/Oslo"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


NOON = at("2026-03-05T12:00")


def scheduled(timing: Timing | None = None, now: datetime = NOON) -> Schedule:
    return planned(Schedule("1", "s", "offices.sync", timing=timing or Timing()), now, OWN_S, 0.5)


def ended(kind: ErrorKind | None = None, retry_after: float | None = None) -> Run:
    error = RunError(kind, "It went wrong.", retry_after=retry_after) if kind else None
    state = RunState.STOPPED if kind else RunState.FINISHED
    return Run("r1", "offices.sync", "vitec", state, NOON, error=error)


class TestTheClock:
    def test_before_its_time_it_waits(self) -> None:
        schedule = scheduled()
        assert verdict(schedule, NOON + timedelta(seconds=899)) is Verdict.WAIT
        assert verdict(schedule, NOON + timedelta(seconds=900)) is Verdict.START
        assert not caught_up(schedule, NOON + timedelta(seconds=900))

    def test_a_sleep_of_three_hours_is_one_run(self) -> None:
        woken = NOON + timedelta(hours=3)
        schedule = scheduled()
        assert verdict(schedule, woken) is Verdict.START
        assert caught_up(schedule, woken)
        again = planned(schedule, woken, OWN_S, 0.5)
        assert verdict(again, woken) is Verdict.WAIT
        assert again.due_at == woken + timedelta(seconds=900)

    def test_a_clock_that_is_set_back_by_years_does_not_stop_it(self) -> None:
        schedule = scheduled(now=at("2036-03-05T12:00"))
        assert verdict(schedule, NOON) is Verdict.START
        assert verdict(planned(schedule, NOON, OWN_S, 0.5), NOON) is Verdict.WAIT

    def test_a_clock_that_is_put_right_by_seconds_is_nothing(self) -> None:
        assert verdict(scheduled(), NOON - timedelta(seconds=30)) is Verdict.WAIT

    def test_a_run_that_comes_late_respects_the_quiet_hours(self) -> None:
        schedule = scheduled(Timing(quiet="22:00-06:00", zone="UTC"))
        night = at("2026-03-06T01:00")
        assert verdict(schedule, night) is Verdict.POSTPONE
        later = postponed(schedule, night)
        assert (later.due_at, later.skip_reason) == (
            at("2026-03-06T06:00"),
            "Nothing starts in the quiet hours 22:00-06:00.",
        )
        assert verdict(later, at("2026-03-06T06:00")) is Verdict.START

    def test_a_paused_one_never_runs(self) -> None:
        assert verdict(replace(scheduled(), paused=True), NOON + timedelta(days=1)) is Verdict.WAIT


class TestAfterARun:
    def settle(self, schedule: Schedule, run: Run, now: datetime = NOON, chance: float = 0.0) -> Schedule:
        return after_run(schedule, run, now, OWN_S, chance)

    def test_a_good_one_keeps_the_time_and_clears_what_was(self) -> None:
        before = replace(scheduled(), failures=3, failing_since=NOON, skip_reason="was paused")
        after = self.settle(before, ended())
        assert (after.failures, after.failing_since, after.skip_reason, after.due_at) == (0, None, "", before.due_at)
        assert (after.last_run_id, after.last_state, after.last_started_at) == ("r1", RunState.FINISHED, NOON)

    def test_failures_are_tried_again_ever_less_often(self) -> None:
        schedule, pauses = scheduled(), []
        for _failure in range(9):
            schedule = self.settle(schedule, ended(ErrorKind.UNREACHABLE))
            assert schedule.due_at is not None
            pauses.append((schedule.due_at - NOON).total_seconds())
        assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]

    def test_a_daily_one_is_tried_again_before_the_next_day_and_never_after_it(self) -> None:
        timing = Timing(cron="0 * * * *", zone="UTC", jitter_percent=0)
        first = self.settle(scheduled(timing), ended(ErrorKind.TIMED_OUT))
        assert first.due_at == NOON + timedelta(seconds=60)
        late = NOON + timedelta(minutes=59, seconds=30)
        assert self.settle(scheduled(timing), ended(ErrorKind.TIMED_OUT), late).due_at == at("2026-03-05T13:00")

    def test_a_server_that_asks_to_wait_is_given_the_time(self) -> None:
        after = self.settle(scheduled(), ended(ErrorKind.RATE_LIMITED, retry_after=1800))
        assert after.due_at == NOON + timedelta(seconds=1800)

    @pytest.mark.parametrize("kind", [ErrorKind.REFUSED_SIGN_IN, ErrorKind.NOT_CONFIGURED, ErrorKind.FORBIDDEN])
    def test_what_only_a_person_can_mend_is_not_tried_sooner(self, kind: ErrorKind) -> None:
        before = scheduled()
        after = self.settle(before, ended(kind))
        assert (after.due_at, after.failures) == (before.due_at, 1)

    def test_the_store_s_own_refusal_is_tried_again_soon(self) -> None:
        refused = ended(ErrorKind.REFUSED_SIGN_IN)
        assert refused.error is not None
        by_store = replace(refused, error=replace(refused.error, code="database.refused_sign_in"))
        assert self.settle(scheduled(), by_store).due_at == NOON + timedelta(seconds=60)

    @pytest.mark.parametrize("kind", [ErrorKind.HELD, ErrorKind.BUSY])
    def test_a_guard_or_another_run_is_no_failure(self, kind: ErrorKind) -> None:
        after = self.settle(scheduled(), ended(kind))
        assert (after.failures, after.skip_reason) == (0, "It went wrong.")

    def test_cancelling_is_no_failure(self) -> None:
        after = self.settle(scheduled(), ended(ErrorKind.CANCELLED))
        assert (after.failures, after.skip_reason) == (0, "")

    def test_after_twenty_failures_it_pauses_itself(self) -> None:
        schedule = scheduled()
        for _failure in range(19):
            schedule = self.settle(schedule, ended(ErrorKind.REMOTE_ERROR))
        assert not schedule.paused
        schedule = self.settle(schedule, ended(ErrorKind.REMOTE_ERROR))
        assert (schedule.paused, schedule.pause_reason) == (True, "It failed 20 times in a row.")
        again = resumed(schedule)
        assert (again.paused, again.pause_reason, again.failures) == (False, "", 0)

    def test_after_three_days_of_failures_it_pauses_itself(self) -> None:
        schedule = scheduled()
        for day in range(4):
            assert not schedule.paused
            schedule = self.settle(schedule, ended(ErrorKind.UNREACHABLE), NOON + timedelta(days=day))
        assert (schedule.paused, schedule.pause_reason) == (True, "It has been failing for three days.")

    def test_one_failure_before_a_long_holiday_is_no_reason_to_pause(self) -> None:
        schedule = self.settle(scheduled(), ended(ErrorKind.UNREACHABLE))
        assert not self.settle(schedule, ended(ErrorKind.UNREACHABLE), NOON + timedelta(days=14)).paused


class TestParameters:
    def test_words_for_days_become_dates(self) -> None:
        given = {"start_date": "today-7", "end_date": "yesterday", "agents": "all", "batch_size": 5, "day": "today+1"}
        assert resolved(given, date(2026, 3, 5)) == {
            "start_date": "2026-02-26",
            "end_date": "2026-03-04",
            "agents": "all",
            "batch_size": 5,
            "day": "2026-03-06",
        }
