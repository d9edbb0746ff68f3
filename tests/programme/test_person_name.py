"""Full names, how they are parted, and whether they go with the letters of a CURP."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.curp_name import differing_parts, opening_letters
from bot.programme.field_text import Problem
from bot.programme.person_name import FullName, masked_name, read_full_name

# Text, given names, first surname, second surname. Without a CURP.
NAMES = [
    ("Juan Pérez López", "Juan", "Pérez", "López"),
    ("Juan Pérez", "Juan", "Pérez", None),
    ("juan perez lopez", "Juan", "Perez", "Lopez"),
    ("JUAN CARLOS PEÑA NIETO", "Juan Carlos", "Peña", "Nieto"),
    ("me llamo Ana Ñañez O'Farrill", "Ana", "Ñañez", "O'Farrill"),
    ("Mi nombre completo es: Ana López Ruiz.", "Ana", "López", "Ruiz"),
    ("my name is Ana Lopez", "Ana", "Lopez", None),
    ("María del Carmen López García", "María del Carmen", "López", "García"),
    ("María del Carmen López", "María del Carmen", "López", None),
    ("María de los Ángeles López", "María de los Ángeles", "López", None),
    ("José de Jesús Gómez Ruiz", "José de Jesús", "Gómez", "Ruiz"),
    ("Juan de la Cruz Hernández", "Juan", "de la Cruz", "Hernández"),
    ("ANA DE LA CRUZ DE LOS SANTOS", "Ana", "de la Cruz", "de los Santos"),
    ("Juan Pérez y González", "Juan", "Pérez", "y González"),
    ("Juan Pablo Díaz", "Juan Pablo", "Díaz", None),
    ("Ana María García-López Ruiz", "Ana María", "García-López", "Ruiz"),
    ("Ma. Guadalupe Ruiz Soto", "Ma. Guadalupe", "Ruiz", "Soto"),
    ("López García, Ana", "Ana", "López", "García"),
    ("López, Ana María", "Ana María", "López", None),
    ("Juan\nPérez\nLópez", "Juan", "Pérez", "López"),
    ("Juan Pérez 😀", "Juan", "Pérez", None),
    ("Ｊｕａｎ　Ｐéｒｅｚ", "Juan", "Pérez", None),
    ("Juan D’Angelo Müller", "Juan", "D’Angelo", "Müller"),
    ("José María López Can", "José María", "López", "Can"),
]
REFUSED = {
    "Juan": "one_word",
    "Juan de": "one_word",
    "me llamo Ana": "one_word",
    "Robert'); DROP TABLE students;--": "markup",
    "<b>Juan</b> Pérez": "markup",
    "ana@example.com": "markup",
    "Juan1 Pérez": "odd_characters",
    "SABC560626MDFLRN01": "odd_characters",
    "Juan & Pérez": "odd_characters",
    "Juan Петров": "other_alphabet",
    "quiero ayuda": "not_a_name",
    "hola buenas": "not_a_name",
    "no": "not_a_name",
    "me llamo": "not_a_name",
    "x x": "not_a_name",
    "aaaa aaaa": "not_a_name",
    "DROP TABLE usuarios": "not_a_name",
    "¿para qué quieren mi nombre?": "question",
    "no sé": "not_known",
    "Ana " * 30: "too_long",
    "a b c d e f g h i j k l m n": "too_long",
}


@pytest.mark.parametrize(("text", "given_names", "first", "second"), NAMES)
def test_names(text: str, given_names: str, first: str, second: str | None) -> None:
    assert read_full_name(text) == FullName(given_names, first, second)


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_is_no_full_name(text: str, code: str) -> None:
    problem = read_full_name(text)
    assert isinstance(problem, Problem)
    assert problem.code == code


def test_the_one_word_is_given_back_to_go_on_from() -> None:
    problem = read_full_name("soy Ana")
    assert isinstance(problem, Problem)
    assert problem.detail["word"] == "Ana"


# The sample of the Instructivo: Concepción Salgado Briseño.
SALGADO = "SABC560626MDFLRN01"


@pytest.mark.parametrize(
    "text",
    [
        "Concepción Salgado Briseño",
        "SALGADO BRISEÑO CONCEPCION",
        "salgado briseno concepcion",
        "María Concepción Salgado Briseño",
    ],
)
def test_the_curp_tells_which_words_are_the_surnames(text: str) -> None:
    name = read_full_name(text, SALGADO)
    assert isinstance(name, FullName)
    assert name.certain
    assert (name.first_surname.lower(), name.given.lower()[-3:]) == (
        "salgado",
        name.given[-3:].lower(),
    )
    assert differing_parts(name.given, name.first_surname, name.second_surname, SALGADO) == ()


def test_a_name_that_fits_in_no_way_is_parted_by_custom_and_uncertain() -> None:
    name = read_full_name("Juan Pérez López", SALGADO)
    assert name == FullName("Juan", "Pérez", "López")
    assert isinstance(name, FullName)
    assert not name.certain


@pytest.mark.parametrize(
    ("given_names", "first", "second", "parts"),
    [
        ("Concepción", "Salgado", "Briseño", ()),
        ("Concepcion", "SALGADO", "briseno", ()),
        ("Ma. Concepción", "Salgado", "Briseño", ()),
        ("Laura", "Salgado", "Briseño", ("given",)),
        ("Concepción", "Pérez", "Briseño", ("first_surname",)),
        ("Concepción", "Salgado", None, ("second_surname",)),
        ("Concepción", "Salgado", "López", ("second_surname",)),
        ("Juan", "Pérez", None, ("given", "first_surname", "second_surname")),
    ],
)
def test_where_name_and_curp_differ(
    given_names: str, first: str, second: str | None, parts: tuple[str, ...]
) -> None:
    assert differing_parts(given_names, first, second, SALGADO) == parts


@pytest.mark.parametrize(
    ("given_names", "first", "second", "letters"),
    [
        ("Concepción", "Salgado", "Briseño", "SABC"),
        ("Juan", "Ñáñez", "Peña", "XAPJ"),  # Ñ is X, the first letter too
        ("María Fernanda", "Escamilla", "Arroyo", "EAAF"),
        ("José", "Pérez", None, "PEXJ"),
        ("Pedro", "de la Cruz", "Díaz", "CUDP"),
        ("Ofelia", "Pérez", "Díaz", "PXDO"),  # an inconvenient word
        ("Andrés", "Ich", "Rodríguez", "IXRA"),  # no vowel inside
        ("María", "López", "Ruiz", "LORM"),  # María alone is not passed over
    ],
)
def test_opening_letters(given_names: str, first: str, second: str | None, letters: str) -> None:
    assert opening_letters(given_names, first, second) == letters


def test_a_malformed_curp_differs_from_nobody() -> None:
    assert differing_parts("Ana", "López", None, "SABC") == ()


def test_masked() -> None:
    assert masked_name(FullName("María del Carmen", "López", "García")) == "María L. G."
    assert "pez" not in repr(FullName("Ana", "López"))


WORDS = st.sampled_from(
    [
        "Ana",
        "María",
        "del",
        "Carmen",
        "de",
        "la",
        "Cruz",
        "Peña",
        "O'Hara",
        "y",
        "José",
        "López",
        "Ek",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=7).map(" ".join))
def test_no_word_of_a_name_is_lost(text: str) -> None:
    name = read_full_name(text)
    if isinstance(name, FullName):
        assert name.whole.lower().split() == text.lower().split()
        assert name.given
        assert name.first_surname
        with_key = read_full_name(text, SALGADO)
        assert isinstance(with_key, FullName)
        assert sorted(with_key.whole.lower().split()) == sorted(text.lower().split())
