"""`muster webhooks` (command-line.md, Webhooks)."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.command import Muster, QuickMuster

HOOK = ("--url", "https://nosuch.invalid/hook", "--events", "integration.sync.*", "--json")


def created(muster: Muster, *more: str, name: str = "hook") -> dict[str, Any]:
    ran = muster("webhooks", "create", name, *HOOK, *more)
    assert ran.code == 0, ran
    return dict(ran.json)


def test_the_nine_operations_and_more_are_in_the_registry(quick: QuickMuster) -> None:
    ids = {operation["id"] for operation in quick("operations", "--json").json}
    nine = ("list", "create", "show", "update", "delete", "test", "deliveries", "event_types", "stats")
    assert ids >= {f"webhooks.{name}" for name in nine}


def test_a_webhook_from_beginning_to_end(quick: QuickMuster) -> None:
    made = created(quick, "--set", "timeout_seconds=5")
    assert made["secret"].startswith("whsec_")
    (listed,) = quick("webhooks", "list", "--json").json
    assert (listed["id"], listed["timeout_seconds"], "secret" in listed) == (made["id"], 5, False)
    assert quick("webhooks", "show", "hook", "--json").json["event_types"] == ["integration.sync.*"]
    assert quick("webhooks", "update", "hook", "--name", "new", "--json").json["changed_fields"] == ["name"]
    assert quick("webhooks", "stats", "--json").json["webhooks"]["total"] == 1
    assert len(quick("webhooks", "event-types", "--json").json) == 23
    assert quick("webhooks", "delete", made["id"], "--json").code == 0
    assert quick("webhooks", "list", "--json").json == []


def test_the_generic_command_gives_the_secret_once_too(quick: QuickMuster) -> None:
    sets = ("--set", "name=a", "--set", "url=https://nosuch.invalid/x", "--set", "event_types=*")
    ran = quick("run", "webhooks.create", *sets, "--json")
    assert ran.code == 0
    assert ran.json["result"]["secret"].startswith("whsec_")
    kept = quick("runs", "show", ran.json["run_id"], "--json").json
    assert "secret" not in kept["result"]
    assert ran.json["result"]["secret"] not in json.dumps(kept)


def test_a_secret_of_ones_own_comes_from_standard_input(quick: QuickMuster) -> None:
    own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    ran = quick("webhooks", "create", "hook", *HOOK, "--secret", "secret=-", stdin=own + "\n")
    assert ran.code == 0
    assert "secret" not in ran.json
    refused = quick("webhooks", "create", "other", *HOOK, "--secret", f"secret={own}")
    assert refused.code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "a", "--url", "http://a.example/x", "--events", "*"),
        ("create", "a", "--url", "ftp://a.example/x", "--events", "*"),
        ("create", "a", "--url", "https://u:p@a.example/x", "--events", "*"),
        ("create", "a", "--url", "https://a.example/x", "--events", "no.such"),
        ("create", "a", "--url", "https://a.example/x", "--events", "*", "--set", "retry_attempts=99"),
        ("show", "nothing"),
        ("test", "nothing"),
        ("deliveries", "--id", "nothing"),
        ("delivery", "dlv_nothing"),
        ("retry",),
        ("stats", "--set", "days=0"),
    ],
)
def test_what_cannot_be_is_a_mistake_of_usage(quick: QuickMuster, arguments: tuple[str, ...]) -> None:
    ran = quick("webhooks", *arguments, "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (2, "unexpected")


def test_a_test_that_does_not_arrive_is_3_and_says_why(quick: QuickMuster) -> None:
    created(quick)
    ran = quick("webhooks", "test", "hook", "--json")
    assert (ran.code, ran.json["success"]) == (3, False)
    assert ran.json["error_code"] in {"dns_failed", "network_unreachable"}


def test_without_a_keyring_nothing_is_kept(quick: QuickMuster) -> None:
    locked = {"PYTHON_KEYRING_BACKEND": "tests.support.keyring_file.LockedKeyring"}
    assert quick("webhooks", "create", "hook", *HOOK, env=locked).code == 5
    assert quick("webhooks", "list", "--json").json == []


def test_a_person_without_the_right_is_refused(quick: QuickMuster) -> None:
    created(quick)
    (quick.home / "settings.json").write_text('{"role": "viewer"}')
    for verb, more in (("create", ("b", *HOOK)), ("test", ("hook",)), ("delete", ("hook",)), ("deliver", ())):
        assert quick("webhooks", verb, *more).code == 5, verb
    assert quick("webhooks", "deliveries", "--json").code == 0


@pytest.fixture
def inbox(muster: Muster) -> Iterator[str]:
    """The built-in inbox of the same home, in a program of its own."""
    process = muster.start("webhooks", "inbox", "--json")
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


@pytest.mark.skipif(os.name == "nt", reason="a program cannot be asked to end there")
def test_a_command_sends_what_it_raised_before_it_ends(muster: Muster, inbox: str) -> None:
    made = muster("webhooks", "create", "box", "--url", inbox, "--events", "*", "--set", "insecure=true", "--json")
    assert made.code == 0, made
    assert muster("webhooks", "test", "box", "--json").json["success"], sys.executable
    added = muster("devices", "add", "door", "--host", "192.0.2.9", "--username", "admin")
    assert added.code == 0
    told = {row["event_type"]: row["delivery_status"] for row in muster("webhooks", "deliveries", "--json").json}
    assert told["integration.sync.started"] == told["integration.sync.completed"] == "delivered"
    left = muster("webhooks", "deliver", "--wait", "0", "--json")
    assert (left.code, left.json["waiting"]) == (0, 0)
