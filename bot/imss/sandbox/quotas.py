"""The quota as the sandbox answers it, worked out by the rules of bot.programme."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bot.imss.json_form import to_json
from bot.imss.sandbox.problems import Problem
from bot.programme.month import Month
from bot.programme.quota import MonthQuota, Quota, QuotaRequestError, quota_by_period
from bot.programme.year_parameters import FiguresNotPublished, Zone


def next_month(today: date) -> Month:
    """The first month that a payment made now covers: cover begins on the 1st of the next."""
    return Month.of(today).plus(1)


def quota_of(data: dict[str, Any], first_month: Month) -> Quota:
    """The quota of a QuotaQuestion's or a registration's data from a month on.

    Raises Problem: income_not_positive, figures_not_published.
    """
    try:
        quotas = quota_by_period(
            Decimal(data["monthly_income"]),
            first_month,
            Zone(data["zone"]),
            infonavit=data["infonavit"],
        )
    except QuotaRequestError as error:
        raise Problem("income_not_positive") from error
    except FiguresNotPublished as error:
        raise Problem("figures_not_published") from error
    return quotas[data["contribution_period"]]


def quota_answer(question: dict[str, Any], today: date) -> dict[str, Any]:
    """The contract's Quota. Raises Problem as quota_of."""
    written = question.get("first_month")
    first = Month.parse(written) if written else next_month(today)
    quota = quota_of(question, first)
    return {
        "currency": "MXN",
        "contribution_period": question["contribution_period"],
        "first_month": str(first),
        "last_month": str(quota.months[-1].month),
        "total": to_json(quota.total),
        "provisional": quota.provisional,
        "months": [_month(month) for month in quota.months],
        "test": True,
    }


def _month(month: MonthQuota) -> dict[str, Any]:
    return {
        "month": str(month.month),
        "days": month.days,
        "income_considered": to_json(month.income_considered),
        "daily_base": to_json(month.daily_base),
        "total": to_json(month.total),
        "provisional": bool(month.provisional),
        "branches": [
            {
                "branch": branch.id,
                "rate": str(branch.rate),
                "base": to_json(branch.base),
                "amount": to_json(branch.amount),
            }
            for branch in month.branches
        ],
    }
