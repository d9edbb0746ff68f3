"""An income given bit by bit: what each answer adds, and what is asked next."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.income import IncomeOutOfRange
from bot.programme.income_answers import SaidIncome, add_answer, add_chosen
from tests.programme.income_phrases import NOT_INCOME, READ

NOTHING = SaidIncome()
HOURLY = SaidIncome(Decimal(18), "USD", "hour")
DAILY = SaidIncome(Decimal(500), "MXN", "day")
AMOUNT = SaidIncome(Decimal(1500))
MONTHLY = SaidIncome(Decimal(1500), None, "month")


def income(amount: str | None = None, *rest: Any, **more: Any) -> SaidIncome:
    return SaidIncome(Decimal(amount) if amount else None, *rest, **more)


ADDED = [
    # the piece that was asked for
    (NOTHING, "amount", "900", income("900")),
    (NOTHING, "amount", "1500 dlls al mes", income("1500", "USD", "month")),
    (NOTHING, None, "cuanto pago si gano 12 mil pesos al mes", income("12000", "MXN", "month")),
    (AMOUNT, "period", "por semana", income("1500", "USD", "week", dollars_assumed=True)),
    (AMOUNT, "period", "mi patron me paga cada mes", MONTHLY),
    (MONTHLY, "currency", "dólares", income("1500", "USD", "month")),
    (MONTHLY, "currency", "pesos mexicanos", income("1500", "MXN", "month")),
    (HOURLY, "hours_per_week", "40", replace(HOURLY, hours_per_week=Decimal(40))),
    (HOURLY, "hours_per_week", "unas 45 mas o menos", replace(HOURLY, hours_per_week=Decimal(45))),
    (HOURLY, "hours_per_week", "full time", replace(HOURLY, hours_per_week=Decimal(40))),
    (HOURLY, "hours_per_week", "40 por semana", replace(HOURLY, hours_per_week=Decimal(40))),
    (HOURLY, "hours_per_week", "8 horas de lunes a sabado",
     replace(HOURLY, hours_per_week=Decimal(48))),
    (DAILY, "days_per_week", "6", replace(DAILY, days_per_week=Decimal(6))),
    (DAILY, "days_per_week", "de lunes a viernes", replace(DAILY, days_per_week=Decimal(5))),
    # out of turn
    (NOTHING, "amount", "por semana", income(None, None, "week")),
    (NOTHING, "amount", "en dolares", income(None, "USD")),
    (NOTHING, "amount", "40 horas", income(hours_per_week=Decimal(40))),
    (income(None, None, "week"), "amount", "900",
     income("900", "USD", "week", dollars_assumed=True)),
    (AMOUNT, "period", "pesos", income("1500", "MXN")),
    (AMOUNT, "period", "dolares al mes", income("1500", "USD", "month")),
    # a change of mind
    (HOURLY, "hours_per_week", "mejor 20 la hora",
     income("20", "USD", "hour", dollars_assumed=True)),
    (HOURLY, "hours_per_week", "no, 1500 pesos al mes", income("1500", "MXN", "month")),
    (HOURLY, "hours_per_week", "gano 20 dolares", income("20", "USD", "hour")),
    (MONTHLY, "currency", "2000 dolares", income("2000", "USD", "month")),
    (MONTHLY, "currency", "2000 al mes", income("2000", None, "month")),
    (AMOUNT, "period", "como 1800", income("1800")),
    (income("12000", "MXN"), "period", "13000", income("13000", "MXN")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "asked", "text", "then"), ADDED, ids=[a[2] for a in ADDED])
def test_what_an_answer_adds(said: SaidIncome, asked: Any, text: str, then: SaidIncome) -> None:
    assert add_answer(said, text, asked) == then


NOTHING_ADDED = [
    (HOURLY, "hours_per_week", "cubre a mis hijos de 16 años?"),
    (HOURLY, "hours_per_week", "tengo 3 hijos"),
    (HOURLY, "hours_per_week", "8 diarias"),
    (HOURLY, "hours_per_week", "200"),
    (HOURLY, "hours_per_week", "no se"),
    (DAILY, "days_per_week", "9"),
    (DAILY, "days_per_week", "desde que dia me cubre"),
    (AMOUNT, "period", "cada cuando se paga, al mes?"),
    (AMOUNT, "period", "no se"),
    (MONTHLY, "currency", "a cuanto esta el dolar?"),
    (MONTHLY, "currency", "a como esta el dolar"),
    (MONTHLY, "currency", "dolares o pesos"),
    (NOTHING, "amount", "cuanto es en dolares?"),
    (NOTHING, None, "cuanto pagaria al mes"),
    (NOTHING, None, "dolares"),
    (NOTHING, "amount", ""),
]


@pytest.mark.parametrize(
    ("said", "asked", "text"), NOTHING_ADDED, ids=[f"{a}: {t}" for _, a, t in NOTHING_ADDED]
)
def test_what_is_no_answer(said: SaidIncome, asked: Any, text: str) -> None:
    assert add_answer(said, text, asked) is None


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        (NOTHING, "amount"),
        (income(None, "USD", "week"), "amount"),
        (AMOUNT, "period"),
        (MONTHLY, "currency"),
        (HOURLY, "hours_per_week"),
        (DAILY, "days_per_week"),
        (income("900", None, "hour"), "currency"),
        (income("1500", "USD", "month"), None),
        (replace(HOURLY, hours_per_week=Decimal(40)), None),
    ],
)
def test_what_is_asked_next(said: SaidIncome, missing: str | None) -> None:
    assert said.missing() == missing


@pytest.mark.parametrize("text", ["0", "-5", "1e309", "mil millones", "-500 pesos"])
def test_amounts_nobody_earns(text: str) -> None:
    with pytest.raises(IncomeOutOfRange):
        add_answer(NOTHING, text, "amount")


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("900 por semana", True),
        ("4000 por semana", True),
        ("4001 por semana", False),
        ("150 la hora", True),
        ("151 la hora", False),
        ("900 al mes", False),
        ("900 pesos por semana", False),
        ("900 dolares por semana", False),
    ],
)
def test_dollars_are_assumed_for_usual_us_pay(text: str, assumed: bool) -> None:
    said = add_answer(NOTHING, text, "amount")
    assert said is not None
    assert said.dollars_assumed is assumed


def test_an_option_says_a_piece() -> None:
    assert add_chosen(AMOUNT, "month", None) == MONTHLY
    assert add_chosen(MONTHLY, None, "MXN") == income("1500", "MXN", "month")
    assumed = income("900", "USD", "week", dollars_assumed=True)
    assert add_chosen(assumed, None, "MXN") == income("900", "MXN", "week")
    assert add_chosen(assumed, "month", None) == income("900", None, "month")
    assert add_chosen(income("900", "USD", "week"), "month", None) == income("900", "USD", "month")


def test_the_income_of_a_month() -> None:
    said = replace(HOURLY, hours_per_week=Decimal(40))
    assert said.monthly(Decimal("17.5")) == Decimal("54600.00")


@pytest.mark.parametrize("phrase", READ, ids=lambda phrase: phrase[0])
def test_a_whole_statement_is_read_as_it_stands(phrase: tuple[Any, ...]) -> None:
    text, amount, currency, period, hours, days, _ = phrase
    said = add_answer(NOTHING, text, "amount")
    assert said is not None
    assert said.amount == Decimal(amount)
    assert said.period == period
    assert said.dollars_assumed or said.currency == currency
    assert said.hours_per_week == (Decimal(hours) if hours else None)
    assert said.days_per_week == (Decimal(days) if days else None)


@pytest.mark.parametrize("text", NOT_INCOME)
def test_what_is_no_income_gives_no_amount(text: str) -> None:
    said = add_answer(NOTHING, text, "amount")
    assert said is None or said.amount is None


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(max_size=60),
    asked=st.sampled_from(
        [None, "amount", "currency", "period", "hours_per_week", "days_per_week"]
    ),
    said=st.sampled_from([NOTHING, AMOUNT, MONTHLY, HOURLY, DAILY]),
)
def test_no_message_breaks_it(text: str, asked: Any, said: SaidIncome) -> None:
    try:
        added = add_answer(said, text, asked)
    except IncomeOutOfRange:
        return
    if added is not None and added.hours_per_week is not None:
        assert 0 < added.hours_per_week <= 168
