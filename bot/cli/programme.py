"""`pti quota`, `pti curp` and `pti nss`: the programme's rules from the command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast, get_args

import click

from bot.cli import programme_output as output
from bot.cli.bad_input import BadInput, OneLineCommand
from bot.programme.curp import check_curp
from bot.programme.messages import Language, load_messages
from bot.programme.month import Month, MonthFormatError
from bot.programme.nss import check_nss
from bot.programme.quota import (
    CONTRIBUTION_PERIODS,
    ContributionPeriod,
    QuotaRequest,
    QuotaRequestError,
    compute_quota,
)
from bot.programme.year_parameters import FiguresNotPublished, RiskClass, Zone

# Mexico City has kept UTC-6 all year since October 2022.
MEXICO_CITY = timezone(timedelta(hours=-6))

_THOUSANDS = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?)")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(list(get_args(Language))),
    default="en",
    show_default=True,
    help="Language of what is printed.",
)


@click.command(cls=OneLineCommand)
@click.option("--income", required=True, help="Declared monthly income in MXN.")
@click.option("--month", help="First month, YYYY-MM. Default: next month.")
@click.option(
    "--months",
    type=click.Choice([str(months) for months in CONTRIBUTION_PERIODS]),
    default="1",
    show_default=True,
    help="Months paid in advance.",
)
@click.option(
    "--zone", type=click.Choice([zone.value for zone in Zone]), default=Zone.GENERAL.value
)
@click.option(
    "--risk-class",
    type=click.Choice([risk.value for risk in RiskClass], case_sensitive=False),
    default=RiskClass.I.value,
    help="Class of work risk. Mexicans abroad: I.",
)
@click.option("--infonavit", is_flag=True, help="Add the optional housing contribution.")
@json_option
@language_option
def quota(
    income: str,
    month: str | None,
    months: str,
    zone: str,
    risk_class: str,
    infonavit: bool,
    as_json: bool,
    language: Language,
) -> None:
    """Estimate the quota of a month or of several."""
    try:
        request = QuotaRequest(
            monthly_income=_read_income(income),
            first_month=Month.parse(month) if month is not None else _next_month(),
            months=cast(ContributionPeriod, int(months)),
            zone=Zone(zone),
            risk_class=RiskClass(risk_class),
            infonavit=infonavit,
        )
        result = compute_quota(request)
    except (QuotaRequestError, MonthFormatError, FiguresNotPublished) as error:
        raise BadInput(_explain(error, language)) from error
    if as_json:
        output.echo_json(output.quota_as_json(result, language))
    else:
        output.print_quota(result, language)


@click.command(cls=OneLineCommand)
@click.argument("curp")
@json_option
@language_option
def curp(curp: str, as_json: bool, language: Language) -> None:
    """Check a CURP."""
    report = check_curp(curp)
    if as_json:
        output.echo_json(output.curp_as_json(report, language))
    else:
        output.print_curp(report, language)


@click.command(cls=OneLineCommand)
@click.argument("nss")
@json_option
@language_option
def nss(nss: str, as_json: bool, language: Language) -> None:
    """Check an NSS (Mexican social security number)."""
    report = check_nss(nss)
    if as_json:
        output.echo_json(output.nss_as_json(report, language))
    else:
        output.print_nss(report, language)


def _read_income(text: str) -> Decimal:
    grouped = _THOUSANDS.fullmatch(text.strip())
    try:
        return Decimal(grouped[1].replace(",", "") if grouped else text.strip())
    except ArithmeticError as error:
        raise QuotaRequestError("income_not_a_number") from error


def _next_month() -> Month:
    return Month.of(datetime.now(tz=MEXICO_CITY).date()).plus(1)


def _explain(
    error: QuotaRequestError | MonthFormatError | FiguresNotPublished, language: Language
) -> str:
    texts: dict[str, Any] = load_messages("quota")
    errors = texts["errors"]
    if isinstance(error, FiguresNotPublished):
        missing = ", ".join(texts["sections"][section][language] for section in error.missing)
        sentence = errors["figures_not_published"][language]
        return str(sentence.format(month=error.month, missing=missing))
    code = "month_format" if isinstance(error, MonthFormatError) else error.code
    return str(errors[code][language])
