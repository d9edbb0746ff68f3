"""What the programme's commands print: JSON for programs, tables for people."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import yaml

from bot.programme.curp import CurpProblem, CurpReport
from bot.programme.messages import Language, load_messages, problem_message
from bot.programme.money import to_centavos
from bot.programme.nss import NssProblem, NssReport
from bot.programme.quota import MonthQuota, Quota
from bot.programme.year_parameters import FigureSource, parameters_for_month

if TYPE_CHECKING:
    from rich.console import Console

LABELS_FILE = Path(__file__).with_name("labels.yml")


def echo_json(content: dict[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def quota_as_json(quota: Quota, language: Language) -> dict[str, Any]:
    """A quota with amounts in MXN as text with two decimals and rates in percent."""
    request = quota.request
    return {
        "total": _plain(quota.total),
        "currency": "MXN",
        "estimate": True,
        "income": _plain(request.monthly_income),
        "first_month": str(request.first_month),
        "period_months": request.months,
        "zone": request.zone.value,
        "risk_class": request.risk_class.value,
        "infonavit": request.infonavit,
        "notes": ["estimate", *dict.fromkeys(note for m in quota.months for note in _notes(m))],
        "months": [_month_as_json(month, language) for month in quota.months],
        "sources": [
            {
                "section": source.section,
                "source": source.text,
                "grade": source.grade,
                "valid_from": source.valid_from.isoformat(),
            }
            for source in _sources(quota)
        ],
    }


def curp_as_json(report: CurpReport, language: Language) -> dict[str, Any]:
    """What a CURP says, with a message for each problem."""
    return {
        "valid": report.valid,
        "curp": report.curp,
        "problems": [_problem_as_json("curp", problem, language) for problem in report.problems],
        "birth_date": report.birth_date.isoformat() if report.birth_date else None,
        "sex": report.sex,
        "state": report.state,
        "state_name": report.state_name,
    }


def nss_as_json(report: NssReport, language: Language) -> dict[str, Any]:
    """What an NSS says, with a message for each problem."""
    return {
        "valid": report.valid,
        "nss": report.nss,
        "problems": [_problem_as_json("nss", problem, language) for problem in report.problems],
        "subdelegation": report.subdelegation,
        "registration_year_2": report.registration_year_2,
        "birth_year_2": report.birth_year_2,
    }


def print_quota(quota: Quota, language: Language) -> None:
    """The breakdown by branch of each month, the total, and what it rests on."""
    console, label = _console(), _labels(language)
    request, notes = quota.request, load_messages("quota")["notes"]
    first = label("quota_total").format(
        months=request.months, first_month=request.first_month, total=_grouped(quota.total)
    )
    console.print(first, style="bold")
    console.print(
        label("declared").format(
            income=_grouped(request.monthly_income),
            zone=request.zone.value,
            risk_class=request.risk_class.value,
            infonavit=label("yes" if request.infonavit else "no"),
        )
    )
    for month in quota.months:
        _print_month(console, month, language)
        for note in _notes(month):
            considered = _grouped(month.income_considered)
            console.print(notes[note][language].format(month=month.month, considered=considered))
    console.print(label("rounding"), style="dim")
    for source in _sources(quota):
        section = load_messages("quota")["sections"][source.section][language]
        since = f"{label('since')} {source.valid_from}"
        console.print(f"{label('sources')}: {section}, {since}: {source.text}", style="dim")
    console.print(notes["estimate"][language], style="bold yellow")


def print_curp(report: CurpReport, language: Language) -> None:
    """Whether a CURP is valid, what is wrong with it and what it says."""
    label = _labels(language)
    state = label("born_abroad") if report.state == "NE" else report.state_name
    facts = {
        "birth_date": report.birth_date.isoformat() if report.birth_date else None,
        "sex": report.sex and label("sexes", report.sex),
        "state": state,
    }
    verdict = label("valid" if report.valid else "not_valid")
    _print_report("curp", verdict, report, facts, language)


def print_nss(report: NssReport, language: Language) -> None:
    """Whether an NSS is valid, what is wrong with it and what it says."""
    label = _labels(language)
    facts = {
        name: getattr(report, name)
        for name in ("subdelegation", "registration_year_2", "birth_year_2")
    }
    verdict = label("valid_nss" if report.valid else "not_valid_nss")
    _print_report("nss", verdict, report, facts, language)


def _month_as_json(month: MonthQuota, language: Language) -> dict[str, Any]:
    names = load_messages("branches")
    return {
        "month": str(month.month),
        "days": month.days,
        "floor": _plain(month.floor),
        "cap": _plain(month.cap),
        "income_considered": _plain(month.income_considered),
        "daily_base": _plain(month.daily_base),
        "total": _plain(month.total),
        "notes": _notes(month),
        "branches": [
            {
                "id": branch.id,
                "name": names[branch.id][language],
                "rate": str(branch.rate),
                "base": _plain(branch.base),
                "amount": _plain(branch.amount),
            }
            for branch in month.branches
        ],
    }


def _problem_as_json(
    key: Literal["curp", "nss"], problem: CurpProblem | NssProblem, language: Language
) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": problem.code,
        "severity": problem.severity,
        "position": problem.position,
        "message": _message(key, problem, language),
    }
    if "suggestion" in problem.detail:
        written["suggestion"] = problem.detail["suggestion"]
    return written


def _print_month(console: Console, month: MonthQuota, language: Language) -> None:
    from rich.table import Table

    label, names = _labels(language), load_messages("branches")
    title = label("month_title").format(
        month=month.month,
        days=month.days,
        daily_base=_grouped(month.daily_base),
        floor=_grouped(month.floor),
        cap=_grouped(month.cap),
    )
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column(label("branch"), footer=label("total_of_month"))
    table.add_column(label("rate"), justify="right")
    table.add_column(label("base"), justify="right")
    table.add_column(label("amount"), justify="right", footer=_grouped(month.total))
    for branch in month.branches:
        amounts = (_grouped(branch.base), _grouped(branch.amount))
        table.add_row(names[branch.id][language], str(branch.rate), *amounts)
    console.print(table)


def _print_report(
    key: Literal["curp", "nss"],
    verdict: str,
    report: CurpReport | NssReport,
    facts: dict[str, str | None],
    language: Language,
) -> None:
    console, label = _console(), _labels(language)
    console.print(verdict, style="bold green" if report.valid else "bold red")
    for problem in report.problems:
        colour = "red" if problem.severity == "error" else "yellow"
        text = f"{label(problem.severity)}: {_message(key, problem, language)}"
        # Not as markup: the message may quote what was typed.
        console.print(text, style=colour, markup=False)
    for name, fact in facts.items():
        if fact:
            console.print(f"{label(name)}: {fact}", highlight=False)


def _message(
    key: Literal["curp", "nss"], problem: CurpProblem | NssProblem, language: Language
) -> str:
    return problem_message(key, problem.code, problem.position, problem.detail, language)


def _notes(month: MonthQuota) -> list[str]:
    raised, lowered = month.was_raised_to_minimum, month.was_lowered_to_maximum
    return ["raised_to_minimum"] * raised + ["lowered_to_maximum"] * lowered


def _sources(quota: Quota) -> list[FigureSource]:
    months = (month.month for month in quota.months)
    figures = (parameters_for_month(month.year, month.month) for month in months)
    return list(dict.fromkeys(source for month in figures for source in month.sources))


def _plain(amount: Decimal) -> str:
    return f"{to_centavos(amount):f}"


def _grouped(amount: Decimal) -> str:
    return f"{to_centavos(amount):,f}"


def _console() -> Console:
    # Rich takes a while to load and JSON does not need it.
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


class _Labels:
    """The labels of one language, called by name."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, *path: str) -> str:
        entry: Any = _label_file()
        for step in path:
            entry = entry[step]
        return str(entry[self._language])


def _labels(language: Language) -> _Labels:
    return _Labels(language)


@lru_cache(maxsize=1)
def _label_file() -> dict[str, Any]:
    labels: dict[str, Any] = yaml.safe_load(LABELS_FILE.read_text(encoding="utf-8"))
    return labels
