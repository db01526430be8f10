"""Photos of people: set from a file and taken away, checked, forgotten; what is kept and who may read it."""

from __future__ import annotations

import hashlib
import io
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

import app.operations.photos as photos_module
from app.demo.drawing.badge import badge
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.directory import Employee
from app.domain.outcomes import Action, RunState, Status
from app.errors import BadData, UsageError
from app.events import DirectoryChanged
from app.operations.photo_files import face_file
from app.operations.photos import photo_bytes, prepared_photo
from app.operations.runner import Report
from app.photos import PhotoExam, Verdict
from app.places import Home
from app.store import directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.workspace import Workspace
from tests.support.running import dump, run
from tests.support.site import a_person

ANA, BEN, CORA = "person-Ana", "person-Ben", "person-Cora"


@pytest.fixture
async def staff(workspace: Workspace) -> Workspace:
    """Three people without photos."""
    people = [a_person(1001 + place, name) for place, name in enumerate(("Ana", "Ben", "Cora"))]
    rows = [(*directory.employee_row(p)[:-2], "2026-01-01", "2026-01-01") for p in people]
    await workspace.store.write(insert_rows, EmployeeRow, rows)
    return workspace


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A badge photo that can be sent as it is."""
    return saved(tmp_path / "good.jpg", badge("1", woman=True))


@pytest.fixture
def landscape(tmp_path: Path) -> Path:
    """A picture of nobody."""
    out = io.BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(out, "PNG")
    return saved(tmp_path / "landscape.png", out.getvalue())


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def person(workspace: Workspace, employee_id: str = ANA) -> Employee:
    (found,) = [e for e in await workspace.store.read(directory.employees) if e.id == employee_id]
    return found


async def set_photo(workspace: Workspace, file: Path, employee: str = ANA, *, dry_run: bool = False) -> Report:
    params = {"employee": employee, "file": str(file)}
    return await run(workspace, "employees.set_photo", params=params, dry_run=dry_run)


def files(home: Home) -> set[str]:
    return {str(p.relative_to(home.path)) for folder in (home.faces, home.pictures) for p in folder.glob("*")}


class TestSettingAPhoto:
    async def test_it_is_kept_ready_and_shown_in_lists(self, staff: Workspace, good: Path) -> None:
        report = await set_photo(staff, good)
        (outcome,) = report.outcomes
        assert (outcome.status, outcome.action, outcome.step) == (Status.SUCCESS, Action.UPDATE, "good")
        assert (outcome.subject_id, report.exit_code) == (ANA, 0)
        ana = await person(staff)
        kept = face_file(staff.home, ANA).read_bytes()
        assert kept == good.read_bytes()
        assert ana.photo_digest == hashlib.blake2b(kept, digest_size=8).hexdigest()
        assert ana.photo == f"{ANA}.jpg"
        assert files(staff.home) == {f"faces/{ANA}.jpg", f"pictures/{ANA}.jpg"}

    async def test_faces_are_for_their_owner_alone(self, staff: Workspace, good: Path) -> None:
        await set_photo(staff, good)
        assert stat.S_IMODE(staff.home.faces.stat().st_mode) == 0o700
        assert stat.S_IMODE(face_file(staff.home, ANA).stat().st_mode) == 0o600

    async def test_a_repaired_photo_is_kept_repaired(self, staff: Workspace, tmp_path: Path) -> None:
        out = io.BytesIO()
        Image.open(io.BytesIO(badge("1", woman=True))).save(out, "PNG")
        report = await set_photo(staff, saved(tmp_path / "a.png", out.getvalue()))
        assert report.outcomes[0].step == "repaired"
        assert "Saved anew" in report.outcomes[0].message
        exam = await prepared_photo(staff, await person(staff))
        assert (exam.verdict, exam.jpeg) == (Verdict.GOOD, face_file(staff.home, ANA).read_bytes())

    async def test_one_without_a_face_is_taken_with_a_warning(self, staff: Workspace, landscape: Path) -> None:
        """The finder can be wrong, and whether such a photo is sent is for the push to decide."""
        report = await set_photo(staff, landscape)
        (outcome,) = report.outcomes
        assert (outcome.status, outcome.step, report.exit_code) == (Status.PARTIAL, "unusable", 3)
        assert "No face was found in the photo." in outcome.message
        assert outcome.remedy
        assert (await person(staff)).photo_digest

    @pytest.mark.parametrize("content", [b"", b"no picture", badge("1", woman=True)[:2000], b"\0" * 10_000_001])
    async def test_one_that_cannot_be_made_fit_changes_nothing(
        self, staff: Workspace, good: Path, tmp_path: Path, content: bytes
    ) -> None:
        await set_photo(staff, good)
        before = files(staff.home), await person(staff)
        report = await set_photo(staff, saved(tmp_path / "bad.jpg", content))
        assert isinstance(report.error, BadData)
        assert report.error.message
        assert report.error.remedy
        assert (files(staff.home), await person(staff)) == before
        assert face_file(staff.home, ANA).read_bytes() == good.read_bytes()

    @pytest.mark.parametrize("name", ["nothing.jpg", "", "/dev/zero"])
    async def test_what_is_no_file_is_refused(self, staff: Workspace, tmp_path: Path, name: str) -> None:
        report = await set_photo(staff, tmp_path / name)
        assert isinstance(report.error, BadData)
        assert "is no file" in report.error.message

    async def test_an_unknown_person_is_refused(self, staff: Workspace, good: Path) -> None:
        assert (await set_photo(staff, good, "../../etc/passwd")).exit_code == 2
        assert files(staff.home) == set()

    async def test_a_dry_run_only_says_what_would_be(self, staff: Workspace, good: Path) -> None:
        before = await dump(staff)
        report = await set_photo(staff, good, dry_run=True)
        assert report.outcomes[0].message.startswith("Would become")
        assert (await dump(staff), files(staff.home)) == (before, set())

    async def test_a_home_that_cannot_be_written_is_said_with_a_remedy(self, staff: Workspace, good: Path) -> None:
        staff.home.faces.write_text("in the way")
        report = await set_photo(staff, good)
        assert report.error is not None
        assert "could not be stored" in report.error.message
        assert str(staff.home.path) in report.error.remedy
        assert (await person(staff)).photo_digest is None


class TestRemovingIt:
    async def test_nothing_of_it_is_left(self, staff: Workspace, good: Path) -> None:
        await set_photo(staff, good)
        heard: list[DirectoryChanged] = []
        staff.events.subscribe(DirectoryChanged, heard.append)
        report = await run(staff, "employees.remove_photo", params={"employee": ANA})
        assert (report.outcomes[0].status, report.outcomes[0].action) == (Status.SUCCESS, Action.UPDATE)
        ana = await person(staff)
        assert (ana.photo_digest, ana.photo, ana.photo_checked_at) == (None, None, None)
        assert files(staff.home) == set()
        assert heard

    async def test_where_there_is_none_nothing_is_done(self, staff: Workspace) -> None:
        report = await run(staff, "employees.remove_photo", params={"employee": ANA})
        assert (report.outcomes[0].status, report.outcomes[0].action) == (Status.SKIPPED, Action.UNCHANGED)
        assert report.exit_code == 0

    async def test_a_dry_run_removes_nothing(self, staff: Workspace, good: Path) -> None:
        await set_photo(staff, good)
        before = await dump(staff), files(staff.home)
        await run(staff, "employees.remove_photo", params={"employee": ANA}, dry_run=True)
        assert (await dump(staff), files(staff.home)) == before


class TestCheckingLocalPhotos:
    async def test_each_person_gets_a_verdict_in_words(self, staff: Workspace, good: Path, landscape: Path) -> None:
        await set_photo(staff, good)
        await set_photo(staff, landscape, BEN)
        report = await run(staff, "employees.check_photos")
        assert report.run.summary == {
            "total": 2, "good": 1, "repaired": 0, "doubtful": 0, "unusable": 1, "failed": 0,
        }  # fmt: skip
        by_id = {o.subject_id: o for o in report.outcomes}
        assert (by_id[ANA].status, by_id[ANA].message) == (Status.SUCCESS, "Good as it is.")
        assert (by_id[BEN].status, by_id[BEN].step) == (Status.FATAL, "unusable")
        assert by_id[BEN].remedy
        assert report.exit_code == 3

    async def test_a_blurred_photo_is_doubtful(self, staff: Workspace, tmp_path: Path) -> None:
        out = io.BytesIO()
        drawn = Image.open(io.BytesIO(badge("1", woman=True))).filter(ImageFilter.GaussianBlur(5))
        drawn.save(out, "JPEG", quality=88, subsampling=2)
        await set_photo(staff, saved(tmp_path / "blurred.jpg", out.getvalue()))
        (outcome,) = (await run(staff, "employees.check_photos", params={"employees": ANA})).outcomes
        assert (outcome.status, outcome.step, outcome.message) == (
            Status.PARTIAL, "doubtful", "The face is not sharp.",
        )  # fmt: skip

    async def test_somebody_named_who_has_none_is_told_so(self, staff: Workspace) -> None:
        report = await run(staff, "employees.check_photos", params={"employees": f"{CORA},{CORA}"})
        (outcome,) = report.outcomes
        assert outcome.message == "There is no photo of Cora Popescu."
        assert outcome.remedy
        assert report.run.summary["failed"] == 1

    async def test_a_file_that_somebody_deleted_is_said(self, staff: Workspace, good: Path) -> None:
        await set_photo(staff, good)
        face_file(staff.home, ANA).unlink()
        (outcome,) = (await run(staff, "employees.check_photos")).outcomes
        assert outcome.status is Status.FATAL
        assert "is no file" in outcome.message

    async def test_an_unknown_person_is_refused(self, staff: Workspace) -> None:
        report = await run(staff, "employees.check_photos", params={"employees": "nobody"})
        assert isinstance(report.error, UsageError)

    async def test_a_resumed_check_looks_at_nobody_twice_and_counts_everybody(
        self, staff: Workspace, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for employee in (ANA, BEN, CORA):
            await set_photo(staff, good, employee)
        looked: list[str] = []
        whole = photos_module.prepared_photo

        async def break_at_the_second(workspace: Workspace, employee: Employee) -> PhotoExam:
            looked.append(employee.id)
            if len(looked) == 2:
                raise RuntimeError("the lights went out")
            return await whole(workspace, employee)

        monkeypatch.setattr(photos_module, "_AT_ONCE", 1)
        monkeypatch.setattr(photos_module, "prepared_photo", break_at_the_second)
        broken = await run(staff, "employees.check_photos")
        assert broken.run.state is RunState.FAILED
        report = await (await staff.runner.resume(broken.run.run_id)).report()
        assert Counter(looked) == {ANA: 1, BEN: 2, CORA: 1}
        assert (report.run.summary["total"], report.run.summary["good"]) == (3, 3)


class TestClearingTheCache:
    async def test_only_what_came_from_a_file_stays(self, staff: Workspace, good: Path) -> None:
        await set_photo(staff, good)
        await staff.store.write(directory.note_photos, [(BEN, f"{BEN}.jpg"), (CORA, None)])
        saved(staff.home.pictures / f"{BEN}.jpg", b"a thumbnail")
        saved(staff.home.faces / "somebody-long-gone.jpg", b"a face")
        report = await run(staff, "photos.clear_cache")
        assert report.run.summary == {"removed": 2}
        assert files(staff.home) == {f"faces/{ANA}.jpg", f"pictures/{ANA}.jpg"}
        assert (await person(staff)).photo == f"{ANA}.jpg"
        for employee in (BEN, CORA):
            forgotten = await person(staff, employee)
            assert (forgotten.photo, forgotten.photo_checked_at) == (None, None)

    async def test_a_dry_run_counts_and_deletes_nothing(self, staff: Workspace) -> None:
        staff.home.pictures.mkdir()
        saved(staff.home.pictures / f"{BEN}.jpg", b"a thumbnail")
        report = await run(staff, "photos.clear_cache", dry_run=True)
        assert report.run.summary == {"removed": 1}
        assert files(staff.home) == {f"pictures/{BEN}.jpg"}


class TestPhotosOfSupabase:
    @pytest.fixture
    def project_world(self) -> Iterator[DemoWorld]:
        with DemoWorld(people=1, offices=1, terminals=1, workers=50) as world:
            yield world

    @pytest.fixture
    async def synced(self, workspace: Workspace, project_world: DemoWorld, no_waiting: list[float]) -> Workspace:
        await connect_demo(workspace, {"supabase": project_world.supabase.describe()})
        assert (await run(workspace, "people.sync")).run.state is RunState.FINISHED
        return workspace

    async def test_the_bad_ones_are_found_and_the_others_good(self, synced: Workspace) -> None:
        report = await run(synced, "employees.check_photos")
        everybody = [e for e in await synced.store.read(directory.employees) if e.has_photo]
        assert sorted(o.subject_id for o in report.outcomes) == sorted(e.id for e in everybody)
        summary = report.run.summary
        assert sum(summary[v] for v in Verdict) + summary["failed"] == summary["total"] == len(everybody)
        said = " ".join(o.message for o in report.outcomes)
        for sentence in (
            "No face was found",
            "More than one face",
            "is no picture",
            "smaller than 200",
            "Turned upright",
        ):
            assert sentence in said
        assert summary["good"] > summary["total"] * 0.6
        assert all(o.remedy for o in report.outcomes if o.status in {Status.FATAL, Status.PARTIAL})

    async def test_what_can_be_seen_is_shown_in_lists_from_then_on(self, synced: Workspace) -> None:
        one = next(e for e in await synced.store.read(directory.employees) if e.has_photo)
        assert one.photo is None
        exam = await prepared_photo(synced, one)
        assert exam.verdict is Verdict.GOOD
        assert (await person(synced, one.id)).photo == f"{one.id}.jpg"

    async def test_a_dry_run_writes_nothing_anywhere(self, synced: Workspace) -> None:
        before = await dump(synced)
        report = await run(synced, "employees.check_photos", dry_run=True)
        assert report.run.summary["good"] > 0
        assert (await dump(synced), files(synced.home)) == (before, set())

    async def test_a_local_photo_wins_until_it_is_removed(self, synced: Workspace, good: Path) -> None:
        one = next(e for e in await synced.store.read(directory.employees) if e.has_photo)
        theirs = await photo_bytes(synced, one)
        await set_photo(synced, good, one.id)
        assert await photo_bytes(synced, await person(synced, one.id)) == good.read_bytes() != theirs
        await run(synced, "employees.remove_photo", params={"employee": one.id})
        assert await photo_bytes(synced, await person(synced, one.id)) == theirs

    async def test_a_project_that_is_down_is_asked_a_few_times_at_most(
        self, synced: Workspace, project_world: DemoWorld
    ) -> None:
        project = project_world.supabase
        project.fault = FaultPlan(Fault.SERVER_ERROR)
        project.forget_requests()
        report = await run(synced, "employees.check_photos")
        assert report.run.summary["failed"] == report.run.summary["total"] > 20
        assert len(project.requests) < report.run.summary["total"]
        assert all(o.status is Status.FATAL and o.remedy for o in report.outcomes)
