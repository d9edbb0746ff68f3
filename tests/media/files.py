"""Files as people send them: certificates with a code, photos of them, voice notes; and files that
are not what they say."""

from __future__ import annotations

import io
import random
import struct
import zlib

import segno
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

NOTE_SECONDS = 4


def certificate_text(curp: str) -> str:
    """What the code of a CURP certificate says, of somebody made up."""
    return f"{curp}||PRUEBA|XOCHITL|INEXISTENTE|MUJER|12/05/1985|MORELOS|17|"


def code(text: str, scale: int = 6) -> Image.Image:
    """A QR code alone."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=scale, border=4)
    return Image.open(drawn).convert("L")


def certificate(text: str, scale: int = 4) -> Image.Image:
    """A page with a code in a corner and lines like text."""
    page = Image.new("L", (1240, 1600), 255)
    drawing = ImageDraw.Draw(page)
    for line in range(100, 900, 40):
        drawing.line((100, line, 1100, line), fill=60, width=12)
    page.paste(code(text, scale), (120, 1000))
    return page


def photographed(page: Image.Image, degrees: float = 7.0, seed: int = 1) -> Image.Image:
    """As a telephone takes it: askew, on a table, a bit out of focus, with noise and a shadow."""
    taken = page.rotate(degrees, expand=True, fillcolor=110, resample=Image.Resampling.BICUBIC)
    taken = taken.filter(ImageFilter.GaussianBlur(0.8))
    shadow = Image.linear_gradient("L").resize(taken.size).point(lambda v: 150 + v // 3)
    taken = Image.composite(taken, Image.new("L", taken.size, 70), shadow)
    noise = random.Random(seed).randbytes(taken.width * taken.height)  # noqa: S311
    grain = Image.frombytes("L", taken.size, noise)
    return Image.blend(taken, grain, 0.12).convert("RGB")


def jpeg(picture: Image.Image, quality: int = 70) -> bytes:
    """The bytes of a JPEG."""
    return _saved(picture.convert("RGB"), "JPEG", quality=quality)


def png(picture: Image.Image) -> bytes:
    """The bytes of a PNG."""
    return _saved(picture, "PNG")


def webp(picture: Image.Image) -> bytes:
    """The bytes of a WebP."""
    return _saved(picture, "WEBP", quality=80)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def pdf(*pages: Image.Image, side: float = 612) -> bytes:
    """A PDF with a picture on each page."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(side, side * 1.29))
    for page in pages:
        canvas.drawImage(ImageReader(page), 20, 20, side - 40, (side - 40) * 1.29)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A small PNG that claims to be enormous."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    row = zlib.compress(bytes(side + 1) * 2_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def voice_note(seconds: float = NOTE_SECONDS) -> bytes:
    """A voice note of WhatsApp as far as it is looked into here: Ogg pages of Opus."""

    def page(kind: int, position: int, number: int, content: bytes) -> bytes:
        pieces = bytes([255] * (len(content) // 255) + [len(content) % 255])
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, position, 7, number, 0, len(pieces))
        return head + pieces + content

    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    return (
        page(2, 0, 0, head)
        + page(0, 0, 1, b"OpusTags" + struct.pack("<II", 0, 0))
        + page(0, -1, 2, b"\x01" * 200)
        + page(4, int(seconds * 48_000), 3, b"\x02" * 300)
    )
