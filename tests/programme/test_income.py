"""Income as people say it, and what it is in pesos a month."""

from __future__ import annotations

import contextlib
import decimal
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.income import (
    IncomeOutOfRange,
    IncomeReading,
    MissingPiece,
    monthly_income_mxn,
    read_currency,
    read_days,
    read_hours,
    read_income,
    read_period,
)
from tests.programme.income_phrases import NOT_INCOME, OUT_OF_RANGE, READ

RATE = Decimal("18.50")


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize("phrase", READ, ids=lambda phrase: phrase[0])
def test_what_people_say(
    phrase: tuple[str, str, str | None, str | None, str | None, str | None, bool],
) -> None:
    text, amount, currency, period, hours, days, is_range = phrase
    assert read_income(text) == IncomeReading(
        amount=Decimal(amount),
        currency=currency,  # type: ignore[arg-type]
        period=period,  # type: ignore[arg-type]
        hours_per_week=decimal_or_none(hours),
        days_per_week=decimal_or_none(days),
        range=is_range,
    )


@pytest.mark.parametrize("text", NOT_INCOME)
def test_what_is_no_income(text: str) -> None:
    assert read_income(text) is None


@pytest.mark.parametrize("text", OUT_OF_RANGE)
def test_amounts_nobody_earns(text: str) -> None:
    with pytest.raises(IncomeOutOfRange):
        read_income(text)


def test_there_are_enough_phrases() -> None:
    assert len(READ) + len(NOT_INCOME) + len(OUT_OF_RANGE) >= 180
    assert len({phrase[0] for phrase in READ}) == len(READ)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        reading = read_income(text)
    except IncomeOutOfRange:
        return
    assert reading is None or 0 < reading.amount < Decimal(10) ** 8


WORDS = [
    "gano", "mil", "dos", "2", "500", "k", "$", "la", "hora", "horas", "al", "mes", "y", "a",
    "entre", "-", "1.500", "dlls", "pesos", "40", "dias", "cada", "once", "con", "medio", "millon",
    "1e309", "n0n",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_heap_of_words_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(IncomeOutOfRange):
        read_income(text)
    for read in (read_currency, read_period, read_hours, read_days):
        read(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 99_999_999))
def test_an_amount_in_any_notation_is_the_same(amount: int) -> None:
    for text in (
        f"{amount} pesos",
        f"${amount:,}",
        f"{amount:,}.00 pesos al mes",
        f"gano {amount} dlls",
    ):
        reading = read_income(text)
        assert reading is not None
        assert reading.amount == amount


# --- in pesos a month ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "pesos"),
    [
        (IncomeReading(Decimal(1500), "USD", "month"), "27750.00"),
        (IncomeReading(Decimal(12000), "MXN", "month"), "12000.00"),
        (IncomeReading(Decimal(900), "USD", "week"), "72150.00"),
        (IncomeReading(Decimal(2000), "MXN", "fortnight"), "4000.00"),
        (IncomeReading(Decimal(2000), "MXN", "two_weeks"), "4333.33"),
        (IncomeReading(Decimal(30000), "USD", "year"), "46250.00"),
        (IncomeReading(Decimal(18), "USD", "hour", Decimal(40)), "57720.00"),
        (IncomeReading(Decimal(120), "USD", "day", None, Decimal(5)), "48100.00"),
        (IncomeReading(Decimal("0.10"), "MXN", "year"), "0.01"),
    ],
)
def test_pesos_a_month(reading: IncomeReading, pesos: str) -> None:
    assert monthly_income_mxn(reading, RATE) == Decimal(pesos)


@pytest.mark.parametrize(
    ("reading", "piece"),
    [
        (IncomeReading(Decimal(1500)), "currency"),
        (IncomeReading(Decimal(1500), None, "month"), "currency"),
        (IncomeReading(Decimal(1500), "USD"), "period"),
        (IncomeReading(Decimal(18), "USD", "hour"), "hours_per_week"),
        (IncomeReading(Decimal(120), "USD", "day"), "days_per_week"),
    ],
)
def test_what_has_to_be_asked_for(reading: IncomeReading, piece: str) -> None:
    with pytest.raises(MissingPiece) as caught:
        monthly_income_mxn(reading, RATE)
    assert caught.value.piece == piece


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e309", "100000000"])
def test_amounts_out_of_range(amount: str) -> None:
    with pytest.raises(IncomeOutOfRange):
        monthly_income_mxn(IncomeReading(Decimal(amount), "MXN", "month"), RATE)


def test_an_income_that_rounds_to_nothing_is_out_of_range() -> None:
    with pytest.raises(IncomeOutOfRange):
        monthly_income_mxn(IncomeReading(Decimal("0.01"), "MXN", "year"), RATE)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_the_rate_must_be_one(rate: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        monthly_income_mxn(IncomeReading(Decimal(1500), "USD", "month"), Decimal(rate))


def test_the_callers_decimal_context_does_not_matter() -> None:
    reading = IncomeReading(Decimal("1234.56"), "USD", "week")
    usual = monthly_income_mxn(reading, RATE)
    with decimal.localcontext(decimal.Context(prec=2)):
        assert monthly_income_mxn(reading, RATE) == usual
        assert read_income("2 mil 555 pesos") == IncomeReading(Decimal(2555), "MXN")


# --- lone answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("dolares", "USD"), ("en dólares", "USD"), ("dlls", "USD"), ("usd", "USD"), ("us", "USD"),
        ("americanos", "USD"), ("dollars please", "USD"), ("pesos", "MXN"), ("MXN", "MXN"),
        ("pesos mexicanos", "MXN"), ("mexicanos", "MXN"), ("$", None), ("pesos o dolares?", None),
        ("no sé", None), ("", None),
    ],
)  # fmt: skip
def test_a_lone_currency(text: str, currency: str | None) -> None:
    assert read_currency(text) == currency


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("a la semana", "week"), ("semanal", "week"), ("week", "week"), ("cada 8 dias", "week"),
        ("por mes", "month"), ("mes", "month"), ("Monthly", "month"), ("quincena", "fortnight"),
        ("cada quince días", "fortnight"), ("every two weeks", "two_weeks"), ("por hora", "hour"),
        ("la ora", "hour"), ("al año", "year"), ("diario", "day"), ("dia", "day"),
        ("semanal o mensual", None), ("40 horas a la semana", None), ("no se", None), ("", None),
    ],
)  # fmt: skip
def test_a_lone_period(text: str, period: str | None) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("40", "40"), ("cuarenta", "40"), ("como 50", "50"), ("40 horas", "40"), ("35.5", "35.5"),
        ("unas 35 a la semana", "35"), ("40 a 50", "40"), ("40-50 hours", "40"),
        ("entre 30 y 40 horas", "30"),
        ("8 horas diarias 5 dias", "40"), ("full time", "40"), ("tiempo completo", "40"),
        ("8 horas al dia", None), ("200", None), ("0", None), ("no sé", None), ("", None),
    ],
)  # fmt: skip
def test_lone_hours(text: str, hours: str | None) -> None:
    assert read_hours(text) == decimal_or_none(hours)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("5", "5"), ("cinco dias", "5"), ("6 days a week", "6"), ("de lunes a viernes", "5"),
        ("lunes a sábado", "6"), ("todos los días", "7"), ("5 o 6", "5"), ("8", None), ("0", None),
        ("", None),
    ],
)  # fmt: skip
def test_lone_days(text: str, days: str | None) -> None:
    assert read_days(text) == decimal_or_none(days)
