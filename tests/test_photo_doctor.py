"""The photo doctor: whatever the bytes are there is a verdict, and what comes out is what terminals take."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app import photo_doctor
from app.face_finder import FaceBox
from app.photo_doctor import MOST_SENT_BYTES, PhotoProblem, Verdict, examine


@pytest.fixture
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder that sees one well placed face in every picture: what is examined here is everything else."""
    monkeypatch.setattr(photo_doctor, "find_faces", _middle)
    monkeypatch.setattr(photo_doctor, "sharpness", lambda *_: 500.0)
    monkeypatch.setattr(photo_doctor, "brightness", lambda *_: 128.0)


def _middle(picture: Image.Image) -> list[FaceBox]:
    side = picture.height // 2
    return [FaceBox((picture.width - side) // 2, picture.height // 4, side, side)]


def picture(width: int = 480, height: int = 640, mode: str = "RGB") -> Image.Image:
    """Something with detail and a marked upper left corner."""
    made = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(made).rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))
    return made.convert(mode)


def saved(made: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def problems(exam: photo_doctor.PhotoExam) -> set[PhotoProblem]:
    return {finding.problem for finding in exam.findings}


def assert_fit(jpeg: bytes) -> None:
    """Baseline JPEG, 4:2:0, RGB, at most 180 KB and 1000 pixels, no metadata, nothing after its end."""
    assert jpeg.startswith(b"\xff\xd8")
    assert jpeg.endswith(b"\xff\xd9")
    assert len(jpeg) <= MOST_SENT_BYTES
    with Image.open(io.BytesIO(jpeg)) as opened:
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        assert max(opened.size) <= 1000
        assert not {"progressive", "exif", "icc_profile"} & set(opened.info)
        assert [(c[1], c[2]) for c in opened.layer] == [(2, 2), (1, 1), (1, 1)]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("one_face")
class TestRepair:
    def test_a_picture_that_is_fit_is_not_touched(self) -> None:
        fit = saved(picture(), quality=85, subsampling=2)
        exam = examine(fit)
        assert exam.jpeg == fit
        assert (exam.verdict, exam.repaired) == (Verdict.GOOD, False)

    @pytest.mark.parametrize(
        "bytes_",
        [
            saved(picture(), quality=85, subsampling=0),
            saved(picture(), quality=85, subsampling=2, progressive=True),
            saved(picture(2400, 3200), quality=95),
            saved(picture(mode="L")),
            saved(picture().convert("CMYK")),
            saved(picture().convert("P"), "PNG"),
            saved(picture().convert("RGBA"), "PNG"),
            saved(picture(), "WEBP"),
            saved(picture(), "BMP"),
            saved(picture().convert("P"), "GIF", save_all=True, append_images=[picture(480, 640).convert("P")]),
            saved(picture(), quality=85, subsampling=2) + b"behind the end",
            saved(picture(), quality=85, subsampling=2, comment=b"a note"),
            saved(Image.effect_noise((1600, 1600), 200).convert("RGB"), quality=100, subsampling=0),
        ],
        ids=["444", "progressive", "large", "grey", "cmyk", "palette", "alpha", "webp", "bmp", "gif", "tail", "comment",
             "noise"],
    )  # fmt: skip
    def test_everything_else_is_made_fit(self, bytes_: bytes) -> None:
        exam = examine(bytes_)
        assert exam.verdict is Verdict.REPAIRED
        assert_fit(exam.jpeg)

    @pytest.mark.parametrize("turn", range(1, 9))
    def test_it_is_turned_upright_and_loses_its_metadata(self, turn: int) -> None:
        undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
        made = picture()
        if turn in undo:
            made = made.transpose(Image.Transpose(undo[turn]))
        exif = Image.Exif()
        exif[0x0112] = turn
        exif[0x010E] = "secret place"
        exam = examine(saved(made, quality=90, exif=exif))
        assert_fit(exam.jpeg)
        assert b"secret place" not in exam.jpeg
        with Image.open(io.BytesIO(exam.jpeg)) as upright:
            red, green, _blue = upright.getpixel((10, 10))  # type: ignore[misc]
            assert upright.size == (480, 640)
        assert (exam.width, exam.height) == (480, 640)
        assert red > 150 > green
        assert (PhotoProblem.TURNED in problems(exam)) == (turn != 1)

    def test_alpha_becomes_white(self) -> None:
        exam = examine(saved(Image.new("RGBA", (480, 640), (0, 0, 0, 0)), "PNG"))
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert min(opened.getpixel((100, 100))) > 250  # type: ignore[arg-type]

    def test_sixteen_bits_become_eight(self) -> None:
        deep = Image.new("I;16", (480, 640), 65535 // 2)
        exam = examine(saved(deep, "PNG"))
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert 110 < opened.getpixel((100, 100))[0] < 145  # type: ignore[index]


class TestRefusal:
    @pytest.mark.parametrize(
        "bytes_",
        [b"", b"not a picture", b"\xff\xd8\xff\xd9", b"<html></html>", saved(picture())[:4000], b"\x89PNG\r\n\x1a\n"],
        ids=["empty", "text", "no content", "html", "cut", "png head"],
    )
    def test_what_is_no_picture(self, bytes_: bytes) -> None:
        exam = examine(bytes_)
        assert problems(exam) == {PhotoProblem.NOT_A_PICTURE}
        assert (exam.verdict, exam.jpeg) == (Verdict.UNUSABLE, b"")

    def test_a_hundred_megapixels_are_never_unpacked(self) -> None:
        exam = examine(bomb(10_000, 10_000))
        assert problems(exam) == {PhotoProblem.TOO_MANY_PIXELS}
        assert exam.jpeg == b""

    def test_more_than_ten_megabytes(self) -> None:
        assert problems(examine(saved(picture()) + b"\0" * 10_000_000)) == {PhotoProblem.TOO_MANY_BYTES}

    def test_smaller_than_two_hundred_pixels(self) -> None:
        assert problems(examine(saved(picture(120, 160)))) == {PhotoProblem.TOO_SMALL}

    @pytest.mark.usefixtures("one_face")
    def test_a_small_one_is_doubtful(self) -> None:
        exam = examine(saved(picture(240, 320)))
        assert PhotoProblem.SMALL in problems(exam)
        assert exam.verdict is Verdict.DOUBTFUL
        assert exam.usable

    @given(st.binary(max_size=300))
    @settings(max_examples=80, deadline=None)
    def test_any_bytes_get_a_verdict(self, bytes_: bytes) -> None:
        assert examine(bytes_).verdict is Verdict.UNUSABLE

    @given(st.integers(0, 3000), st.integers(0, 255))
    @settings(max_examples=40, deadline=None)
    def test_a_damaged_picture_gets_a_verdict(self, place: int, value: int) -> None:
        damaged = bytearray(saved(picture(240, 320)))
        damaged[place % len(damaged)] = value
        assert examine(bytes(damaged)).verdict in set(Verdict)


class TestFaces:
    def test_a_picture_without_a_face_is_unusable_and_can_still_be_sent_by_whoever_wants(self) -> None:
        exam = examine(saved(picture()))
        assert problems(exam) & {PhotoProblem.NO_FACE}
        assert exam.verdict is Verdict.UNUSABLE
        assert_fit(exam.jpeg)

    def test_two_faces_are_one_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        two = [FaceBox(10, 10, 200, 200), FaceBox(250, 10, 200, 200)]
        monkeypatch.setattr(photo_doctor, "find_faces", lambda _picture: two)
        assert PhotoProblem.SEVERAL_FACES in problems(examine(saved(picture())))

    def test_a_small_face_in_a_large_picture_is_cropped_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(photo_doctor, "find_faces", lambda _picture: [FaceBox(600, 400, 150, 150)])
        exam = examine(saved(Image.effect_noise((1000, 1000), 90).convert("RGB"), quality=60))
        assert PhotoProblem.CROPPED in problems(exam)
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert opened.height == pytest.approx(150 / 0.45, abs=2)

    def test_a_blurred_and_a_dark_face_are_doubtful(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(photo_doctor, "find_faces", _middle)
        found = problems(examine(saved(Image.new("RGB", (480, 640), (12, 12, 12)))))
        assert {PhotoProblem.BLURRED, PhotoProblem.DARK} <= found

    def test_a_face_at_the_edge_is_cut_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(photo_doctor, "find_faces", lambda _picture: [FaceBox(0, 100, 300, 300)])
        assert PhotoProblem.FACE_CUT in problems(examine(saved(picture())))

    def test_without_a_finder_it_is_said_and_nothing_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(photo_doctor, "find_faces", lambda _picture: None)
        exam = examine(saved(picture(), quality=85, subsampling=2))
        assert problems(exam) == {PhotoProblem.NO_FINDER}
        assert exam.usable


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few KB that would unpack to gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
