"""Deliveries on good and bad days (webhooks.md §6, §9)."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.domain.webhooks.delivery import DeliveryStatus, Trigger
from app.domain.webhooks.events import EventType
from app.errors import ExitCode
from app.events import WebhookDisabled, WebhookHeld
from app.operations.runner import Request
from app.operations.webhooks import deliverer
from app.store import webhook_events
from app.store.runs import HOST
from app.workspace import Workspace
from tests.support.running import execute, run
from tests.support.trail import changes
from tests.support.webhooks import Hooks


async def test_an_independent_verifier_accepts_what_arrives_and_refuses_what_was_changed(hooks: Hooks) -> None:
    _id, secret = await hooks.add()
    await hooks.happen()
    assert await hooks.send() == 0
    (heard,) = hooks.heard()
    told = Webhook(secret).verify(heard.body, heard.headers)
    assert told["event_type"] == "integration.sync.completed"
    assert told["delivery_id"] == heard.headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(heard.body.replace(b"sync", b"sink"), heard.headers)


async def test_two_failures_and_then_success_are_three_attempts_with_one_id_and_one_body(hooks: Hooks) -> None:
    _id, secret = await hooks.add("/flaky")
    await hooks.happen()
    waits = []
    for _turn in range(2):
        await hooks.send()
        (delivery,) = await hooks.deliveries()
        assert delivery.status is DeliveryStatus.PENDING
        assert delivery.next_retry_at is not None
        waits.append((delivery.next_retry_at - datetime.now(UTC)).total_seconds())
        await asyncio.sleep(1.05)  # the next second of the signature
        await hooks.time_passes()
    assert 48 < waits[0] <= 67
    assert 102 < waits[1] <= 133
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.attempts, delivery.next_retry_at) == (DeliveryStatus.DELIVERED, 3, None)
    tries = await hooks.attempts(delivery)
    assert [t.answer.http_status for t in tries] == [500, 500, 200]
    assert [t.trigger for t in tries] == [Trigger.INITIAL, Trigger.AUTOMATIC, Trigger.AUTOMATIC]
    heard = hooks.heard("/flaky")
    assert len({h.headers["webhook-id"] for h in heard}) == len({h.body for h in heard}) == 1
    assert len({h.headers["webhook-timestamp"] for h in heard}) == 3
    assert len({h.headers["webhook-signature"] for h in heard}) == 3
    for one in heard:
        Webhook(secret).verify(one.body, one.headers)


async def test_gone_switches_the_endpoint_off_at_once(hooks: Hooks) -> None:
    told: list[WebhookDisabled] = []
    hooks.workspace.events.subscribe(WebhookDisabled, told.append)
    webhook_id, _secret = await hooks.add("/gone")
    await hooks.happen()
    await hooks.send()
    await hooks.happen(3)
    await hooks.time_passes()
    await hooks.send()
    assert len(hooks.heard("/gone")) == 1
    assert told == [WebhookDisabled(webhook_id, "gone")]
    endpoint = await hooks.endpoint(webhook_id)
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")
    noted = (await changes(hooks.workspace, "webhooks.pause"))[-1]
    assert (noted.object, noted.via, noted.after["disabled_reason"]) == ("/gone", "schedule", "gone")
    listed = (await run(hooks.workspace, "webhooks.list")).run.result
    assert "410" in listed[0]["notice"]


async def test_a_receiver_that_asks_to_wait_is_not_asked_before(hooks: Hooks) -> None:
    await hooks.add("/busy")
    await hooks.happen()
    before = datetime.now(UTC)
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert delivery.next_retry_at is not None
    assert delivery.next_retry_at >= before + timedelta(seconds=89.9)


async def test_an_overloaded_receiver_is_asked_one_at_a_time_for_a_while(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add("/throttled")
    await hooks.happen()
    await hooks.send()
    endpoint = await hooks.endpoint(webhook_id)
    assert endpoint.throttled_until is not None
    assert endpoint.throttled_until > datetime.now(UTC) + timedelta(minutes=9)


async def test_a_redirect_is_not_followed(hooks: Hooks) -> None:
    await hooks.add("/redirect")
    await hooks.happen()
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert delivery.error_code == "too_many_redirects"
    assert "169.254.169.254" in delivery.error_message
    assert len(hooks.receiver.heard) == 1


async def test_an_endless_answer_is_delivered_and_cut_short(hooks: Hooks) -> None:
    await hooks.add("/huge")
    await hooks.happen()
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert delivery.status is DeliveryStatus.DELIVERED
    assert len(delivery.response_body) == 4096


@pytest.mark.parametrize(
    ("path", "code", "status"), [("/reset", "connection_reset", None), ("/refused", "bad_response", 401)]
)
async def test_a_failure_is_named_and_tried_again(hooks: Hooks, path: str, code: str, status: int | None) -> None:
    await hooks.add(path)
    await hooks.happen()
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.error_code, delivery.http_status) == (DeliveryStatus.PENDING, code, status)


async def test_a_receiver_that_hangs_is_given_up_in_time_and_delays_no_other(hooks: Hooks) -> None:
    dead = [(await hooks.add("/hang", name=f"dead {n}", timeout_seconds=3))[0] for n in range(5)]
    await hooks.add("/ok")
    await hooks.happen(20)
    begun = time.monotonic()
    work = hooks.workspace.tasks.start("deliverer", hooks.workspace.webhooks.run())
    while len(hooks.heard()) < 20:
        assert time.monotonic() - begun < 20
        await asyncio.sleep(0.02)
    late = [d for d in await hooks.deliveries(webhook_id=dead[0]) if d.status is DeliveryStatus.DELIVERED]
    assert late == []
    while not any(d.error_code == "timeout" for d in await hooks.deliveries(webhook_id=dead[0])):
        assert time.monotonic() - begun < 30
        await asyncio.sleep(0.1)
    work.cancel()
    await asyncio.wait([work])
    assert not [d for d in await hooks.deliveries() if d.status is DeliveryStatus.SENDING]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{other}/x", "http://[::ffff:127.0.0.1]:{port}/x", "http://2130706433:{port}/ok",
     "http://localhost:{port}/ok", "http://10.1.2.3/x", "http://169.254.169.254/latest"],
)  # fmt: skip
async def test_an_address_that_may_not_be_is_blocked(hooks: Hooks, url: str) -> None:
    port = hooks.receiver.base_url.rpartition(":")[2]
    await hooks.add(url.format(port=port, other=int(port) - 1), name="bad")
    await hooks.happen()
    assert await hooks.send() == 0
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.error_code) == (DeliveryStatus.FAILED, "blocked_address")
    assert not hooks.receiver.heard


async def test_an_address_that_no_request_can_have_is_given_up_and_named(hooks: Hooks) -> None:
    await hooks.add()
    store = hooks.workspace.store
    await store.write(execute, store, "UPDATE webhook_endpoint SET url = 'https://0177.0.0.1/x'")  # by an older Muster
    await hooks.happen()
    assert await hooks.send() == 0
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.error_code) == (DeliveryStatus.FAILED, "invalid_url")


async def test_a_try_that_the_end_of_the_program_breaks_off_counts(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliverer, "PATIENCE_S", 0.2)
    await hooks.add("/hang", timeout_seconds=60)
    await hooks.happen()
    assert await hooks.send(0.5) == 1
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.error_code, delivery.attempts) == (DeliveryStatus.PENDING, "cancelled", 1)
    assert delivery.next_retry_at is not None
    assert delivery.next_retry_at > datetime.now(UTC) + timedelta(seconds=30)
    assert len(await hooks.attempts(delivery)) == 1


async def test_what_was_claimed_and_not_begun_when_the_program_ends_goes_back(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hooks.add()
    await hooks.happen(2)
    ending = hooks.workspace.webhooks._take_turn

    async def claim_and_end() -> None:
        await ending()
        for task in hooks.workspace.webhooks._running:
            task.cancel()

    monkeypatch.setattr(hooks.workspace.webhooks, "_take_turn", claim_and_end)
    await hooks.send(0.3)
    assert {d.status for d in await hooks.deliveries()} == {DeliveryStatus.PENDING}
    assert not hooks.heard()


async def test_a_crash_while_sending_is_made_good_with_the_same_id(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    store = hooks.workspace.store
    gone = f"{HOST}|999999999:1.00"
    await store.write(execute, store, "UPDATE webhook_delivery SET status = 'sending', claimed_by = ?", (gone,))
    (delivery,) = await hooks.deliveries()
    assert await hooks.send() == 0
    assert [h.headers["webhook-id"] for h in hooks.heard()] == [delivery.id]


async def test_what_another_program_sends_is_left_to_it(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    store = hooks.workspace.store
    elsewhere = "UPDATE webhook_delivery SET status = 'sending', claimed_by = 'other|1:1.0', claimed_until = ?"
    await store.write(execute, store, elsewhere, (time.time() + 100,))
    assert await hooks.send(2) == 1
    assert not hooks.heard()
    await store.write(execute, store, elsewhere, (time.time() - 1,))
    assert await hooks.send() == 0
    assert len(hooks.heard()) == 1


async def test_two_programs_on_one_outbox_send_everything_once(hooks: Hooks, workspace: Workspace) -> None:
    await hooks.add()
    await hooks.happen(100)
    async with await Workspace.open(workspace.home, keyring=workspace.vault._backend) as other:
        other.webhooks.lines.demo_ports = workspace.webhooks.lines.demo_ports
        other.webhooks._holder = "another program"
        await asyncio.gather(hooks.send(), other.webhooks.flush(20))
    ids = [h.headers["webhook-id"] for h in hooks.heard()]
    assert len(ids) == len(set(ids)) == 100


async def test_a_clock_that_is_set_back_keeps_nothing_waiting(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    store, later = hooks.workspace.store, (int(time.time()) + 86_400) * 1000
    await store.write(execute, store, "UPDATE webhook_delivery SET due_at = ?, touched_at = ?", (later, later))
    assert await hooks.send() == 0


async def test_what_is_too_old_expires_and_can_still_be_sent(hooks: Hooks) -> None:
    await hooks.add("/refused")
    await hooks.happen()
    await hooks.send()
    store = hooks.workspace.store
    await store.write(execute, store, "UPDATE webhook_delivery SET created_at = created_at - 3600000, due_at = 1")
    await hooks.send()
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.EXPIRED, 1)


async def test_what_was_never_tried_outlives_a_night_with_the_program_closed(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.happen()
    store = hooks.workspace.store
    await store.write(execute, store, "UPDATE webhook_delivery SET created_at = created_at - 50000000")
    assert await hooks.send() == 0
    assert len(hooks.heard()) == 1


async def test_only_wanted_events_are_sent(hooks: Hooks) -> None:
    await hooks.add("/ok", event_types="integration.sync.*,system.maintenance.started")
    for kind in (EventType.SYNC_STARTED, EventType.PERSONNEL_SYNCED, EventType.MAINTENANCE_STARTED):
        await hooks.happen(kind=kind)
    await hooks.send()
    told = {json.loads(h.body)["event_type"] for h in hooks.heard()}
    assert told == {"integration.sync.started", "system.maintenance.started"}


async def test_switched_off_events_are_logged_and_nothing_is_queued(hooks: Hooks) -> None:
    await hooks.add()
    hooks.workspace.settings_file.change(enable_webhooks=False)
    await hooks.happen()
    assert await hooks.deliveries() == []
    samples = await hooks.workspace.store.read(webhook_events.samples)
    assert EventType.SYNC_COMPLETED in samples


async def test_switched_off_what_waits_goes_on_waiting_and_nothing_is_sent_again(hooks: Hooks) -> None:
    webhook_id, _secret = await hooks.add()
    await hooks.happen()
    hooks.workspace.settings_file.change(enable_webhooks=False)
    assert await hooks.send() == 1
    assert not hooks.heard()
    (waiting,) = await hooks.deliveries()
    for operation, params in (("retry", {"delivery": waiting.id}), ("resume", {"id": webhook_id, "send_missed": True})):
        report = await run(hooks.workspace, f"webhooks.{operation}", params=params)
        assert report.exit_code is ExitCode.USAGE
    hooks.workspace.settings_file.change(enable_webhooks=True)
    assert await hooks.send() == 0
    assert len(hooks.heard()) == 1


async def test_of_a_connection_that_tells_no_webhooks_events_are_logged_only(hooks: Hooks) -> None:
    await hooks.add(event_types="integration.connection.*")
    settings = {"endpoint_url": "http://127.0.0.1:1", "authentication_type": "none", "enable_webhooks": False}
    for name, kind in (("silent", "onec"), ("loud", "contact_center")):
        told = settings | ({} if name == "silent" else {"enable_webhooks": True})
        await run(hooks.workspace, "connections.create", params={"name": name, "kind": kind, "settings": told})
    for name in ("silent", "loud"):
        await run(hooks.workspace, "connections.delete", name)
    await hooks.send()
    told_of = [json.loads(h.body)["payload"]["name"] for h in hooks.heard()]
    assert told_of == ["loud", "loud"]
    kinds = "SELECT COUNT(*) FROM webhook_event WHERE event_type LIKE 'integration.connection.%'"
    logged = await hooks.workspace.store.read(lambda: execute(hooks.workspace.store, kinds).fetchall())
    assert logged == [(4,)]


async def test_statuses_of_agents_come_together_at_most_once_a_second(hooks: Hooks) -> None:
    await hooks.add(event_types="contact_center.*")
    statuses = [(f"op-{n % 50}", f"S{n}", 1_000_000 + n) for n in range(1000)]
    await hooks.workspace.store.write(webhook_events.note_statuses, "cc", statuses)
    begun = time.monotonic()
    await hooks.send()
    assert time.monotonic() - begun >= 0.9
    bodies = [json.loads(h.body)["payload"]["statuses"] for h in hooks.heard()]
    assert [len(body) for body in bodies] == [500, 500]
    assert {one["status"] for body in bodies for one in body} == {f"S{n}" for n in range(1000)}


async def test_nobody_asked_for_statuses_so_none_are_kept(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.workspace.store.write(webhook_events.note_statuses, "cc", [("op-1", "Work", 1)])
    await hooks.send()
    assert not hooks.heard()


async def test_ends_of_deliveries_are_told_but_not_of_those_that_tell_of_ends(hooks: Hooks) -> None:
    await hooks.add("/ok", event_types="webhook.*")
    await hooks.add("/refused", event_types="integration.sync.completed", retry_attempts=0)
    await hooks.happen()
    await hooks.send()
    told = [json.loads(h.body) for h in hooks.heard()]
    assert [t["event_type"] for t in told] == ["webhook.delivery.failed"]
    assert told[0]["payload"]["http_status"] == 401


async def test_every_run_tells_of_its_beginning_and_end(hooks: Hooks) -> None:
    await hooks.add(event_types="integration.sync.*")
    params = {"name": "door", "host": "192.0.2.9", "username": "admin"}
    report = await run(hooks.workspace, "devices.add", params=params, secrets={"password": "geheim-1"})
    await hooks.send()
    started, completed = [json.loads(h.body) for h in hooks.heard()]
    assert [started["event_type"], completed["event_type"]] == [
        "integration.sync.started", "integration.sync.completed"
    ]  # fmt: skip
    assert started["payload"]["sync_id"] == completed["payload"]["sync_id"] == report.run.run_id
    assert completed["payload"]["operation"] == "devices.add"
    assert b"geheim" not in b"".join(h.body for h in hooks.heard())


async def test_a_preview_tells_nobody(hooks: Hooks) -> None:
    await hooks.add()
    request = Request("devices.add", params={"name": "a", "host": "192.0.2.9", "username": "u"}, dry_run=True)
    await (await hooks.workspace.runner.start(request)).report()
    assert await hooks.deliveries() == []


async def test_connections_tell_when_they_come_change_fail_and_go(hooks: Hooks) -> None:
    await hooks.add(event_types="integration.connection.*")
    settings = {"base_url": "http://127.0.0.1:1", "installation_id": "i", "product_login": "p"}
    created = {"name": "hub", "kind": "vitec", "settings": settings}
    await run(hooks.workspace, "connections.create", params=created, secrets={"access_key": "k-1234"})
    await run(hooks.workspace, "connections.update", "hub", params={"settings": {"max_rps": 5}})
    await run(hooks.workspace, "connections.test", "hub")
    await run(hooks.workspace, "connections.delete", "hub")
    await hooks.send()
    told = {(t := json.loads(h.body))["event_type"].rpartition(".")[2]: t["payload"] for h in hooks.heard()}
    assert told.keys() == {"created", "updated", "status_changed", "deleted"}
    assert told["updated"]["changed_fields"] == ["max_rps"]
    assert (told["status_changed"]["old_status"], told["status_changed"]["new_status"]) == ("active", "error")


async def test_a_run_whose_program_was_killed_is_told_by_whoever_notices(hooks: Hooks) -> None:
    await hooks.add(event_types="integration.sync.failed")
    store = hooks.workspace.store
    params = {"name": "door", "host": "192.0.2.9", "username": "admin"}
    report = await run(hooks.workspace, "devices.add", params=params)
    await store.write(execute, store, "UPDATE run SET state = 'running', process = '999999999:1.0'")
    await hooks.workspace.runner.interrupted()
    await hooks.send()
    told = [json.loads(h.body)["payload"] for h in hooks.heard()]
    assert (report.run.run_id, "interrupted") in {(t["sync_id"], t["error"]) for t in told}


async def test_without_its_secret_nothing_is_sent_and_nothing_is_given_up(hooks: Hooks) -> None:
    told: list[WebhookHeld] = []
    hooks.workspace.events.subscribe(WebhookHeld, told.append)
    webhook_id, _secret = await hooks.add()
    await hooks.workspace.vault.delete(webhook_id, "secret")
    await hooks.happen()
    assert await hooks.send(5) == 1
    (delivery,) = await hooks.deliveries()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, 0)
    assert [held.webhook_id for held in told] == [webhook_id]
    assert not hooks.heard()
