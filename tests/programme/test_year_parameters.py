"""The dated figures: found by name, in force by date, missing by name."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from bot.programme.month import Month, MonthFormatError
from bot.programme.year_parameters import (
    PARAMETERS_FOLDER,
    FiguresNotPublished,
    ParameterFileError,
    RiskClass,
    Zone,
    latest_parameters_for_month,
    parameters_for_month,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in PARAMETERS_FOLDER.glob("[0-9]*.yml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_january_2027_is_refused_with_what_is_missing() -> None:
    with pytest.raises(FiguresNotPublished) as caught:
        parameters_for_month(2027, 1)
    assert caught.value.month == Month(2027, 1)
    assert caught.value.missing == ("minimum_wage",)
    assert "2027-01" in str(caught.value)


@pytest.mark.parametrize("month", [Month(2021, 12), Month(2021, 1), Month(1950, 6)])
def test_months_before_the_first_figures(month: Month) -> None:
    for figures in (parameters_for_month, latest_parameters_for_month):
        with pytest.raises(FiguresNotPublished):
            figures(month.year, month.month)


def test_a_new_file_is_all_that_a_new_year_needs(folder: Path) -> None:
    text = (folder / "2026.yml").read_text(encoding="utf-8")
    text = text.replace("2027-", "2028-").replace("2026-0", "2027-0").replace("2026-1", "2027-1")
    (folder / "2027.yml").write_text(text.replace('"315.04"', '"340.00"'), encoding="utf-8")
    january, december = (parameters_for_month(2027, month, folder) for month in (1, 12))
    assert january.minimum_wage[Zone.GENERAL] == Decimal("340.00")
    assert january.uma == december.uma == Decimal("117.31")
    with pytest.raises(FiguresNotPublished):
        parameters_for_month(2028, 1, folder)


def test_a_file_may_hold_only_what_is_published(folder: Path) -> None:
    section = (
        "minimum_wage: {general: '340.00', zlfn: '470.00', valid_from: 2027-01-01,"
        " valid_to: 2027-12-31, source: test, grade: A}"
    )
    (folder / "2027.yml").write_text(section, encoding="utf-8")
    with pytest.raises(FiguresNotPublished) as caught:
        parameters_for_month(2027, 1, folder)
    assert caught.value.missing == ("ceav_employer",)
    assert latest_parameters_for_month(2027, 1, folder).provisional == ("ceav_employer",)


def test_an_unquoted_figure_is_refused(folder: Path) -> None:
    text = (folder / "2026.yml").read_text(encoding="utf-8").replace('"315.04"', "315.04")
    (folder / "2026.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterFileError, match="quotes"):
        parameters_for_month(2026, 6, folder)


def test_other_files_are_not_read(folder: Path) -> None:
    (folder / "notes.yml").write_text("uma: [", encoding="utf-8")
    assert parameters_for_month(2026, 6, folder).uma == Decimal("117.31")


def test_every_file_has_every_figure_with_its_source() -> None:
    for offset in range(60):
        month = Month(2022, 1).plus(offset)
        figures = parameters_for_month(month.year, month.month)
        assert set(figures.minimum_wage) == set(Zone)
        assert set(figures.risk_premiums) == set(RiskClass)
        assert figures.minimum_wage[Zone.GENERAL] < figures.minimum_wage[Zone.ZLFN]
        assert figures.ceav_rows[0].up_to_minimum_wage
        assert figures.ceav_rows[-1].up_to_uma is None
        assert [row.rate for row in figures.ceav_rows] == sorted(
            row.rate for row in figures.ceav_rows
        )
        assert all(source.text and source.grade in "ABC" for source in figures.sources)
        # 8.875 % of income without the CEAV of the employer and work risk, as the law adds up.
        income_rates = [b.rate for b in figures.branches.values() if b.base.value == "income"]
        assert sum(income_rates) == Decimal("8.875")


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-6", "june", "", "0000-01", "2026-06-01", "２０２６-06"]
)
def test_texts_that_are_no_month(text: str) -> None:
    with pytest.raises(MonthFormatError):
        Month.parse(text)


def test_months_count_on_and_sort() -> None:
    assert str(Month(2025, 12).plus(1)) == "2026-01"
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2025, 12) < Month(2026, 1)
    assert [Month(year, 2).days for year in (2024, 2026, 2000, 1900)] == [29, 28, 29, 28]
