"""The quota (cuota) of an independent worker, month by month.

It is an estimate by law: the five insurances at the law's rates, employer's and worker's share
together (LSS 222-II-a, 227-I, 228-II), on the declared income, between one minimum wage of the zone
and 25 UMA (LSS 28). The amount on the capture line that the institute issues governs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.programme.money import exact_arithmetic, to_centavos
from bot.programme.month import Month
from bot.programme.year_parameters import (
    BranchBase,
    MonthParameters,
    RiskClass,
    Zone,
    latest_parameters_for_month,
    parameters_for_month,
)

ContributionPeriod = Literal[1, 2, 6, 12]
CONTRIBUTION_PERIODS: tuple[ContributionPeriod, ...] = (1, 2, 6, 12)  # LSS 224
GREATEST_INCOME = Decimal(10) ** 12

QuotaErrorCode = Literal[
    "income_not_a_number", "income_not_positive", "income_too_large", "period_not_offered"
]


class QuotaRequestError(ValueError):
    """The request cannot be computed; `code` names the reason."""

    def __init__(self, code: QuotaErrorCode) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class QuotaRequest:
    """What a person declares.

    `monthly_income` in MXN; `months` is the contribution_period (LSS 224: 1, 2, 6 or 12 months paid
    in advance). Raises QuotaRequestError for an income that is not a number, is 0 or less, or is
    above 10**12, and for another number of months.
    """

    monthly_income: Decimal
    first_month: Month
    months: ContributionPeriod = 1
    zone: Zone = Zone.GENERAL
    risk_class: RiskClass = RiskClass.I
    infonavit: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.monthly_income, Decimal) or not self.monthly_income.is_finite():
            raise QuotaRequestError("income_not_a_number")
        if self.monthly_income <= 0:
            raise QuotaRequestError("income_not_positive")
        if self.monthly_income > GREATEST_INCOME:
            raise QuotaRequestError("income_too_large")
        if self.months not in CONTRIBUTION_PERIODS:
            raise QuotaRequestError("period_not_offered")


@dataclass(frozen=True)
class BranchAmount:
    """What one branch adds: rate in percent, base and amount in MXN.

    `amount` is rounded for display; the month's total is not the sum of these.
    """

    id: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class MonthQuota:
    """The quota of one month, amounts in MXN.

    `income_considered` is the declared income brought between `floor` and `cap`; `daily_base` (SBC)
    is that by the days of the month, rounded to centavos. `provisional` names the sections of
    figures that are not published yet for this month and were taken from the last published ones.
    """

    month: Month
    days: int
    declared_income: Decimal
    income_considered: Decimal
    daily_base: Decimal
    total: Decimal
    branches: tuple[BranchAmount, ...]
    floor: Decimal
    cap: Decimal
    provisional: tuple[str, ...] = ()

    @property
    def was_raised_to_minimum(self) -> bool:
        """The declared income is below the least that counts (LSS 28)."""
        return self.declared_income < self.floor

    @property
    def was_lowered_to_maximum(self) -> bool:
        """The declared income is above the most that counts (LSS 28)."""
        return self.declared_income > self.cap


@dataclass(frozen=True)
class Quota:
    """The quota of a contribution_period: `total` in MXN is the sum of the rounded months."""

    request: QuotaRequest
    months: tuple[MonthQuota, ...]
    total: Decimal

    @property
    def provisional(self) -> bool:
        """Some month rests on figures of an earlier period."""
        return any(month.provisional for month in self.months)


def compute_quota(request: QuotaRequest) -> Quota:
    """The quota of a period whose every month has its figures published.

    Raises FiguresNotPublished for the first month that has not.
    """
    return _summed(request, _month_quotas(request, parameters_for_month))


def quota_by_period(
    monthly_income: Decimal,
    first_month: Month,
    zone: Zone = Zone.GENERAL,
    risk_class: RiskClass = RiskClass.I,
    infonavit: bool = False,
) -> dict[ContributionPeriod, Quota]:
    """The quota for each period on offer (1, 2, 6, 12 months) from a month on, in MXN.

    Later months without published figures use the latest published ones and are marked provisional.
    The first month must have its own: raises FiguresNotPublished otherwise; QuotaRequestError as
    QuotaRequest.
    """
    parameters_for_month(first_month.year, first_month.month)
    requests = [
        QuotaRequest(monthly_income, first_month, months, zone, risk_class, infonavit)
        for months in CONTRIBUTION_PERIODS
    ]
    # The shorter periods are the beginning of the longest.
    longest = max(requests, key=lambda request: request.months)
    months = _month_quotas(longest, latest_parameters_for_month)
    return {request.months: _summed(request, months[: request.months]) for request in requests}


def ceav_rate(daily_base: Decimal, zone: Zone, parameters: MonthParameters) -> Decimal:
    """The employer's CEAV rate in percent for a daily_base in MXN (DOF 16-12-2020, transitorio 2).

    The base counts to the centavo, and one minimum wage of the zone is looked at before the UMA:
    since 2023 it is worth more than the first UMA bounds, and one peso above it costs some 270 a
    month.
    """
    base = to_centavos(daily_base)
    with exact_arithmetic():
        for row in parameters.ceav_rows:
            if row.up_to_minimum_wage:
                reached = base <= parameters.minimum_wage[zone]
            elif row.up_to_uma is not None:
                reached = base <= row.up_to_uma * parameters.uma
            else:
                reached = True
            if reached:
                return row.rate
    return parameters.ceav_rows[-1].rate


def _month_quotas(
    request: QuotaRequest, figures_for: Callable[[int, int], MonthParameters]
) -> tuple[MonthQuota, ...]:
    covered = [request.first_month.plus(offset) for offset in range(request.months)]
    with exact_arithmetic():
        return tuple(
            _month_quota(request, figures_for(month.year, month.month)) for month in covered
        )


def _summed(request: QuotaRequest, months: tuple[MonthQuota, ...]) -> Quota:
    with exact_arithmetic():
        total = sum((month.total for month in months), Decimal(0))
    return Quota(request=request, months=months, total=total)


def _month_quota(request: QuotaRequest, figures: MonthParameters) -> MonthQuota:
    days = figures.month.days
    floor = figures.minimum_wage[request.zone] * days
    cap = figures.cap_in_uma * figures.uma * days
    income = min(max(request.monthly_income, floor), cap)
    charged = _charged_branches(request, figures, income)
    return MonthQuota(
        month=figures.month,
        days=days,
        declared_income=request.monthly_income,
        income_considered=income,
        daily_base=to_centavos(income / days),
        # Rounded once, on the exact sum: rounding every branch would move it by some centavos.
        total=to_centavos(sum((rate * base for _, rate, base in charged), Decimal(0)) / 100),
        branches=tuple(
            BranchAmount(name, rate, to_centavos(base), to_centavos(rate * base / 100))
            for name, rate, base in charged
        ),
        floor=floor,
        cap=cap,
        provisional=figures.provisional,
    )


def _charged_branches(
    request: QuotaRequest, figures: MonthParameters, income: Decimal
) -> list[tuple[str, Decimal, Decimal]]:
    """Each branch that is charged with its rate in percent and its base in MXN."""
    uma_of_month = figures.uma * figures.month.days
    bases = {
        BranchBase.UMA: uma_of_month,
        BranchBase.EXCESS: max(Decimal(0), income - figures.excess_above_uma * uma_of_month),
        BranchBase.INCOME: income,
    }
    ceav = ceav_rate(income / figures.month.days, request.zone, figures)
    charged = [(name, entry.rate, bases[entry.base]) for name, entry in figures.branches.items()]
    charged.append(("ceav_employer", ceav, income))
    charged.append(("work_risk", figures.risk_premiums[request.risk_class], income))
    if request.infonavit:
        charged.append(("infonavit", figures.infonavit.rate, bases[figures.infonavit.base]))
    return charged
