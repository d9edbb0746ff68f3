"""The exchange rate: of the parameters, or the operator's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.programme.exchange_rate import DAY, RATE, exchange_rate, with_configured_rate
from bot.programme.figures import load_figures
from bot.settings import ConfiguredRate

CONFIGURED = ConfiguredRate(Decimal("18.5"), date(2026, 11, 20))


def test_the_rate_of_the_parameters_has_its_day() -> None:
    rate = exchange_rate(load_figures())
    assert Decimal(10) < rate.pesos < Decimal(40)
    assert rate.day <= date(2026, 11, 23)


def test_nothing_configured_changes_nothing() -> None:
    assert with_configured_rate(load_figures(), None) == load_figures()


def test_the_configured_rate_replaces_rate_and_day() -> None:
    figures = with_configured_rate(load_figures(), CONFIGURED)
    rate = exchange_rate(figures)
    assert (rate.pesos, rate.day) == (Decimal("18.5"), date(2026, 11, 20))
    assert figures[RATE].printed("es") == "$18.50"
    assert figures[DAY].printed("en") == "November 20, 2026"
    unchanged = set(figures) - {RATE, DAY}
    assert all(figures[name] is load_figures()[name] for name in unchanged)


@pytest.mark.parametrize("day", [date(2020, 1, 2), date(2026, 11, 20)])
def test_the_configured_rate_may_be_said_on_its_day(day: date) -> None:
    figures = with_configured_rate(load_figures(), ConfiguredRate(Decimal("18.5"), day))
    assert figures[RATE].may_be_said(day)
    assert figures[DAY].may_be_said(day)


def test_the_figures_that_were_read_stay_as_they_were() -> None:
    before = exchange_rate(load_figures())
    with_configured_rate(load_figures(), CONFIGURED)
    assert exchange_rate(load_figures()) == before
