"""What the window says of incidents: once each, with a way on, and once that it is over."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain.incidents import QUIET_S
from app.domain.webhooks.endpoint import DisabledReason, WebhookEndpoint
from app.errors import ErrorKind
from app.events import BreakerMoved
from app.store import connections, schedules, webhooks
from tests.support.running import run
from tests.support.window import Heard, eventually
from ui.desk import Desk
from ui.notices import SNOOZE_S, Notices

PAGES = ("connections", "activity", "webhooks")


class Clock:
    """A clock that a test moves."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices(desk: Desk, clock: Clock) -> Notices:
    return Notices(desk, PAGES, clock)


@pytest.fixture
async def vitec(desk: Desk) -> str:
    """The id of a connection that is set up."""
    params = {"name": "vitec", "kind": "vitec", "settings": {"installation_id": "I-1", "product_login": "muster"}}
    made = await run(desk.workspace, "connections.create", params=params, secrets={"access_key": "k"})
    assert made.error is None, made.error
    found = await desk.workspace.store.read(connections.find_connection, "vitec")
    assert found is not None
    return found.id


async def fail(desk: Desk, connection_id: str, kind: ErrorKind | None) -> None:
    """A test of the connection ended with this error."""

    def note() -> None:
        error = "It refused." if kind else None
        connections.note_test(connection_id, {}, ok=kind is None, error=error, kind=kind.value if kind else None)

    await desk.workspace.store.write(note)


async def test_a_refused_sign_in_is_told_once_with_a_way_to_it_and_its_end_once(
    desk: Desk, voice: Heard, notices: Notices, clock: Clock, vitec: str
) -> None:
    told: list[bool] = []
    notices.told.connect(lambda notice: told.append(notice.over))
    await fail(desk, vitec, ErrorKind.REFUSED_SIGN_IN)
    await notices.look()
    banner = voice.banners[f"incident {vitec}"]
    assert banner.text == "vitec refuses the sign-in."
    banner.actions[0].run()
    assert voice.opened == [("connections", vitec)]
    clock.now += QUIET_S
    await notices.look()
    assert told == [False]
    await fail(desk, vitec, None)
    await notices.look()
    assert voice.banners == {}
    await eventually(lambda: voice.toasts == ["vitec works again."])
    assert told == [False, True]


async def test_a_snoozed_one_is_silent_also_after_a_new_start_and_comes_back(
    desk: Desk, voice: Heard, notices: Notices, clock: Clock, vitec: str
) -> None:
    await fail(desk, vitec, ErrorKind.REFUSED_SIGN_IN)
    await notices.look()
    voice.banners[f"incident {vitec}"].actions[-1].run()
    assert voice.banners == {}
    again = Notices(desk, PAGES, clock)
    await again.look()
    assert voice.banners == {}
    clock.now += SNOOZE_S
    await again.look()
    assert f"incident {vitec}" in voice.banners


async def test_a_circuit_that_stays_open_for_five_minutes_is_told_through_its_trials(
    desk: Desk, voice: Heard, notices: Notices, clock: Clock, vitec: str
) -> None:
    moves = [("closed", "open"), ("open", "half_open"), ("half_open", "open")]
    for old, new in moves:
        desk.workspace.events.publish(BreakerMoved(vitec, old, new))
        clock.now += 60
    await notices.look()
    assert voice.banners == {}
    clock.now += 121
    await notices.look()
    assert "left alone" in voice.banners[f"incident {vitec}"].text
    desk.workspace.events.publish(BreakerMoved(vitec, "half_open", "closed"))
    await notices.look()
    assert voice.banners == {}


async def test_a_schedule_that_fails_or_paused_itself_is_told(
    desk: Desk, voice: Heard, notices: Notices, clock: Clock, vitec: str
) -> None:
    params = {"operation": "offices.sync", "connection": "vitec", "name": "offices"}
    assert (await run(desk.workspace, "schedules.create", params=params)).error is None
    before = await desk.workspace.store.read(schedules.find_schedule, "offices")
    assert before is not None
    failing = replace(before, failures=3)
    await desk.workspace.store.write(schedules.settle, before, failing)
    await notices.look()
    assert voice.banners[f"incident {vitec}"].text == "The schedule offices failed 3 times in a row."
    clock.now += QUIET_S
    paused = replace(failing, paused=True, pause_reason="It failed 20 times in a row.", due_at=None)
    await desk.workspace.store.write(schedules.settle, failing, paused)
    await notices.look()
    banner = voice.banners[f"incident {vitec}"]
    assert (banner.text, banner.remedy) == ("The schedule offices paused itself.", "It failed 20 times in a row.")


async def test_a_webhook_that_was_switched_off_by_its_receiver_is_told_and_a_paused_one_is_not(
    desk: Desk, voice: Heard, notices: Notices
) -> None:
    def add() -> None:
        for name, reason in (("gone", DisabledReason.GONE), ("paused", DisabledReason.PAUSED)):
            webhooks.add_endpoint(
                WebhookEndpoint(name, name, "https://x.example/", ("*",), is_active=False, disabled_reason=reason)
            )

    await desk.workspace.store.write(add)
    await notices.look()
    assert list(voice.banners) == ["incident webhook gone"]
    assert voice.banners["incident webhook gone"].remedy == "Its receiver says that it is gone for good."


async def test_what_happens_is_looked_at_soon_without_being_asked(
    desk: Desk, voice: Heard, notices: Notices, vitec: str
) -> None:
    await fail(desk, vitec, ErrorKind.REFUSED_SIGN_IN)
    await eventually(lambda: f"incident {vitec}" in voice.banners)
    await asyncio.sleep(0.05)
