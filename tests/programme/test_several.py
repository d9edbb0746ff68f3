"""Several data in one message, none taken for another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.curp import CurpReport
from bot.programme.field_text import Problem
from bot.programme.income_answers import SaidIncome
from bot.programme.mexican_states import PostalCode
from bot.programme.nss import MASKED_SSN, NssReport
from bot.programme.phone import Phone
from bot.programme.several import read_several

TODAY = date(2026, 11, 25)
CURP, NSS = "SABC560626MDFLRN01", "72159904563"


def plain(value: Any) -> Any:
    """A value as a test writes it; `!code` for a problem."""
    if isinstance(value, Problem):
        return f"!{value.code}"
    if isinstance(value, CurpReport):
        return value.curp
    if isinstance(value, NssReport):
        return value.nss
    if isinstance(value, Phone):
        return value.e164
    if isinstance(value, PostalCode):
        return value.code
    if isinstance(value, SaidIncome):
        return (str(value.amount), value.currency, value.period)
    return value


ALL = {
    "curp": CURP,
    "nss": NSS,
    "email": "ana@gmail.com",
    "phone": "+12135550143",
    "postal_code": "44100",
    "income": ("2500", "USD", "month"),
}
MESSAGES: list[tuple[str, dict[str, Any]]] = [
    (
        f"mi curp {CURP}, nss {NSS}, correo ana@gmail.com, tel 213 555 0143, cp 44100 "
        "y gano 2500 dolares al mes",
        ALL,
    ),
    (f"{CURP}\n{NSS}\nana@gmail.com\n2135550143\n44100\n2500 dólares al mes", ALL),
    (f"44100; 2135550143; $2500 usd mensuales; ana@gmail.com; {NSS}; {CURP.lower()}", ALL),
    (
        f"{CURP} {NSS} ana@gmail.com 2135550143 18 la hora",
        {**{k: ALL[k] for k in ("curp", "nss", "email", "phone")}, "income": ("18", "USD", "hour")},
    ),
    (f"Ana López {CURP} ana@gmail.com", {"curp": CURP, "email": "ana@gmail.com"}),
    ("hola, me quiero inscribir", {}),
    ("2500", {}),
    ("tengo 45 años y 3 hijos", {}),
    ("44100", {"postal_code": "44100"}),
    ("cp 44100", {"postal_code": "44100"}),
    ("código postal: 06700", {"postal_code": "06700"}),
    ("calle 5 de mayo 12345 colonia centro", {}),
    ("gano 44100 pesos al mes", {"income": ("44100", "MXN", "month")}),
    ("$45,000 al año y mi cp 06700", {"postal_code": "06700", "income": ("45000", None, "year")}),
    (
        "telefono: 55 4166 5415; nss: 7215 99 0456 3",
        {"nss": NSS, "phone": "+525541665415"},
    ),
    (
        "mi numero es +52 55 4166 5415 y mi correo juan punto perez arroba gmail punto com",
        {"email": "juan.perez@gmail.com", "phone": "+525541665415"},
    ),
    ("123-45-6789", {"nss": "!us_ssn"}),
    (f"{MASKED_SSN} y mi correo ana@gmail.com", {"nss": "!us_ssn", "email": "ana@gmail.com"}),
    ("123456789 tel 213 555 0143", {"nss": "!us_ssn", "phone": "+12135550143"}),
    (f"{CURP[:-1]}2 y tel 312 555 0143", {"curp": "!check_digit", "phone": "!ambiguous_country"}),
    (f"{CURP} y AAPR630321HDFLRC09", {"curp": "!several_values"}),
    (f"{CURP} y otra vez {CURP}", {"curp": CURP}),
    ("a@example.com, b@example.com", {"email": "!several_values"}),
    ("12345678903 y 72159904563", {"nss": "!several_values"}),
    ("12345678903", {}),  # an NSS, and as good a US phone: asked for
    ("nss 12345678903", {"nss": "12345678903"}),
    ("cel 12345678903", {"phone": "+12345678903"}),
    ("72159904564", {}),
    ("nss 7215990456", {"nss": "!length"}),
    ("13125550143", {"phone": "+13125550143"}),
    ("S A B C 5 6 0 6 2 6 M D F L R N 0 1 y 44100", {"curp": CURP, "postal_code": "44100"}),
    ("juan@gmial.com", {"email": "!probable_typo"}),
    ("x" * 1200, {}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(text: str, expected: dict[str, Any]) -> None:
    found = {field: plain(value) for field, value in read_several(text, TODAY).items()}
    assert found == expected


PARTS = {
    "curp": CURP,
    "nss": f"nss {NSS}",
    "email": "ana@gmail.com",
    "phone": "tel 213 555 0143",
    "postal_code": "cp 44100",
    "income": "gano 2500 dólares al mes",
}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(PARTS)), unique=True, max_size=6),
    st.sampled_from([", ", "\n", " y ", "; ", " . "]),
)
def test_any_selection_in_any_order(fields: list[str], between: str) -> None:
    found = read_several(between.join(PARTS[field] for field in fields), TODAY)
    assert {field: plain(value) for field, value in found.items()} == {
        field: ALL[field] for field in fields
    }


def test_the_income_keeps_its_amount_exact() -> None:
    income = read_several("gano 18.50 la hora", TODAY)["income"]
    assert isinstance(income, SaidIncome)
    assert income.amount == Decimal("18.50")
