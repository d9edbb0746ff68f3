"""The dated figures of the quota, read from `parameters/<year>.yml`.

Each file holds what was published for one year, in sections that begin on their own date: the UMA
on 1 February, the rest on 1 January. Files are found by name, so a new year is a new file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.programme.month import Month

PARAMETERS_FOLDER = Path(str(resources.files("bot.programme"))) / "parameters"
SECTIONS = ("uma", "minimum_wage", "ceav_employer", "rates", "work_risk")
_YEAR_FILE = re.compile(r"[0-9]{4}\.yml")


class Zone(str, Enum):
    """Where the minimum wage is that of the rest of the country, or that of the northern border."""

    GENERAL = "general"
    ZLFN = "zlfn"


class RiskClass(str, Enum):
    """Class of work risk (LSS 73). Mexicans abroad: class I."""

    I = "I"  # noqa: E741 - the law's own name
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


class BranchBase(str, Enum):
    """What the rate of a branch is applied to: UMA x days, income above 3 UMA x days, or income."""

    UMA = "uma"
    EXCESS = "excess"
    INCOME = "income"


class FiguresNotPublished(LookupError):
    """Figures for a month are not held, usually because they are not published yet.

    `month` is the month asked for; `missing` names the sections without a figure in force.
    """

    def __init__(self, month: Month, missing: tuple[str, ...]) -> None:
        self.month = month
        self.missing = missing
        super().__init__(f"no figures for {month}: {', '.join(missing)}")


class ParameterFileError(ValueError):
    """A parameter file does not have the form that the others have."""


@dataclass(frozen=True)
class CeavRow:
    """One row of the employer's CEAV table (transitorio segundo, DOF 16-12-2020).

    `up_to_uma` is the row's upper bound in UMA, None when it has none; the row of one minimum wage
    is the one with `up_to_minimum_wage`. `rate` is in percent.
    """

    rate: Decimal
    up_to_uma: Decimal | None = None
    up_to_minimum_wage: bool = False


@dataclass(frozen=True)
class BranchRate:
    """The rate of one branch, in percent, what it is applied to, and its article."""

    rate: Decimal
    base: BranchBase
    law: str


@dataclass(frozen=True)
class FigureSource:
    """Where a section was read, how good that is (A, B, C), and since when it is in force."""

    section: str
    text: str
    grade: str
    valid_from: date


@dataclass(frozen=True)
class MonthParameters:
    """Every figure that the quota of one month needs. Daily amounts in MXN, rates in percent.

    `provisional` names the sections taken from an earlier period because their own is not
    published.
    """

    month: Month
    uma: Decimal
    minimum_wage: Mapping[Zone, Decimal]
    ceav_rows: tuple[CeavRow, ...]
    branches: Mapping[str, BranchRate]
    infonavit: BranchRate
    excess_above_uma: Decimal
    cap_in_uma: Decimal
    risk_premiums: Mapping[RiskClass, Decimal]
    sources: tuple[FigureSource, ...]
    provisional: tuple[str, ...] = ()


def parameters_for_month(
    year: int, month: int, folder: Path = PARAMETERS_FOLDER
) -> MonthParameters:
    """The figures in force on the first day of a month.

    Raises FiguresNotPublished, naming the month and what is missing, and MonthFormatError.
    """
    return _parameters(Month(year, month), folder, allow_ended=False)


def latest_parameters_for_month(
    year: int, month: int, folder: Path = PARAMETERS_FOLDER
) -> MonthParameters:
    """Like parameters_for_month, but a section whose period ended stands in until its next one.

    What stands in is named in `provisional`. Raises FiguresNotPublished for months before the first
    figures, and MonthFormatError.
    """
    return _parameters(Month(year, month), folder, allow_ended=True)


@lru_cache(maxsize=256)
def _parameters(month: Month, folder: Path, allow_ended: bool) -> MonthParameters:
    found: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    provisional: list[str] = []
    for name in SECTIONS:
        section = _latest_section(name, month.first_day, folder)
        ended = section is not None and section.get("valid_to", date.max) < month.first_day
        if section is None or (ended and not allow_ended):
            missing.append(name)
            continue
        if ended:
            provisional.append(name)
        found[name] = section
    if missing:
        raise FiguresNotPublished(month, tuple(missing))
    try:
        return _from_sections(month, found, tuple(provisional))
    except (KeyError, TypeError, ArithmeticError, ValueError) as error:
        raise ParameterFileError(f"figures in force in {month}: {error!r}") from error


def _latest_section(name: str, day: date, folder: Path) -> dict[str, Any] | None:
    """The section with this name that began last on or before a day."""
    begun = [
        content[name]
        for content in _year_files(folder)
        if name in content and content[name]["valid_from"] <= day
    ]
    return max(begun, key=lambda section: section["valid_from"], default=None)


@lru_cache(maxsize=8)
def _year_files(folder: Path) -> tuple[dict[str, Any], ...]:
    files = sorted(path for path in folder.iterdir() if _YEAR_FILE.fullmatch(path.name))
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in files)


def _from_sections(
    month: Month, sections: Mapping[str, dict[str, Any]], provisional: tuple[str, ...]
) -> MonthParameters:
    rates, wages = sections["rates"], sections["minimum_wage"]
    return MonthParameters(
        month=month,
        uma=_exact(sections["uma"]["daily"]),
        minimum_wage=MappingProxyType({zone: _exact(wages[zone.value]) for zone in Zone}),
        ceav_rows=tuple(_ceav_row(row) for row in sections["ceav_employer"]["rows"]),
        branches=MappingProxyType(
            {branch: _branch_rate(entry) for branch, entry in rates["branches"].items()}
        ),
        infonavit=_branch_rate(rates["infonavit"]),
        excess_above_uma=_exact(rates["excess_above_uma"]),
        cap_in_uma=_exact(rates["cap_in_uma"]),
        risk_premiums=MappingProxyType(
            {risk: _exact(sections["work_risk"]["premiums"][risk.value]) for risk in RiskClass}
        ),
        sources=tuple(
            FigureSource(name, section["source"], section["grade"], section["valid_from"])
            for name, section in sections.items()
        ),
        provisional=provisional,
    )


def _ceav_row(row: Mapping[str, str]) -> CeavRow:
    bound = row.get("up_to_uma")
    return CeavRow(
        rate=_exact(row["rate"]),
        up_to_uma=None if bound is None else _exact(bound),
        up_to_minimum_wage=row.get("up_to") == "minimum_wage",
    )


def _branch_rate(entry: Mapping[str, str]) -> BranchRate:
    base = BranchBase(entry.get("base", BranchBase.INCOME.value))
    return BranchRate(rate=_exact(entry["rate"]), base=base, law=entry["law"])


def _exact(figure: object) -> Decimal:
    # An unquoted 315.04 in YAML is a binary float, which is not that number.
    if not isinstance(figure, str):
        raise TypeError(f"write the figure in quotes: {figure!r}")
    return Decimal(figure)
