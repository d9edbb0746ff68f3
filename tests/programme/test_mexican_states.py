"""States as people name them, and postal codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.curp import state_names
from bot.programme.field_text import Problem
from bot.programme.mexican_states import (
    PostalCode,
    read_postal_code,
    read_state,
    state_mentioned,
    state_of_postal_code,
)
from bot.programme.table_files import table

STATES = {
    "CDMX": "DF",
    "D.F.": "DF",
    "ciudad de méxico": "DF",
    "Mexico City": "DF",
    "el defe": "DF",
    "Edo Mex": "MC",
    "Edo. Méx.": "MC",
    "Estado de México": "MC",
    "edomex": "MC",
    "Guerrero": "GR",
    "Gro.": "GR",
    "soy de Guerrero": "GR",
    "guererro": "GR",
    "Michoacán": "MN",
    "michuacan": "MN",
    "Mich": "MN",
    "Oajaca": "OC",
    "Oax.": "OC",
    "jalisco": "JC",
    "Jal": "JC",
    "N.L.": "NL",
    "nuevo leon": "NL",
    "Q. Roo": "QR",
    "S.L.P.": "SP",
    "san luis": "SP",
    "B.C.": "BC",
    "Baja California": "BC",
    "Baja California Sur": "BS",
    "Guanajauto": "GT",
    "Gto": "GT",
    "zacatecas": "ZS",
    "ver": "VZ",
    "Son.": "SR",
    "Ｊａｌｉｓｃｏ": "JC",
    "en el estado de Puebla": "PL",
    "tamaulipas": "TS",
    "chiapas 😀": "CS",
}
NO_STATE = {
    "México": ("ambiguous", None),
    "baja": ("ambiguous", None),
    "Guadalajara": ("city", "JC"),
    "soy de acapulco": ("city", "GR"),
    "Jalisco y Colima": ("several_values", None),
    "Texas": ("unknown_state", None),
    "colina": ("unknown_state", None),
    "sonoma": ("unknown_state", None),
    "sin número": ("unknown_state", None),
    "Guatemala": ("unknown_state", None),
    "no sé": ("not_known", None),
}
# One code of each kind of prefix: the first and the last of every state.
POSTAL = {
    "01000": "DF",
    "16999": "DF",
    "20000": "AS",
    "21000": "BC",
    "22999": "BC",
    "23000": "BS",
    "24000": "CC",
    "25000": "CL",
    "27999": "CL",
    "28000": "CM",
    "29000": "CS",
    "30999": "CS",
    "31000": "CH",
    "33999": "CH",
    "34000": "DG",
    "35999": "DG",
    "36000": "GT",
    "38999": "GT",
    "39000": "GR",
    "41999": "GR",
    "42000": "HG",
    "43999": "HG",
    "44100": "JC",
    "49999": "JC",
    "50000": "MC",
    "57999": "MC",
    "58000": "MN",
    "61999": "MN",
    "62000": "MS",
    "63000": "NT",
    "64000": "NL",
    "67999": "NL",
    "68000": "OC",
    "71999": "OC",
    "72000": "PL",
    "75999": "PL",
    "76000": "QT",
    "77500": "QR",
    "78000": "SP",
    "79999": "SP",
    "80000": "SL",
    "82999": "SL",
    "83000": "SR",
    "85999": "SR",
    "86000": "TC",
    "87000": "TS",
    "89999": "TS",
    "90000": "TL",
    "91000": "VZ",
    "96999": "VZ",
    "97000": "YN",
    "98000": "ZS",
    "99999": "ZS",
}
WRITTEN = [
    "mi cp es 44100",
    "C.P. 44100",
    "44 100",
    "４４１００",
    "44100 😀",
    "cuarenta y cuatro cien",
    "44,100",
    "calle 5 cp 44100",
    "cuatro cuatro uno cero cero",
    "44100, sí 44100",
]
NO_CODE = {
    "17000": ("unknown_prefix", None),
    "00000": ("unknown_prefix", None),
    "19999": ("unknown_prefix", None),
    "4410": ("wrong_length", "04410"),
    "1999": ("wrong_length", "01999"),
    "441000": ("wrong_length", None),
    "5": ("wrong_length", None),
    "90210-1234": ("us_zip", None),
    "44100 o 44200": ("several_values", None),
    "hola": ("none_found", None),
    "no me lo sé": ("not_known", None),
}


@pytest.mark.parametrize(("text", "state"), STATES.items())
def test_states(text: str, state: str) -> None:
    assert read_state(text) == state


@pytest.mark.parametrize(("text", "expected"), NO_STATE.items())
def test_what_is_no_state(text: str, expected: tuple[str, str | None]) -> None:
    problem = read_state(text)
    assert isinstance(problem, Problem), problem
    assert (problem.code, problem.suggestion) == expected


def test_an_ambiguous_name_comes_with_its_states() -> None:
    problem = read_state("México")
    assert isinstance(problem, Problem)
    assert problem.detail["states"] == ("MC", "DF")


@pytest.mark.parametrize(("code", "state"), POSTAL.items())
def test_postal_codes(code: str, state: str) -> None:
    assert read_postal_code(code) == PostalCode(code, state)


@pytest.mark.parametrize("text", WRITTEN)
def test_ways_of_writing_a_postal_code(text: str) -> None:
    assert read_postal_code(text) == PostalCode("44100", "JC")


@pytest.mark.parametrize(("text", "expected"), NO_CODE.items())
def test_what_is_no_postal_code(text: str, expected: tuple[str, str | None]) -> None:
    problem = read_postal_code(text)
    assert isinstance(problem, Problem), problem
    assert (problem.code, problem.suggestion) == expected


def test_every_state_has_names_and_prefixes_and_no_prefix_two_states() -> None:
    states = table("mexican_states")["states"]
    assert {*states} == {*state_names()} - {"NE"}
    prefixes = [prefix for state in states.values() for prefix in state["postal"]]
    assert len(prefixes) == len(set(prefixes)) == 96
    assert {f"{n:02d}" for n in range(100)} - {*prefixes} == {"00", "17", "18", "19"}
    assert {*table("mexican_states")["cities"]} == {*states}


@pytest.mark.parametrize("state", sorted({*state_names()} - {"NE"}))
def test_every_official_name_is_read(state: str) -> None:
    assert read_state(state_names()[state]) == state


@given(st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_a_code_is_read_exactly_where_its_prefix_is_known(code: str) -> None:
    read = read_postal_code(code)
    state = state_of_postal_code(code)
    if state is None:
        assert read == Problem("unknown_prefix", {"prefix": code[:2]})
    else:
        assert read == PostalCode(code, state)


def test_a_state_mentioned_by_a_city() -> None:
    assert state_mentioned("estudia en guadalajara") == "JC"
    assert state_mentioned("en chicago") is None
