"""Testing devices in stages against terminals that really answer (hikvision-isapi.md §9.1, §3.3, §2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app.access import Role
from app.demo.terminals.calls import Latency
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.fleet import TerminalFleet
from app.demo.terminals.quirks import PLAIN, Schemes
from app.demo.terminals.terminal import SimulatedTerminal
from app.domain.causes import cause_of_error
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.health import Stage
from app.domain.outcomes import Status
from app.errors import Busy, ErrorKind, Forbidden
from app.events import CoverageChanged, DevicesChanged, StageReached
from app.operations import device_ladder
from app.operations.device_ladder import drift_text
from app.operations.runner import Report, Request
from app.store import devices, leases
from app.store.database import clock_s
from app.store.leases import Claim
from app.store.models import LeaseRow
from app.store.values import now
from app.workspace import Workspace
from tests.support.running import dump, run

LADDER = ["settings", "address", "terminal", "sign_in", "rights", "people", "faces", "clock"]
WRONG = "planted-wrong-password"


@pytest.fixture
async def terminal() -> AsyncIterator[SimulatedTerminal]:
    async with TerminalFleet(1, latency=Latency(0, 0, 0), quirks=PLAIN) as fleet:
        yield fleet.terminals[0]


@pytest.fixture
async def secure() -> AsyncIterator[SimulatedTerminal]:
    """One that speaks TLS with a certificate of its own making."""
    async with TerminalFleet(1, latency=Latency(0, 0, 0), quirks=PLAIN, https=True) as fleet:
        yield fleet.terminals[0]


async def add(workspace: Workspace, terminal: SimulatedTerminal, password: str = "", **fields: Any) -> Device:
    params = {
        "name": terminal.name, "host": terminal.host, "port": terminal.port, "https": terminal.https,
        "username": terminal.username,
    } | fields  # fmt: skip
    report = await run(workspace, "devices.add", params=params, secrets={"password": password or terminal.password})
    assert report.error is None
    return await stored(workspace)


async def stored(workspace: Workspace) -> Device:
    (device,) = await workspace.store.read(devices.devices)
    return device


async def check(workspace: Workspace, **params: Any) -> Report:
    device = await stored(workspace)
    async with asyncio.timeout(20):
        return await run(workspace, "devices.test", params={"device": device.name} | params)


def stages(report: Report) -> list[tuple[str, bool]]:
    return [(stage["name"], stage["ok"]) for stage in report.run.result["stages"]]


def change(terminal: SimulatedTerminal, **quirks: Any) -> None:
    terminal.quirks = replace(terminal.quirks, **quirks)


class TestADeviceThatWorks:
    async def test_every_stage_has_its_tick(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        await add(workspace, terminal)
        report = await check(workspace)
        assert stages(report) == [(name, True) for name in LADDER]
        assert set(LADDER) < set(device_ladder.STAGE_TITLES)
        result = report.run.result
        assert (report.exit_code, result["success"], result["category"], result["message"]) == (
            0, True, "works", "The device works.",
        )  # fmt: skip

    async def test_what_it_told_is_shown_and_kept(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        terminal.capacity_people, terminal.capacity_faces = 1500, 1000
        await add(workspace, terminal)
        report = await check(workspace)
        details = report.run.result["details"]
        assert (details["model"], details["serial"], details["people"], details["most_people"]) == (
            terminal.model, terminal.serial, 0, 1500,
        )  # fmt: skip
        assert (details["free_places"], details["tries_left"], details["locked_s"]) == (1000, 5, 0)
        facts = (await stored(workspace)).facts
        assert (facts.model, facts.serial, facts.mac, facts.test_ok) == (
            terminal.model, terminal.serial, terminal.mac, True,
        )  # fmt: skip
        assert facts.firmware.startswith(terminal.firmware)
        assert (facts.most_faces, facts.free_places, facts.address_chars, facts.search_page) == (1000, 1000, 1024, 30)
        assert facts.tested_at is not None
        assert now() - facts.tested_at < timedelta(seconds=10)

    async def test_each_stage_is_told_as_it_happens(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        await add(workspace, terminal)
        heard: list[tuple[str, Stage | None]] = []
        changes: list[DevicesChanged] = []
        workspace.events.subscribe(StageReached, lambda event: heard.append((event.name, event.stage)))
        workspace.events.subscribe(DevicesChanged, changes.append)
        await check(workspace)
        assert [name for name, stage in heard if stage is None] == LADDER
        assert [name for name, stage in heard if stage is not None] == LADDER
        assert len(changes) == 1

    async def test_it_reads_and_never_writes_one_request_at_a_time(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal)
        await check(workspace)
        assert {call.method for call in terminal.calls} == {"GET"}
        assert terminal.most_at_once == 1

    @pytest.mark.parametrize(
        "missing",
        [
            {"AccessControl/capabilities": 404}, {"UserInfo/Count": 404}, {"FDLib/capabilities": 200},
            {"System/time": 404}, {"FDLib/Count": 405}, {"UserInfo/capabilities": 403},
        ],
        ids=lambda missing: next(iter(missing)),
    )  # fmt: skip
    async def test_what_its_firmware_lacks_proves_nothing(
        self, workspace: Workspace, terminal: SimulatedTerminal, missing: dict[str, int]
    ) -> None:
        change(terminal, missing=missing)
        await add(workspace, terminal)
        report = await check(workspace)
        assert (report.exit_code, stages(report)[-1]) == (0, ("clock", True))

    @pytest.mark.parametrize(
        ("drift_s", "said"),
        [(0.0, ""), (90.0, "seconds fast"), (-45.0, "seconds slow"), (1200.0, "20 minutes fast: events and validity")],
    )
    async def test_a_clock_that_is_wrong_is_a_warning(
        self, workspace: Workspace, terminal: SimulatedTerminal, drift_s: float, said: str
    ) -> None:
        terminal.clock_drift_s = drift_s
        await add(workspace, terminal)
        report = await check(workspace)
        assert report.exit_code == 0
        assert said in report.run.result["message"]
        assert len(report.run.result["details"]["warnings"]) == bool(said)
        drift = (await stored(workspace)).facts.drift_s
        assert drift == pytest.approx(drift_s, abs=3)

    async def test_a_viewer_sees_the_test_and_stores_nothing(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal)
        workspace.settings_file.change(role=Role.VIEWER)
        assert (await check(workspace)).exit_code == 0
        assert (await stored(workspace)).facts.tested_at is None

    async def test_what_a_push_learned_meanwhile_stays(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        device = await add(workspace, terminal)
        terminal.latency = Latency(0, 0, 0.05)
        handle = await workspace.runner.start(Request("devices.test", params={"device": device.name}))
        facts = device.facts.__class__(face_parts=("faceURL", "img"), pushed_at=now())
        await workspace.store.write(devices.note_facts, device.id, facts)
        await handle.report()
        after = (await stored(workspace)).facts
        assert (after.face_parts, after.serial) == (("faceURL", "img"), terminal.serial)


class TestSignIn:
    """Wrong password, locked, not activated: three different messages, and at most one failed sign-in (§3.3)."""

    async def test_a_wrong_password_costs_one_failed_sign_in_however_often_it_is_tested(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal, WRONG)
        first, second, third = [await check(workspace) for _turn in range(3)]
        assert stages(first)[-1] == ("sign_in", False)
        assert (first.exit_code, first.run.result["category"]) == (5, "authentication_error")
        assert "refused user name or password" in first.run.result["message"]
        assert terminal.doorman.failed_in_all == 1
        assert (second.exit_code, second.run.result["category"]) == (5, "authentication_error")
        facts = (await stored(workspace)).facts
        assert (facts.test_problem, facts.locked_until) == ("authentication_error", None)
        assert "refused this password before" in third.run.result["message"]
        assert WRONG not in "\n".join(await dump(workspace))

    async def test_the_cool_down_survives_a_new_line_and_ends_with_a_new_password(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        device = await add(workspace, terminal, WRONG)
        await check(workspace)
        await workspace.terminals.drop(device.id)
        assert (await check(workspace)).exit_code == 5
        assert terminal.doorman.failed_in_all == 1
        right = {"password": terminal.password}
        await run(workspace, "devices.edit", params={"device": device.name}, secrets=right)
        assert (await check(workspace)).exit_code == 0

    async def test_the_last_tries_are_a_warning(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        change(terminal, lock_after=3)
        await add(workspace, terminal, WRONG)
        details = (await check(workspace)).run.result["details"]
        assert "Only 2 tries are left" in details["warnings"][0]

    @pytest.mark.parametrize("left", [1, 2])
    async def test_before_the_last_tries_a_person_decides(
        self, workspace: Workspace, terminal: SimulatedTerminal, left: int
    ) -> None:
        change(terminal, lock_after=left)
        await add(workspace, terminal)
        held = await check(workspace)
        assert (held.exit_code, held.run.result["category"]) == (6, "few_tries")
        assert stages(held)[-1] == ("sign_in", False)
        assert held.run.result["message"].startswith(f"Only {left} tr")
        assert held.error is not None
        assert cause_of_error(held.error).code == "device.few_tries"
        assert not any(call.signed for call in terminal.calls)
        assert (await check(workspace, sign_in_anyway=True)).exit_code == 0

    async def test_a_draft_and_a_test_of_all_devices_hold_back_too(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        change(terminal, lock_after=2)
        await add(workspace, terminal)
        draft = {"host": terminal.host, "port": terminal.port, "username": terminal.username}
        given = {"password": terminal.password}
        assert (await run(workspace, "devices.try", params=draft, secrets=given)).exit_code == 6
        (outcome,) = (await run(workspace, "devices.test_all")).outcomes
        assert (outcome.status, outcome.code) == (Status.FATAL, "device.few_tries")
        assert not any(call.signed for call in terminal.calls)
        anyway = draft | {"sign_in_anyway": True}
        assert (await run(workspace, "devices.try", params=anyway, secrets=given)).exit_code == 0

    async def test_a_locked_account_says_for_how_long(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        change(terminal, lock_after=1, lock_s=600)
        await add(workspace, terminal, WRONG)
        report = await check(workspace, sign_in_anyway=True)
        assert "locked the account for 10 minutes" in report.run.result["message"]
        assert (report.exit_code, report.run.result["category"]) == (5, "locked")
        device = await stored(workspace)
        assert device.facts.locked_until is not None
        assert device.facts.locked_until - now() == pytest.approx(timedelta(minutes=10), abs=timedelta(seconds=10))
        assert device.facts.test_problem == "locked"
        await check(workspace)  # is not asked again, and still known to be locked
        assert (await stored(workspace)).facts.locked_until == device.facts.locked_until

    async def test_a_terminal_that_was_never_activated(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        change(terminal, activated=False)
        await add(workspace, terminal)
        report = await check(workspace)
        assert (report.exit_code, report.run.result["category"]) == (5, "not_activated")
        messages = {"refused user name", "locked"}
        assert not any(word in report.run.result["message"] for word in messages)

    async def test_the_password_is_never_sent_readable(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        change(terminal, schemes=Schemes.BASIC)
        await add(workspace, terminal)
        report = await check(workspace)
        assert (report.exit_code, stages(report)[-1][1]) == (5, False)
        assert not any(call.signed for call in terminal.calls)

    async def test_without_password_nothing_is_sent(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        await add(workspace, terminal, username="")
        report = await check(workspace)
        assert (stages(report), report.exit_code) == ([("settings", False)], 5)
        assert report.run.result["category"] == "credentials_missing"
        assert terminal.calls == []


class TestWhatIsNoTerminal:
    async def test_nobody_listens(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        await add(workspace, terminal)
        await terminal.close()
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("address", False), 4)
        facts = (await stored(workspace)).facts
        assert (facts.test_ok, facts.test_message) == (False, report.run.result["message"])
        assert facts.test_problem == "unreachable"

    async def test_a_web_page(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        change(terminal, speaks_html=True)
        await add(workspace, terminal)
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("terminal", False), 4)
        assert "not a Hikvision terminal" in report.run.result["message"]
        assert report.run.result["remedy"]

    async def test_something_that_takes_the_call_and_says_nothing(
        self, workspace: Workspace, terminal: SimulatedTerminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(device_ladder, "BUDGET_S", 0.5)
        terminal.faults = [TerminalFault(FaultKind.HANG, bare=True)]
        await add(workspace, terminal)
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("terminal", False), 4)
        assert report.error is not None
        assert report.error.kind is ErrorKind.TIMED_OUT

    async def test_a_device_that_breaks_off_in_the_middle_keeps_what_it_told(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        terminal.faults = [TerminalFault(FaultKind.STATUS, code="deviceBusy", only=Place.COUNT)]
        await add(workspace, terminal)
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("people", False), 4)
        facts = (await stored(workspace)).facts
        assert (facts.serial, facts.test_ok) == (terminal.serial, False)
        assert report.run.result["details"]["answered"]

    async def test_a_device_that_is_not_known(self, workspace: Workspace) -> None:
        report = await run(workspace, "devices.test", params={"device": "nowhere"})
        assert report.exit_code == 2


class TestAnotherTerminal:
    """§9.1: a serial number that changed is a warning before anything is written."""

    @pytest.fixture
    async def exchanged(self, workspace: Workspace, terminal: SimulatedTerminal) -> Device:
        device = await add(workspace, terminal)
        await check(workspace)
        placement = Placement(device.id, "person-1", "7", CoverageState.VERIFIED)
        await workspace.store.write(devices.note_placements, [placement])
        terminal.serial, terminal.model = "ANOTHER-SERIAL", "DS-K1T999"
        return await stored(workspace)

    async def test_it_fails_and_overwrites_nothing(self, workspace: Workspace, exchanged: Device) -> None:
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("sign_in", False), 4)
        result = report.run.result
        assert (result["category"], result["details"]["found_serial"]) == ("other_terminal", "ANOTHER-SERIAL")
        assert result["details"]["known_serial"] == exchanged.facts.serial
        facts = (await stored(workspace)).facts
        assert (facts.serial, facts.model, facts.test_ok) == (exchanged.facts.serial, exchanged.facts.model, False)
        assert len(await workspace.store.read(devices.placements)) == 1

    async def test_a_person_may_accept_it_and_then_nobody_is_known_on_it(
        self, workspace: Workspace, exchanged: Device
    ) -> None:
        told: list[CoverageChanged] = []
        workspace.events.subscribe(CoverageChanged, told.append)
        report = await check(workspace, accept_serial="true")
        assert report.exit_code == 0
        facts = (await stored(workspace)).facts
        assert (facts.serial, facts.model) == ("ANOTHER-SERIAL", "DS-K1T999")
        assert await workspace.store.read(devices.placements) == []
        assert len(told) == 1
        assert (await check(workspace)).exit_code == 0

    async def test_accepting_the_same_terminal_forgets_nobody(
        self, workspace: Workspace, terminal: SimulatedTerminal, exchanged: Device
    ) -> None:
        terminal.serial = exchanged.facts.serial
        await check(workspace, accept_serial=True)
        assert len(await workspace.store.read(devices.placements)) == 1

    async def test_a_technician_may_not_accept_it(self, workspace: Workspace, exchanged: Device) -> None:
        workspace.settings_file.change(role=Role.TECHNICIAN)
        report = await check(workspace, accept_serial=True)
        assert isinstance(report.error, Forbidden)


class TestEncryption:
    """A self-signed certificate is trusted by a person, once, by its fingerprint (§2)."""

    async def trust(self, workspace: Workspace, fingerprint: str = "") -> Report:
        device = await stored(workspace)
        return await run(workspace, "devices.trust", params={"device": device.name, "fingerprint": fingerprint})

    async def test_nobody_has_trusted_it_yet(self, workspace: Workspace, secure: SimulatedTerminal) -> None:
        await add(workspace, secure)
        report = await check(workspace)
        assert (stages(report)[-1], report.exit_code) == (("tls", False), 5)
        assert report.run.result["category"] == "certificate"
        assert len(report.run.result["details"]["fingerprint"]) == 64
        assert secure.calls == []

    async def test_shown_confirmed_pinned(self, workspace: Workspace, secure: SimulatedTerminal) -> None:
        await add(workspace, secure)
        shown = (await self.trust(workspace)).run.result
        assert shown["trusted"] is False
        assert (await stored(workspace)).fingerprint == ""
        report = await self.trust(workspace, shown["fingerprint"].upper())
        assert (report.exit_code, (await stored(workspace)).fingerprint) == (0, shown["fingerprint"])
        tested = await check(workspace)
        assert stages(tested) == [(name, True) for name in [*LADDER[:2], "tls", *LADDER[2:]]]

    async def test_one_that_was_swapped_is_noticed_before_anything_is_sent(
        self, workspace: Workspace, secure: SimulatedTerminal
    ) -> None:
        await add(workspace, secure)
        await self.trust(workspace, (await self.trust(workspace)).run.result["fingerprint"])
        secure.change_certificate()
        report = await check(workspace)
        assert (stages(report)[-1], report.run.result["category"]) == (("tls", False), "certificate")
        assert "another certificate" in report.run.result["message"]
        assert secure.calls == []

    async def test_another_one_than_was_confirmed_is_not_pinned(
        self, workspace: Workspace, secure: SimulatedTerminal
    ) -> None:
        await add(workspace, secure)
        report = await self.trust(workspace, "ab" * 32)
        assert (report.exit_code, (await stored(workspace)).fingerprint) == (5, "")

    async def test_without_https_there_is_nothing_to_trust(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal)
        assert (await self.trust(workspace)).exit_code == 2


class TestWhileAPushRuns:
    async def hold(self, workspace: Workspace, **holder: str) -> None:
        await workspace.store.write(leases.take_lease, Claim("terminals", "r", "terminals.push_all", "ana"))
        if holder:
            await workspace.store.write(lambda: LeaseRow.update(**holder, beat_at=clock_s()).execute())

    async def test_of_another_program_the_device_is_left_alone_and_who_pushes_is_named(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal)
        await self.hold(workspace, host="reception-pc")
        for operation, params in (("devices.test", {"device": terminal.name}), ("devices.test_all", {})):
            report = await run(workspace, operation, params=params)
            assert isinstance(report.error, Busy)
            assert report.exit_code == 7
            assert "ana is already running terminals.push_all on reception-pc" in report.error.message
        assert terminal.calls == []

    async def test_of_this_program_the_test_waits_for_its_turn_on_the_line(
        self, workspace: Workspace, terminal: SimulatedTerminal
    ) -> None:
        await add(workspace, terminal)
        await self.hold(workspace)
        assert (await check(workspace)).exit_code == 0


class TestAll:
    async def test_every_device_that_is_not_paused_has_its_outcome(self, workspace: Workspace) -> None:
        async with TerminalFleet(4, latency=Latency(0, 0, 0), quirks=PLAIN) as fleet:
            for terminal in fleet.terminals:
                password = WRONG if terminal.number == 2 else terminal.password
                params = {"name": terminal.name, "host": terminal.host, "port": terminal.port, "username": "admin"}
                await run(workspace, "devices.add", params=params, secrets={"password": password})
            await run(workspace, "devices.pause", params={"device": fleet.terminals[3].name})
            await fleet.terminals[2].close()
            report = await run(workspace, "devices.test_all")
        first, second, third = (terminal.name for terminal in fleet.terminals[:3])
        assert {o.subject: (o.status, o.step) for o in report.outcomes} == {
            first: (Status.SUCCESS, "clock"), second: (Status.FATAL, "sign_in"), third: (Status.FATAL, "address"),
        }  # fmt: skip
        assert (report.exit_code, report.run.summary) == (3, {"total": 3, "success": 1, "fatal": 2})
        assert all(o.remedy for o in report.outcomes if o.status is Status.FATAL)
        refused = next(o for o in report.outcomes if o.subject == second)
        assert refused.asked.startswith("GET /ISAPI/System/deviceInfo")
        assert refused.answered

    async def test_without_devices_there_is_nothing_to_do(self, workspace: Workspace) -> None:
        report = await run(workspace, "devices.test_all")
        assert (report.exit_code, report.run.summary["total"]) == (0, 0)


class TestBeforeSaving:
    async def attempt(self, workspace: Workspace, terminal: SimulatedTerminal, password: str, **fields: Any) -> Report:
        params = {"host": terminal.host, "port": terminal.port, "username": terminal.username} | fields
        return await run(
            workspace, "devices.try", params=params, secrets={"password": password} if password else {}
        )  # fmt: skip

    async def test_the_same_ladder_and_nothing_is_kept(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        report = await self.attempt(workspace, terminal, terminal.password)
        assert stages(report) == [(name, True) for name in LADDER]
        assert await workspace.store.read(devices.devices) == []

    async def test_a_blank_password_is_the_stored_one(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        device = await add(workspace, terminal)
        assert (await self.attempt(workspace, terminal, "", device=device.id)).exit_code == 0
        assert (await self.attempt(workspace, terminal, "")).exit_code == 5

    async def test_a_wrong_password_is_tried_once(self, workspace: Workspace, terminal: SimulatedTerminal) -> None:
        for _turn in range(3):
            assert (await self.attempt(workspace, terminal, WRONG)).exit_code == 5
        assert terminal.doorman.failed_in_all == 1

    async def test_a_certificate_that_the_person_just_looked_at(
        self, workspace: Workspace, secure: SimulatedTerminal
    ) -> None:
        first = await self.attempt(workspace, secure, secure.password, https=True)
        shown = first.run.result["details"]["fingerprint"]
        second = await self.attempt(workspace, secure, secure.password, https=True, fingerprint=shown)
        assert (first.exit_code, second.exit_code) == (5, 0)


@pytest.mark.parametrize(
    ("drift_s", "text"),
    [
        (31, "The clock is 31 seconds fast."),
        (-300, "The clock is 300 seconds slow."),
        (-3600, "The clock is 60 minutes slow: events and validity are wrong."),
    ],
)
def test_how_wrong_a_clock_is_in_words(drift_s: float, text: str) -> None:
    assert drift_text(drift_s) == text
