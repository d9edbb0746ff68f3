"""Reads the codes in one picture or PDF, in a process of its own with little room and little time.

    python -m bot.media.picture_process TYPE MOST_PAGES < file

Decoders of pictures are where files from strangers do harm. This process has no secrets and cannot
write files; whoever started it ends it when its time is over. Prints a JSON list of texts, or ends
as bot.media.picture_result says.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from bot.media.picture_result import TOO_LARGE, UNREADABLE

MOST_MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 15
# A photo of 50 million pixels is one of the newest phones'.
MOST_PIXELS = 50_000_000
# The longer sides that are tried: small codes need all there is, noise goes with less.
SIDES = (2400, 1200, 4000)
PAGE_SIDE = 2400
SMALL_SIDE = 800
MOST_TEXTS, LONGEST_TEXT = 20, 4000
POINTS_AN_INCH = 72
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class TooLargeError(Exception):
    """It takes more room than a document's photo."""


def texts_in(content_type: str, content: bytes, most_pages: int) -> list[str]:
    """The texts of the codes of the first picture, or page, that has any. Raises TooLargeError, and
    whatever decoders raise."""
    for picture in _pictures(content_type, content, most_pages):
        found = _codes(picture)
        if found:
            return [text[:LONGEST_TEXT] for text in found[:MOST_TEXTS]]
    return []


def _pictures(content_type: str, content: bytes, most_pages: int) -> Iterator[Image.Image]:
    if content_type == "application/pdf":
        yield from _pages(content, most_pages)
        return
    # Only the decoder of the type that was found: a file may be of two types at once.
    with Image.open(BytesIO(content), formats=[FORMATS[content_type]]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooLargeError
        if content_type == "image/jpeg":  # decoded smaller at once, where it is much larger
            picture.draft("L", (max(SIDES), max(SIDES)))
        yield ImageOps.grayscale(picture)


def _pages(content: bytes, most_pages: int) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    if len(document) > most_pages:
        raise TooLargeError
    for number in range(len(document)):
        page = document[number]
        scale = PAGE_SIDE / max(*page.get_size(), POINTS_AN_INCH)
        yield page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()


def _codes(picture: Image.Image) -> list[str]:
    longest = max(picture.size)
    for side in SIDES:
        if longest < side and side != SIDES[0] and longest >= SMALL_SIDE:
            continue
        found = zxingcpp.read_barcodes(_scaled(picture, side))
        texts = list(dict.fromkeys(code.text for code in found if code.text))
        if texts:
            return texts
    return []


def _scaled(picture: Image.Image, side: int) -> Image.Image:
    """Not longer than a side; what is very small is made larger."""
    longest = max(picture.size)
    factor = 3.0 if longest < SMALL_SIDE else min(1.0, side / longest)
    if factor == 1.0:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _limit() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> int:
    """The exit code."""
    _limit()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        texts = texts_in(sys.argv[1], sys.stdin.buffer.read(), int(sys.argv[2]))
    except (TooLargeError, MemoryError, Image.DecompressionBombError):
        return TOO_LARGE
    except Exception:
        # Its message may quote the file, and nobody reads it.
        return UNREADABLE
    sys.stdout.write(json.dumps(texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
