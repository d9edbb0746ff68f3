"""The slip as a PNG for a small phone: at most 60 kB, large type, a code that scanners read."""

from __future__ import annotations

import io
from pathlib import Path

import reportlab
import segno
from PIL import Image, ImageDraw, ImageFont

from bot.slips.slip import SlipText, bars

WIDTH, HEIGHT = 720, 1340
MARGIN = 40
GREEN, INK, FAINT, RED, PAPER = "#0b5345", "#14201d", "#52605c", "#b00020", "#ffffff"
FONTS = Path(reportlab.__file__).parent / "fonts"
COLOURS = 16
SMALLEST = 24


def draw_picture(text: SlipText) -> bytes:
    """The slip as PNG bytes."""
    canvas = _Canvas()
    canvas.header(text)
    canvas.field(text.line_label)
    canvas.one_line(text.line, 40, INK)
    canvas.barcode(text.line)
    canvas.paragraph(text.amount, 50, GREEN, bold=True)
    canvas.paragraph(text.dollars, 22, FAINT)
    for label, value in text.fields:
        canvas.field(label)
        canvas.paragraph(value, 28, INK, bold=True)
    canvas.paragraph(text.how, 26, GREEN, bold=True, before=14)
    for step in text.steps:
        canvas.paragraph(step, 22, INK)
    for note in text.notes:
        canvas.paragraph(note, 20, FAINT, before=6)
    canvas.code(text.line)
    if text.test:
        canvas.stamp(text.test)
    return canvas.png()


class _Canvas:
    """A page that is filled from the top."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._y = 0

    def header(self, text: SlipText) -> None:
        """The band at the top, red where the slip is a test."""
        self._draw.rectangle((0, 0, WIDTH, 112), fill=RED if text.test else GREEN)
        self._draw.text((MARGIN, 20), text.title, font=_font(36, bold=True), fill=PAPER)
        self._draw.text((MARGIN, 70), text.subtitle, font=_font(20), fill=PAPER)
        self._y = 124
        if text.test:
            self.paragraph(text.test, 40, RED, bold=True)
            self.paragraph(text.test_note, 22, RED)

    def field(self, label: str) -> None:
        """A field's name."""
        self.paragraph(label, 20, FAINT, before=8)

    def paragraph(
        self, text: str, size: int, colour: str, *, bold: bool = False, before: int = 0
    ) -> None:
        """A text that breaks where the page ends, between words where it has any."""
        font = _font(size, bold=bold)
        self._y += before
        for line in _wrapped(text, font, WIDTH - 2 * MARGIN):
            self._draw.text((MARGIN, self._y), line, font=font, fill=colour)
            self._y += round(size * 1.32)

    def one_line(self, text: str, size: int, colour: str) -> None:
        """A text in the largest bold type, up to `size`, in which it needs no break."""
        room = WIDTH - 2 * MARGIN
        while size > SMALLEST and _font(size, bold=True).getlength(text) > room:
            size -= 1
        self.paragraph(text, size, colour, bold=True)

    def barcode(self, value: str) -> None:
        """The line as Code 128, as wide as whole pixels a module allow."""
        runs = bars(value)
        module = max(1, (WIDTH - 2 * MARGIN) // sum(width for _, width in runs))
        x = MARGIN
        for is_bar, width in runs:
            if is_bar:
                self._draw.rectangle(
                    (x, self._y + 8, x + width * module - 1, self._y + 78), fill=INK
                )
            x += width * module
        self._y += 92

    def code(self, value: str) -> None:
        """The line as QR code, in the middle below all else."""
        buffer = io.BytesIO()
        segno.make(value, error="m", micro=False).save(buffer, kind="png", scale=8, border=2)
        code = Image.open(buffer).convert("RGB")
        self._image.paste(code, ((WIDTH - code.width) // 2, HEIGHT - MARGIN - code.height))

    def stamp(self, words: str) -> None:
        """The words across the page, so that no cut of the picture goes without them."""
        layer = Image.new("RGBA", (WIDTH * 2, HEIGHT * 2), (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        font = _font(64, bold=True)
        for row in range(12):
            pen.text(
                (-200 + row % 2 * 260, row * 230),
                f"{words}    {words}",
                font=font,
                fill=(176, 0, 32, 46),
            )
        layer = layer.rotate(24, resample=Image.Resampling.BILINEAR)
        left, top = WIDTH // 2, HEIGHT // 2
        cut = layer.crop((left, top, left + WIDTH, top + HEIGHT))
        self._image.paste(cut, (0, 0), cut)

    def png(self) -> bytes:
        """The page, with few colours: phones on slow lines load it."""
        buffer = io.BytesIO()
        self._image.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / ("VeraBd.ttf" if bold else "Vera.ttf")), size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:  # a word that is wider than the page breaks anywhere
            if font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines
