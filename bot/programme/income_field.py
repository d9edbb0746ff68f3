"""Reads an income for the registration: why there is none to keep, and what is odd about one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.income import IncomeOutOfRange, MissingPiece
from bot.programme.income_answers import Asked, SaidIncome, add_answer
from bot.programme.income_text import fold, mark_numbers
from bot.programme.plain_text import plain_characters

Doubt = Literal["yearly_for_monthly", "monthly_for_yearly", "pesos_for_dollars"]

_MINUS = re.compile(r"(?<![\w\-])-\s?\$?\s?[0-9]|\$\s?-\s?[0-9]|\b(?:menos|minus) [0-9]")
# Dollars a month. Above the first few people earn so much and many earn it a year; below the second
# nobody lives a year; above the third in pesos it is common, in dollars it is not.
_MUCH_A_MONTH = Decimal(15_000)
_LITTLE_A_YEAR = Decimal(6_000)
_MORE_LIKE_PESOS = Decimal(100_000)


def read_income_answer(
    text: str, said: SaidIncome | None = None, asked: Asked | None = None
) -> SaidIncome | Problem:
    """What is known of the income after a message. `asked` is the piece that was asked for.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`; `zero`,
    `negative`, `too_large` (100 million and more), `none_found`.
    """
    said = said or SaidIncome()
    problem = unusable(text)
    if problem is not None:
        return problem
    if _MINUS.search(plain_characters(text)):
        return Problem("negative")
    try:
        added = add_answer(said, text, asked)
        if added is not None:
            added.missing()  # "0.01 pesos al año" is nothing a month
    except IncomeOutOfRange:
        return Problem(_out_of_range(text))
    except (MissingPiece, ArithmeticError):
        return nothing_found(text)
    return nothing_found(text) if added is None else added


def doubt_about(income: SaidIncome) -> Doubt | None:
    """Why an income had better be read back as a question; None where it is ordinary."""
    if income.amount is None or income.currency != "USD":
        return None
    if income.period == "month" and income.amount >= _MORE_LIKE_PESOS:
        return "pesos_for_dollars"
    if income.period == "month" and income.amount >= _MUCH_A_MONTH:
        return "yearly_for_monthly"
    if income.period == "year" and income.amount < _LITTLE_A_YEAR:
        return "monthly_for_yearly"
    return None


def _out_of_range(text: str) -> str:
    numbers = [number.value for number in mark_numbers(fold(text)).numbers]
    return "too_large" if 0 not in numbers and any(number > 1 for number in numbers) else "zero"
