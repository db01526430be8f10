"""The settings of a contact centre (contact-center.md §3)."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.connections import checked_settings
from app.domain.contact_center.endpoints import Endpoint, path_overrides
from app.domain.contact_center.records import RECORD_TYPES, stored_row
from app.domain.exchange.rows import COLUMNS
from app.domain.exchange.shapes import DataType
from app.domain.kinds import CONTACT_CENTER, ConnectionKind
from app.errors import UsageError


def checked(**given: object) -> dict[str, Any]:
    return checked_settings(ConnectionKind.CONTACT_CENTER, given)


def test_have_the_defaults_of_the_reference() -> None:
    defaults = {f.key: f.default for f in CONTACT_CENTER.settings}
    expected = {
        "authentication_type": "bearer", "dialect": "argus", "static_service_id": "1", "timezone": "Europe/Moscow",
        "step_ms": 300_000, "ids_per_request": 100, "history_window_days": 1, "resync_tail_days": 2, "poll_seconds": 5,
        "target_answer_seconds": 20, "chat_platform": False, "sync_interval": 900, "retry_attempts": 3,
        "timeout_seconds": 30, "batch_size": 1000, "enable_webhooks": True, "log_level": "INFO", "raw_commas": False,
    }  # fmt: skip
    assert {key: defaults[key] for key in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "groupsLoad=/online/load, personnel=people",
        '{"groupsLoad": "/online/load", "personnel": "/people"}',
        "groups_load = online/load, Personnel = /people",
        "online/groupsLoad=/online/load, personnel=people",
        "groupsOnlineLoad=/online/load, personnel=people",
    ],
)
def test_take_other_paths_in_several_spellings(text: str) -> None:
    kept = checked(paths=text)["paths"]
    assert kept == "groupsLoad=/online/load, personnel=/people"
    assert path_overrides(kept) == {Endpoint.GROUPS_LOAD: "/online/load", Endpoint.PERSONNEL: "/people"}


@pytest.mark.parametrize(
    "text", ["groupsLoad", "nothing=/x", "{", '{"groupsLoad": 1}', "groupsLoad=https://evil.example/x",
             "groupsLoad=/../secret", "groupsLoad=//evil.example/x", "groupsLoad=/x?y=1"],
)  # fmt: skip
def test_refuse_what_is_no_path(text: str) -> None:
    with pytest.raises(UsageError):
        checked(paths=text)


@pytest.mark.parametrize(("given", "kept"), [("300000", 300_000), (900_000, 900_000)])
def test_take_a_step_that_divides_the_day(given: object, kept: int) -> None:
    assert checked(step_ms=given)["step_ms"] == kept


def test_refuse_a_step_that_does_not_divide_the_day() -> None:
    with pytest.raises(UsageError, match="cannot be divided"):
        checked(step_ms=420_000)


@pytest.mark.parametrize(
    "given",
    [
        {"step_ms": 1}, {"step_ms": 10**9}, {"poll_seconds": 61}, {"ids_per_request": 1001},
        {"history_window_days": 32}, {"resync_tail_days": -1},
    ],
)  # fmt: skip
def test_refuse_a_number_out_of_its_range(given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="must be between"):
        checked(**given)


@pytest.mark.parametrize(
    ("given", "kept"), [("WSS://cc.example.com/live/", "wss://cc.example.com/live"), ("ws://127.0.0.1:9", "ws://127.0.0.1:9")]
)  # fmt: skip
def test_take_a_web_socket_address(given: str, kept: str) -> None:
    assert checked(websocket_url=given)["websocket_url"] == kept


@pytest.mark.parametrize(
    "text", ["https://cc.example.com", "ws://cc.example.com", "wss://u:p@cc.example.com", "wss://"]
)
def test_refuse_a_web_socket_that_is_none_or_not_safe(text: str) -> None:
    with pytest.raises(UsageError):
        checked(websocket_url=text)


@pytest.mark.parametrize("data_type", list(RECORD_TYPES))
def test_records_have_the_columns_of_the_store_in_their_order(data_type: DataType) -> None:
    record = RECORD_TYPES[data_type]
    names = [name for name in record.__dataclass_fields__ if name in (*COLUMNS[data_type], "extra")]
    assert names == [*COLUMNS[data_type], "extra"]
    made = record(*range(len(names)))
    assert stored_row(made) == tuple(range(len(names)))
