"""Incomes as answers in a registration: what is refused, and what is read back as a question."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.programme.field_text import Problem
from bot.programme.income_answers import SaidIncome
from bot.programme.income_field import doubt_about, read_income_answer

REFUSED = {
    "0": "zero",
    "cero pesos": "zero",
    "gano 0 dólares al mes": "zero",
    "0.01 pesos al año": "zero",
    "-5": "negative",
    "-5 pesos": "negative",
    "$-500 al mes": "negative",
    "menos 5": "negative",
    "1e309": "too_large",
    "1e309 pesos al mes": "too_large",
    "mil millones": "too_large",
    "mil millones de pesos": "too_large",
    "no sé": "not_known",
    "no sé cuánto gano": "not_known",
    "hola": "none_found",
    "¿para qué?": "question",
    "": "empty",
    "😀": "no_text",
}


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_refused(text: str, code: str) -> None:
    problem = read_income_answer(text)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


@pytest.mark.parametrize(
    ("text", "amount", "currency", "period"),
    [
        ("2500 dolares al mes", "2500", "USD", "month"),
        ("１８ la hora 40 horas", "18", "USD", "hour"),
        ("45 mil dólares al año", "45000", "USD", "year"),
        ("12 mil pesos", "12000", "MXN", None),
        ("2000-2500 usd", "2000", "USD", None),
    ],
)
def test_read(text: str, amount: str, currency: str, period: str | None) -> None:
    income = read_income_answer(text)
    assert isinstance(income, SaidIncome)
    assert (income.amount, income.currency, income.period) == (Decimal(amount), currency, period)


def test_pieces_are_added_to_what_was_said() -> None:
    income = read_income_answer("2500")
    assert isinstance(income, SaidIncome)
    income = read_income_answer("al mes", income, "period")
    assert isinstance(income, SaidIncome)
    income = read_income_answer("dólares", income, "currency")
    assert income == SaidIncome(Decimal(2500), "USD", "month")


@pytest.mark.parametrize(
    ("amount", "currency", "period", "doubt"),
    [
        ("45000", "USD", "month", "yearly_for_monthly"),
        ("15000", "USD", "month", "yearly_for_monthly"),
        ("14999", "USD", "month", None),
        ("120000", "USD", "month", "pesos_for_dollars"),
        ("2500", "USD", "year", "monthly_for_yearly"),
        ("45000", "USD", "year", None),
        ("45000", "MXN", "month", None),
        ("18", "USD", "hour", None),
        ("45000", None, "month", None),
    ],
)
def test_doubts(amount: str, currency: str | None, period: str, doubt: str | None) -> None:
    income = SaidIncome(Decimal(amount), currency, period)  # type: ignore[arg-type]
    assert doubt_about(income) == doubt
