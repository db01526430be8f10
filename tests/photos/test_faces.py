"""Finding faces with the real cascades, on drawn faces that they take for real ones."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from app.demo.drawing.badge import badge
from app.demo.supabase.pictures import picture
from app.demo.supabase.workforce import Photo, PhotoKind
from app.photos import PhotoProblem, Verdict, examine, faces
from app.photos.faces import find_faces, measure_face


def face(number: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(badge(str(number), woman=bool(number % 2)))).convert("RGB")


def jpeg(drawn: Image.Image) -> bytes:
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=88, subsampling=2)
    return out.getvalue()


def beside(*drawn: Image.Image) -> Image.Image:
    scene = Image.new("RGB", (sum(one.width for one in drawn), max(one.height for one in drawn)), (150, 170, 190))
    left = 0
    for one in drawn:
        scene.paste(one, (left, scene.height - one.height))
        left += one.width
    return scene


@pytest.mark.parametrize("number", range(8))
def test_one_face_is_one_face(number: int) -> None:
    drawn = face(number)
    (found,) = find_faces(drawn) or ()
    assert abs(found.left + found.width / 2 - drawn.width / 2) < drawn.width / 10
    assert 0.25 * drawn.height < found.height < 0.7 * drawn.height


@pytest.mark.parametrize("scale", [0.5, 1, 3])
def test_at_any_size_it_is_at_the_same_place(scale: float) -> None:
    drawn = face()
    (plain,) = find_faces(drawn) or ()
    (found,) = find_faces(drawn.resize((round(drawn.width * scale), round(drawn.height * scale)))) or ()
    assert found.scaled(1 / scale).left == pytest.approx(plain.left, abs=drawn.width / 12)
    assert found.height / scale == pytest.approx(plain.height, rel=0.15)


def test_two_people_are_two_faces_and_the_largest_comes_first() -> None:
    found = find_faces(beside(face(2).resize((360, 480)), face(1))) or ()
    assert len(found) == 2
    assert found[0].height > found[1].height
    assert found[0].left > found[1].left


@pytest.mark.parametrize(
    "drawn",
    [
        Image.radial_gradient("L").resize((480, 640)),
        Image.effect_noise((480, 640), 90),
        Image.effect_mandelbrot((480, 640), (-2, -1.5, 1, 1.5), 40),
        face().rotate(180),
        Image.new("RGB", (1, 900)),
    ],
    ids=["gradient", "noise", "pattern", "upside down", "a line"],
)
def test_no_face_is_none(drawn: Image.Image) -> None:
    assert find_faces(drawn.convert("RGB")) == []


def test_blur_darkness_and_flatness_show_in_numbers() -> None:
    drawn = face()
    (box,) = find_faces(drawn) or ()
    plain = measure_face(drawn, box)
    blurred = measure_face(drawn.filter(ImageFilter.GaussianBlur(6)), box)
    dark = measure_face(ImageEnhance.Brightness(drawn).enhance(0.2), box)
    flat = measure_face(ImageEnhance.Contrast(drawn).enhance(0.15), box)
    assert blurred.sharpness < 30 < plain.sharpness
    assert dark.brightness < 45 < plain.brightness
    assert flat.contrast < 14 < plain.contrast


def test_threads_do_not_get_in_each_others_way() -> None:
    drawn = [face(number) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert [len(found or ()) for found in pool.map(find_faces, drawn)] == [1] * 12


@pytest.fixture
def no_opencv(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    faces._finder.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    yield
    faces._finder.cache_clear()


@pytest.mark.usefixtures("no_opencv")
def test_without_opencv_the_photo_is_examined_all_the_same() -> None:
    exam = examine(jpeg(face()))
    assert {finding.problem for finding in exam.findings} == {PhotoProblem.NO_FINDER}
    assert (exam.verdict, exam.usable) == (Verdict.GOOD, True)


@pytest.mark.parametrize(
    ("kind", "verdict", "problem"),
    [
        (PhotoKind.FACE, Verdict.GOOD, None),
        (PhotoKind.LARGE, Verdict.REPAIRED, PhotoProblem.CONVERTED),
        (PhotoKind.TURNED, Verdict.REPAIRED, PhotoProblem.TURNED),
        (PhotoKind.TINY, Verdict.UNUSABLE, PhotoProblem.TOO_SMALL),
        (PhotoKind.TWO_FACES, Verdict.UNUSABLE, PhotoProblem.SEVERAL_FACES),
        (PhotoKind.NO_FACE, Verdict.UNUSABLE, PhotoProblem.NO_FACE),
        (PhotoKind.TEXT, Verdict.UNUSABLE, PhotoProblem.NOT_A_PICTURE),
    ],
)
def test_the_verdict_on_photos_of_real_life(kind: PhotoKind, verdict: Verdict, problem: PhotoProblem | None) -> None:
    exam = examine(picture(Photo("7", woman=True, kind=kind)))
    assert exam.verdict is verdict
    assert problem is None or problem in {finding.problem for finding in exam.findings}
