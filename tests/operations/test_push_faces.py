"""Faces in a push: uploads, what a terminal says of a picture, and what is remembered of it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.quirks import Lie, PartNames, Quirks
from app.demo.world import DemoWorld
from app.domain.coverage import CoverageState
from app.domain.outcomes import RunState, Status
from app.errors import ExitCode
from app.operations.photo_files import face_file
from app.workspace import Workspace
from tests.support.site import Site, a_person

FACE = "/ISAPI/Intelligent/FDLib/FaceDataRecord"


@pytest.fixture
def one_terminal() -> Iterator[DemoWorld]:
    with DemoWorld(people=12, offices=3, terminals=1) as world:
        world.terminals.terminals[0].quirks = Quirks()
        yield world


@pytest.fixture
async def site(workspace: Workspace, one_terminal: DemoWorld) -> Site:
    """One plain terminal and one person with a local photo."""
    site = Site(workspace, one_terminal)
    await site.add_devices()
    ana = a_person(1001, "Ana", photo="a.jpg", photo_digest="d1")
    await site.add_people([ana])
    workspace.home.faces.mkdir()
    face_file(workspace.home, ana.id).write_bytes(jpeg())
    return site


def jpeg(colour: str = "tan") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (480, 640), colour).save(out, "JPEG", quality=88, subsampling=2)
    return out.getvalue()


def upload_names(site: Site) -> int:
    return sum(call.path == FACE and call.signed for call in site.terminals[0].calls)


async def test_a_local_photo_is_uploaded_and_proven(site: Site) -> None:
    report = await site.run()
    assert report.exit_code is ExitCode.DONE
    assert report.run.summary["verified"] == 1
    assert site.terminals[0].faces["1001"] == jpeg()
    (call,) = [c for c in site.terminals[0].calls if c.path == FACE and c.signed]
    assert call.body == {"faceLibType": "blackFD", "FDID": "1", "FPID": "1001"}


async def test_a_person_with_a_face_costs_four_requests(site: Site) -> None:
    await site.run()
    writes = [c for c in site.terminals[0].calls if c.path.endswith(("Record", "FaceDataRecord"))]
    assert len(writes) == 4


async def test_a_picture_that_is_refused_is_partial_and_says_why(site: Site) -> None:
    site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code="poorFaceQuality", only=Place.FACE)]
    report = await site.run()
    (outcome,) = report.outcomes
    assert (outcome.status, outcome.step) == (Status.PARTIAL, "face")
    assert "quality" in outcome.message
    assert outcome.remedy
    assert "poorFaceQuality" in outcome.answered
    assert report.run.state is RunState.FINISHED
    assert report.exit_code is ExitCode.INCOMPLETE


async def test_the_same_bytes_are_not_sent_again_until_the_photo_changes(site: Site) -> None:
    site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code="noFace", only=Place.FACE, times=1)]
    await site.run()
    before = upload_names(site)
    report = await site.run()
    assert upload_names(site) == before
    assert "refused this very photo" in report.outcomes[0].message
    named = await site.run("terminals.push_person", person="person-Ana")
    assert named.exit_code is ExitCode.DONE


async def test_why_a_photo_was_refused_is_remembered_word_for_word(site: Site) -> None:
    site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code="noFace", only=Place.FACE, times=1)]
    first = (await site.run()).outcomes[0].message
    await site.run("terminals.verify")
    for _again in range(2):
        (outcome,) = (await site.run()).outcomes
        assert outcome.message.count("refused this very photo") == 1
        assert outcome.message.endswith(f"before: {first.removeprefix('Added. ')}")


async def test_the_part_names_that_a_terminal_takes_are_found_and_remembered(site: Site) -> None:
    site.terminals[0].quirks = Quirks(part_names=frozenset({PartNames.URL_IMG}))
    await site.run()
    assert upload_names(site) == 3
    assert (await site.run("terminals.push_photo", person="person-Ana")).exit_code is ExitCode.DONE
    assert upload_names(site) == 4


async def test_a_face_that_is_there_is_a_success(site: Site) -> None:
    await site.run()
    report = await site.run("terminals.push_photo", person="person-Ana")
    assert report.outcomes[0].status is Status.SUCCESS
    assert "already on the device" in report.outcomes[0].message


async def test_a_device_that_only_claims_to_store_the_face_is_caught(site: Site) -> None:
    site.terminals[0].quirks = Quirks(lies=frozenset({Lie.STORES_NO_FACE}))
    report = await site.run()
    (outcome,) = report.outcomes
    assert (outcome.status, outcome.step) == (Status.PARTIAL, "face")
    assert "does not hold it" in outcome.message
    (placement,) = (await site.placements()).values()
    assert placement.state is CoverageState.PHOTO_MISSING


async def test_a_device_that_knows_nobody_it_just_took_is_fatal(site: Site) -> None:
    site.terminals[0].quirks = Quirks(lies=frozenset({Lie.STORES_NO_PERSON}))
    site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, only=Place.FACE, code="employeeNoNotExist")]
    report = await site.run()
    (outcome,) = report.outcomes
    assert (outcome.status, outcome.step) == (Status.FATAL, "person")
    assert report.run.first_fatal == outcome.message
    assert "does not hold the person" in outcome.message
    assert report.exit_code is ExitCode.STOPPED


async def test_a_line_that_breaks_in_mid_upload_is_fatal_and_resumes(site: Site) -> None:
    site.terminals[0].faults = [TerminalFault(FaultKind.DROP, only=Place.FACE, times=1)]
    stopped = await site.run()
    assert (stopped.outcomes[0].status, stopped.outcomes[0].step) == (Status.FATAL, "face")
    assert stopped.exit_code is ExitCode.STOPPED
    resumed = await site.resume(stopped.run.run_id)
    assert resumed.exit_code is ExitCode.DONE
    assert "Found on the device" in resumed.outcomes[0].message
    records = [c for c in site.terminals[0].calls if c.path.endswith("UserInfo/Record") and c.signed]
    assert len(records) == 1


async def test_a_photo_push_leaves_out_the_person_and_says_who_is_not_there(site: Site) -> None:
    report = await site.run("terminals.push_photo", person="person-Ana")
    assert (report.outcomes[0].status, report.outcomes[0].step) == (Status.PARTIAL, "face")
    assert not any(c.path.endswith("UserInfo/Record") for c in site.terminals[0].calls)


async def test_a_changed_photo_replaces_the_face(site: Site) -> None:
    await site.run()
    workspace = site.workspace
    path = workspace.home.path / "new.jpg"
    path.write_bytes(jpeg("white"))
    changed = await site.run("employees.set_photo", employee="person-Ana", file=str(path))
    assert changed.run.state is RunState.FINISHED
    report = await site.run()
    assert report.exit_code is ExitCode.DONE
    assert site.terminals[0].faces["1001"] != jpeg()


async def test_a_file_that_is_no_picture_changes_nothing(site: Site) -> None:
    path = site.workspace.home.path / "new.jpg"
    path.write_text("not a picture")
    report = await site.run("employees.set_photo", employee="person-Ana", file=str(path))
    assert report.run.state is RunState.STOPPED
    assert face_file(site.workspace.home, "person-Ana").read_bytes() == jpeg()


async def test_a_strict_check_sends_no_picture_without_a_face(site: Site) -> None:
    report = await site.run(photo_check="strict")
    assert (report.outcomes[0].status, report.outcomes[0].step) == (Status.PARTIAL, "face")
    assert upload_names(site) == 0
