"""The fleet as a whole: size, start, credentials, control by another process, TLS, discovery, speed."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import httpx
import pytest

from app.demo.terminals.fleet import TerminalFleet
from app.demo.terminals.quirks import Lie, Quirks, Schemes
from app.demo.terminals.terminal import SimulatedTerminal
from app.demo.world import DemoWorld
from tests.support.terminals import AT_ONCE, COUNT, FACE, INFO, RECORD, face, jpeg, operator, person, served, web_server


@pytest.fixture
async def fleet() -> AsyncIterator[TerminalFleet]:
    async with TerminalFleet(latency=AT_ONCE) as fleet:
        yield fleet


@pytest.fixture
async def control(fleet: TerminalFleet) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{fleet.describe()['control_url']}/_demo"
    async with httpx.AsyncClient(base_url=base, timeout=5, trust_env=False) as client:
        yield client


async def test_nine_terminals_take_a_person_with_face_in_spite_of_their_differences(fleet: TerminalFleet) -> None:
    assert len(fleet.terminals) == 9
    assert len({terminal.model for terminal in fleet.terminals}) == 9
    assert len({terminal.serial for terminal in fleet.terminals}) == 9
    async with web_server(served(jpeg())) as address:
        for terminal in fleet.terminals:
            async with operator(terminal) as client:
                assert 'ok"' in (await client.post(RECORD, json=person())).text.replace("ok<", 'ok"')
                await client.post(FACE, json=face(faceURL=address))
    assert all(terminal.people["1042"].name == "Ionescu Ana" for terminal in fleet.terminals)
    assert all(terminal.faces["1042"] == jpeg() for terminal in fleet.terminals)


async def test_describe_gives_what_a_person_needs_to_add_each_device(fleet: TerminalFleet) -> None:
    told = fleet.describe()
    assert set(told) == {"control_url", "sadp", "devices"}
    assert len({device["port"] for device in told["devices"]}) == 9
    for device, terminal in zip(told["devices"], fleet.terminals, strict=True):
        assert set(device) == {"name", "site", "host", "port", "https", "username", "password", "serial"}
        async with operator(terminal) as client:
            assert device["serial"] in (await client.get(INFO)).text
            assert str(client.base_url).rstrip("/") == f"http://{device['host']}:{device['port']}"


async def test_rows_are_those_of_the_table_of_terminals(fleet: TerminalFleet) -> None:
    rows = fleet.rows()
    assert set(rows[0]) == {"id", "ip_address", "port", "username", "password_encrypted", "status"}
    assert {row["status"] for row in rows} == {"activ"}
    assert [row["port"] for row in rows] == [terminal.port for terminal in fleet.terminals]
    assert [row["password_encrypted"] for row in rows] == [terminal.password for terminal in fleet.terminals]
    assert len({UUID(row["id"]) for row in rows}) == 9
    assert [row["id"] for row in rows] == [row["id"] for row in fleet.rows()]


async def test_five_hundred_start_within_seconds() -> None:
    began = time.monotonic()
    async with TerminalFleet(500) as fleet:
        assert time.monotonic() - began < 5  # the promise is 10 seconds
        last = fleet.terminals[-1]
        async with operator(last) as client:
            assert last.serial in (await client.get(INFO)).text
        assert len({terminal.name for terminal in fleet.terminals}) == 500
        assert len({terminal.mac for terminal in fleet.terminals}) == 500


async def test_an_empty_fleet_is_fine_and_a_negative_one_is_not() -> None:
    async with TerminalFleet(0) as fleet:
        assert fleet.describe()["devices"] == []
    with pytest.raises(ValueError, match="negative"):
        TerminalFleet(-1)


def test_before_the_start_there_is_nothing_to_describe() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        TerminalFleet(1).describe()
    with pytest.raises(RuntimeError, match="not been started"):
        TerminalFleet(1).terminals[0].switch_off()


async def test_a_fleet_comes_back_on_its_ports_with_its_people() -> None:
    fleet = TerminalFleet(3, latency=AT_ONCE)
    async with fleet:
        told = fleet.describe()
        async with operator(fleet.terminals[0]) as client:
            await client.post(RECORD, json=person())
    async with fleet:
        assert fleet.describe() == told
        assert "1042" in fleet.terminals[0].people


async def test_hundreds_of_requests_a_second_are_answered() -> None:
    async with TerminalFleet(10, latency=AT_ONCE, quirks=Quirks()) as fleet:

        async def ask(terminal: SimulatedTerminal) -> None:
            reader, writer = await asyncio.open_connection(terminal.host, terminal.port)
            for _ in range(100):
                writer.write(f"GET {INFO} HTTP/1.1\r\nHost: terminal\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                await reader.readexactly(int(length.partition(b":")[2]))
            writer.close()
            await writer.wait_closed()

        began = time.monotonic()
        await asyncio.gather(*(ask(terminal) for terminal in fleet.terminals))
        assert time.monotonic() - began < 2  # 1000 requests; here well under half a second


async def test_another_process_sees_the_fleet_at_a_glance(fleet: TerminalFleet, control: httpx.AsyncClient) -> None:
    async with operator(fleet.terminals[2]) as client:
        await client.post(RECORD, json=person())
    lines: list[dict[str, Any]] = (await control.get("/terminals")).json()
    assert [line["number"] for line in lines] == list(range(1, 10))
    assert [line["people"] for line in lines] == [0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert lines[2]["requests"] == 2
    assert lines[2]["base_url"] == fleet.terminals[2].base_url


async def test_another_process_sets_faults_ways_and_latency(fleet: TerminalFleet, control: httpx.AsyncClient) -> None:
    fault = {"kind": "status", "code": "deviceBusy", "only": "person", "times": 2}
    change = {"faults": [fault], "quirks": {"lies": ["stores_no_face"]}, "latency": {"face_s": 0.4}, "serial": "X1"}
    told = (await control.post("/terminals/4", json=change)).json()
    terminal = fleet.terminals[3]
    assert terminal.quirks.lies == {Lie.STORES_NO_FACE}
    assert terminal.quirks.schemes is Schemes.SHA256  # the other ways stay
    assert (terminal.latency.face_s, terminal.latency.person_s, terminal.serial) == (0.4, 0, "X1")
    assert told["faults"][0]["times"] == 2
    async with operator(terminal) as client:
        assert (await client.post(RECORD, json=person())).json()["subStatusCode"] == "deviceBusy"
    assert (await control.get("/terminals/4")).json()["faults"][0]["times"] == 1
    assert fleet.terminals[4].faults == ()


async def test_another_process_changes_all_at_once(fleet: TerminalFleet, control: httpx.AsyncClient) -> None:
    told = (await control.post("/terminals/all", json={"capacity_people": 3, "password": "New-1"})).json()
    assert {terminal.capacity_people for terminal in fleet.terminals} == {3}
    assert {one["password"] for one in told.values()} == {"New-1"}


async def test_another_process_switches_a_terminal_off_and_on(fleet: TerminalFleet, control: httpx.AsyncClient) -> None:
    assert (await control.post("/terminals/1", json={"on": False})).json()["on"] is False
    async with operator(fleet.terminals[0]) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(INFO)
        assert (await control.post("/terminals/1", json={"on": True})).json()["on"] is True
        assert (await client.get(INFO)).status_code == 200


async def test_another_process_reads_people_faces_and_requests(
    fleet: TerminalFleet, control: httpx.AsyncClient
) -> None:
    terminal = fleet.terminals[0]
    async with operator(terminal) as client:
        await client.post(RECORD, json=person())
    terminal.store_face("1042", jpeg())
    assert (await control.get("/terminals/1/people")).json()["1042"].items() >= person()["UserInfo"].items()
    digest = hashlib.sha256(jpeg()).hexdigest()
    assert (await control.get("/terminals/1/faces")).json() == {"1042": {"bytes": len(jpeg()), "sha256": digest}}
    bare, signed = (await control.get("/terminals/1/requests")).json()
    assert (bare["signed"], signed["signed"], signed["method"], signed["body"]) == (False, True, "POST", person())
    assert bare["arrived_at"] <= bare["answered_at"] <= signed["arrived_at"] <= signed["answered_at"]
    assert (await control.delete("/terminals/1/requests")).json() == []
    assert terminal.calls == []


async def test_another_process_empties_and_unlocks(fleet: TerminalFleet, control: httpx.AsyncClient) -> None:
    terminal = fleet.terminals[0]
    terminal.quirks = Quirks(lock_after=1)
    terminal.store_face("1042", jpeg())
    async with operator(terminal, "wrong") as client:
        await client.get(INFO)
    assert (await control.get("/terminals/1")).json()["locked_s"] > 0
    told = (await control.post("/terminals/1", json={"unlock": True, "forget": True})).json()
    assert (told["locked_s"], told["faces"], told["failed_sign_ins"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "truncated"),
        (b'{"colour": "red"}', "colour"),
        (b'{"quirks": {"mood": "bad"}}', "mood"),
        (b'{"latency": {"face_s": "long"}}', "latency"),
        (b'{"latency": {"nap_s": 1}}', "nap_s"),
        (b'{"faults": [{"kind": "status", "code": "tired"}]}', "tired"),
        (b'{"change_certificate": true}', "http"),
    ],
)
async def test_a_change_that_cannot_be_made_is_explained(control: httpx.AsyncClient, body: bytes, reason: str) -> None:
    answer = await control.post("/terminals/1", content=body)
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


async def test_a_terminal_that_is_not_there_is_not_found(control: httpx.AsyncClient) -> None:
    for answer in (
        await control.get("/terminals/10"),
        await control.post("/terminals/x", json={}),
        await control.get("/terminals/10/people"),
    ):
        assert answer.status_code == 404


async def certificate_of(terminal: SimulatedTerminal) -> bytes:
    pem = await asyncio.to_thread(ssl.get_server_certificate, (terminal.host, terminal.port), timeout=5)
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()


async def test_a_terminal_may_speak_tls_with_its_own_certificate_and_change_it() -> None:
    async with TerminalFleet(2, latency=AT_ONCE, https=True) as fleet:
        first, second = fleet.terminals
        assert first.base_url.startswith("https://")
        auth = httpx.DigestAuth(first.username, first.password)
        async with httpx.AsyncClient(base_url=first.base_url, auth=auth, verify=False, trust_env=False) as client:
            assert (await client.get(COUNT)).json()["UserInfoCount"]["userNumber"] == 0
        with pytest.raises(httpx.ConnectError, match="self-signed|self signed"):
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(first.base_url)
        shown = await certificate_of(first)
        assert shown == await certificate_of(first)
        assert shown != await certificate_of(second)
        first.change_certificate()
        assert await certificate_of(first) != shown


def probe(address: tuple[str, int], text: str, replies: int) -> list[str]:
    """Ask over UDP; what came, at most `replies`, until nothing came for a while."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.4)
        asking.sendto(text.encode(), address)
        heard: list[str] = []
        try:
            while len(heard) < replies:
                heard.append(asking.recv(65_536).decode())
        except TimeoutError:
            pass
        return heard


async def test_discovery_finds_every_terminal_that_is_switched_on(fleet: TerminalFleet) -> None:
    await fleet.terminals[8].close()
    told = fleet.describe()["sadp"]
    inquiry = "<?xml version='1.0'?><Probe><Uuid>7D1B-AA</Uuid><Types>inquiry</Types></Probe>"
    heard = await asyncio.to_thread(probe, (told["host"], told["port"]), inquiry, 9)
    found = [ElementTree.fromstring(reply) for reply in heard]
    assert {one.tag for one in found} == {"ProbeMatch"}
    assert {one.findtext("Uuid") for one in found} == {"7D1B-AA"}
    on = fleet.terminals[:8]
    assert {one.findtext("DeviceSN") for one in found} == {terminal.serial for terminal in on}
    assert {one.findtext("HttpPort") for one in found} == {str(terminal.port) for terminal in on}
    assert {one.findtext("MAC") for one in found} == {terminal.mac.replace(":", "-") for terminal in on}


async def test_discovery_may_be_dirty_and_ignores_what_is_no_inquiry(fleet: TerminalFleet) -> None:
    told = fleet.describe()["sadp"]
    address = (told["host"], told["port"])
    for text in ("hello", "<Probe><Types>reset</Types><Uuid>1</Uuid></Probe>", "<Probe/>"):
        assert await asyncio.to_thread(probe, address, text, 1) == []
    fleet.sadp.dirty = True
    inquiry = "<Probe><Uuid>7D1B</Uuid><Types>inquiry_v32</Types></Probe>"
    heard = await asyncio.to_thread(probe, address, inquiry, 1)
    assert "<DHCP>flase</DHCP>" in heard[0]
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(heard[0])


def test_the_world_has_a_fleet_of_the_size_asked_for() -> None:
    with DemoWorld(people=1, offices=1, terminals=2) as world:
        devices = world.describe()["terminals"]["devices"]
        assert [device["name"] for device in devices] == ["Main entrance", "Warehouse"]
        world.terminals.terminals[0].switch_off()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://{devices[0]['host']}:{devices[0]['port']}{INFO}", trust_env=False)
        world.terminals.terminals[0].switch_on()
        assert httpx.get(f"http://{devices[0]['host']}:{devices[0]['port']}{INFO}", trust_env=False).status_code == 401
