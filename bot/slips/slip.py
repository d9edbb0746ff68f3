"""What a payment slip says, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from reportlab.graphics.barcode import code128

from bot.programme.exchange_rate import ExchangeRate
from bot.programme.figures import load_figures, print_day, print_dollars, print_month, print_pesos

WORDS = Path(__file__).with_name("words.yml")


@dataclass(frozen=True)
class CaptureLineSlip:
    """A línea de captura as the institute issued it.

    `amount` in MXN; the line is valid until `pay_by`; `is_test`: the sandbox issued it, and the
    slip says so everywhere.
    """

    capture_line: str
    amount: Decimal
    first_month: date
    last_month: date
    pay_by: date
    folio: str
    is_test: bool


@dataclass(frozen=True)
class SlipText:
    """The slip's lines in one language."""

    title: str
    subtitle: str
    test: str
    test_note: str
    fields: tuple[tuple[str, str], ...]
    amount: str
    dollars: str
    line_label: str
    line: str
    how: str
    steps: tuple[str, ...]
    notes: tuple[str, ...]


def slip_text(slip: CaptureLineSlip, rate: ExchangeRate, language: str) -> SlipText:
    """The slip in words, `es` or `en`."""
    words = _words()[language]
    return SlipText(
        title=words["title"],
        subtitle=words["subtitle"],
        test=words["test"] if slip.is_test else "",
        test_note=words["test_note"] if slip.is_test else "",
        fields=(
            (words["period"], _period(slip, language)),
            (words["pay_by"], print_day(slip.pay_by, language)),
            (words["folio"], slip.folio),
        ),
        amount=f"{print_pesos(slip.amount)} MXN",
        dollars=words["dollars"].format(
            dollars=print_dollars(slip.amount / rate.pesos),
            rate=print_pesos(rate.pesos),
            rate_day=print_day(rate.day, language),
        ),
        line_label=words["line"],
        line=slip.capture_line,
        how=words["how"],
        steps=(*words["finabien"], words["bank"]),
        notes=(
            words["governs"],
            words["warning"],
            words["questions"].format(call_center=load_figures()["call_center_phone"].value),
        ),
    )


def bars(value: str) -> list[tuple[bool, int]]:
    """The Code 128 of a value, as runs: whether it is a bar, and its width in modules."""
    code = code128.Code128(value, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    # Upper case is a bar, lower case a space; A is one module wide, D four.
    return [(letter.isupper(), ord(letter.lower()) - ord("a") + 1) for letter in code.decomposed]


def _period(slip: CaptureLineSlip, language: str) -> str:
    first, last = print_month(slip.first_month, language), print_month(slip.last_month, language)
    return first if first == last else f"{first} – {last}"


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    words: dict[str, dict[str, Any]] = yaml.safe_load(WORDS.read_text("utf-8"))
    return words
