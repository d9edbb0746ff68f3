"""Files that agents send: what they are is told by their content, not by their name."""

from __future__ import annotations

import io
import re
import unicodedata

from PIL import Image

LARGEST = 5 * 1024 * 1024  # bytes; WhatsApp takes pictures up to this size
LONGEST_NAME = 48
MOST_PIXELS = 40_000_000
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
_PDF = re.compile(rb"%PDF-[12]\.[0-9]")


class UnusableFileError(Exception):
    """It is not sent; the message names why: empty, too_large, unknown_kind."""


def kind_of(content: bytes) -> str:
    """The content type, of those that every channel shows. Raises UnusableFileError."""
    if not content:
        raise UnusableFileError("empty")
    if len(content) > LARGEST:
        raise UnusableFileError("too_large")
    if _PDF.match(content):
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            small_enough = picture.width * picture.height <= MOST_PIXELS
            kind = {"PNG": "image/png", "JPEG": "image/jpeg"}[str(picture.format)]
            if small_enough:
                picture.verify()
                return kind
    except Exception as error:  # whatever a library says of a broken picture
        raise UnusableFileError("unknown_kind") from error
    raise UnusableFileError("too_large")


def plain_name(given: str, kind: str) -> str:
    """A name of plain letters with the ending of what the file is."""
    stem = given.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    decomposed = unicodedata.normalize("NFKD", stem)
    plain = re.sub(r"[^A-Za-z0-9]+", "-", decomposed.encode("ascii", "ignore").decode()).strip("-")
    return f"{plain[:LONGEST_NAME] or 'archivo'}.{_ENDINGS[kind]}"
