"""What a connection holds and what is missing (vitec-hub.md §2)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections import ConnectionStatus, checked_settings, checked_url, refuse_secrets
from app.domain.health import Health, OverallHealth, connection_health, masked, overall_health
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.outcomes import RunState
from app.errors import UsageError
from app.store.values import now
from tests.support.records import connection

VITEC = ConnectionKind.VITEC


@pytest.mark.parametrize(
    ("given_settings", "kept"),
    [
        ({"installation_id": "  msAbcTEST "}, {"installation_id": "msAbcTEST"}),
        ({"installation_id": " "}, {}),
        ({"base_url": "https://hub.example/ "}, {"base_url": "https://hub.example"}),
        ({"base_url": "http://127.0.0.1:8000"}, {"base_url": "http://127.0.0.1:8000"}),
        ({"base_url": "http://localhost:8000/"}, {"base_url": "http://localhost:8000"}),
        ({"environment": "PROD"}, {"environment": "production"}),
        ({"environment": "Production"}, {"environment": "production"}),
        ({"environment": "Testing"}, {"environment": "qa"}),
        ({"environment": "test"}, {"environment": "qa"}),
        ({"environment": "QA"}, {"environment": "qa"}),
        ({"environment": "staging"}, {"environment": "staging"}),
        ({"timeout_s": "2.5"}, {"timeout_s": 2.5}),
        ({"max_rps": "0"}, {"max_rps": 1}),
        ({"max_rps": "201"}, {"max_rps": 200}),
        ({"max_rps": "7.9"}, {"max_rps": 7}),
    ],
)
def test_settings_are_trimmed_clamped_and_typed(given_settings: dict[str, str], kept: dict[str, Any]) -> None:
    assert checked_settings(VITEC, given_settings) == kept


@pytest.mark.parametrize(
    "bad",
    [
        {"no_such_setting": "1"},
        {"timeout_s": "soon"},
        {"timeout_s": "9999"},
        {"timeout_s": "0.5"},
        {"timeout_s": "nan"},
        {"timeout_s": "inf"},
        {"max_rps": "-inf"},
        {"base_url": "http://hub.example"},
        {"base_url": "ftp://hub.example"},
        {"base_url": "hub.example"},
        {"base_url": "https://"},
        {"base_url": "https://user:pass@hub.example"},
        {"base_url": "https://hub.example:port"},
        {"base_url": "https://hub example"},
        {"base_url": "https://hub..example"},
        {"base_url": "https://[::1"},
        {"base_url": "https://hub.example/?key=1"},
    ],
    ids=str,
)
def test_an_impossible_setting_is_refused_in_words(bad: dict[str, str]) -> None:
    with pytest.raises(UsageError) as refused:
        checked_settings(VITEC, bad)
    assert refused.value.message


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("max_parallel", "5", "1 and 4"), ("timeout_seconds", "301", "1 and 300"), ("retry_attempts", "11", "0 and 10"),
        ("batch_size", "0", "1 and 10000"), ("sync_interval", "59", "60 and 86400"),
    ],
)  # fmt: skip
def test_a_number_out_of_its_range_is_refused_with_field_and_range(key: str, value: str, allowed: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_settings(ConnectionKind.ONEC, {key: value})
    assert f"{key} must be between {allowed}." in refused.value.message


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        assert checked_url(text).startswith(("http://", "https://"))
    except UsageError as refused:
        assert refused.message


@pytest.mark.parametrize(
    "settings",
    [{"access_key": "planted"}, {"base_url": "https://me:planted@hub.example"}, {"installation_id": "http://a@b"}],
)
def test_a_secret_among_the_settings_is_refused_without_repeating_it(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_secrets(settings)
    assert "planted" not in str(refused.value) + refused.value.remedy


class TestMissingFields:
    def missing(self, secrets: tuple[str, ...] = ("access_key",), **settings: Any) -> set[str]:
        complete = {"installation_id": "MS", "product_login": "muster"}
        return {f.key for f in connection(settings=complete | settings, secrets=secrets).missing_fields()}

    def test_nothing_is_missing_where_the_environment_gives_the_address(self) -> None:
        assert self.missing() == set()
        assert self.missing(environment="production") == set()

    def test_an_unknown_environment_gives_no_address(self) -> None:
        assert self.missing(environment="staging") == {"environment"}
        assert self.missing(environment="staging", base_url="https://hub.example") == set()

    def test_login_key_and_installation_are_needed(self) -> None:
        assert self.missing((), installation_id="", product_login="") == {
            "access_key",
            "installation_id",
            "product_login",
        }


class TestHealth:
    def test_missing_fields_are_named_by_their_labels(self) -> None:
        report = connection_health(connection(settings={}, secrets=()), ())
        assert report.health is Health.NOT_CONFIGURED
        assert report.cause == "Installation id, Product login, Access key"

    def test_a_key_from_the_environment_is_not_missing(self) -> None:
        assert connection_health(connection(secrets=()), ("access_key",)).health is Health.NEVER_TESTED

    def test_the_last_error_is_the_cause_with_its_time(self) -> None:
        moment = now()
        report = connection_health(connection(last_error="Vitec Hub forbidden.", updated_at=moment), ("access_key",))
        assert (report.health, report.cause, report.evidence_at) == (Health.ERROR, "Vitec Hub forbidden.", moment)

    def test_a_good_test_or_sync_is_the_evidence(self) -> None:
        moment = now()
        assert connection_health(connection(last_sync=moment), ("access_key",)).health is Health.CONNECTED
        assert connection_health(connection(last_test_at=moment), ("access_key",)).evidence_at == moment

    def test_a_paused_connection_says_so_before_anything_else(self) -> None:
        paused = connection(status=ConnectionStatus.INACTIVE, settings={}, last_error="x")
        assert connection_health(paused, ()).health is Health.PAUSED

    @pytest.mark.parametrize(
        ("statuses", "overall"),
        [
            ([], OverallHealth.WARNING),
            (["inactive"], OverallHealth.WARNING),
            (["active", "inactive"], OverallHealth.HEALTHY),
            (["active", "error"], OverallHealth.DEGRADED),
            (["error", "inactive"], OverallHealth.DOWN),
        ],
    )
    def test_all_together(self, statuses: list[str], overall: OverallHealth) -> None:
        assert overall_health([connection(status=ConnectionStatus(s)) for s in statuses]) is overall


@pytest.mark.parametrize(
    ("installation_id", "shown"), [("MSABCDEFTEST", "MSAB…TEST"), ("MSABTEST", "MSABTEST"), ("", "")]
)
def test_a_long_installation_id_is_masked(installation_id: str, shown: str) -> None:
    assert masked(installation_id) == shown


def test_every_field_of_every_kind_says_what_it_is() -> None:
    for spec in KINDS.values():
        assert spec.title
        assert spec.about
        assert all(f.label for f in spec.fields)
        assert len({f.key for f in spec.fields}) == len(spec.fields)


def test_a_run_that_is_over_and_not_finished_can_be_resumed() -> None:
    assert {s for s in RunState if s.resumable} == {s for s in RunState if s.over} - {RunState.FINISHED}
