"""Pictures on the page: each once, fairly, and within their room."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from eyechart.core import Estimate
from eyechart.errors import Corrupt
from eyechart.reporting.pictures import bar, embedded, track


class Pictures:
    """An album of what it was given."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents

    def thumbnail(self, name: str) -> bytes:
        if name not in self.contents:
            raise Corrupt(name)
        return self.contents[name]


def png(colour: str, size: tuple[int, int] = (8, 6)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def test_one_content_is_embedded_once_under_all_its_names():
    found = embedded([("a",), ("b", "c")], Pictures(a=png("red"), b=png("red"), c=png("blue")))
    assert dict(found.places) == {"a": 0, "b": 0, "c": 1}
    assert [picture[1:] for picture in found.pictures] == [(8, 6), (8, 6)]
    assert found.pictures[0].address.startswith("data:image/png;base64,")


def test_what_belongs_together_is_taken_whole_or_not_at_all_and_then_the_page_is_full():
    album = Pictures(a=png("red"), b=png("blue"), c=png("green"))
    room = len(png("red")) + len(png("blue"))
    found = embedded([("a",), ("b", "c"), ("a", "b")], album, room)
    assert set(found.places) == {"a"}
    assert found.left_out == {"b", "c"}


def test_what_the_album_lacks_or_no_browser_shows_is_no_picture():
    found = embedded([("gone", "text", "a")], Pictures(text=b"no picture", a=png("red")))
    assert set(found.places) == {"a"}
    assert not found.left_out


def test_a_bar_stands_within_its_track():
    estimate = Estimate(value=0.5, low=0.25, high=0.75, units=9, method="wilson-jeffreys", chance=0.1)
    assert bar(estimate, track([estimate])) == (25.0, 75.0, 50.0, 10.0)
