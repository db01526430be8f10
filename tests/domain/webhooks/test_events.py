"""The catalogue, who wants what, and the body (webhooks.md §3, §4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.webhooks.body import MOST_BODY_BYTES, body_text
from app.domain.webhooks.delivery import new_delivery_id
from app.domain.webhooks.endpoint import PayloadFormat
from app.domain.webhooks.error_codes import ERROR_WORDS, ErrorCode
from app.domain.webhooks.events import CATALOGUE, Event, EventType, checked_patterns, event, wants
from app.errors import UsageError

AT = datetime(2026, 2, 16, 12, 36, 7, 412_900, tzinfo=timezone(timedelta(hours=3)))


def test_every_event_has_a_line_in_the_catalogue_with_a_sample() -> None:
    assert set(CATALOGUE) == set(EventType)
    assert all(spec.sample and spec.sent_when for spec in CATALOGUE.values())


def test_every_payload_of_a_type_has_the_same_keys() -> None:
    made = event(EventType.SYNC_COMPLETED, {"records_processed": 3})
    assert made.payload.keys() == CATALOGUE[EventType.SYNC_COMPLETED].sample.keys()
    with pytest.raises(ValueError, match="surname"):
        event(EventType.SYNC_COMPLETED, {"surname": "Ivanov"})


@pytest.mark.parametrize(
    ("pattern", "kind", "wanted"),
    [
        ("integration.sync.completed", "integration.sync.completed", True),
        ("integration.sync.completed", "integration.sync.started", False),
        ("integration.*", "integration.sync.started", True),
        ("integration.*", "1c.personnel.synced", False),
        ("integration.sync.*", "integration.personnel.sync.completed", False),
        ("*", "system.maintenance.started", True),
        ("*", "integration.test", False),
    ],
)
def test_a_pattern_names_one_event_or_all_that_begin_like_it(pattern: str, kind: str, wanted: bool) -> None:
    assert wants([pattern], kind) is wanted


@pytest.mark.parametrize("given", [[], [" "], ["no.such.event"], ["integration"], ["*.sync"], ["integration.**"]])
def test_a_pattern_that_matches_nothing_is_refused(given: list[str]) -> None:
    with pytest.raises(UsageError):
        checked_patterns(given)


def test_the_classic_body() -> None:
    made = event(EventType.TEST, {"message": "Привет", "webhook_id": "w"}, at=AT)
    text = body_text(made, PayloadFormat.CLASSIC, "dlv_1", "w")
    assert text == (
        '{"event_type":"integration.test","payload":{"message":"Привет","webhook_id":"w"},'
        '"timestamp":"2026-02-16T09:36:07.412Z","delivery_id":"dlv_1","webhook_id":"w"}'
    )


def test_the_standard_body_has_the_same_content() -> None:
    made = event(EventType.TEST, {"message": "x", "webhook_id": "w"}, at=AT)
    told = json.loads(body_text(made, PayloadFormat.STANDARD, "dlv_1", "w"))
    assert told == {"type": "integration.test", "timestamp": "2026-02-16T09:36:07.412Z", "data": dict(made.payload)}


def test_a_payload_that_is_too_large_is_replaced_by_a_notice() -> None:
    huge = Event(EventType.TEST, {"message": "x" * MOST_BODY_BYTES}, datetime.now(UTC), "e")
    told = json.loads(body_text(huge, PayloadFormat.CLASSIC, "dlv_1", "w"))
    assert told["payload"]["notice"] == "payload_too_large"
    assert told["delivery_id"] == "dlv_1"


def test_ids_of_deliveries_are_new_and_never_hold_a_dot() -> None:
    keys = {new_delivery_id() for _turn in range(1000)}
    assert len(keys) == 1000
    assert all(len(key) == 30 and key.startswith("dlv_0") and "." not in key for key in keys)


def test_every_error_code_has_words() -> None:
    assert set(ERROR_WORDS) == set(ErrorCode)
