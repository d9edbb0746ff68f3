"""The slip as a PDF of one page, for those who print it."""

from __future__ import annotations

import io
from pathlib import Path

import reportlab
import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bot.slips.slip import SlipText, bars

WIDTH, HEIGHT = letter
MARGIN: float = 20 * mm
GREEN, INK, FAINT, RED = "#0b5345", "#14201d", "#52605c", "#b00020"
REGULAR, BOLD = "Vera", "VeraBd"


def draw_page(text: SlipText) -> bytes:
    """The slip as PDF bytes."""
    _register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, pageCompression=1, invariant=1)
    canvas.setTitle(text.title)
    if text.test:
        _stamp(canvas, text.test)
    y = _header(canvas, text)
    y = _line(canvas, text, y)
    y = _lines(canvas, [(text.amount, BOLD, 26, GREEN), (text.dollars, REGULAR, 10, FAINT)], y - 6)
    for label, value in text.fields:
        y = _lines(canvas, [(label, REGULAR, 9, FAINT), (value, BOLD, 13, INK)], y - 6)
    y = _lines(canvas, [(text.how, BOLD, 13, GREEN)], y - 10)
    y = _lines(canvas, [(step, REGULAR, 11, INK) for step in text.steps], y)
    _lines(canvas, [(note, REGULAR, 10, FAINT) for note in text.notes], y - 10)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _header(canvas: Canvas, text: SlipText) -> float:
    canvas.setFillColor(HexColor(RED if text.test else GREEN))
    canvas.rect(0, HEIGHT - 30 * mm, WIDTH, 30 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setFont(BOLD, 20)
    canvas.drawString(MARGIN, HEIGHT - 15 * mm, text.title)
    canvas.setFont(REGULAR, 11)
    canvas.drawString(MARGIN, HEIGHT - 23 * mm, text.subtitle)
    y: float = HEIGHT - 36 * mm
    if text.test:
        y = _lines(canvas, [(text.test, BOLD, 20, RED), (text.test_note, REGULAR, 11, RED)], y)
    return y


def _line(canvas: Canvas, text: SlipText, y: float) -> float:
    y = _lines(canvas, [(text.line_label, REGULAR, 9, FAINT), (text.line, BOLD, 20, INK)], y - 4)
    runs = bars(text.line)
    module = min(0.5 * mm, (WIDTH - 2 * MARGIN) / sum(width for _, width in runs))
    x = MARGIN
    canvas.setFillColor(HexColor(INK))
    for is_bar, width in runs:
        if is_bar:
            canvas.rect(x, y - 16 * mm, width * module, 14 * mm, stroke=0, fill=1)
        x += width * module
    buffer = io.BytesIO()
    segno.make(text.line, error="m", micro=False).save(buffer, kind="png", scale=8, border=2)
    buffer.seek(0)
    canvas.drawImage(ImageReader(buffer), WIDTH - MARGIN - 38 * mm, y - 62 * mm, 38 * mm, 38 * mm)
    return y - float(20 * mm)


def _lines(canvas: Canvas, lines: list[tuple[str, str, int, str]], y: float) -> float:
    for text, font, size, colour in lines:
        canvas.setFillColor(HexColor(colour))
        canvas.setFont(font, size)
        for part in simpleSplit(text, font, size, WIDTH - 2 * MARGIN):
            y -= size * 1.3
            canvas.drawString(MARGIN, y, part)
    return y


def _stamp(canvas: Canvas, words: str) -> None:
    canvas.saveState()
    canvas.setFillColor(Color(0.69, 0, 0.13, alpha=0.13))
    canvas.setFont(BOLD, 44)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(40)
    for row in range(-4, 5):
        canvas.drawCentredString(row % 2 * 80, row * 100, f"{words}   {words}")
    canvas.restoreState()


def _register_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (REGULAR, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
