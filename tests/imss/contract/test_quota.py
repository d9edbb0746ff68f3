"""Contract: the quota for an income and a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bot.programme.month import Month
from tests.imss.contract.conftest import Implementation, says_no


def question(**changes: Any) -> dict[str, Any]:
    return {
        "monthly_income": "12000.00",
        "zone": "general",
        "contribution_period": 1,
        "infonavit": False,
        **changes,
    }


@pytest.mark.parametrize("months", [1, 2, 6, 12])
def test_the_total_is_the_sum_of_the_months(implementation: Implementation, months: int) -> None:
    quota = implementation.call("POST", "/v1/quotas", question(contribution_period=months)).json()
    first = Month.parse(quota["first_month"])
    assert [month["month"] for month in quota["months"]] == [
        str(first.plus(offset)) for offset in range(months)
    ]
    assert quota["last_month"] == quota["months"][-1]["month"]
    assert Decimal(quota["total"]) == sum(Decimal(month["total"]) for month in quota["months"])


def test_infonavit_is_five_percent_of_the_income_considered(implementation: Implementation) -> None:
    without = implementation.call("POST", "/v1/quotas", question()).json()
    with_it = implementation.call("POST", "/v1/quotas", question(infonavit=True)).json()
    more = Decimal(with_it["total"]) - Decimal(without["total"])
    assert abs(more - Decimal("600")) <= Decimal("0.01")


def test_an_income_of_nothing(implementation: Implementation) -> None:
    answer = implementation.call("POST", "/v1/quotas", question(monthly_income="0.00"))
    says_no(answer, 422, "income_not_positive")


def test_a_month_whose_figures_nobody_has(implementation: Implementation) -> None:
    answer = implementation.call("POST", "/v1/quotas", question(first_month="2090-01"))
    says_no(answer, 422, "figures_not_published")


@pytest.mark.parametrize(
    "wrong",
    [
        {"monthly_income": 12000},
        {"monthly_income": "-5.00"},
        {"monthly_income": "12000"},
        {"monthly_income": "1e9"},
        {"monthly_income": "12000.00\n"},
        {"monthly_income": "１２０００.00"},
        {"zone": "norte"},
        {"contribution_period": 3},
        {"contribution_period": True},
        {"infonavit": "no"},
        {"first_month": "2026-13"},
        {"risk_class": "V"},
    ],
)
def test_a_question_that_does_not_fit(
    implementation: Implementation, wrong: dict[str, Any]
) -> None:
    answer = implementation.call("POST", "/v1/quotas", question(**wrong))
    says_no(answer, 400, "request_not_valid")
    assert answer.json()["fields"]
