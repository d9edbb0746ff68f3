"""How often to pay, which zone, whose address."""

from __future__ import annotations

import pytest

from bot.programme.choices import read_address_owner, read_zone
from bot.programme.contribution_period import read_contribution_period
from bot.programme.field_text import Problem
from bot.programme.year_parameters import Zone

PERIODS = {
    "mensual": 1,
    "cada mes": 1,
    "por mes": 1,
    "mes con mes": 1,
    "monthly": 1,
    "every month": 1,
    "una vez al mes": 1,
    "1 mes": 1,
    "MENSUALMENTE": 1,
    "quiero pagar cada mes": 1,
    "once a month": 1,
    "un mes": 1,
    "bimestral": 2,
    "cada 2 meses": 2,
    "cada dos meses": 2,
    "2 meses": 2,
    "every two months": 2,
    "every other month": 2,
    "bimestre": 2,
    "２ meses": 2,
    "semestral": 6,
    "cada 6 meses": 6,
    "cada seis meses": 6,
    "medio año": 6,
    "dos veces al año": 6,
    "half-yearly": 6,
    "every six months": 6,
    "twice a year": 6,
    "6 month": 6,
    "por año": 12,
    "anual": 12,
    "un año": 12,
    "cada año": 12,
    "12 meses": 12,
    "doce meses": 12,
    "yearly": 12,
    "todo el año": 12,
    "a whole year": 12,
    "una vez al año": 12,
    "1 año": 12,
    "anual 😀": 12,
    "12": 12,
    "6": 6,
}
NO_PERIOD = {
    "trimestral": "not_offered",
    "cada 3 meses": "not_offered",
    "semanal": "not_offered",
    "cada quincena": "not_offered",
    "2 años": "not_offered",
    "99 meses": "not_offered",
    "mensual o anual": "several_values",
    "2 meses o 6 meses": "several_values",
    "el que sea": "unclear",
    "3": "unclear",
    "no sé": "not_known",
}
ZONES = {
    "frontera": Zone.ZLFN,
    "en la frontera norte": Zone.ZLFN,
    "sí": Zone.ZLFN,
    "border": Zone.ZLFN,
    "no": Zone.GENERAL,
    "nel": Zone.GENERAL,
    "resto del país": Zone.GENERAL,
    "no es frontera": Zone.GENERAL,
    "not on the border": Zone.GENERAL,
}


@pytest.mark.parametrize(("text", "months"), PERIODS.items())
def test_periods(text: str, months: int) -> None:
    assert read_contribution_period(text) == months


@pytest.mark.parametrize(("text", "code"), NO_PERIOD.items())
def test_no_period(text: str, code: str) -> None:
    assert read_contribution_period(text) == Problem(code)


@pytest.mark.parametrize(("text", "zone"), ZONES.items())
def test_zones(text: str, zone: Zone) -> None:
    assert read_zone(text) is zone


@pytest.mark.parametrize(("text", "code"), {"no sé": "not_known", "Tijuana": "unclear"}.items())
def test_no_zone(text: str, code: str) -> None:
    assert read_zone(text) == Problem(code)


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("mía", "own"),
        ("es mi casa", "own"),
        ("mine", "own"),
        ("de mi familia", "beneficiaries"),
        ("es de mis papás", "beneficiaries"),
        ("my mom", "beneficiaries"),
        ("donde vive mi esposa", "beneficiaries"),
    ],
)
def test_address_owner(text: str, owner: str) -> None:
    assert read_address_owner(text) == owner


def test_an_address_of_both_is_asked_again() -> None:
    assert read_address_owner("mi casa y de mi mamá") == Problem("several_values")
