"""One line per terminal, cool-downs that survive a restart (hikvision-isapi.md §2, §3.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.devices import Device
from app.errors import NotConfigured
from app.places import Home
from app.store import devices
from app.store.values import now
from app.vault import MemoryKeyring
from app.workspace import Workspace

PASSWORD = "planted-device-password"
DEVICE = Device("d-1", "Main entrance", "127.0.0.1", 8123, username="admin", has_password=True)


@pytest.fixture
async def kept(workspace: Workspace) -> Workspace:
    """A workspace whose keyring knows the password of `DEVICE`."""
    await workspace.vault.set(DEVICE.id, "password", PASSWORD)
    return workspace


async def test_everybody_gets_the_same_line_to_a_device(kept: Workspace) -> None:
    first = await kept.terminals.terminal(DEVICE)
    assert await kept.terminals.terminal(DEVICE) is first
    renamed = replace(DEVICE, name="Gate", site="Hall", facts=replace(DEVICE.facts, face_parts=("a", "b")))
    assert await kept.terminals.terminal(renamed) is first


@pytest.mark.parametrize(
    "change", [{"host": "127.0.0.2"}, {"port": 81}, {"https": True}, {"username": "x"}, {"fingerprint": "ab" * 32}]
)
async def test_a_device_that_is_reached_another_way_gets_a_new_one(kept: Workspace, change: dict[str, Any]) -> None:
    first = await kept.terminals.terminal(DEVICE)
    changed = replace(DEVICE, **change)
    second = await kept.terminals.terminal(changed)
    assert second is not first
    assert await kept.terminals.terminal(changed) is second


async def test_a_new_password_gives_a_new_line(kept: Workspace) -> None:
    first = await kept.terminals.terminal(DEVICE)
    await kept.vault.set(DEVICE.id, "password", "another-password")
    assert await kept.terminals.terminal(DEVICE) is not first


async def test_the_environment_wins_over_the_keyring(kept: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_SECRET_MAIN_ENTRANCE_PASSWORD", "from-the-environment")
    assert (await kept.terminals.terminal(DEVICE)).settings.password == "from-the-environment"


@pytest.mark.parametrize(("change", "word"), [({"username": ""}, "user name"), ({"id": "d-2"}, "password")])
async def test_what_is_missing_is_named(kept: Workspace, change: dict[str, Any], word: str) -> None:
    with pytest.raises(NotConfigured, match=word):
        await kept.terminals.terminal(replace(DEVICE, **change))


async def test_a_dropped_line_is_closed_and_made_anew(kept: Workspace) -> None:
    first = await kept.terminals.terminal(DEVICE)
    await kept.terminals.drop(DEVICE.id)
    await kept.terminals.drop("never-opened")
    assert first.is_closed
    assert await kept.terminals.terminal(DEVICE) is not first


async def test_closing_closes_every_line_also_replaced_ones(kept: Workspace) -> None:
    lines = [await kept.terminals.terminal(replace(DEVICE, port=port)) for port in (1, 2, 3)]
    await kept.terminals.close()
    assert all(line.is_closed for line in lines)


async def test_a_cool_down_survives_a_restart_and_names_no_password(
    home: Home, kept: Workspace, keyring: MemoryKeyring
) -> None:
    account = (await kept.terminals.terminal(DEVICE)).settings.account
    until = now() + timedelta(minutes=30)
    await kept.terminals.cooldowns.note(account, until)
    async with await Workspace.open(home, keyring=keyring) as again:
        assert await again.terminals.cooldowns.until(account) == until
        assert await again.terminals.cooldowns.until("another") is None
        assert await again.store.read(devices.cooldown_until, account) == until
    assert PASSWORD not in account
