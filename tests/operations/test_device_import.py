"""Devices from a CSV file: the outcome of every row, passwords in the keyring, the same file again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.devices import Device, DeviceSource
from app.domain.outcomes import Action, Status
from app.errors import NoKeyring
from app.operations import device_import
from app.operations.runner import Report, Request
from app.store import devices
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import dump, run

GOOD = (
    "name;host;port;https;username;password;site\n"
    "Main entrance;192.168.1.64;;;admin;planted-one;Hall 1\n"
    "Warehouse;192.168.1.65;8443;yes;admin;planted-two;Hall 2\n"
)


async def import_text(workspace: Workspace, folder: Path, text: str | bytes, *, dry_run: bool = False) -> Report:
    file = folder / "devices.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
    handle = await workspace.runner.start(
        Request("devices.import", params={"file": str(file)}, dry_run=dry_run)
    )  # fmt: skip
    return await handle.report()


async def names(workspace: Workspace) -> list[str]:
    return [device.name for device in await workspace.store.read(devices.devices)]


class KeyringOfTwo(MemoryKeyring):
    """Keeps two passwords and refuses the third."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(self._values) == 2:
            raise OSError("the keyring is full")
        super().set_password(service, username, password)


async def test_good_rows_are_devices_and_their_passwords_are_in_the_keyring(
    workspace: Workspace, tmp_path: Path
) -> None:
    report = await import_text(workspace, tmp_path, GOOD)
    assert (report.exit_code, report.run.summary) == (
        0, {"total": 2, "created": 2, "updated": 0, "skipped": 0, "failed": 0},
    )  # fmt: skip
    main, warehouse = await workspace.store.read(devices.devices)
    assert (main.host, main.port, main.username, main.site) == ("192.168.1.64", 80, "admin", "Hall 1")
    assert (warehouse.port, warehouse.https, warehouse.has_password) == (8443, True, True)
    assert await workspace.vault.get(warehouse, "password") == "planted-two"
    assert "planted" not in "\n".join(await dump(workspace))


async def test_a_bad_row_is_named_with_field_rule_and_remedy_and_the_others_are_kept(
    workspace: Workspace, tmp_path: Path
) -> None:
    report = await import_text(workspace, tmp_path, GOOD + "Gate;http://10.0.0.1;;;admin;planted-three;\n")
    assert report.exit_code == 3
    assert await names(workspace) == ["Main entrance", "Warehouse"]
    bad = report.outcomes[-1]
    assert (bad.subject, bad.status, bad.action, bad.step) == ("Gate", Status.SKIPPED, Action.SKIP, "host")
    assert bad.message.startswith("Row 4, host: ")
    assert bad.remedy
    assert (report.run.reasons, report.run.summary["skipped"]) == ({"invalid_row": 1}, 1)


async def test_a_dry_run_says_the_same_and_keeps_nothing(
    workspace: Workspace, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    report = await import_text(workspace, tmp_path, GOOD + "Gate;;;;;;\n", dry_run=True)
    assert [o.action for o in report.outcomes] == [Action.CREATE, Action.CREATE, Action.SKIP]
    assert await names(workspace) == []
    assert keyring._values == {}


async def test_the_same_file_again_changes_nothing_but_the_passwords(workspace: Workspace, tmp_path: Path) -> None:
    await import_text(workspace, tmp_path, GOOD)
    ids = {d.id for d in await workspace.store.read(devices.devices)}
    without = GOOD.replace("planted-one", "").replace("planted-two", "")
    again = await import_text(workspace, tmp_path, without)
    assert (again.exit_code, again.run.summary["skipped"]) == (0, 2)
    found = await workspace.store.read(devices.devices)
    assert ({d.id for d in found}, [d.has_password for d in found]) == (ids, [True, True])
    assert await workspace.vault.get(found[0], "password") == "planted-one"


async def test_a_corrected_row_changes_its_device(workspace: Workspace, tmp_path: Path) -> None:
    await import_text(workspace, tmp_path, GOOD)
    report = await import_text(workspace, tmp_path, GOOD.replace("192.168.1.64", "192.168.1.70"))
    assert report.run.summary["updated"] == 2  # the other one has its password stored anew
    assert [c.field for c in report.outcomes[0].changes] == ["host"]
    assert (await workspace.store.read(devices.devices))[0].host == "192.168.1.70"


@pytest.mark.parametrize(
    ("row", "word"),
    [("Gate;10.0.0.9;;;;;", "comes from Supabase"), ("New;10.0.0.5;;;;;", "has the same address")],
)
async def test_a_device_of_another_source_is_left_alone(
    workspace: Workspace, tmp_path: Path, row: str, word: str
) -> None:
    device = Device("d-1", "Gate", "10.0.0.5", source=DeviceSource.SUPABASE, source_id="s-1", connection="c-1")
    await workspace.store.write(devices.add_device, device)
    report = await import_text(workspace, tmp_path, GOOD.splitlines()[0] + "\n" + row)
    assert report.exit_code == 3
    assert word in report.outcomes[0].message
    assert await names(workspace) == ["Gate"]


async def test_a_device_without_password_or_in_an_odd_place_is_a_warning(workspace: Workspace, tmp_path: Path) -> None:
    report = await import_text(workspace, tmp_path, "name,host,port\nGate,10.0.0.5,8000\n")
    assert report.exit_code == 0
    assert [w.startswith("Gate") for w in report.run.warnings] == [True, True]


@pytest.mark.parametrize("keyring", [KeyringOfTwo()])
async def test_a_keyring_that_refuses_leaves_no_device_and_no_password(
    workspace: Workspace, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    report = await import_text(workspace, tmp_path, GOOD + "Gate;10.0.0.5;;;admin;planted-three;\n")
    assert (report.exit_code, isinstance(report.error, NoKeyring)) == (5, True)
    assert await names(workspace) == []
    assert keyring._values == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfen\x00a\x00", "name;host\nUșă;10.0.0.1\n".encode("utf-16"), b"PK\x03\x04\x00\xff", b"name,host,x\n"],
    ids=["empty", "half a character", "UTF-16", "a workbook", "an unknown column"],
)
async def test_a_file_that_is_no_table_stores_nothing(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    report = await import_text(workspace, tmp_path, content)
    assert report.exit_code == 2
    assert report.error is not None
    assert report.error.remedy


async def test_a_file_that_is_not_there(workspace: Workspace, tmp_path: Path) -> None:
    report = await run(workspace, "devices.import", params={"file": str(tmp_path / "none.csv")})
    assert report.exit_code == 2


async def test_a_file_that_is_too_large(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_import, "MOST_BYTES", 10)
    assert (await import_text(workspace, tmp_path, GOOD)).exit_code == 2


@settings(max_examples=25)
@given(rubbish=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: ("name;host\n" + t).encode())))
async def test_no_file_does_anything_worse_than_a_clear_refusal(
    workspace: Workspace, tmp_path: Path, rubbish: bytes
) -> None:
    report = await import_text(workspace, tmp_path, rubbish)
    assert report.exit_code in {0, 2, 3}
