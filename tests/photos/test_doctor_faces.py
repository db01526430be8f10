"""What the photo doctor makes of the faces that are found: verdict, crop, remedy."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.photos import FaceBox, PhotoFinding, PhotoProblem, Verdict, doctor, examine
from app.photos.faces import FaceLook
from tests.photos.pictures import FIT, assert_fit, picture, problems, saved, see


def test_a_picture_without_a_face_is_unusable_and_can_still_be_sent_by_whoever_wants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    see(monkeypatch)
    exam = examine(saved(picture(), "PNG"))
    assert PhotoProblem.NO_FACE in problems(exam)
    assert exam.verdict is Verdict.UNUSABLE
    assert_fit(exam.jpeg)


def test_two_faces_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, FaceBox(10, 10, 200, 200), FaceBox(250, 10, 200, 200))
    exam = examine(FIT)
    assert problems(exam) == {PhotoProblem.SEVERAL_FACES}
    assert (exam.verdict, exam.face) == (Verdict.UNUSABLE, None)


def test_a_small_face_in_a_large_picture_is_cropped_to(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, FaceBox(600, 400, 200, 200))
    exam = examine(saved(picture(1000, 1000), quality=60, subsampling=2))
    assert problems(exam) == {PhotoProblem.CROPPED, PhotoProblem.CONVERTED}
    assert exam.verdict is Verdict.REPAIRED
    with Image.open(io.BytesIO(exam.jpeg)) as opened:
        assert opened.size == (355, 444)
    assert exam.face == FaceBox(77, 122, 200, 200)


def test_cropping_never_makes_a_picture_too_small_for_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, FaceBox(600, 400, 120, 120))
    with Image.open(io.BytesIO(examine(saved(picture(1000, 1000))).jpeg)) as opened:
        assert opened.size == (320, 400)


def test_a_face_near_a_corner_is_cropped_within_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, FaceBox(850, 840, 120, 120))
    exam = examine(saved(picture(1000, 1000)))
    assert PhotoProblem.FACE_CUT not in problems(exam)
    assert exam.face == FaceBox(170, 240, 120, 120)


def test_a_crop_keeps_detail_that_the_whole_picture_would_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """A face of 400 pixels in 4000 is looked for in 2000; in 1000 it would have too few to be cropped to."""
    see(monkeypatch, FaceBox(500, 500, 200, 200))
    exam = examine(saved(picture(3000, 4000)))
    assert PhotoProblem.CROPPED in problems(exam)
    assert exam.face is not None
    assert exam.face.height == 200


def test_a_face_of_few_pixels_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, FaceBox(200, 100, 90, 90))
    exam = examine(FIT)
    assert (problems(exam), exam.verdict) == ({PhotoProblem.FACE_SMALL}, Verdict.DOUBTFUL)


@pytest.mark.parametrize(
    "face",
    [FaceBox(0, 100, 300, 300), FaceBox(100, 0, 300, 300), FaceBox(179, 100, 300, 300), FaceBox(90, 339, 300, 300)],
    ids=["left", "top", "right", "bottom"],
)
def test_a_face_at_an_edge_is_cut_off(monkeypatch: pytest.MonkeyPatch, face: FaceBox) -> None:
    see(monkeypatch, face)
    assert problems(examine(FIT)) == {PhotoProblem.FACE_CUT}


@pytest.mark.parametrize(
    ("look", "problem"),
    [
        (FaceLook(10, 128, 50), PhotoProblem.BLURRED),
        (FaceLook(500, 30, 50), PhotoProblem.DARK),
        (FaceLook(500, 240, 50), PhotoProblem.BRIGHT),
        (FaceLook(500, 128, 8), PhotoProblem.FLAT),
    ],
)
def test_a_face_that_can_hardly_be_seen_is_doubtful(
    monkeypatch: pytest.MonkeyPatch, look: FaceLook, problem: PhotoProblem
) -> None:
    see(monkeypatch, None, look=look)
    exam = examine(FIT)
    assert (problems(exam), exam.verdict, exam.look) == ({problem}, Verdict.DOUBTFUL, look)
    assert exam.remedy


def test_without_a_finder_it_is_said_and_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_faces", lambda _picture: None)
    exam = examine(FIT)
    assert (exam.verdict, exam.jpeg) == (Verdict.GOOD, FIT)
    assert exam.words == "Not checked for a face: the face finder is not installed."


def test_the_worst_finding_gives_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch)
    exam = examine(saved(picture(240, 320)))
    assert {PhotoProblem.SMALL, PhotoProblem.NO_FACE} <= problems(exam)
    assert exam.remedy == "Use a photo of the face from the front, without mask or sunglasses."


def test_every_problem_has_words_and_what_matters_a_remedy() -> None:
    for problem in PhotoProblem:
        finding = PhotoFinding(problem)
        assert finding.sentence.endswith(".")
        assert bool(finding.remedy) == finding.matters
