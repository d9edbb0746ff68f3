"""An address in one message, its parts told apart or left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.address_text import LONGEST_ADDRESS, AddressParts, read_address
from bot.programme.field_text import Problem
from bot.programme.mexican_states import read_postal_code
from bot.programme.phrases import phrases
from bot.programme.table_files import table
from tests.programme.field_examples import (
    EMPTY,
    HOSTILE,
    NO_TEXT,
    NOT_KNOWN,
    OTHER_ALPHABETS,
    QUESTIONS,
    TOO_LONG,
)

Parts = tuple[str | None, str | None, str | None, str | None]
FORM = (
    "Calle: Morelos\nNúmero: 12\nColonia: Centro\nMunicipio: Morelia\nEstado: Michoacán\nCP: 58000"
)

# Text, and the street, neighbourhood, municipality and postal code in it.
READ: list[tuple[str, Parts]] = [
    ("calle morelos 12 col centro morelia", ("Calle morelos 12", "Centro", "Morelia", None)),
    (
        "Av. Juárez #45 int 2, Col. Centro, Morelia, Michoacán CP 58000",
        ("Av. Juárez #45 int 2", "Centro", "Morelia", "58000"),
    ),
    ("Morelos 12, Centro, Morelia", ("Morelos 12", "Centro", "Morelia", None)),
    ("Morelos 12\nCentro\nMorelia", ("Morelos 12", "Centro", "Morelia", None)),
    ("Morelos 12 - Centro - Morelia", ("Morelos 12", "Centro", "Morelia", None)),
    (FORM, ("Calle Morelos Número 12", "Centro", "Morelia", "58000")),
    ("MORELOS 12, CENTRO, MORELIA", ("Morelos 12", "Centro", "Morelia", None)),
    ("Morelos, Centro, Tangancícuaro", ("Morelos", "Centro", "Tangancícuaro", None)),
    # the order, where no word tells
    ("Centro, Morelos 12, Ario", ("Morelos 12", "Centro", "Ario", None)),
    ("Morelos 12, Centro, Opopeo, Ario", ("Morelos 12", "Centro", "Ario", None)),
    ("Morelos 12, no sé, Morelia", ("Morelos 12", None, "Morelia", None)),
    ("hola, Morelos 12, Centro, Ario", ("Morelos 12", "Centro", "Ario", None)),
    # what is not sure is left out
    ("Morelos 12", ("Morelos 12", None, None, None)),
    ("Morelos 12, Centro", ("Morelos 12", "Centro", None, None)),
    ("Morelos 12, Las Flores", ("Morelos 12", None, None, None)),
    ("Morelos 12, Guadalajara", ("Morelos 12", None, "Guadalajara", None)),
    ("Col. Centro, Ario", (None, "Centro", "Ario", None)),
    ("Ario, Col. Centro", (None, "Centro", None, None)),
    # marks without commas, and names that have a mark in them
    (
        "vivo en la calle morelos 12 en la colonia centro en morelia",
        ("Calle morelos 12", "Centro", "Morelia", None),
    ),
    (
        "Col. Pueblo Nuevo, Calle Camino Real 5, mun. de Zamora",
        ("Calle Camino Real 5", "Pueblo Nuevo", "Zamora", None),
    ),
    (
        "Calle Municipio Libre 100 Colonia Infonavit Norte",
        ("Calle Municipio Libre 100", "Infonavit Norte", None, None),
    ),
    ("rancho El Salto municipio de Puruándiro", (None, "Rancho El Salto", "Puruándiro", None)),
    (
        "calle hidalgo s/n barrio san juan tarimbaro",
        ("Calle hidalgo s/n", "San juan tarimbaro", None, None),
    ),
    (
        "Privada de la Calle 5 num 3, Barrio San Juan, Pátzcuaro, Mich",
        ("Privada de la Calle 5 num 3", "San Juan", "Pátzcuaro", None),
    ),
    (
        "Calle 20 # 15 x 21 y 23 col. Itzimná Mérida Yucatán",
        ("Calle 20 # 15 x 21 y 23", "Itzimná", "Mérida", None),
    ),
    (
        "mi direccion es calle morelos 12, colonia centro, ciudad de morelia",
        ("Calle morelos 12", "Centro", "Morelia", None),
    ),
    (
        "ciudad juarez, col. centro, calle 5 #12",
        ("Calle 5 #12", "Centro", "Ciudad juarez", None),
    ),
    ("Calle Morelos 12. Col. Centro. Morelia", ("Calle Morelos 12", "Centro", "Morelia", None)),
    ("col. lomas de morelia", (None, "Lomas de morelia", None, None)),
    (
        "Domicilio conocido, Rancho Las Palmas, Ario",
        ("Domicilio conocido", "Rancho Las Palmas", "Ario", None),
    ),
    ("Calle 12 A, Centro, Ario", ("Calle 12 A", "Centro", "Ario", None)),
    (
        "Calle Morelos, Col. Centro, número 12, Ario",
        ("Calle Morelos número 12", "Centro", "Ario", None),
    ),
    # the state and the country
    ("Puebla 12, Centro, Puebla, Puebla", ("Puebla 12", "Centro", "Puebla", None)),
    (
        "Reforma 100, Juárez, alcaldía Cuauhtémoc, CDMX",
        ("Reforma 100", "Juárez", "Cuauhtémoc", None),
    ),
    (
        "mz 4 lt 5, infonavit solidaridad, leon guanajuato",
        ("Mz 4 lt 5", "Infonavit solidaridad", "Leon", None),
    ),
    (
        "Av Hidalgo 3, Dolores Hidalgo, Guanajuato",
        ("Av Hidalgo 3", None, "Dolores Hidalgo", None),
    ),
    ("Morelos 12 Morelia Michoacan", ("Morelos 12", None, "Morelia", None)),
    # the postal code
    ("58000 Morelia, Mich.", (None, None, "Morelia", "58000")),
    (
        "Hidalgo 5, Centro, 58000 Morelia, Mich., México",
        ("Hidalgo 5", "Centro", "Morelia", "58000"),
    ),
    ("C.P. 58,000", (None, None, None, "58000")),
    (
        "calle 5 de mayo 12345 colonia centro",
        ("Calle 5 de mayo 12345", "Centro", None, None),
    ),
    (
        "codigo postal cinco ocho cero cero cero, calle Morelos 3",
        ("Calle Morelos 3", None, None, "58000"),
    ),
    (
        "Calle Morelos, entre Juárez y Allende, Col Centro, Zamora, Michoacán 59600",
        ("Calle Morelos", "Centro", "Zamora", "59600"),
    ),
    ("Morelos 12, Centro, Ario CP 99", ("Morelos 12", "Centro", "Ario", None)),
]

REFUSED = [
    *((text, ("empty", "no_text")) for text in [*EMPTY, *NO_TEXT]),
    *((text, ("too_long",)) for text in [*TOO_LONG, "Calle " + "a" * LONGEST_ADDRESS]),
    *((text, ("not_known",)) for text in NOT_KNOWN),
    *((text, ("question",)) for text in [*QUESTIONS, "¿calle Morelos 12?"]),
    *((text, ("other_alphabet",)) for text in [*OTHER_ALPHABETS, "Morelos 12, Запопан, Ario"]),
    ("<b>x</b>, Centro, Morelia", ("markup",)),
    ("Hidalgo 5; DROP TABLE x", ("markup",)),
    ("quiero inscribirme", ("not_a_value",)),
    ("hola, cancelar", ("not_a_value",)),
    ("12", ("not_a_value",)),
    ("Tangancícuaro", ("not_a_value",)),
    ("colonia", ("not_a_value",)),
    ("123 Main St, Chicago, IL 60601", ("not_a_value",)),
]


@pytest.mark.parametrize(("text", "parts"), READ)
def test_read(text: str, parts: Parts) -> None:
    read = read_address(text)
    assert isinstance(read, AddressParts), read
    assert (read.street, read.neighbourhood, read.municipality, read.postal_code) == parts


@pytest.mark.parametrize(("text", "codes"), REFUSED)
def test_refused(text: str, codes: tuple[str, ...]) -> None:
    problem = read_address(text)
    assert isinstance(problem, Problem), problem
    assert problem.code in codes


def test_no_value_is_in_the_repr() -> None:
    assert repr(read_address("Morelos 12, Centro, Morelia")) == "AddressParts()"


def test_no_list_holds_what_yaml_took_for_something_else() -> None:
    for section in table("address"):
        assert phrases("address", section)


STREETS = ["Calle Morelos 12", "Av. 5 de Mayo #120-B", "Privada del Sol 4 int 2", "Camino Real s/n"]
NEIGHBOURHOODS = ["Centro", "Pueblo Nuevo", "Lomas de Guadalajara", "Rancho El Ñandú", "5 de Mayo"]
MUNICIPALITIES = ["Morelia", "Ciudad Hidalgo", "San Pedro Tlaquepaque", "Dolores Hidalgo", "Zamora"]


@given(
    st.sampled_from(STREETS),
    st.sampled_from(NEIGHBOURHOODS),
    st.sampled_from(MUNICIPALITIES),
    st.sampled_from(["58000", "06700", "44100"]),
    st.sampled_from([", ", "\n", ",", " , \n"]),
)
def test_round_trip(street: str, place: str, town: str, code: str, between: str) -> None:
    parts = AddressParts(street, place, town, code)
    marked = [street, f"Col. {place}", f"Municipio de {town}", f"CP {code}"]
    assert read_address(between.join(marked)) == parts
    assert read_address(between.join([street, place, town, code])) == parts
    assert read_address(" ".join(marked)) == parts


_WORDS = (
    "calle av col. municipio de morelos 12 58000 , \n centro morelia michoacan cp # s/n int no sé "
    "ciudad rancho 5 mayo - . : ; <b> ? 😀 México entre y estado IL 60601 privada número"
)
PIECES = st.sampled_from(_WORDS.split(" "))
ANY_TEXT = st.one_of(
    st.text(max_size=2000),
    st.text(max_size=60),
    st.lists(PIECES, max_size=20).map(" ".join),
    st.lists(PIECES, max_size=10).map("".join),
    st.sampled_from(HOSTILE),
)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_never_raises_and_gives_something_clean(text: str) -> None:
    read = read_address(text)
    if isinstance(read, Problem):
        assert read.code
        return
    assert read != AddressParts()
    for value in (read.street, read.neighbourhood, read.municipality):
        assert value is None or (value and "\n" not in value and "<" not in value)
    assert read.postal_code is None or read_postal_code(read.postal_code).code == read.postal_code
