"""An income that is given bit by bit: what a message adds, and what is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

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

Asked = Literal["amount", "currency", "period", "hours_per_week", "days_per_week"]

# Paid in the United States by the hour or the week, people name a number and mean dollars. Above
# these
# amounts they might mean pesos, so they are asked.
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
    another. Raises IncomeOutOfRange for an amount that nobody earns."""
    added = _piece(said, text, asked)
    if added is None:
        reading = read_income(text)
        if reading is None:
            return None
        added = SaidIncome(
            reading.amount,
            reading.currency,
            reading.period,
            reading.hours_per_week,
            reading.days_per_week,
        )
    return _with_likely_currency(added)


def _piece(said: SaidIncome, text: str, asked: Asked | None) -> SaidIncome | None:
    if asked == "currency" and (currency := read_currency(text)):
        return replace(said, currency=currency, dollars_assumed=False)
    if asked == "period" and (period := read_period(text)) and read_income(text) is None:
        return replace(said, period=period)
    if asked == "hours_per_week" and (hours := read_hours(text)):
        return replace(said, hours_per_week=hours)
    if asked == "days_per_week" and (days := read_days(text)):
        return replace(said, days_per_week=days)
    return None


def _with_likely_currency(said: SaidIncome) -> SaidIncome:
    if said.currency is not None or said.amount is None or said.period not in _DOLLARS_UP_TO:
        return said
    if said.amount > _DOLLARS_UP_TO[said.period]:
        return said
    return replace(said, currency="USD", dollars_assumed=True)
