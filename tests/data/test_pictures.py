"""Awkward pictures: each is shown as a viewer shows it, or refused with a reason."""

import os
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, TiffImagePlugin

from eyechart.core import Picture
from eyechart.data import pictures
from eyechart.data.pictures import Barred, Encoded, File, Pixels, Slice, Within, decode, orientation
from eyechart.errors import Unreadable

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def four(size=(4, 2)):
    """Red, green, blue and white in the corners."""
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 0], pixels[0, 1], pixels[1, 0], pixels[1, 1] = RED, GREEN, BLUE, WHITE
    return Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)


def near(colour, other, by=6):
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# ---- formats and modes


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "PPM", "QOI", "WEBP", "AVIF", "JPEG", "JPEG2000", "ICO"])
def test_every_usual_format_is_read(kind, encode, corners):
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}, "AVIF": {"quality": 100}}
    shown = decode(encode(four((32, 32)), kind, **options.get(kind, {})))
    assert shown.mode == "RGB"
    assert shown.size == (32, 32)
    for seen, colour in zip(corners(shown), [RED, GREEN, BLUE, WHITE], strict=True):
        assert near(seen, colour, 0 if kind not in ("JPEG", "AVIF") else 12)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_picture_stands_upright(kind, turn, encode, corners):
    back = {1: None, **pictures._TURNS, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[turn]
    upright = four((32, 16))
    lying = upright if back is None else upright.transpose(back)
    exif = Image.Exif()
    exif[0x0112] = turn
    options = {"quality": 100} if kind in ("JPEG", "WEBP", "AVIF") else {}
    shown = decode(encode(lying, kind, exif=exif.tobytes(), **options))
    assert shown.size == (32, 16)
    for seen, colour in zip(corners(shown), [RED, GREEN, BLUE, WHITE], strict=True):
        assert near(seen, colour, 60)


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\0\x05", b"nonsense"]
)
def test_a_broken_note_of_the_camera_turns_nothing(exif):
    assert orientation(exif) == 1


def test_a_palette_with_transparency_lies_on_white(encode, corners):
    image = Image.new("P", (4, 2), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (0, 0, 2, 2))
    shown = decode(encode(image, transparency=0))
    assert corners(shown) == [BLUE, WHITE, BLUE, WHITE]
    partly = decode(encode(image, transparency=bytes([128, 255])))
    assert near(corners(partly)[1], (255, 127, 127), 2)


@pytest.mark.parametrize(("mode", "colour", "seen"), [
    ("RGBA", (255, 0, 0, 0), WHITE),
    ("RGBA", (255, 0, 0, 255), RED),
    ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
    ("LA", (0, 0), WHITE),
    ("LA", (0, 255), BLACK),
])  # fmt: skip
def test_what_is_transparent_lies_on_white(mode, colour, seen, encode, corners):
    assert corners(decode(encode(Image.new(mode, (3, 3), colour))))[0] == seen


@pytest.mark.parametrize(("mode", "key"), [("RGB", (255, 0, 0)), ("L", 76)])
def test_a_colour_that_stands_for_transparent_lies_on_white(mode, key, encode, corners):
    shown = decode(encode(four().convert(mode), transparency=key))
    assert corners(shown)[0] == WHITE
    assert corners(shown)[1] != WHITE


def test_cmyk_is_shown_in_its_colours_whether_adobe_inverts_it_or_not(encode, corners):
    ink = four((32, 32)).convert("CMYK")
    for kind in ("JPEG", "TIFF"):  # Pillow writes JPEG with Adobe's marker and inverted, TIFF as it is
        shown = decode(encode(ink, kind, **({"quality": 100} if kind == "JPEG" else {})))
        assert all(near(a, b, 12) for a, b in zip(corners(shown), [RED, GREEN, BLUE, WHITE], strict=True))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM", "JPEG2000"])
def test_sixteen_bits_are_scaled_not_clipped(kind, encode):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    options = {"irreversible": False} if kind == "JPEG2000" else {}
    shown = np.asarray(decode(encode(Image.fromarray(ramp), kind, **options)))
    np.testing.assert_allclose(shown[..., 0].ravel(), np.arange(256), atol=1)
    assert (shown[..., 0] == shown[..., 1]).all()


def test_sixteen_bits_of_a_big_endian_file_too(encode):
    ramp = np.linspace(0, 65535, 256).astype(">u2").reshape(16, 16)
    header = b"".join([
        struct.pack(">2sHIH", b"MM", 42, 8, 8),
        *(struct.pack(">HHII", tag, 4, 1, value) for tag, value in ((256, 16), (257, 16))),
        *(struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in ((258, 16), (259, 1), (262, 1))),
        struct.pack(">HHII", 273, 4, 1, 110),
        *(struct.pack(">HHII", tag, 4, 1, value) for tag, value in ((278, 16), (279, 512))),
        struct.pack(">I", 0),
    ])  # fmt: skip
    shown = decode(header + b"\0" * (110 - len(header)) + ramp.tobytes())
    np.testing.assert_allclose(np.asarray(shown)[..., 0].ravel(), np.arange(256), atol=1)


@pytest.mark.parametrize(("values", "seen"), [
    ([[0.0, 0.5, 1.0]], [0, 128, 255]),
    ([[-10.0, 0.0, 10.0]], [0, 128, 255]),
    ([[0.0, np.nan, 1000.0]], [0, 0, 255]),
    ([[7.0, 7.0, 7.0]], [0, 0, 0]),
    ([[np.nan, np.nan, np.nan]], [0, 0, 0]),
])  # fmt: skip
def test_floats_are_shown_from_their_least_to_their_largest(values, seen, encode):
    shown = np.asarray(decode(encode(Image.fromarray(np.array(values, np.float32)), "TIFF")))
    np.testing.assert_allclose(shown[0, :, 0], seen, atol=1)


def test_floats_of_a_portable_map(encode):
    shown = np.asarray(decode(encode(Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32)), "PPM")))
    np.testing.assert_allclose(shown[0, :, 0], [0, 128, 255], atol=1)


def test_wide_integers_are_shown_from_their_least_to_their_largest(encode):
    shown = np.asarray(decode(encode(Image.fromarray(np.array([[-100, 0, 100]], np.int32)), "TIFF")))
    np.testing.assert_allclose(shown[0, :, 0], [0, 128, 255], atol=1)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM"])
def test_one_bit_is_black_and_white(kind, encode):
    bits = Image.fromarray(np.array([[True, False]]))
    assert np.asarray(decode(encode(bits, kind)))[0].tolist() == [[255] * 3, [0] * 3]


def test_lab_is_shown_in_its_colours(encode, corners):
    profiles = [ImageCms.createProfile(space) for space in ("sRGB", "LAB")]
    lab = ImageCms.profileToProfile(four((8, 8)), *profiles, outputMode="LAB")
    shown = decode(encode(lab, "TIFF"))
    assert all(near(a, b, 25) for a, b in zip(corners(shown), [RED, GREEN, BLUE, WHITE], strict=True))


# ---- animations


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "MPO", "AVIF"])
def test_the_first_frame_stands_for_an_animation(kind, encode, corners):
    first, second = Image.new("RGB", (16, 16), RED), Image.new("RGB", (16, 16), BLUE)
    shown = decode(encode(first, kind, save_all=True, append_images=[second]))
    assert near(corners(shown)[0], RED)


def test_the_still_of_an_animated_png_is_not_part_of_it(encode, corners):
    still, first, second = (Image.new("RGB", (8, 8), colour) for colour in (GREEN, RED, BLUE))
    shown = decode(encode(still, save_all=True, append_images=[first, second], default_image=True))
    assert corners(shown)[0] == RED


# ---- large pictures


def _pretend(content, size):
    """A JPEG whose header claims another size."""
    place = next(i for i in range(len(content)) if content[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return content[: place + 5] + struct.pack(">HH", size[1], size[0]) + content[place + 9 :]


def test_a_gigantic_jpeg_is_decoded_smaller(monkeypatch, encode, corners):
    content = encode(four((256, 128)), "JPEG", quality=95)
    monkeypatch.setattr(pictures, "PIXELS", 256 * 128 - 1)
    assert decode(content).size == (128, 64)
    monkeypatch.setattr(pictures, "PIXELS", 32 * 16)
    shown = decode(content)
    assert shown.size == (32, 16)
    assert near(corners(shown)[0], RED, 20)


def test_a_gigantic_picture_is_refused_with_its_size_before_memory_is_taken(encode):
    header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 50000, 8, 2, 0, 0, 0))
    bomb = header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    with pytest.raises(Unreadable, match=r"PNG image of 60000 × 50000 pixels; at most 89 million"):
        decode(bomb)
    with pytest.raises(Unreadable, match="progressive JPEG image of 60000 × 60000"):
        decode(_pretend(encode(four(), "JPEG", progressive=True), (60000, 60000)))


def test_a_jpeg_that_only_claims_to_be_gigantic_is_cut_off(encode):
    with pytest.raises(Unreadable, match="truncated"):
        decode(_pretend(encode(four(), "JPEG")[:-2], (12000, 9000)))


def test_pictures_as_large_as_cameras_make_them_warn_of_nothing(encode):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode(encode(Image.new("1", (9400, 9500)), "PNG")).size == (9400, 9500)


# ---- what cannot be shown


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "the file is empty"),
    (b"hello, I am text", "not an image: it begins with b'hello, I am '"),
    (b"\n <!DOCTYPE html><html>", "page of text"),
    (b'{"error": 404}', "JSON"),
    (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
    (b"\x89PNG\r\n\x1a\n", "a broken PNG image"),
    (b"\xff\xd8\xff", "a broken JPEG image"),
])  # fmt: skip
def test_what_is_no_image_is_refused_with_the_reason(content, reason):
    with pytest.raises(Unreadable, match=reason):
        decode(content)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "PPM", "WEBP", "AVIF", "JPEG", "JPEG2000"])
def test_a_picture_that_is_cut_off_is_refused(kind, encode):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    content = encode(noise, kind)
    with pytest.raises(Unreadable, match="broken"):
        decode(content[: len(content) // 2])


def test_truncation_is_refused_without_a_switch_of_the_whole_process(encode):
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    content = encode(four((64, 64)), "JPEG")
    with ThreadPoolExecutor(4) as threads:
        sizes = list(threads.map(lambda _: decode(content).size, range(40)))
    assert set(sizes) == {(64, 64)}
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert Image.MAX_IMAGE_PIXELS == 2**30 // 12


def _samples():
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (24, 24, 3), np.uint8))
    for kind in ("PNG", "GIF", "BMP", "TIFF", "PPM", "WEBP", "AVIF", "JPEG", "JPEG2000", "ICO", "QOI"):
        stream = BytesIO()
        options = {"exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"}
        noise.save(stream, kind, **(options if kind in ("JPEG", "PNG", "WEBP") else {}))
        yield stream.getvalue()
    for compression in ("tiff_lzw", "jpeg", "tiff_adobe_deflate"):
        stream = BytesIO()
        noise.save(stream, "TIFF", compression=compression)
        yield stream.getvalue()


SAMPLES = list(_samples())


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on the broken parts
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_a_damaged_picture_is_shown_or_refused_but_never_crashes(data):
    content = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, min(len(content) - 1, 400)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(content))))
    with suppress(Unreadable):
        assert decode(bytes(content[:cut])).mode == "RGB"


# ---- where pictures lie


def test_equal_bytes_have_equal_digests_wherever_they_lie(tmp_path, encode):
    content = encode(four())
    path = tmp_path / "a.png"
    path.write_bytes(b"123" + content + b"456")
    (tmp_path / "b.png").write_bytes(content)
    found = [Encoded(content), Slice(path, 3, len(content)), File(tmp_path / "b.png"), Within(tmp_path, "b.png")]
    assert all(isinstance(picture, Picture) for picture in found)
    assert len({picture.digest() for picture in found}) == 1
    assert {picture.load().tobytes() for picture in found} == {four().tobytes()}


def test_a_digest_is_computed_once(tmp_path, encode):
    path = tmp_path / "a.png"
    path.write_bytes(encode(four()))
    picture = File(path)
    before = picture.digest()
    path.unlink()
    assert picture.digest() == before
    with pytest.raises(Unreadable, match="there is no file"):
        picture.load()
    with pytest.raises(Unreadable, match="there is no file"):
        File(path).digest()


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/hostname", "x/../../secret.png", "link.png", "door/secret.png"]
)
def test_a_path_never_leads_out_of_its_root(name, tmp_path, encode):
    root = tmp_path / "root"
    (root / "x").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(encode(four()))
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "door").symlink_to(tmp_path)
    for ask in (Within(root, name).load, Within(root, name).digest):
        with pytest.raises(Unreadable, match="leads out of"):
            ask()


def test_a_path_may_wander_within_its_root(tmp_path, encode):
    (tmp_path / "x").mkdir()
    (tmp_path / "a.png").write_bytes(encode(four()))
    (tmp_path / "x" / "link.png").symlink_to(tmp_path / "a.png")
    for name in ("x/../a.png", "x/link.png", str(tmp_path / "a.png"), "./a.png"):
        assert Within(tmp_path.resolve(), name).load().size == (4, 2)


def test_odd_files_are_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    for name in ("pipe.png", "folder.png", "loop.png", "nul\0.png", "long" * 100):
        for picture in (File(tmp_path / name), Within(tmp_path.resolve(), name)):
            with pytest.raises(Unreadable):
                picture.load()


def test_an_enormous_file_is_not_read(tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(3 * 2**30)
    with pytest.raises(Unreadable, match=r"3\.0 GiB"):
        File(tmp_path / "huge.png").digest()
    with pytest.raises(Unreadable, match=r"2\.0 GiB"):
        Slice(tmp_path / "huge.png", 0, 2**31).load()


def test_a_slice_past_the_end_is_refused(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"123")
    with pytest.raises(Unreadable, match="1 of 5 bytes"):
        Slice(tmp_path / "a.tar", 2, 5).load()


def test_pixels_that_were_never_encoded():
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert Pixels(grey).load().size == (3, 2)
    assert Pixels(grey).load().mode == "RGB"
    assert Pixels(grey[..., None]).load().tobytes() == Pixels(grey).load().tobytes()
    assert Pixels(np.stack([grey] * 3, -1)).load().tobytes() == Pixels(grey).load().tobytes()
    assert Pixels(grey).digest() != Pixels(grey.reshape(3, 2)).digest()
    with pytest.raises(Unreadable, match="float64"):
        Pixels(grey / 2).load()


def test_what_is_barred_is_listed_with_its_reason():
    barred = Barred("its path leads out of the archive")
    assert isinstance(barred, Picture)
    assert barred.digest() != Barred("another").digest()
    with pytest.raises(Unreadable, match="leads out of the archive"):
        barred.load()


def test_every_reader_has_the_name_that_refusals_use():
    assert all(reader.format for reader in pictures._READERS.values())
    assert TiffImagePlugin.TiffImageFile in pictures._READERS.values()
