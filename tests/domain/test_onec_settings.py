"""The settings of a 1C connection (onec-zup.md §3, §4.1)."""

from __future__ import annotations

import pytest

from app.domain.connections import Connection, ConnectionStatus, checked_settings
from app.domain.kinds import ONEC, ConnectionKind
from app.domain.kinds.onec import service_address
from app.errors import UsageError


def checked(**given: object) -> dict[str, object]:
    return checked_settings(ConnectionKind.ONEC, given)


class TestAddress:
    @pytest.mark.parametrize(
        ("pasted", "kept"),
        [
            ("https://1c.company.com/api", "https://1c.company.com/api"),
            ("https://host/ZUP_Corp/hs/WFM/", "https://host/ZUP_Corp/hs/WFM"),
            ("https://host/zup/ru_RU/", "https://host/zup"),
            ("https://host/zup/ru_RU/?sysver=8.3#e1cib/navigationpoint", "https://host/zup"),
            ("https://host/zup/en_US/e1cib/list", "https://host/zup"),
            ("https://host/zup/ru_RU/hs/wfm/", "https://host/zup/hs/wfm"),
            ("https://host/zup/ru_RUs/hs/wfm", "https://host/zup/ru_RUs/hs/wfm"),
            ("host.company.com/zup/hs/wfm", "https://host.company.com/zup/hs/wfm"),
            ("http://127.0.0.1:8080/zup/hs/wfm//", "http://127.0.0.1:8080/zup/hs/wfm"),
            ("https://сервер.рф/Зарплата/hs/wfm", "https://сервер.рф/Зарплата/hs/wfm"),
        ],
    )
    def test_what_people_paste_becomes_the_address_of_the_service(self, pasted: str, kept: str) -> None:
        assert checked(endpoint_url=pasted) == {"endpoint_url": kept}
        assert service_address(kept) == kept

    @pytest.mark.parametrize(
        "wrong", ["http://1c.company.com/hs/wfm", "https://u:p@host/zup", "ftp://host/zup", "https://[host", "https://"]
    )
    def test_what_cannot_be_one_is_refused(self, wrong: str) -> None:
        with pytest.raises(UsageError):
            checked(endpoint_url=wrong)


class TestOthers:
    def test_what_is_left_out_is_as_the_reference_says(self) -> None:
        connection = Connection("1", "1C", ConnectionKind.ONEC, ConnectionStatus.ACTIVE, {})
        expected = {
            "authentication_type": "basic", "post_style": "path", "timezone": "Europe/Moscow", "max_parallel": 1,
            "session_mode": "none", "vacation_period_default": "calendar_year", "is_master_system": True,
            "personnel_mode": "sync_and_manual", "sync_interval": 900, "retry_attempts": 3, "timeout_seconds": 30,
            "batch_size": 1000, "agents_per_request": 200, "enable_webhooks": True, "log_level": "INFO",
            "hours_as_strings": False, "verify_tls": True,
        }  # fmt: skip
        assert {key: connection.setting(key) for key in expected} == expected

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ({"log_level": "debug"}, {"log_level": "DEBUG"}),
            ({"authentication_type": "OAuth"}, {"authentication_type": "oauth2"}),
            ({"timezone": "Asia/Yekaterinburg"}, {"timezone": "Asia/Yekaterinburg"}),
        ],
    )
    def test_what_is_given_is_kept(self, given: dict[str, str], kept: dict[str, object]) -> None:
        assert checked(**given) == kept

    @pytest.mark.parametrize(
        "given",
        [
            {"max_parallel": "9"}, {"timeout_seconds": "1000"}, {"retry_attempts": "-1"}, {"sync_interval": "5"},
            {"batch_size": "50000"},
            {"timezone": "Moscow"}, {"timezone": "Europe"}, {"timezone": "../etc/passwd"}, {"post_style": "soap"},
            {"username": "a:b"}, {"key_header": "X Key"}, {"time_type_map": "{"},
            {"token_url": "http://login.company.com/token"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, given: dict[str, str]) -> None:
        with pytest.raises(UsageError):
            checked(**given)

    @pytest.mark.parametrize(
        ("way", "needed"),
        [
            ("basic", ["username", "password"]),
            ("bearer", ["token"]),
            ("api_key", ["key"]),
            ("oauth2", ["token_url", "client_id", "client_secret"]),
            ("none", []),
        ],
    )
    def test_each_way_of_signing_in_has_fields_of_its_own(self, way: str, needed: list[str]) -> None:
        connection = Connection(
            "1", "1C", ConnectionKind.ONEC, ConnectionStatus.ACTIVE, {"authentication_type": way, "endpoint_url": "x"}
        )
        assert [f.key for f in connection.missing_fields()] == needed

    def test_the_secrets_are_those_of_the_contract(self) -> None:
        assert {f.key for f in ONEC.secrets if not f.advanced} == {
            "password",
            "token",
            "key",
            "client_secret",
            "refresh_token",
        }
