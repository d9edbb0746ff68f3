"""Figures that sentences quote by name: dated, sourced, and silent once their period has ended.

They live in `parameters/figures/*.yml`; the head of `common.yml` describes an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

FIGURES_FOLDER = Path(__file__).parent / "parameters" / "figures"
LOCALES = {"es": "es_MX", "en": "en_US"}
UNITS = ("mxn", "usd", "percent", "count", "date", "text")


class FigureError(Exception):
    """A figure's entry is incomplete or given twice; the message names it."""


@dataclass(frozen=True)
class Figure:
    """One figure: its value, unit, the days on which it may be said, and where it was read.

    `unit`: mxn and usd are money, percent is a share of a hundred, count is anything that is
    counted (weeks, days, years, people), date is a day, text is printed as it is (a phone number).
    """

    name: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    grade: str

    def may_be_said(self, on: date) -> bool:
        """Whether the day is within the figure's period."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def printed(self, language: str) -> str:
        """The value as people read it in `es` or `en`, with its sign of money or percent."""
        if self.unit == "text":
            return self.value
        if self.unit == "date":
            return print_day(date.fromisoformat(self.value), language)
        number = Decimal(self.value)
        if self.unit == "mxn":
            return print_pesos(number)
        if self.unit == "usd":
            return print_dollars(number)
        text = print_count(number, language)
        if self.unit == "percent":
            return f"{text} %" if language == "es" else f"{text}%"
        return text


def print_pesos(amount: Decimal) -> str:
    """An amount of Mexican pesos: `$1,969.34`."""
    return str(format_currency(amount, "MXN", "¤#,##0.00", locale="es_MX", currency_digits=False))


def print_dollars(amount: Decimal) -> str:
    """An amount of US dollars: `US$2.99`."""
    return "US" + str(
        format_currency(amount, "USD", "¤#,##0.00", locale="en_US", currency_digits=False)
    )


def print_day(day: date, language: str) -> str:
    """A day in words: `10 de septiembre de 2025`, `September 10, 2025`."""
    return str(format_date(day, "long", locale=LOCALES[language]))


def print_month(month: date, language: str) -> str:
    """The month of a day in words: `diciembre de 2026`, `December 2026`."""
    words = "MMMM 'de' y" if language == "es" else "MMMM y"
    return str(format_date(month, words, locale=LOCALES[language]))


def print_count(number: Decimal, language: str) -> str:
    """A number with its thousands marked and no idle zeros: `1,500`, `18.5`."""
    return str(format_decimal(number, locale=LOCALES[language]))


@lru_cache(maxsize=1)
def load_figures(folder: Path = FIGURES_FOLDER) -> dict[str, Figure]:
    """Every figure by its name. Raises FigureError for an entry that is incomplete or given
    twice."""
    figures: dict[str, Figure] = {}
    for path in sorted(folder.glob("*.yml")):
        for name, entry in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
            if name in figures:
                raise FigureError(f"{name} stands twice, the second time in {path.name}")
            figures[name] = _figure(name, entry, path)
    return figures


def _figure(name: str, entry: dict[str, Any], path: Path) -> Figure:
    try:
        figure = Figure(
            name=name,
            value=str(entry["value"]),
            unit=entry["unit"],
            valid_from=entry["valid_from"],
            valid_to=entry["valid_to"],
            source=entry["source"],
            grade=entry["grade"],
        )
    except KeyError as error:
        raise FigureError(f"{name} in {path.name} lacks {error.args[0]}") from error
    if figure.unit not in UNITS:
        raise FigureError(f"{name} in {path.name} has the unknown unit {figure.unit}")
    return figure
