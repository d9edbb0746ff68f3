"""The slip that people pay with: what it says, that scanners read it, that a test looks it."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bot.programme.exchange_rate import ExchangeRate
from bot.slips.page import draw_page
from bot.slips.picture import draw_picture
from bot.slips.slip import CaptureLineSlip, SlipText, slip_text
from tests.support.needs import pdftotext

TEST_LINE = "PRUEBA-NO-PAGAR-7H2K9Q4M"
REAL_LINE = "0123456789ABCDEFGH0123456789"
RATE = ExchangeRate(Decimal("17.4545"), date(2026, 1, 23))


def slip(*, test: bool, line: str = "") -> CaptureLineSlip:
    return CaptureLineSlip(
        capture_line=line or (TEST_LINE if test else REAL_LINE),
        amount=Decimal("31720.88"),
        first_month=date(2026, 12, 1),
        last_month=date(2027, 5, 1),
        pay_by=date(2026, 11, 20),
        folio="PRUEBA-000123",
        is_test=test,
    )


@pytest.fixture(params=["es", "en"])
def words(request: pytest.FixtureRequest) -> SlipText:
    return slip_text(slip(test=True), RATE, request.param)


def test_says_the_amount_in_pesos_and_about_how_much_in_dollars(words: SlipText) -> None:
    assert words.amount == "$31,720.88 MXN"
    assert "US$1,817.35" in words.dollars
    assert "$17.45" in words.dollars
    assert "2026" in words.dollars


def test_says_period_deadline_folio_call_center_and_the_warning() -> None:
    spanish = slip_text(slip(test=True), RATE, "es")
    assert [value for _, value in spanish.fields] == [
        "diciembre de 2026 – mayo de 2027",
        "20 de noviembre de 2026",
        "PRUEBA-000123",
    ]
    assert any("011 52 55 4166 5415" in note for note in spanish.notes)
    assert any("gestores" in note for note in spanish.notes)


def test_one_month_is_named_once() -> None:
    one = CaptureLineSlip(
        TEST_LINE, Decimal(1), date(2026, 12, 1), date(2026, 12, 1), date(2026, 11, 20), "F", True
    )
    assert slip_text(one, RATE, "en").fields[0][1] == "December 2026"


def test_the_picture_is_small_and_its_codes_read_back(words: SlipText) -> None:
    png = draw_picture(words)
    assert len(png) <= 60_000
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    assert picture.width <= 720
    read = {
        found.format.name: found.text for found in zxingcpp.read_barcodes(picture.convert("RGB"))
    }
    assert read == {"QRCode": TEST_LINE, "Code128": TEST_LINE}


def test_a_slip_of_the_sandbox_is_red_and_a_real_one_is_not() -> None:
    header = {
        test: Image.open(io.BytesIO(draw_picture(slip_text(slip(test=test), RATE, "es"))))
        .convert("RGB")
        .getpixel((700, 10))
        for test in (True, False)
    }
    red, green, _ = header[True]
    assert red > 150 > green
    assert header[False][0] < 60


def test_the_page_is_one_and_says_what_the_picture_says(words: SlipText, tmp_path: Path) -> None:
    printed = _text_of(draw_page(words), tmp_path)
    assert printed.count("\f") == 1  # pdftotext ends each page with one
    for expected in (TEST_LINE, words.amount, words.test, *words.steps):
        assert expected in printed
    assert "".join(printed.split()).count("NOPAGAR") >= 5  # the header and the stamps


def test_a_real_page_says_nothing_of_a_test(tmp_path: Path) -> None:
    printed = _text_of(draw_page(slip_text(slip(test=False), RATE, "es")), tmp_path)
    assert "PRUEBA –" not in printed
    assert REAL_LINE in printed


@pytest.mark.parametrize("line", ["1", "A" * 40, "PRUEBA-NO-PAGAR-" + "W" * 20])
def test_any_length_of_line_fits(line: str) -> None:
    picture = Image.open(
        io.BytesIO(draw_picture(slip_text(slip(test=True, line=line), RATE, "es")))
    )
    codes = zxingcpp.read_barcodes(picture.convert("RGB"))
    assert line in {found.text for found in codes if found.format.name == "QRCode"}


def _text_of(pdf: bytes, folder: Path) -> str:
    (folder / "slip.pdf").write_bytes(pdf)
    command = [pdftotext(), "-raw", str(folder / "slip.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
