"""The photo doctor: whatever the bytes are there is a verdict, and what comes out is what terminals take."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, JpegImagePlugin

from app.photos import FaceBox, PhotoExam, PhotoFinding, PhotoProblem, Verdict, doctor, examine
from app.photos.doctor import MOST_SENT_BYTES
from app.photos.faces import FaceLook
from tests.photos.bombs import png_of

PLAIN_LOOK = FaceLook(sharpness=500, brightness=128, contrast=50)


@pytest.fixture
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder that sees one well placed face in every picture: what is examined here is everything else."""
    see(monkeypatch, None)


def see(monkeypatch: pytest.MonkeyPatch, *faces: FaceBox | None, look: FaceLook = PLAIN_LOOK) -> None:
    """From now on these faces are found in every picture; None is one in the middle."""
    monkeypatch.setattr(doctor, "find_faces", lambda picture: [face or _middle(picture) for face in faces])
    monkeypatch.setattr(doctor, "measure_face", lambda *_: look)


def _middle(picture: Image.Image) -> FaceBox:
    side = picture.height // 2
    return FaceBox((picture.width - side) // 2, picture.height // 4, side, side)


def picture(width: int = 480, height: int = 640, mode: str = "RGB") -> Image.Image:
    """Something with detail and a marked upper left corner."""
    made = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(made).rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))
    return made.convert(mode)


def saved(made: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def exif(turn: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = turn
    made[0x010E] = "secret place"
    return made


FIT = saved(picture(), quality=85, subsampling=2)


def segment(marker: int, content: bytes) -> bytes:
    """The fit picture with one more segment after its first."""
    cut = 4 + struct.unpack(">H", FIT[4:6])[0]
    return FIT[:cut] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + FIT[cut:]


def problems(exam: PhotoExam) -> set[PhotoProblem]:
    return {finding.problem for finding in exam.findings}


def assert_fit(jpeg: bytes) -> None:
    """Baseline JPEG, 4:2:0, RGB, at most 180 KB and 1000 pixels, no metadata, exactly from SOI to EOI."""
    assert jpeg.startswith(b"\xff\xd8")
    assert jpeg.endswith(b"\xff\xd9")
    assert jpeg.count(b"\xff\xd9") == 1
    assert len(jpeg) <= MOST_SENT_BYTES
    with Image.open(io.BytesIO(jpeg)) as opened:
        assert isinstance(opened, JpegImagePlugin.JpegImageFile)
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        assert max(opened.size) <= 1000
        assert "progressive" not in opened.info
        assert [name for name, _content in opened.applist] == ["APP0"]
        assert [(c[1], c[2]) for c in opened.layer] == [(2, 2), (1, 1), (1, 1)]


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
    @settings(max_examples=80, deadline=None)
    def test_any_bytes_get_a_verdict(self, bytes_: bytes) -> None:
        assert examine(bytes_).verdict is Verdict.UNUSABLE

    @pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own words on damaged metadata
    @given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP", "MPO"]), st.data())
    @settings(deadline=None)
    def test_a_damaged_picture_gets_a_verdict(self, kind: str, data: st.DataObject) -> None:
        more = {"exif": exif(6)} if kind in {"JPEG", "PNG", "WEBP"} else {}
        damaged = bytearray(saved(picture(210, 240), kind, **more))
        for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
            damaged[place] = data.draw(st.integers(0, 255))
        exam = examine(bytes(damaged))
        assert exam.verdict in set(Verdict)
        if exam.jpeg:
            assert_fit(exam.jpeg)


class TestFaces:
    def test_a_picture_without_a_face_is_unusable_and_can_still_be_sent_by_whoever_wants(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        see(monkeypatch)
        exam = examine(saved(picture(), "PNG"))
        assert PhotoProblem.NO_FACE in problems(exam)
        assert exam.verdict is Verdict.UNUSABLE
        assert_fit(exam.jpeg)

    def test_two_faces_are_one_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch, FaceBox(10, 10, 200, 200), FaceBox(250, 10, 200, 200))
        exam = examine(FIT)
        assert problems(exam) == {PhotoProblem.SEVERAL_FACES}
        assert (exam.verdict, exam.face) == (Verdict.UNUSABLE, None)

    def test_a_small_face_in_a_large_picture_is_cropped_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch, FaceBox(600, 400, 200, 200))
        exam = examine(saved(picture(1000, 1000), quality=60, subsampling=2))
        assert problems(exam) == {PhotoProblem.CROPPED, PhotoProblem.CONVERTED}
        assert exam.verdict is Verdict.REPAIRED
        with Image.open(io.BytesIO(exam.jpeg)) as opened:
            assert opened.size == (355, 444)
        assert exam.face == FaceBox(77, 122, 200, 200)

    def test_cropping_never_makes_a_picture_too_small_for_devices(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch, FaceBox(600, 400, 120, 120))
        with Image.open(io.BytesIO(examine(saved(picture(1000, 1000))).jpeg)) as opened:
            assert opened.size == (320, 400)

    def test_a_face_near_a_corner_is_cropped_within_the_picture(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch, FaceBox(850, 840, 120, 120))
        exam = examine(saved(picture(1000, 1000)))
        assert PhotoProblem.FACE_CUT not in problems(exam)
        assert exam.face == FaceBox(170, 240, 120, 120)

    def test_a_crop_keeps_detail_that_the_whole_picture_would_lose(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A face of 400 pixels in 4000 is looked for in 2000; in 1000 it would have too few to be cropped to."""
        see(monkeypatch, FaceBox(500, 500, 200, 200))
        exam = examine(saved(picture(3000, 4000)))
        assert PhotoProblem.CROPPED in problems(exam)
        assert exam.face is not None
        assert exam.face.height == 200

    def test_a_face_of_few_pixels_is_doubtful(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch, FaceBox(200, 100, 90, 90))
        exam = examine(FIT)
        assert (problems(exam), exam.verdict) == ({PhotoProblem.FACE_SMALL}, Verdict.DOUBTFUL)

    @pytest.mark.parametrize(
        "face",
        [FaceBox(0, 100, 300, 300), FaceBox(100, 0, 300, 300), FaceBox(179, 100, 300, 300), FaceBox(90, 339, 300, 300)],
        ids=["left", "top", "right", "bottom"],
    )
    def test_a_face_at_an_edge_is_cut_off(self, monkeypatch: pytest.MonkeyPatch, face: FaceBox) -> None:
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
        self, monkeypatch: pytest.MonkeyPatch, look: FaceLook, problem: PhotoProblem
    ) -> None:
        see(monkeypatch, None, look=look)
        exam = examine(FIT)
        assert (problems(exam), exam.verdict, exam.look) == ({problem}, Verdict.DOUBTFUL, look)
        assert exam.remedy

    def test_without_a_finder_it_is_said_and_nothing_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "find_faces", lambda _picture: None)
        exam = examine(FIT)
        assert (exam.verdict, exam.jpeg) == (Verdict.GOOD, FIT)
        assert exam.words == "Not checked for a face: the face finder is not installed."

    def test_the_worst_finding_gives_the_remedy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        see(monkeypatch)
        exam = examine(saved(picture(240, 320)))
        assert {PhotoProblem.SMALL, PhotoProblem.NO_FACE} <= problems(exam)
        assert exam.remedy == "Use a photo of the face from the front, without mask or sunglasses."


def test_every_problem_has_words_and_what_matters_a_remedy() -> None:
    for problem in PhotoProblem:
        finding = PhotoFinding(problem)
        assert finding.sentence.endswith(".")
        assert bool(finding.remedy) == finding.matters


def test_checksums_of_the_bomb_are_right() -> None:
    """Else it would be refused as damaged, whatever its size."""
    assert zlib.crc32(png_of(10, 10)[12:29]) == struct.unpack(">I", png_of(10, 10)[29:33])[0]
