"""Managing webhooks: secrets shown once, rotation, pause, sending again, statistics, roles (webhooks.md §1, §5, §7)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.access import Role
from app.domain.webhooks.delivery import DeliveryStatus, Retention, Trigger
from app.errors import ExitCode, Forbidden, UsageError
from app.operations.runner import Request
from app.store import webhook_pruning
from tests.support.running import dump, execute, run
from tests.support.webhooks import Hooks


async def result(hooks: Hooks, operation: str, **params: Any) -> Any:
    report = await run(hooks.workspace, f"webhooks.{operation}", params=params)
    assert report.error is None, report.error
    return report.run.result


async def test_the_secret_is_shown_once_and_stored_in_the_keyring_alone(hooks: Hooks) -> None:
    webhook_id, secret = await hooks.add()
    assert secret.startswith("whsec_")
    shown = await result(hooks, "show", id=webhook_id)
    assert "secret" not in shown
    assert shown["secrets"] == {"secret": True}
    kept = "\n".join(await dump(hooks.workspace))
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


async def test_a_secret_of_the_persons_own_is_not_shown_back(hooks: Hooks) -> None:
    own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    _id, shown = await hooks.add(secrets={"secret": own})
    assert shown == ""
    await hooks.happen()
    await hooks.send()
    (heard,) = hooks.heard()
    Webhook(own).verify(heard.body, heard.headers)


async def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(hooks: Hooks) -> None:
    webhook_id, old = await hooks.add()
    await hooks.happen()
    await hooks.send()
    new = (await result(hooks, "rotate", id=webhook_id))["secret"]
    await hooks.happen()
    await hooks.send()
    both = hooks.heard()[-1]
    assert len(both.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(both.body, both.headers)
    yesterday = round((datetime.now(UTC) - timedelta(seconds=1)).timestamp() * 1000)
    statement = "UPDATE webhook_endpoint SET previous_secret_until = ?, updated_at = updated_at + 1"
    await hooks.workspace.store.write(execute, hooks.workspace.store, statement, (yesterday,))
    await hooks.happen()
    await hooks.send()
    last = hooks.heard()[-1]
    Webhook(new).verify(last.body, last.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(last.body, last.headers)


async def test_unsigned_only_on_demand_and_with_a_warning(hooks: Hooks) -> None:
    given = {"name": "plain", "url": hooks.receiver.base_url + "/ok", "event_types": "*", "insecure": True}
    report = await run(hooks.workspace, "webhooks.create", params=given | {"unsigned": True})
    assert any("not signed" in warning for warning in report.run.warnings)
    await hooks.happen()
    await hooks.send()
    assert "webhook-signature" not in hooks.heard()[0].headers


async def test_signing_given_up_is_told_and_comes_back_with_a_secret_alone(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add()
    changed = await result(hooks, "update", id=webhook_id, unsigned=True)
    assert changed["changed_fields"] == ["secret"]
    signed_again = {"id": webhook_id, "unsigned": False}
    refused = await run(hooks.workspace, "webhooks.update", params=signed_again)
    assert refused.exit_code is ExitCode.USAGE
    secret = "whsec_" + base64.b64encode(bytes(32)).decode()
    taken = await run(hooks.workspace, "webhooks.update", params=signed_again, secrets={"secret": secret})
    assert taken.error is None
    assert taken.run.result["changed_fields"] == ["secret"]


async def test_values_of_headers_are_for_those_who_may_edit_them(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add(headers={"X-Key": "open-sesame"})
    assert (await result(hooks, "show", id=webhook_id))["headers"] == {"X-Key": "open-sesame"}
    hooks.workspace.settings_file.change(role=Role.OPERATOR)
    assert (await result(hooks, "show", id=webhook_id))["headers"] == {"X-Key": "••••"}


async def test_a_period_may_be_days_or_moments_without_seconds(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    for since, count in (("2020-01-01", 1), ("2020-01-01T00:00", 1), ("2120-01-01T00:00:00Z", 0)):
        report = await run(hooks.workspace, "webhooks.deliveries", params={"since": since})
        assert report.error is None, report.error
        assert report.run.summary["total"] == count


async def test_only_changed_fields_are_changed(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add(headers={"X-Team": "a"}, timeout_seconds=7)
    changed = await result(hooks, "update", id=webhook_id, name="new name", event_types="1c.*")
    assert set(changed["changed_fields"]) == {"name", "event_types"}
    endpoint = await hooks.endpoint("new name")
    assert (endpoint.timeout_seconds, endpoint.headers, endpoint.event_types) == (7, {"X-Team": "a"}, ("1c.*",))
    report = await run(hooks.workspace, "webhooks.update", params={"id": webhook_id, "url": "http://x y/"})
    assert report.exit_code is ExitCode.USAGE


async def test_basic_sign_in_reaches_the_receiver_and_not_the_log(hooks: Hooks) -> None:
    await hooks.add(auth_type="basic", username="muster", secrets={"password": "geheim-77"})
    await hooks.happen()
    await hooks.send()
    assert hooks.heard()[0].headers["authorization"].startswith("Basic ")
    assert "geheim-77" not in "\n".join(await dump(hooks.workspace))
    report = await run(hooks.workspace, "webhooks.update", params={"id": "/ok", "auth_type": "bearer"})
    assert report.exit_code is ExitCode.USAGE


async def test_a_test_says_at_once_what_came_back_and_counts_nowhere(hooks: Hooks) -> None:
    webhook_id, secret = await hooks.add()
    good = await run(hooks.workspace, "webhooks.test", params={"id": webhook_id})
    assert good.exit_code is ExitCode.DONE
    assert (good.run.result["success"], good.run.result["http_status"]) == (True, 200)
    told = Webhook(secret).verify(hooks.heard()[0].body, hooks.heard()[0].headers)
    assert told["event_type"] == "integration.test"
    bad_id, _secret = await hooks.add("/refused")
    bad = await run(hooks.workspace, "webhooks.test", params={"id": bad_id, "payload": {"a": 1}})
    assert bad.exit_code is ExitCode.INCOMPLETE
    assert json.loads(hooks.heard("/refused")[0].body)["payload"] == {"a": 1}
    await hooks.time_passes()
    await hooks.send()
    assert len(hooks.heard("/refused")) == 1
    assert (await result(hooks, "stats"))["deliveries"]["total"] == 0


async def test_what_was_missed_while_paused_is_counted_and_sent_on_request(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add()
    await hooks.happen()
    await hooks.send()
    await result(hooks, "pause", id=webhook_id)
    await hooks.happen(3)
    assert await hooks.send() == 0
    assert len(hooks.heard()) == 1
    preview = Request("webhooks.resume", params={"id": webhook_id}, dry_run=True)
    assert (await (await hooks.workspace.runner.start(preview)).report()).run.result["missed"] == 3
    assert (await result(hooks, "resume", id=webhook_id, send_missed=True))["sent"] == 3
    await hooks.send()
    assert len(hooks.heard()) == 4


async def test_a_removed_webhook_cancels_what_waits_and_keeps_its_log(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add("/refused")
    await hooks.happen(2)
    await hooks.send()
    assert (await result(hooks, "delete", id=webhook_id))["cancelled"] == 2
    await hooks.time_passes()
    await hooks.send()
    listed = await result(hooks, "deliveries", id=webhook_id)
    assert {row["delivery_status"] for row in listed} == {"cancelled"}
    assert len(hooks.heard("/refused")) == 2


async def test_sending_by_hand_moves_nothing_of_the_ladder(hooks: Hooks) -> None:
    await hooks.add("/refused")
    await hooks.happen()
    await hooks.send()
    (before,) = await hooks.deliveries()
    await result(hooks, "retry", delivery=before.id)
    await hooks.send()
    (after,) = await hooks.deliveries()
    assert (after.status, after.next_retry_at, after.tries) == (before.status, before.next_retry_at, before.tries)
    assert [t.trigger for t in await hooks.attempts(after)] == [Trigger.INITIAL, Trigger.MANUAL]
    assert len({h.body for h in hooks.heard("/refused")}) == 1


async def test_what_was_delivered_is_sent_again_only_after_a_question(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    held = await run(hooks.workspace, "webhooks.retry", params={"delivery": delivery.id})
    assert held.exit_code is ExitCode.HELD
    await result(hooks, "retry", delivery=delivery.id, again=True)
    await hooks.send()
    first, second = hooks.heard()
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_a_range_is_counted_before_it_is_sent_again(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add("/refused", retry_attempts=0)
    await hooks.happen(5)
    await hooks.send()
    await result(hooks, "update", id=webhook_id, url=hooks.receiver.base_url + "/ok")
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    preview = Request("webhooks.retry", params={"id": webhook_id, "since": since}, dry_run=True)
    counted = await (await hooks.workspace.runner.start(preview)).report()
    assert counted.run.summary == {"total": 5, "queued": 0}
    assert not hooks.heard()
    done = await run(hooks.workspace, "webhooks.retry", params={"id": webhook_id, "since": since})
    assert done.run.summary == {"total": 5, "queued": 5}
    await hooks.send()
    assert len(hooks.heard()) == 5
    assert {d.status for d in await hooks.deliveries()} == {DeliveryStatus.DELIVERED}


async def test_a_delivery_shows_every_try_and_a_command_without_secrets(hooks: Hooks) -> None:
    await hooks.add(
        auth_type="api_key", key_header="X-Key", secrets={"key": "sesam-open-1"}, headers={"X-Own": "own-1"}
    )
    await hooks.happen()
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    shown = await result(hooks, "delivery", delivery=delivery.id)
    assert shown["tries"][0]["http_status"] == 200
    assert shown["curl"].startswith("curl -X POST http://127.0.0.1:")
    assert delivery.id in shown["curl"]
    assert "sesam" not in str(shown)
    assert "own-1" not in str(shown)


async def test_statistics_are_those_of_the_log(hooks: Hooks) -> None:
    empty = await result(hooks, "stats")
    assert (empty["deliveries"]["total"], empty["deliveries"]["success_rate"]) == (0, 0.0)
    await hooks.add("/ok")
    await hooks.add("/refused", retry_attempts=0)
    await hooks.add("/busy")
    await hooks.happen(2)
    await hooks.send()
    found = await result(hooks, "stats", days=1)
    assert found["webhooks"] == {"total": 3, "active": 3, "inactive": 0}
    counts = {"total": 6, "successful": 2, "failed": 2, "pending": 2}
    assert found["deliveries"] == counts | {"success_rate": 33.33}
    assert found["event_types"] == {"integration.sync.completed": counts}
    assert list(found["days"].values()) == [counts]
    assert found["attempts_per_delivery"] == 1.0


async def test_what_is_forgotten_still_counts(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen(3)
    await hooks.send()
    store = hooks.workspace.store
    await store.write(execute, store, f"UPDATE webhook_delivery SET created_at = created_at - {200 * 86_400_000}")
    await store.write(execute, store, f"UPDATE webhook_attempt SET started_at = started_at - {200 * 86_400_000}")
    await store.write(webhook_pruning.prune, Retention())
    assert await hooks.deliveries() == []
    assert (await result(hooks, "stats", days=365))["deliveries"]["successful"] == 3
    assert (await result(hooks, "stats", days=30))["deliveries"]["total"] == 0


async def test_the_catalogue_shows_what_really_happened_here(hooks: Hooks) -> None:
    before = {row["event_type"]: row for row in await result(hooks, "event_types")}
    assert not before["integration.sync.completed"]["sample_is_real"]
    await run(hooks.workspace, "devices.add", params={"name": "a", "host": "192.0.2.9", "username": "u"})
    after = {row["event_type"]: row for row in await result(hooks, "event_types")}
    assert after["integration.sync.completed"]["sample_is_real"]
    assert after["integration.sync.completed"]["sample"]["operation"] == "devices.add"
    assert len(after) == 23


ASKED: dict[str, dict[str, Any]] = {
    "list": {}, "event_types": {}, "stats": {}, "deliveries": {}, "show": {"id": "/ok"},
    "test": {"id": "/ok"}, "retry": {"id": "/ok"}, "deliver": {},
    "update": {"id": "/ok", "timeout_seconds": 5}, "pause": {"id": "/ok"}, "resume": {"id": "/ok"},
    "rotate": {"id": "/ok"}, "delete": {"id": "/ok"},
}  # fmt: skip
_READ = ("list", "event_types", "stats", "deliveries", "show")
_WRITE = ("test", "retry", "deliver")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.VIEWER, _READ),
        (Role.TECHNICIAN, _READ),
        (Role.OPERATOR, (*_READ, *_WRITE)),
        (Role.ADMINISTRATOR, tuple(ASKED)),
    ],
)
async def test_who_may_do_what(hooks: Hooks, role: Role, allowed: tuple[str, ...]) -> None:
    await hooks.add()
    hooks.workspace.settings_file.change(role=role)
    for verb, params in ASKED.items():
        if verb in allowed:
            await result(hooks, verb, **params)
        else:
            with pytest.raises(Forbidden):
                await hooks.workspace.runner.start(Request(f"webhooks.{verb}", params=params))


async def test_what_does_not_exist_is_said(hooks: Hooks) -> None:
    for verb in ("show", "test", "delete", "rotate"):
        report = await run(hooks.workspace, f"webhooks.{verb}", params={"id": "nothing"})
        assert isinstance(report.error, UsageError)
    await hooks.add()
    twice = {"name": "/ok", "url": "https://a.example/x", "event_types": "*"}
    assert (await run(hooks.workspace, "webhooks.create", params=twice)).exit_code is ExitCode.USAGE
