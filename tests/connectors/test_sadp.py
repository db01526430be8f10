"""Searching the network for terminals (hikvision-isapi.md §12), against a device that answers on the loopback."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors import sadp
from app.connectors.sadp import discover
from app.connectors.sadp_answers import FoundDevice, merged, normal_mac, read_answer
from app.errors import Unreachable

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<ProbeMatch>
  <Uuid>7D1B0000-0000-4000-8000-000000000001</Uuid><Types>inquiry</Types><DeviceType>10510</DeviceType>
  <DeviceDescription>DS-K1T342MFWX-E1</DeviceDescription><DeviceSN>DS-K1T342MFWX-E120240206V031800ENAB1234567</DeviceSN>
  <CommandPort>8000</CommandPort><HttpPort>80</HttpPort><HttpsPort>443</HttpsPort>
  <MAC>c0-56-e3-11-22-33</MAC><IPv4Address>192.0.2.31</IPv4Address><IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>
  <DHCP>false</DHCP><SoftwareVersion>V3.18.0build 240206</SoftwareVersion><Activated>true</Activated><Salt>x</Salt>
</ProbeMatch>"""
FOUND = FoundDevice(
    host="192.0.2.31", port=80, https_port=443, mac="c0:56:e3:11:22:33", model="DS-K1T342MFWX-E1",
    serial="DS-K1T342MFWX-E120240206V031800ENAB1234567", firmware="V3.18.0build 240206", activated=True,
)  # fmt: skip


class Responder(asyncio.DatagramProtocol):
    """A device on the loopback: answers every question with the same datagrams."""

    def __init__(self) -> None:
        self.answers: list[bytes] = [ANSWER.encode()]
        self.questions: list[bytes] = []
        self.port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.questions.append(data)
        for answer in self.answers:
            self._transport.sendto(answer, addr)


@pytest.fixture
async def responder() -> AsyncIterator[Responder]:
    loop = asyncio.get_running_loop()
    transport, responder = await loop.create_datagram_endpoint(Responder, local_addr=("127.0.0.1", 0))
    yield responder
    transport.close()


async def search(responder: Responder) -> list[FoundDevice]:
    return await discover(["127.0.0.1"], port=responder.port, spacing_s=0.02, listen_s=0.2)


class TestSearch:
    async def test_a_device_that_answers_is_found_once(self, responder: Responder) -> None:
        assert await search(responder) == [FOUND]

    async def test_three_questions_go_out_and_nothing_else(self, responder: Responder) -> None:
        await search(responder)
        assert len(responder.questions) == 3
        for question in responder.questions:
            assert re.fullmatch(
                rb'<\?xml version="1\.0" encoding="utf-8"\?><Probe>'
                rb"<Uuid>[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}</Uuid><Types>inquiry</Types></Probe>",
                question,
            )

    async def test_rubbish_among_the_answers_is_left_out(self, responder: Responder) -> None:
        responder.answers = [b"", b"\xff\xfe", b"<Probe/>", b"x" * 60_000, ANSWER.encode(), b"<ProbeMatch><MAC>"]
        assert await search(responder) == [FOUND]

    async def test_a_flood_is_cut(self, responder: Responder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sadp, "_MOST_ANSWERS", 3)
        responder.answers = [ANSWER.replace("22-33", f"22-{n:02x}").encode() for n in range(9)]
        assert len(await search(responder)) == 3

    async def test_nobody_answering_is_an_empty_list(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert await discover(["127.0.0.1"], port=port, spacing_s=0.02, listen_s=0.1) == []

    async def test_it_tells_how_long_it_has_been_going_on(self, responder: Responder) -> None:
        heard: list[float] = []
        await discover(["127.0.0.1"], port=responder.port, spacing_s=0.02, listen_s=0.1, tell=heard.append)
        assert len(heard) >= 3
        assert heard == sorted(heard)

    async def test_without_a_network_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sadp, "_interfaces", list)
        with pytest.raises(Unreachable, match="there is no network"):
            await discover(port=0, spacing_s=0.02, listen_s=0.1)

    async def test_a_port_that_another_program_holds_leaves_the_answers_to_the_sender(
        self, responder: Responder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sadp, "_interfaces", lambda: ["127.0.0.1"])
        monkeypatch.setattr(sadp, "GROUP", "127.0.0.1")
        monkeypatch.setattr(sadp, "BROADCAST", "127.0.0.1")
        assert await discover(port=responder.port, spacing_s=0.02, listen_s=0.2) == [FOUND]


class TestAnswers:
    def test_a_face_terminal_is_known_by_its_model(self) -> None:
        assert FOUND.is_terminal
        assert not FoundDevice("192.0.2.9", model="DS-2CD2143G2-I").is_terminal

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<Salt>x</Salt>", "<Salt>R&D</Salt>"),
            ("<Salt>x</Salt>", "<Unheard><Of/></Unheard>"),
            ("<ProbeMatch>", '<ProbeMatch xmlns="http://www.hikvision.com/ver20/XMLSchema">'),
            ("true", "TRUE"),
            ("c0-56-e3-11-22-33", "C0:56:E3:11:22:33"),
            ("</ProbeMatch>", "</ProbeMatch>\0\0\r\n"),
        ],
    )
    def test_dirt_does_no_harm(self, old: str, new: str) -> None:
        assert read_answer(ANSWER.replace(old, new).encode(), "192.0.2.31") == FOUND

    @pytest.mark.parametrize(("said", "meant"), [("flase", False), ("false", False), ("True", True), ("", None)])
    def test_activated_with_typing_errors(self, said: str, meant: bool | None) -> None:
        found = read_answer(ANSWER.replace("<Activated>true", f"<Activated>{said}").encode(), "192.0.2.31")
        assert found is not None
        assert found.activated is meant

    def test_a_bare_and_in_a_name_is_read(self) -> None:
        found = read_answer(ANSWER.replace("DS-K1T342MFWX-E1</Dev", "R&amp;D & more &co;</Dev").encode(), "192.0.2.31")
        assert found is not None
        assert found.model == "R&D & more &co;"

    @pytest.mark.parametrize("address", ["", "0.0.0.0", "elsewhere", "239.255.255.250"])
    def test_without_an_address_the_sender_counts(self, address: str) -> None:
        found = read_answer(ANSWER.replace("192.0.2.31", address).encode(), "192.0.2.77")
        assert found is not None
        assert found.host == "192.0.2.77"

    @pytest.mark.parametrize(
        "datagram",
        [
            b"",
            ANSWER.replace("ProbeMatch", "Probe").encode(),
            ANSWER.encode() + b" " * 70_000,
            b'<!DOCTYPE x [<!ENTITY a "b">]><ProbeMatch><MAC>&a;</MAC></ProbeMatch>',
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><ProbeMatch/>',
            ANSWER.encode("utf-16"),
        ],
        ids=["empty", "a question", "too long", "entities", "a document type", "another encoding"],
    )
    def test_what_is_no_answer(self, datagram: bytes) -> None:
        assert read_answer(datagram, "192.0.2.31") is None

    @given(st.one_of(st.binary(), st.text().map(lambda t: f"<ProbeMatch><MAC>{t}</MAC></ProbeMatch>".encode())))
    def test_no_datagram_does_anything_worse(self, datagram: bytes) -> None:
        found = read_answer(datagram, "192.0.2.31")
        assert found is None or found.host

    def test_a_long_text_is_cut_and_control_characters_go(self) -> None:
        found = read_answer(ANSWER.replace("V3.18.0build", "\u202eV" + "3" * 500).encode(), "192.0.2.31")
        assert found is not None
        assert len(found.firmware) <= 100
        assert found.firmware.startswith("V3")


class TestMerging:
    def test_answers_of_one_device_are_one_row_and_complete_each_other(self) -> None:
        poor = FoundDevice("192.0.2.31", mac=FOUND.mac)
        rich = FoundDevice("192.0.2.99", mac=FOUND.mac, model="DS-K1T342MFWX", activated=False)
        (one,) = merged([poor, rich])
        assert one == FoundDevice("192.0.2.31", mac=FOUND.mac, model="DS-K1T342MFWX", activated=False)

    def test_devices_without_a_mac_are_told_apart_by_serial_or_address(self) -> None:
        rows = [FoundDevice("192.0.2.9", serial="A"), FoundDevice("192.0.2.10", serial="A"), FoundDevice("192.0.2.8")]
        assert [d.host for d in merged(rows)] == ["192.0.2.8", "192.0.2.9"]

    @pytest.mark.parametrize("text", ["", "00-00-00-00-00-00", "c0-56", "hello world!"])
    def test_what_is_no_mac(self, text: str) -> None:
        assert normal_mac(text) == ""
