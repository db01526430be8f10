"""The checklist of hikvision-isapi.md §15 against simulated terminals: firmware's ways, full memory, broken lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.connectors.hikvision import Terminal, TerminalSettings
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.quirks import PLAIN, Quirks, StatusForm
from app.demo.terminals.statuses import STATUSES
from app.demo.terminals.terminal import SimulatedTerminal
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import TerminalPerson
from tests.support.scripted_terminal import Cooldowns
from tests.support.terminals import jpeg, one_terminal

ANA = TerminalPerson("1042", "Ionescu Ana")


@asynccontextmanager
async def meeting(
    quirks: Quirks = PLAIN, timeout_s: float = 12.0, **changes: Any
) -> AsyncIterator[tuple[SimulatedTerminal, Terminal]]:
    """A simulated terminal of these ways, and the connector's line to it."""
    async with one_terminal(quirks, **changes) as device:
        settings = TerminalSettings(
            "gate", device.host, device.port, username=device.username, password=device.password, timeout_s=timeout_s
        )
        async with Terminal(settings, Cooldowns()) as terminal:
            yield device, terminal


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(nonce_uses=1, says_stale=False, outdated_counts=True),
        Quirks(nonce_life_s=5, says_stale=False),
        Quirks(nonce_bound_to_address=True, says_stale=False, outdated_counts=True),
        Quirks(drops_bare_bodies_over=0),
        Quirks(most_connections=1),
        Quirks(refuses_number_type=True, plan_required=True),
        Quirks(numbers_as_text=True),
        Quirks(ok_with_error_code=True),
        Quirks(status_form=StatusForm.XML, errors_with_200=True),
        Quirks(status_form=StatusForm.WRAPPED, numbers_as_text=True),
        Quirks(closes_silently=True),
        Quirks(library_as_object=True, single_as_object=True, counts_people_only=True),
    ],
    ids=lambda quirks: ", ".join(f for f in quirks.__struct_fields__ if getattr(quirks, f) != getattr(PLAIN, f)),
)
async def test_a_person_with_a_face_arrives_with_four_requests_whatever_the_firmwares_ways(quirks: Quirks) -> None:
    async with meeting(quirks) as (device, terminal):
        assert (await terminal.add_person(ANA)).kind is AnswerClass.OK
        assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.OK
        assert len(device.calls) == 4
        (found,) = (await terminal.find_people(["1042"])).people
        assert (found.name, found.door_right, found.plan, found.enabled, found.faces) == (
            "Ionescu Ana",
            "1",
            "1",
            True,
            1,
        )
        assert await terminal.has_library()
        assert device.doorman.failed_in_all == 0


async def test_an_old_nonce_that_is_called_so_costs_one_more_request_and_no_failed_sign_in() -> None:
    async with meeting(Quirks(nonce_life_s=-1)) as (device, terminal):
        assert (await terminal.add_person(ANA)).kind is AnswerClass.SIGN_IN  # every nonce is old: twice and no more
        assert [call.signed for call in device.calls] == [False, True, True]
        assert device.doorman.failed_in_all == 0


async def test_a_weak_password_is_a_warning_beside_success() -> None:
    async with meeting(Quirks(risky_password=True)) as (_device, terminal):
        reply = await terminal.add_person(ANA)
        assert reply.kind is AnswerClass.OK
        assert "weak" in reply.warning


class TestFull:
    async def test_no_room_for_a_person(self) -> None:
        async with meeting(capacity_people=1) as (_device, terminal):
            await terminal.add_person(ANA)
            assert (await terminal.add_person(TerminalPerson("7", "Zeu"))).kind is AnswerClass.CAPACITY
            assert (await terminal.change_person(ANA)).kind is AnswerClass.OK

    async def test_no_room_for_a_face(self) -> None:
        async with meeting(capacity_faces=0) as (_device, terminal):
            await terminal.add_person(ANA)
            assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.CAPACITY


class TestPictures:
    async def test_one_that_is_too_large_is_refused_for_good_and_said_to_be_too_large(self) -> None:
        async with meeting(Quirks(most_picture_bytes=1000)) as (_device, terminal):
            await terminal.add_person(ANA)
            reply = await terminal.add_face("1042", jpeg())
            assert (reply.kind, reply.permanent) == (AnswerClass.FACE_REJECTED, True)
            assert "too large" in reply.message

    async def test_one_that_another_person_has(self) -> None:
        async with meeting(Quirks(refuses_known_picture=True)) as (_device, terminal):
            for number in ("1", "2"):
                await terminal.add_person(TerminalPerson(number, "Ana"))
            await terminal.add_face("1", jpeg())
            reply = await terminal.add_face("2", jpeg())
            assert (reply.kind, reply.code) == (AnswerClass.FACE_REJECTED, "alreadyExistThisFace")

    async def test_one_that_a_busy_terminal_cannot_model_may_be_sent_again(self) -> None:
        async with meeting() as (device, terminal):
            await terminal.add_person(ANA)
            device.faults = [TerminalFault(FaultKind.STATUS, Place.FACE, 1, code="SubpicAnalysisModelingError")]
            reply = await terminal.add_face("1042", jpeg())
            assert (reply.kind, reply.permanent) == (AnswerClass.FACE_REJECTED, False)
            assert (await terminal.add_face("1042", jpeg())).kind is AnswerClass.OK


class TestBrokenLines:
    @pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.CUT, FaultKind.DROP])
    async def test_a_write_without_an_answer_is_not_repeated_and_not_called_done(self, kind: FaultKind) -> None:
        async with meeting() as (device, terminal):
            device.faults = [TerminalFault(kind, Place.PERSON, 1)]
            reply = await terminal.add_person(ANA)
            assert (reply.kind, reply.connection_failed) == (AnswerClass.UNREACHABLE, True)
            assert sum(call.signed for call in device.calls) == 1

    @pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.CUT, FaultKind.DROP])
    async def test_a_list_without_an_answer_is_read_again(self, kind: FaultKind) -> None:
        async with meeting() as (device, terminal):
            await terminal.add_person(ANA)
            device.faults = [TerminalFault(kind, Place.SEARCH, 1)]
            assert len((await terminal.all_people()).people) == 1

    @pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.EMPTY])
    async def test_a_page_in_place_of_an_answer_is_no_success(self, kind: FaultKind) -> None:
        async with meeting() as (device, terminal):
            device.faults = [TerminalFault(kind, Place.PERSON, 1)]
            assert (await terminal.add_person(ANA)).kind is AnswerClass.NOT_ISAPI

    async def test_an_answer_that_is_too_late_is_none(self) -> None:
        async with meeting(timeout_s=0.3) as (device, terminal):
            device.faults = [TerminalFault(FaultKind.SLOW, Place.PERSON, 1, seconds=2)]
            reply = await terminal.add_person(ANA)
            assert (reply.kind, reply.connection_failed) == (AnswerClass.TIMED_OUT, True)
            assert (await terminal.add_person(ANA)).kind in {AnswerClass.OK, AnswerClass.EXISTS}


@pytest.mark.parametrize("code", [code for code, row in STATUSES.items() if row.number not in {1, 7}])
async def test_every_refusal_of_a_real_call_is_told_in_words(code: str) -> None:
    async with meeting() as (device, terminal):
        device.faults = [TerminalFault(FaultKind.STATUS, Place.PERSON, 1, code=code)]
        reply = await terminal.add_person(ANA)
        assert reply.kind is not AnswerClass.OK
        assert reply.message.endswith(".")
        assert code in reply.answered
