"""The line to a terminal that really answers: handshakes, lock-out, dirt in lists, uploads, bad days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.hikvision import Terminal, TerminalRefusal, TerminalSettings, fetch_fingerprint
from app.demo.terminals.calls import Latency
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.fleet import TerminalFleet
from app.demo.terminals.quirks import ChallengeStyle, Lie, PartNames, Quirks, RefusalBody, Schemes, StatusForm
from app.demo.terminals.terminal import SimulatedTerminal
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import TerminalPerson
from app.errors import ErrorKind, ExitCode
from tests.support.scripted_terminal import Cooldowns
from tests.support.terminals import jpeg

ANA = TerminalPerson("1042", "Ionescu Ana")
AT_ONCE = Latency(person_s=0, face_s=0, read_s=0)


@pytest.fixture
def cooldowns() -> Cooldowns:
    return Cooldowns()


@pytest.fixture
async def device() -> AsyncIterator[SimulatedTerminal]:
    async with TerminalFleet(count=1, latency=AT_ONCE, quirks=Quirks()) as fleet:
        yield fleet.terminals[0]


def settings(device: SimulatedTerminal, **fields: Any) -> TerminalSettings:
    values: dict[str, Any] = {"username": device.username, "password": device.password, "https": device.https, **fields}
    return TerminalSettings("gate", device.host, device.port, **values)


@pytest.fixture
async def terminal(device: SimulatedTerminal, cooldowns: Cooldowns) -> AsyncIterator[Terminal]:
    async with Terminal(settings(device), cooldowns) as terminal:
        yield terminal


class TestHandshake:
    async def test_every_call_asks_bare_and_empty_first_and_signs_once(
        self, device: SimulatedTerminal, terminal: Terminal
    ) -> None:
        for _call in range(2):
            await terminal.add_person(ANA)
        assert [(c.signed, c.body_bytes > 0) for c in device.calls] == [(False, False), (True, True)] * 2
        assert device.doorman.failed_in_all == 0

    @pytest.mark.parametrize("scheme", [s for s in Schemes if s is not Schemes.BASIC])
    @pytest.mark.parametrize("style", list(ChallengeStyle))
    async def test_every_kind_of_challenge(
        self, device: SimulatedTerminal, terminal: Terminal, scheme: Schemes, style: ChallengeStyle
    ) -> None:
        device.quirks = Quirks(schemes=scheme, style=style, nonce_uses=1, outdated_counts=True)
        assert (await terminal.add_person(ANA)).kind is AnswerClass.OK
        assert device.doorman.failed_in_all == 0

    async def test_basic_is_never_answered(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(schemes=Schemes.BASIC)
        assert (await terminal.add_person(ANA)).kind is AnswerClass.DEVICE_FATAL
        assert not any(call.signed for call in device.calls)

    async def test_one_request_at_a_time(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.latency = Latency(person_s=0.02, face_s=0, read_s=0)
        await asyncio.gather(*(terminal.add_person(TerminalPerson(str(n), "A")) for n in range(1, 9)))
        assert device.most_at_once == 1

    async def test_a_line_that_closes_after_each_answer(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(closes_silently=True)
        replies = [await terminal.add_person(TerminalPerson(str(n), "A")) for n in range(1, 5)]
        assert {reply.kind for reply in replies} == {AnswerClass.OK}


class TestLockOut:
    async def test_a_wrong_password_is_tried_once(self, device: SimulatedTerminal, cooldowns: Cooldowns) -> None:
        async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
            first = await terminal.add_person(ANA)
            second = await terminal.add_person(ANA)
        assert (first.kind, second.kind) == (AnswerClass.SIGN_IN, AnswerClass.SIGN_IN)
        assert device.doorman.failed_in_all == 1
        assert "not tried again" in second.message

    async def test_also_by_another_program_and_after_a_restart(
        self, device: SimulatedTerminal, cooldowns: Cooldowns
    ) -> None:
        for _program in range(3):
            async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
                assert (await terminal.add_person(ANA)).kind is AnswerClass.SIGN_IN
        assert device.doorman.failed_in_all == 1

    async def test_a_changed_password_is_tried_at_once(self, device: SimulatedTerminal, cooldowns: Cooldowns) -> None:
        async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
            await terminal.add_person(ANA)
        async with Terminal(settings(device), cooldowns) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.OK

    async def test_no_named_end_counts_as_half_an_hour(self, device: SimulatedTerminal, cooldowns: Cooldowns) -> None:
        device.quirks = Quirks(names_unlock_time=False)
        async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
            await terminal.add_person(ANA)
        (until,) = cooldowns.noted.values()
        assert timedelta(minutes=29) < until - datetime.now(UTC) <= timedelta(minutes=30)

    async def test_few_tries_left_are_a_warning(self, device: SimulatedTerminal, cooldowns: Cooldowns) -> None:
        device.quirks = Quirks(lock_after=3)
        async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
            assert "2 tries" in (await terminal.add_person(ANA)).warning

    async def test_wrong_locked_and_not_activated_are_three_messages(
        self, device: SimulatedTerminal, cooldowns: Cooldowns
    ) -> None:
        messages = set()
        for quirks, password in (
            (Quirks(), "wrong"), (Quirks(lock_after=1), "locking"), (Quirks(activated=False), device.password),
        ):  # fmt: skip
            device.quirks = quirks
            async with Terminal(settings(device, password=password), cooldowns) as terminal:
                messages.add((await terminal.add_person(ANA)).message)
            device.doorman.unlock()
        assert len(messages) == 3

    @pytest.mark.parametrize("body", list(RefusalBody))
    async def test_whatever_the_refusal_looks_like(
        self, device: SimulatedTerminal, cooldowns: Cooldowns, body: RefusalBody
    ) -> None:
        device.quirks = Quirks(refusal_body=body)
        async with Terminal(settings(device, password="wrong"), cooldowns) as terminal:
            assert (await terminal.add_person(ANA)).kind is AnswerClass.SIGN_IN
        assert device.doorman.failed_in_all == 1

    async def test_the_password_is_nowhere(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        reply = await terminal.add_person(ANA)
        told = f"{terminal.settings!r} {reply!r} {terminal.settings.account}"
        assert device.password not in told


class TestPeople:
    @pytest.mark.parametrize("form", list(StatusForm))
    @pytest.mark.parametrize("with_200", [False, True])
    async def test_added_and_already_there_in_every_form(
        self, device: SimulatedTerminal, terminal: Terminal, form: StatusForm, with_200: bool
    ) -> None:
        device.quirks = Quirks(status_form=form, errors_with_200=with_200)
        assert (await terminal.add_person(ANA)).kind is AnswerClass.OK
        assert (await terminal.add_person(ANA)).kind is AnswerClass.EXISTS

    async def test_changing_somebody_absent_is_said(self, terminal: Terminal) -> None:
        assert (await terminal.change_person(ANA)).kind is AnswerClass.ABSENT


class TestLists:
    async def fill(self, terminal: Terminal, count: int) -> None:
        for number in range(1, count + 1):
            await terminal.add_person(TerminalPerson(str(number), f"P{number}"))

    async def test_short_pages_are_read_to_the_end(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        await self.fill(terminal, 40)
        device.quirks = Quirks(page_size=7)
        found = await terminal.all_people()
        assert (len(found.people), found.complete) == (40, True)
        searches = {
            c.body["UserInfoSearchCond"]["searchID"] for c in device.calls if c.path.endswith("Search") and c.body
        }
        assert len(searches) == 1

    async def test_an_empty_page_in_the_middle_is_asked_again(
        self, device: SimulatedTerminal, terminal: Terminal
    ) -> None:
        await self.fill(terminal, 40)
        device.quirks = Quirks(empty_from=30, empty_times=2)
        assert (await terminal.all_people()).complete

    async def test_a_list_that_stays_empty_is_incomplete(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        await self.fill(terminal, 40)
        device.quirks = Quirks(empty_from=30)
        found = await terminal.all_people()
        assert (len(found.people), found.complete) == (30, False)
        assert "30 of 40" in found.why

    async def test_nobody_at_all(self, terminal: Terminal) -> None:
        found = await terminal.all_people()
        assert (found.people, found.complete) == ((), True)

    async def test_people_are_found_thirty_at_a_time(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        await self.fill(terminal, 40)
        device.forget_calls()
        found = await terminal.find_people([str(n) for n in range(1, 46)])
        assert len(found.people) == 40
        assert len(device.calls) == 4

    async def test_a_single_hit_may_be_an_object(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(single_as_object=True)
        await terminal.add_person(ANA)
        assert [p.name for p in (await terminal.find_people(["1042"])).people] == ["Ionescu Ana"]

    async def test_leading_zeros_make_another_person(self, terminal: Terminal) -> None:
        await terminal.add_person(TerminalPerson("007", "Zero"))
        assert (await terminal.find_people(["7"])).people == ()


class TestFaces:
    @pytest.mark.parametrize("lacking", [False, True])
    @pytest.mark.parametrize("names", [PartNames.FACE_IMAGE, PartNames.IMG, PartNames.URL_IMG])
    async def test_the_names_of_the_parts_are_found_out_once(
        self, device: SimulatedTerminal, terminal: Terminal, names: PartNames, lacking: bool
    ) -> None:
        device.quirks = Quirks(part_names=frozenset({names}), refuses_parts_as_lacking=lacking)
        await terminal.add_person(ANA)
        assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.OK
        assert terminal.face_parts is not None
        assert "+".join(terminal.face_parts) == names.value
        assert await terminal.has_face("1042")

    async def test_a_face_without_a_person_is_said_to_lack_the_person(self, terminal: Terminal) -> None:
        assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.ABSENT

    async def test_a_second_face_is_said_to_be_there(self, terminal: Terminal) -> None:
        await terminal.add_person(ANA)
        await terminal.add_face("1042", jpeg())
        assert (await terminal.add_face("1042", jpeg(shade=40))).kind is AnswerClass.FACE_EXISTS
        assert (await terminal.set_up_face("1042", jpeg(shade=40))).kind is AnswerClass.OK

    @pytest.mark.parametrize("other_way", [False, True])
    async def test_a_face_is_deleted_in_either_way(
        self, device: SimulatedTerminal, terminal: Terminal, other_way: bool
    ) -> None:
        device.quirks = Quirks(delete_by_fd_delete=other_way)
        await terminal.add_person(ANA)
        await terminal.add_face("1042", jpeg())
        assert (await terminal.delete_face("1042")).kind is AnswerClass.OK
        assert not await terminal.has_face("1042")

    async def test_an_address_that_the_terminal_cannot_fetch(self, terminal: Terminal) -> None:
        await terminal.add_person(ANA)
        reply = await terminal.add_face_by_address("1042", "http://127.0.0.1:9/ana.jpg")
        assert reply.kind is AnswerClass.FACE_TRANSPORT
        assert not reply.connection_failed

    async def test_a_lie_is_answered_like_the_truth(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(lies=frozenset({Lie.STORES_NO_FACE}))
        await terminal.add_person(ANA)
        assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.OK
        assert not await terminal.has_face("1042")


class TestBadDays:
    async def test_a_terminal_that_is_off(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        await device.close()
        reply = await terminal.add_person(ANA)
        assert (reply.kind, reply.connection_failed) == (AnswerClass.UNREACHABLE, True)
        with pytest.raises(TerminalRefusal) as refused:
            await terminal.device_info()
        assert (refused.value.kind, refused.value.exit_code) == (ErrorKind.UNREACHABLE, ExitCode.STOPPED)

    async def test_one_that_never_answers(self, device: SimulatedTerminal, cooldowns: Cooldowns) -> None:
        device.faults = [TerminalFault(FaultKind.HANG)]
        async with Terminal(settings(device, timeout_s=0.3), cooldowns) as terminal:
            reply = await terminal.add_person(ANA)
        assert (reply.kind, reply.connection_failed) == (AnswerClass.TIMED_OUT, True)

    async def test_a_line_that_breaks_in_mid_upload(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        await terminal.add_person(ANA)
        device.faults = [TerminalFault(FaultKind.DROP, only=Place.FACE, times=1)]
        reply = await terminal.add_face("1042", jpeg())
        assert (reply.kind, reply.connection_failed) == (AnswerClass.UNREACHABLE, True)

    async def test_an_address_that_is_no_terminal(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(speaks_html=True)
        assert (await terminal.add_person(ANA)).kind is AnswerClass.NOT_ISAPI
        assert not (await terminal.probe()).is_terminal
        assert not any(call.signed for call in device.calls)

    async def test_an_account_without_the_right(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(administrator=False)
        assert (await terminal.add_person(ANA)).kind is AnswerClass.DEVICE_FATAL

    async def test_the_clock_is_compared(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.clock_drift_s = 400
        assert (await terminal.clock()).drift_s == pytest.approx(400, abs=2)

    async def test_a_function_that_is_missing(self, device: SimulatedTerminal, terminal: Terminal) -> None:
        device.quirks = Quirks(missing={"UserInfo/Search": 404})
        with pytest.raises(TerminalRefusal) as refused:
            await terminal.find_people(["1"])
        assert refused.value.reply.kind is AnswerClass.UNSUPPORTED


class TestHttps:
    async def test_only_the_trusted_certificate_is_spoken_to(self, cooldowns: Cooldowns) -> None:
        async with TerminalFleet(count=1, latency=AT_ONCE, https=True, quirks=Quirks()) as fleet:
            (device,) = fleet.terminals
            async with Terminal(settings(device), cooldowns) as untrusted:
                assert (await untrusted.add_person(ANA)).code == "certificate"
            pin = await fetch_fingerprint(device.host, device.port)
            async with Terminal(settings(device, fingerprint=pin), cooldowns) as trusted:
                assert (await trusted.add_person(ANA)).kind is AnswerClass.OK
            device.change_certificate()
            async with Terminal(settings(device, fingerprint=pin), cooldowns) as other:
                reply = await other.add_person(ANA)
            assert (reply.kind, reply.code) == (AnswerClass.DEVICE_FATAL, "certificate")
            assert sum(call.signed for call in device.calls) == 1
