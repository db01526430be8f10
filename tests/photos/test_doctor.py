"""The photo doctor: whatever the bytes are there is a verdict, and what comes out is what terminals take."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.photos import PhotoProblem, Verdict, examine
from tests.photos.pictures import FIT, assert_fit, exif, picture, png_of, problems, saved, segment


@pytest.mark.usefixtures("one_face")
class TestRepair:
    def test_a_picture_that_is_fit_is_not_touched(self) -> None:
        exam = examine(FIT)
        assert exam.jpeg == FIT
        assert (exam.verdict, exam.repaired, exam.findings) == (Verdict.GOOD, False, ())

    def test_what_was_repaired_once_is_good_from_then_on(self) -> None:
        once = examine(saved(picture(2400, 3200), "PNG"))
        again = examine(once.jpeg)
        assert (again.verdict, again.jpeg) == (Verdict.GOOD, once.jpeg)

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
            saved(picture(), "MPO", save_all=True, append_images=[picture()]),
            saved(Image.effect_noise((1600, 1600), 200).convert("RGB"), quality=100, subsampling=0),
        ],
        ids=["444", "progressive", "large", "grey", "cmyk", "palette", "alpha", "webp", "bmp", "gif", "two in one",
             "noise"],
    )  # fmt: skip
    def test_everything_else_is_made_fit(self, bytes_: bytes) -> None:
        exam = examine(bytes_)
        assert exam.verdict is Verdict.REPAIRED
        assert problems(exam) == {PhotoProblem.CONVERTED}
        assert_fit(exam.jpeg)

    @pytest.mark.parametrize(
        "bytes_",
        [
            saved(picture(), quality=85, subsampling=2, exif=exif()),
            saved(picture(), quality=85, subsampling=2, comment=b"secret place"),
            saved(picture(), quality=85, subsampling=2, xmp=b"<x>secret place</x>"),
            saved(picture(), quality=85, subsampling=2, icc_profile=b"secret place"),
            segment(0xED, b"Photoshop 3.0\0secret place"),
            segment(0xEB, b"JP\0\0secret place"),
            segment(0xE0, b"JFXX\0secret place"),
            FIT + b"secret place",
            FIT + saved(picture(), comment=b"secret place"),
        ],
        ids=["exif", "comment", "xmp", "icc", "photoshop", "jumbf", "preview", "tail", "a picture behind the picture"],
    )
    def test_nothing_hides_beside_the_picture(self, bytes_: bytes) -> None:
        assert b"secret place" in bytes_
        exam = examine(bytes_)
        assert b"secret place" not in exam.jpeg
        assert_fit(exam.jpeg)

    @pytest.mark.parametrize("turn", range(1, 9))
    def test_it_is_turned_upright(self, turn: int) -> None:
        undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
        made = picture()
        if turn in undo:
            made = made.transpose(Image.Transpose(undo[turn]))
        exam = examine(saved(made, quality=90, exif=exif(turn)))
        assert_fit(exam.jpeg)
        with Image.open(io.BytesIO(exam.jpeg)) as upright:
            red, green, _blue = upright.getpixel((10, 10))  # type: ignore[misc]
            assert upright.size == (480, 640)
        assert (exam.width, exam.height) == (480, 640)
        assert red > 150 > green
        assert (PhotoProblem.TURNED in problems(exam)) == (turn != 1)

    def test_a_large_picture_keeps_its_shape_and_both_sizes_are_told(self) -> None:
        original = saved(picture(3000, 4000), quality=90)
        exam = examine(original)
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert opened.size == (750, 1000) == exam.jpeg_size
        assert (exam.format, exam.size, exam.width, exam.height) == ("JPEG", len(original), 3000, 4000)

    def test_alpha_becomes_white(self) -> None:
        exam = examine(saved(Image.new("RGBA", (480, 640), (0, 0, 0, 0)), "PNG"))
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert min(opened.getpixel((100, 100))) > 250  # type: ignore[arg-type]

    def test_sixteen_bits_become_eight(self) -> None:
        exam = examine(saved(Image.new("I;16", (640, 480), 65535 // 2), "PNG", exif=exif(6)))
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert opened.size == (480, 640)
            assert 110 < opened.getpixel((100, 100))[0] < 145  # type: ignore[index]


class TestRefusal:
    @pytest.mark.parametrize(
        "bytes_",
        [b"", b"not a picture", b"\xff\xd8\xff\xd9", b"<html></html>", saved(picture())[:4000], b"\x89PNG\r\n\x1a\n",
         saved(picture(), "PNG")[:-2000], b"%!PS-Adobe-3.0 EPSF-3.0"],
        ids=["empty", "text", "no content", "html", "cut", "png head", "png cut", "postscript"],
    )  # fmt: skip
    def test_what_is_no_picture(self, bytes_: bytes) -> None:
        exam = examine(bytes_)
        assert problems(exam) == {PhotoProblem.NOT_A_PICTURE}
        assert (exam.verdict, exam.jpeg) == (Verdict.UNUSABLE, b"")
        assert exam.remedy

    def test_a_telephones_own_format_is_called_by_its_name(self) -> None:
        exam = examine(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100)
        assert problems(exam) == {PhotoProblem.HEIC}
        assert "HEIC" in exam.words
        assert "JPEG" in exam.remedy

    @pytest.mark.parametrize("side", [6_400, 10_000, 60_000])
    def test_a_hundred_megapixels_are_never_unpacked(self, side: int) -> None:
        bomb = png_of(side, side)
        assert len(bomb) < 4000
        exam = examine(bomb)
        assert problems(exam) == {PhotoProblem.TOO_MANY_PIXELS}
        assert exam.jpeg == b""

    def test_a_jpeg_whose_head_claims_a_huge_size(self) -> None:
        start = FIT.index(b"\xff\xc0") + 5
        claims = FIT[:start] + struct.pack(">HH", 65_000, 65_000) + FIT[start + 4 :]
        assert problems(examine(claims)) == {PhotoProblem.TOO_MANY_PIXELS}

    def test_more_than_ten_megabytes(self) -> None:
        assert problems(examine(FIT + b"\0" * 10_000_000)) == {PhotoProblem.TOO_MANY_BYTES}

    def test_smaller_than_two_hundred_pixels(self) -> None:
        assert problems(examine(saved(picture(120, 199)))) == {PhotoProblem.TOO_SMALL}

    @pytest.mark.usefixtures("one_face")
    @pytest.mark.parametrize(("height", "small"), [(200, True), (399, True), (400, False)])
    def test_a_small_one_is_doubtful(self, height: int, small: bool) -> None:
        exam = examine(saved(picture(240, height)))
        assert (PhotoProblem.SMALL in problems(exam)) == small
        assert exam.verdict is (Verdict.DOUBTFUL if small else Verdict.GOOD)
        assert exam.usable

    @given(st.binary(max_size=300))
    @settings(max_examples=80)
    def test_any_bytes_get_a_verdict(self, bytes_: bytes) -> None:
        assert examine(bytes_).verdict is Verdict.UNUSABLE

    @pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own words on damaged metadata
    @given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP", "MPO"]), st.data())
    def test_a_damaged_picture_gets_a_verdict(self, kind: str, data: st.DataObject) -> None:
        more = {"exif": exif(6)} if kind in {"JPEG", "PNG", "WEBP"} else {}
        damaged = bytearray(saved(picture(210, 240), kind, **more))
        for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
            damaged[place] = data.draw(st.integers(0, 255))
        exam = examine(bytes(damaged))
        assert exam.verdict in set(Verdict)
        if exam.jpeg:
            assert_fit(exam.jpeg)


def test_checksums_of_the_bomb_are_right() -> None:
    """Else it would be refused as damaged, whatever its size."""
    assert zlib.crc32(png_of(10, 10)[12:29]) == struct.unpack(">I", png_of(10, 10)[29:33])[0]
