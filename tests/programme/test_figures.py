"""Figures that sentences quote: how they are read, when they may be said, how they are printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.programme.figures import (
    Figure,
    FigureError,
    load_figures,
    print_count,
    print_day,
    print_dollars,
    print_month,
    print_pesos,
)

ENTRY = (
    "fee: {value: '1969.34', unit: mxn, valid_from: 2026-01-01, valid_to: 2026-12-31,"
    " source: law, grade: A}\n"
)


def figure(value: str, unit: str, until: date | None = date(2026, 12, 31)) -> Figure:
    return Figure("x", value, unit, date(2026, 1, 1), until, "law", "A")


@pytest.mark.parametrize(
    ("value", "unit", "spanish", "english"),
    [
        ("1969.34", "mxn", "$1,969.34", "$1,969.34"),
        ("1500", "mxn", "$1,500.00", "$1,500.00"),
        ("2.99", "usd", "US$2.99", "US$2.99"),
        ("20.4", "percent", "20.4 %", "20.4%"),
        ("401739", "count", "401,739", "401,739"),
        ("52", "count", "52", "52"),
        ("2025-09-10", "date", "10 de septiembre de 2025", "September 10, 2025"),
        ("011 52 55 4166 5415", "text", "011 52 55 4166 5415", "011 52 55 4166 5415"),
    ],
)
def test_printed(value: str, unit: str, spanish: str, english: str) -> None:
    assert figure(value, unit).printed("es") == spanish
    assert figure(value, unit).printed("en") == english


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_said_only_within_its_period(day: date, may: bool) -> None:
    assert figure("1", "count").may_be_said(day) is may


def test_no_known_end() -> None:
    assert figure("1", "count", None).may_be_said(date(2099, 1, 1))


def test_the_projects_own_figures_can_be_read_and_printed() -> None:
    figures = load_figures()
    assert len(figures) > 20
    for name, one in figures.items():
        assert one.name == name
        assert one.grade in ("A", "B", "C")
        assert one.source
        assert one.printed("es")
        assert one.printed("en")
        assert one.valid_to is None or one.valid_from <= one.valid_to


def test_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(ENTRY)
    (tmp_path / "empty.yml").write_text("# nothing yet\n")
    read = load_figures(tmp_path)
    assert read["fee"] == Figure(
        "fee", "1969.34", "mxn", date(2026, 1, 1), date(2026, 12, 31), "law", "A"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.yml": ENTRY, "b.yml": ENTRY}, "fee stands twice, the second time in b.yml"),
        ({"a.yml": ENTRY.replace(", grade: A", "")}, "fee in a.yml lacks grade"),
        ({"a.yml": ENTRY.replace("mxn", "euros")}, "fee in a.yml has the unknown unit euros"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(FigureError, match=message):
        load_figures(tmp_path)


def test_amounts_and_days_in_words() -> None:
    assert print_pesos(Decimal("1234567.8")) == "$1,234,567.80"
    assert print_dollars(Decimal("0.5")) == "US$0.50"
    assert print_count(Decimal("18.50"), "es") == "18.5"
    assert print_count(Decimal(1500), "en") == "1,500"
    assert print_day(date(2026, 1, 1), "es") == "1 de enero de 2026"
    assert print_month(date(2026, 12, 1), "es") == "diciembre de 2026"
    assert print_month(date(2026, 12, 1), "en") == "December 2026"
