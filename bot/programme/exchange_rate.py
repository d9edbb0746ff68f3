"""How many pesos a dollar is worth, and of which day that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.programme.figures import Figure

RATE = "exchange_rate_usd"
DAY = "exchange_rate_date"


@dataclass(frozen=True)
class ConfiguredRate:
    """Pesos (MXN) for one US dollar on a day, as the operator set them."""

    pesos: Decimal
    day: date


@dataclass(frozen=True)
class ExchangeRate:
    """Pesos (MXN) for one US dollar on a day. People get the day with the rate: it moves daily."""

    pesos: Decimal
    day: date


def with_configured_rate(
    figures: Mapping[str, Figure], configured: ConfiguredRate | None
) -> dict[str, Figure]:
    """The figures, with the operator's exchange rate in place of the one that was read in the
    press."""
    if configured is None:
        return dict(figures)
    since = min(configured.day, figures[RATE].valid_from)
    return {
        **figures,
        RATE: replace(figures[RATE], value=str(configured.pesos), valid_from=since),
        DAY: replace(figures[DAY], value=configured.day.isoformat(), valid_from=since),
    }


def exchange_rate(figures: Mapping[str, Figure]) -> ExchangeRate:
    """The rate among the figures."""
    return ExchangeRate(Decimal(figures[RATE].value), date.fromisoformat(figures[DAY].value))
