"""What follows from an answer: when it is tried again, and when not (webhooks.md §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.webhooks.delivery import Answer, Delivery, DeliveryStatus
from app.domain.webhooks.endpoint import RetryProfile, WebhookEndpoint, gives_up, notice
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.ladder import LONGEST_SPAN_S, delays_s, jittered, judge, span_s

NOW = datetime(2026, 2, 16, 9, 36, 7, tzinfo=UTC)
ENDPOINT = WebhookEndpoint("e1", "hook", "https://a.example/x", ("*",))
DELIVERY = Delivery("dlv_1", "e1", "ev1", "integration.sync.completed", "{}", DeliveryStatus.SENDING, NOW)
FAILED = Answer(500, ErrorCode.BAD_RESPONSE)


def exactly(low: float, high: float) -> float:
    return (low + high) / 2


def wait_s(answer: Answer, tries: int = 0, endpoint: WebhookEndpoint = ENDPOINT) -> float:
    verdict = judge(endpoint, replace(DELIVERY, tries=tries), answer, NOW, exactly)
    assert verdict.due is not None
    return (verdict.due - NOW).total_seconds()


def test_any_2xx_is_delivered() -> None:
    for status in (200, 201, 204, 299):
        assert judge(ENDPOINT, DELIVERY, Answer(status), NOW).status is DeliveryStatus.DELIVERED


def test_the_simple_ladder_is_four_attempts_with_doubling_pauses() -> None:
    assert [wait_s(FAILED, tries) for tries in range(3)] == [60, 120, 240]
    assert judge(ENDPOINT, replace(DELIVERY, tries=3), FAILED, NOW).status is DeliveryStatus.FAILED


def test_the_standard_ladder_is_ten_attempts_over_three_days() -> None:
    endpoint = replace(ENDPOINT, retry_profile=RetryProfile.STANDARD)
    assert delays_s(endpoint) == (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert judge(endpoint, replace(DELIVERY, tries=9), FAILED, NOW).status is DeliveryStatus.FAILED


@pytest.mark.parametrize(("delay", "spread"), [(5, 1), (60, 6), (86400, 8640)])
def test_every_pause_has_a_tenth_more_or_less_at_least_a_second(delay: float, spread: float) -> None:
    assert jittered(delay, lambda low, _high: low) == delay - spread
    assert jittered(delay, lambda _low, high: high) == delay + spread


def test_gone_ends_it_and_switches_the_endpoint_off() -> None:
    verdict = judge(ENDPOINT, DELIVERY, Answer(410, ErrorCode.BAD_RESPONSE), NOW)
    assert verdict.status is DeliveryStatus.FAILED
    assert verdict.gone


def test_a_receiver_that_names_a_time_is_not_asked_before() -> None:
    busy = Answer(503, ErrorCode.BAD_RESPONSE, retry_after_s=90)
    assert wait_s(busy) == 90
    assert wait_s(replace(busy, retry_after_s=10)) == 60
    assert wait_s(replace(busy, retry_after_s=10.0**9)) == 86_400


@pytest.mark.parametrize("status", [429, 502, 504])
def test_an_overloaded_receiver_gets_one_request_at_a_time(status: int) -> None:
    verdict = judge(ENDPOINT, DELIVERY, Answer(status, ErrorCode.BAD_RESPONSE), NOW)
    assert verdict.throttled_until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 408, 425, 500, 503])
def test_every_other_refusal_is_tried_again(status: int) -> None:
    verdict = judge(ENDPOINT, DELIVERY, Answer(status, ErrorCode.BAD_RESPONSE), NOW)
    assert verdict.status is DeliveryStatus.PENDING
    assert verdict.throttled_until is None


@pytest.mark.parametrize("code", [ErrorCode.BLOCKED_ADDRESS, ErrorCode.INVALID_URL])
def test_an_address_that_may_not_be_is_not_tried_again(code: ErrorCode) -> None:
    assert judge(ENDPOINT, DELIVERY, Answer(error_code=code), NOW).status is DeliveryStatus.FAILED


def test_a_test_is_tried_once() -> None:
    assert judge(ENDPOINT, replace(DELIVERY, is_test=True), FAILED, NOW).status is DeliveryStatus.FAILED


def test_what_was_never_tried_is_not_too_old_for_three_days() -> None:
    assert span_s(ENDPOINT, tried=True) < 600
    assert span_s(ENDPOINT, tried=False) == LONGEST_SPAN_S


def test_five_days_of_failures_switch_an_endpoint_off() -> None:
    assert not gives_up(None, NOW)
    assert not gives_up(NOW - timedelta(days=4.9), NOW)
    assert gives_up(NOW - timedelta(days=5), NOW)


def test_a_person_is_told_what_an_endpoint_needs() -> None:
    assert notice(ENDPOINT, NOW) == ""
    assert "410" in notice(replace(ENDPOINT, is_active=False, disabled_reason="gone"), NOW)
    assert notice(replace(ENDPOINT, is_active=False, disabled_reason="paused"), NOW) == ""
    assert notice(replace(ENDPOINT, consecutive_failures=1, last_http_status=401), NOW) == ""
    assert "401" in notice(replace(ENDPOINT, consecutive_failures=2, last_http_status=401), NOW)
    assert "days" in notice(replace(ENDPOINT, first_failure_at=NOW - timedelta(days=3)), NOW)
