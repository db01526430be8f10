"""Thumbnails from whatever bytes arrive (vitec-hub.md §11)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.errors import BadData
from app.photos import Anchor, make_thumbnail, save_thumbnail, small_copy
from app.photos.opening import MOST_PIXELS
from tests.photos.pictures import png_of

RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(size: tuple[int, int] = (300, 600), kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """The upper half red, the lower half blue."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def opened(thumbnail: bytes) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail))


def colour(thumbnail: bytes, x: float, y: float) -> str:
    image = opened(thumbnail).convert("RGB")
    pixel = image.getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] else "blue"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_the_bytes_decide_the_kind_and_the_result_is_a_jpeg(kind: str) -> None:
    assert opened(make_thumbnail(picture(kind=kind))).format == "JPEG"


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_kind_of_colours(mode: str) -> None:
    assert opened(make_thumbnail(picture(mode=mode))).mode == "RGB"


def test_a_tall_picture_keeps_its_top_where_the_face_is() -> None:
    thumbnail = make_thumbnail(picture((300, 600)))
    assert opened(thumbnail).size == (300, 300)
    assert {colour(thumbnail, 0.5, y) for y in (0.1, 0.9)} == {"red"}


def test_or_its_middle_where_that_is_wanted() -> None:
    thumbnail = make_thumbnail(picture((300, 600)), anchor=Anchor.CENTER)
    assert [colour(thumbnail, 0.5, y) for y in (0.1, 0.9)] == ["red", "blue"]


def test_a_wide_picture_keeps_its_middle() -> None:
    thumbnail = make_thumbnail(picture((600, 300)))
    assert opened(thumbnail).size == (300, 300)
    assert [colour(thumbnail, 0.5, y) for y in (0.1, 0.9)] == ["red", "blue"]


@pytest.mark.parametrize(("wanted", "side"), [(512, 512), (5000, 1024), (1, 32), (100, 100)])
def test_the_side_is_at_most_what_was_asked_between_32_and_1024(wanted: int, side: int) -> None:
    assert opened(make_thumbnail(picture((2000, 2000)), wanted)).size == (side, side)


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(make_thumbnail(picture((80, 90)))).size == (80, 80)


def test_a_picture_on_its_side_is_put_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: the left side of the stored pixels is the top
    exif[0x010E] = "planted description"
    left_red = Image.new("RGB", (600, 300), BLUE)
    left_red.paste(RED, (0, 0, 300, 300))
    out = io.BytesIO()
    left_red.save(out, "JPEG", exif=exif)
    thumbnail = make_thumbnail(out.getvalue())
    assert colour(thumbnail, 0.5, 0.1) == "red"
    assert b"planted" not in thumbnail
    assert not opened(thumbnail).getexif()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"error": "x"}', b"<html><body>Logg inn</body></html>", b"\xff\xd8\xff\xe0", b"GIF89a",
     b"%!PS-Adobe-3.0 EPSF-3.0"],
    ids=["nothing", "json", "error", "html", "cut jpeg", "cut gif", "postscript"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(BadData, match="What was sent is not a picture."):
        make_thumbnail(body)


def test_a_picture_cut_in_half_is_refused() -> None:
    whole = picture((800, 800), "PNG")
    with pytest.raises(BadData):
        make_thumbnail(whole[: len(whole) // 2])


@pytest.mark.parametrize("side", [8000, 12_000, 60_000])
def test_a_huge_number_of_pixels_is_refused_before_anything_is_unpacked(side: int) -> None:
    assert side * side > MOST_PIXELS
    with pytest.raises(BadData):
        make_thumbnail(png_of(side, side))


@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP"]), st.data())
def test_damaged_bytes_give_a_picture_or_bad_data(kind: str, data: st.DataObject) -> None:
    body = bytearray(picture((40, 60), kind))
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        body[place] = data.draw(st.integers(0, 255))
    try:
        assert make_thumbnail(bytes(body))
    except BadData as refused:
        assert refused.message


def test_the_file_is_named_by_us_and_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    assert save_thumbnail(folder, "person-1", picture()) == "person-1.jpg"
    first = (folder / "person-1.jpg").read_bytes()
    with pytest.raises(BadData):
        save_thumbnail(folder, "person-1", b"no picture")
    assert (folder / "person-1.jpg").read_bytes() == first
    assert [p.name for p in folder.iterdir()] == ["person-1.jpg"]


def test_a_small_copy_shows_the_whole_picture() -> None:
    assert opened(small_copy(picture((600, 1200)))).size == (240, 480)
    with pytest.raises(BadData):
        small_copy(b"no picture")
