"""The optional settings of the line and the requests of a run, through the command."""

from __future__ import annotations

from tests.support.command import QuickMuster


def test_line_settings_are_given_shown_and_refused_like_all_others(quickly_connected: QuickMuster) -> None:
    changed = quickly_connected(
        "connections",
        "edit",
        "vitec",
        "--set",
        "extra_headers=X-Tenant: 7",
        "--set",
        "proxy=proxy.example:3128",
        "--json",
    )
    assert changed.code == 0
    assert changed.json["settings"]["extra_headers"] == "X-Tenant: 7"
    as_json = quickly_connected("connections", "edit", "vitec", "--set", 'extra_headers={"X-Tenant": "8"}', "--json")
    assert as_json.json["settings"]["extra_headers"] == "X-Tenant: 8"
    assert changed.json["settings"]["proxy"] == "http://proxy.example:3128"
    refused = quickly_connected("connections", "edit", "vitec", "--set", "extra_headers=Host: elsewhere", "--json")
    assert refused.code == 2
    assert "Host" in refused.err + refused.out


def test_the_requests_of_a_run_are_told(quickly_connected: QuickMuster) -> None:
    synced = quickly_connected("run", "offices.sync", "--connection", "vitec", "--json").json
    told = quickly_connected(
        "run", "connections.sync_logs", "--connection", "vitec", "--set", f"run={synced['run_id']}", "--json"
    ).json
    (log,) = told["result"]["logs"]
    (asked,) = log["attempts"]
    assert (asked["method"], asked["status"]) == ("GET", 200)
