"""Street and numbers of a house, as the institute's contract has them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.free_text import LONGEST_STREET, read_street
from bot.programme.street_number import StreetNumber, split_street
from bot.programme.table_files import table
from tests.programme.field_examples import HOSTILE


@pytest.mark.parametrize(
    ("line", "street", "exterior", "interior"),
    [
        ("Morelos 12", "Morelos", "12", None),
        ("Morelos 12 int 3", "Morelos", "12", "3"),
        ("Av. 5 de Mayo #120-B", "Av. 5 de Mayo", "120-B", None),
        ("Av. Juárez #123 int. 4-B", "Av. Juárez", "123", "4-B"),
        ("Calle 20 número 15 depto 4", "Calle 20", "15", "4"),
        ("Av. Insurgentes Sur No. 1602, Depto. 301", "Av. Insurgentes Sur", "1602", "301"),
        ("Reforma 222 piso 2 depto 4", "Reforma", "222", "piso 2 depto 4"),
        ("Reforma 222-A, Int. B", "Reforma", "222-A", "B"),
        ("Calle Benito Juárez 12 bis", "Calle Benito Juárez", "12 bis", None),
        ("16 de Septiembre 45 A", "16 de Septiembre", "45 A", None),
        ("Hidalgo 12/3", "Hidalgo", "12/3", None),
        # no number outside
        ("Domicilio conocido", "Domicilio conocido", "S/N", None),
        ("Km 4.5 carretera a Patzcuaro s/n", "Km 4.5 carretera a Patzcuaro", "S/N", None),
        ("Carretera a Patzcuaro km 4.5", "Carretera a Patzcuaro km 4.5", "S/N", None),
        ("Hidalgo s/n", "Hidalgo", "S/N", None),
        ("Hidalgo S. N.", "Hidalgo", "S/N", None),
        ("Hidalgo sin número", "Hidalgo", "S/N", None),
        # numbers that are names
        ("Calle 20", "Calle 20", "S/N", None),
        ("Calle 20 15", "Calle 20", "15", None),
        ("Calle 60 502", "Calle 60", "502", None),
        ("Calle 20-A número 15", "Calle 20-A", "15", None),
        ("2 Norte 405", "2 Norte", "405", None),
        ("Calle 5 de mayo 12", "Calle 5 de mayo", "12", None),
        ("Av. 16 de Septiembre", "Av. 16 de Septiembre", "S/N", None),
        ("Privada de la Calle 5 num 3", "Privada de la Calle 5", "3", None),
        ("Calle Local Comercial 5", "Calle Local Comercial", "5", None),
        # plots, corners
        ("Calle Pino Mz 4 Lt 5", "Calle Pino", "Mz 4 Lt 5", None),
        ("Mz 4 Lt 5", "Mz 4 Lt 5", "Mz 4 Lt 5", None),
        ("Hidalgo 12 entre Juárez y Allende", "Hidalgo entre Juárez y Allende", "12", None),
        ("Calle 10 #123 x 21 y 23", "Calle 10 x 21 y 23", "123", None),
        ("Calle O'Higgins 7 (esquina)", "Calle O'Higgins (esquina)", "7", None),
        # nothing but a number
        ("12 A", "12 A", "12 A", None),
        ("Sin número", "Sin número", "S/N", None),
    ],
)
def test_split(line: str, street: str, exterior: str, interior: str | None) -> None:
    assert read_street(line, number_asked=True) == line
    assert split_street(line) == StreetNumber(street, exterior, interior)


def test_a_long_street_is_cut_between_words() -> None:
    line = "Prolongación " * 8 + "Hidalgo 12"
    split = split_street(line)
    assert split == StreetNumber("Prolongación " * 5 + "Prolongación", "12")
    assert len(split_street("H" * LONGEST_STREET).street) == 80


def test_no_value_is_in_the_repr() -> None:
    assert repr(split_street("Morelos 12 int 3")) == "StreetNumber()"


def test_every_word_of_the_table_is_a_text() -> None:
    for section, words in table("street_number").items():
        assert all(isinstance(word, str) for word in words), section


def _schemas() -> dict[str, Any]:
    contract = yaml.safe_load(Path("bot/imss/openapi.yml").read_text(encoding="utf-8"))
    schemas: dict[str, Any] = contract["components"]["schemas"]
    return schemas


SCHEMAS = _schemas()
ADDRESS = SCHEMAS["Address"]["properties"]


def fits(value: str, schema: dict[str, Any]) -> bool:
    return len(value) <= schema["maxLength"] and re.search(schema["pattern"], value) is not None


_WORDS = (
    "Calle Av. Morelos 5 de Mayo 12 #120-B int 3 depto 4 s/n núm . , - # ( ) km 4.5 Mz Lt x y bis "
    "A entre sin número no 123456789 ñ 12/3 piso"
)
PIECES = st.sampled_from(_WORDS.split(" "))
LINES = st.one_of(
    st.text(max_size=2000),
    st.text(max_size=LONGEST_STREET),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=12).map("".join),
    st.sampled_from(HOSTILE),
)


@settings(max_examples=500, deadline=None)
@given(LINES)
def test_what_read_street_gives_fits_the_contract(text: str) -> None:
    line = read_street(text, number_asked=True)
    if not isinstance(line, str):
        return
    split = split_street(line)
    assert fits(split.street, SCHEMAS["Text80"])
    assert fits(split.exterior_number, ADDRESS["exterior_number"])
    inside = ADDRESS["interior_number"]["oneOf"][0]
    assert split.interior_number is None or fits(split.interior_number, inside)


@given(
    st.sampled_from(
        ["Morelos", "Av. 5 de Mayo", "Calle 20", "Privada del Sol", "16 de Septiembre"]
    ),
    st.integers(1, 99999),
    st.sampled_from(["", "-B", "A", " bis"]),
    st.one_of(st.none(), st.integers(1, 9999)),
)
def test_round_trip(street: str, number: int, letter: str, inside: int | None) -> None:
    exterior = f"{number}{letter}"
    interior = None if inside is None else str(inside)
    line = f"{street} #{exterior}" + (f" int {interior}" if interior else "")
    assert split_street(line) == StreetNumber(street, exterior, interior)
