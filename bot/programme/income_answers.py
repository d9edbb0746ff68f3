"""An income that is given bit by bit: what a message adds, and what is still to be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from bot.programme.income import (
    Currency,
    IncomeReading,
    MissingPiece,
    Period,
    monthly_income_mxn,
    read_currency,
    read_days,
    read_hours,
    read_income,
    read_period,
)
from bot.programme.income_text import (
    find_currencies,
    find_periods,
    fold,
    mark_numbers,
    pattern,
    take_out,
    vocabulary,
)

Asked = Literal["amount", "currency", "period", "hours_per_week", "days_per_week"]

# Paid in the United States by the hour or the week, people name a number and mean dollars. Above
# these amounts they might mean pesos, so they are asked.
_DOLLARS_UP_TO = {"hour": Decimal(150), "week": Decimal(4000)}


@dataclass(frozen=True)
class SaidIncome:
    """What is known of an income so far. `dollars_assumed`: the currency was not said, only
    likely."""

    amount: Decimal | None = None
    currency: Currency | None = None
    period: Period | None = None
    hours_per_week: Decimal | None = None
    days_per_week: Decimal | None = None
    dollars_assumed: bool = False

    def missing(self) -> Asked | None:
        """What is to be asked next, or None where the income can be worked out."""
        if self.amount is None:
            return "amount"
        if self.period is None:
            return "period"
        try:
            monthly_income_mxn(self._reading(), Decimal(1))
        except MissingPiece as missing:
            return missing.piece
        return None

    def monthly(self, usd_to_mxn: Decimal) -> Decimal:
        """The income in MXN a month. Raises MissingPiece, IncomeOutOfRange."""
        return monthly_income_mxn(self._reading(), usd_to_mxn)

    def _reading(self) -> IncomeReading:
        if self.amount is None:
            raise MissingPiece("period")
        return IncomeReading(
            self.amount, self.currency, self.period, self.hours_per_week, self.days_per_week
        )


def add_answer(said: SaidIncome, text: str, asked: Asked | None) -> SaidIncome | None:
    """The income with what a message adds to it; None where the message says nothing of an income.

    `asked` is the piece that was asked for: "40" means hours after one question and money after
    another. Pieces may come out of turn, and a new amount replaces the old one. Raises
    IncomeOutOfRange for an amount that nobody earns."""
    added = _count(said, text, asked)
    if added is None and not _is_work_time(text, asked):
        reading = read_income(text)
        if reading is None:
            added = _pieces(said, text, asked)
        elif asked not in _UNITS or not _is_bare_count(text):
            added = _joined(said, reading)
    return None if added is None else _with_likely_currency(added)


def add_chosen(said: SaidIncome, period: Period | None, currency: Currency | None) -> SaidIncome:
    """The income with what an option says."""
    chosen = replace(said, period=period or said.period)
    if currency:
        chosen = replace(chosen, currency=currency, dollars_assumed=False)
    elif said.dollars_assumed:
        chosen = replace(chosen, currency=None, dollars_assumed=False)
    return _with_likely_currency(chosen)


def _count(said: SaidIncome, text: str, asked: Asked | None) -> SaidIncome | None:
    """The income with the hours or days that were asked for."""
    if asked not in _UNITS:
        return None
    named = _UNITS[asked].search(fold(text)) is not None
    if not named and not (_answers(text) and _is_bare_count(text)):
        return None
    if asked == "hours_per_week":
        hours = read_hours(text)
        return replace(said, hours_per_week=hours) if hours else None
    days = read_days(text)
    return replace(said, days_per_week=days) if days else None


def _pieces(said: SaidIncome, text: str, asked: Asked | None) -> SaidIncome | None:
    """The income with the pieces that a message names, whichever of them was asked for."""
    if asked is None or not _answers(text):
        return None
    folded = fold(text)
    found = {
        "currency": read_currency(text),
        "period": read_period(text),
        "hours_per_week": read_hours(text) if _UNITS["hours_per_week"].search(folded) else None,
        "days_per_week": read_days(text) if _UNITS["days_per_week"].search(folded) else None,
    }
    pieces: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    if "currency" in pieces:
        pieces["dollars_assumed"] = False
    return replace(said, **pieces) if pieces else None


def _joined(said: SaidIncome, reading: IncomeReading) -> SaidIncome:
    """An amount with the pieces that were said before, unless it is a statement of its own."""
    anew = said.amount is not None and reading.period is not None
    before = SaidIncome() if anew else said
    kept_currency = None if before.dollars_assumed else before.currency
    return SaidIncome(
        reading.amount,
        reading.currency or kept_currency,
        reading.period or before.period,
        reading.hours_per_week or before.hours_per_week,
        reading.days_per_week or before.days_per_week,
    )


_UNITS = {
    "hours_per_week": re.compile(r"\b(?:h?oras|hours|hrs|hs|full ?time|completo|completa)\b"),
    "days_per_week": re.compile(
        r"\b(?:dias?|days?|lunes a|monday (?:to|through)|toda la semana)\b"
    ),
}
# A message with one of these asks something; it is no answer to what was asked.
_ASKING = re.compile(
    r"\b(?:cuant[oa]s?|cuando|donde|quien|cual|estan?|cubren?|cuesta|puedo|pueden"
    r"|how|what|when|where|who|which|does|can|will)\b"
)
_MOST_OTHER_WORDS = 2


def _answers(text: str) -> bool:
    """Whether a message is short of words that have nothing to do with an income."""
    most = 0 if "?" in text else _MOST_OTHER_WORDS
    return len(list(_other_words(text))) <= most and not _ASKING.search(fold(text))


def _other_words(text: str) -> Iterator[str]:
    words = vocabulary()
    known = [words["filler"], words["earning"], words["full_time"]]
    for section in ("periods", "currencies", "currencies_beside", "days_of_work"):
        known += words[section].values()
    rest = mark_numbers(fold(text)).text
    for phrases in known:
        rest = take_out(pattern(phrases), rest)
    for unit in _UNITS.values():
        rest = take_out(unit, rest)
    return (word for word in re.findall(r"[^\W\d_]{2,}", rest))


def _is_bare_count(text: str) -> bool:
    """Whether a number may be hours or days: not "mejor 20 la hora", not "3 hijos"."""
    numbered = mark_numbers(fold(text))
    if find_currencies(numbered.text) or "$" in text:
        return False
    counted = take_out(pattern(vocabulary()["after_other"]), numbered.text) != numbered.text
    return not counted and {name for _, _, name in find_periods(numbered)} <= {"week"}


def _is_work_time(text: str, asked: Asked | None) -> bool:
    """Whether a message says hours a day where hours a week were asked for: it is no amount."""
    if asked != "hours_per_week" or "$" in text:
        return False
    numbered = mark_numbers(fold(text))
    periods = {name for _, _, name in find_periods(numbered)}
    return periods == {"day"} and not find_currencies(numbered.text) and _answers(text)


def _with_likely_currency(said: SaidIncome) -> SaidIncome:
    if said.currency is not None or said.amount is None or said.period not in _DOLLARS_UP_TO:
        return said
    if said.amount > _DOLLARS_UP_TO[said.period]:
        return said
    return replace(said, currency="USD", dollars_assumed=True)
