"""What every reader of a field shares, and that none of them raises or hangs on any text."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.area_time_zone import read_time_zone
from bot.programme.beneficiary_text import read_age, read_relatives, read_studies
from bot.programme.choices import read_address_owner, read_zone
from bot.programme.contribution_period import read_contribution_period
from bot.programme.eligibility import QUESTIONS as ELIGIBILITY
from bot.programme.eligibility_answers import read_eligibility_answer
from bot.programme.email_address import read_email
from bot.programme.field_text import Problem, is_question, no_answer, one_line, unusable
from bot.programme.free_text import (
    read_municipality,
    read_neighbourhood,
    read_occupation,
    read_street,
)
from bot.programme.income_field import read_income_answer
from bot.programme.key_fields import read_curp, read_nss
from bot.programme.mexican_states import read_postal_code, read_state
from bot.programme.person_name import read_full_name
from bot.programme.phone import read_country, read_phone
from bot.programme.phrases import Phrases, words_of
from bot.programme.said_dates import read_birth_date
from bot.programme.several import read_several
from bot.programme.yes_no import read_yes_no
from tests.programme.field_examples import (
    EMPTY,
    HOSTILE,
    NO_TEXT,
    NOT_KNOWN,
    OTHER_ALPHABETS,
    QUESTIONS,
    TOO_LONG,
)

TODAY = date(2026, 11, 25)
Reader = Callable[[str], Any]

READERS: dict[str, Reader] = {
    "curp": partial(read_curp, today=TODAY),
    "nss": read_nss,
    "name": read_full_name,
    "phone": read_phone,
    "country": read_country,
    "email": read_email,
    "postal_code": read_postal_code,
    "state": read_state,
    "municipality": read_municipality,
    "neighbourhood": read_neighbourhood,
    "street": read_street,
    "address_of": read_address_owner,
    "occupation": read_occupation,
    "income": read_income_answer,
    "zone": read_zone,
    "period": read_contribution_period,
    "yes_no": read_yes_no,
    "birth_date": lambda text: read_birth_date(text, TODAY),
    "relatives": read_relatives,
    "age": read_age,
    "studies": read_studies,
    "time_zone": read_time_zone,
}
# These take a thumb for an answer, or nothing for nobody.
ANSWERS_TO_EMOJI = {"yes_no", "studies"}
ANSWERS_TO_NONE = {"yes_no", "studies", "relatives"}

each_reader = pytest.mark.parametrize("name", READERS)


def code_of(value: object) -> str:
    return value.code if isinstance(value, Problem) else f"a value: {type(value).__name__}"


@each_reader
@pytest.mark.parametrize("text", EMPTY)
def test_nothing_at_all(name: str, text: str) -> None:
    assert code_of(READERS[name](text)) in ("empty", "no_text")


@each_reader
@pytest.mark.parametrize("text", NO_TEXT)
def test_signs_without_text(name: str, text: str) -> None:
    if name in ANSWERS_TO_EMOJI and "👍" in text:
        return
    assert code_of(READERS[name](text)) == "no_text"


@each_reader
@pytest.mark.parametrize("text", TOO_LONG)
def test_far_too_long(name: str, text: str) -> None:
    assert code_of(READERS[name](text)) == "too_long"


@each_reader
@pytest.mark.parametrize("text", OTHER_ALPHABETS)
def test_other_alphabets(name: str, text: str) -> None:
    assert code_of(READERS[name](text)) == "other_alphabet"


@each_reader
@pytest.mark.parametrize("text", NOT_KNOWN)
def test_who_does_not_know(name: str, text: str) -> None:
    if text == "no tengo" and name in ANSWERS_TO_NONE:
        return
    assert code_of(READERS[name](text)) == "not_known"


@each_reader
@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_are_left_to_who_answers_them(name: str, text: str) -> None:
    assert code_of(READERS[name](text)) == "question"


# A pattern that goes back and forth over such a text would be at it for hours.
MOST_PROCESSOR_SECONDS = 5


@each_reader
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_or_read_at_once(name: str, text: str) -> None:
    began = time.process_time()
    READERS[name](text)
    assert time.process_time() - began < MOST_PROCESSOR_SECONDS


@pytest.mark.parametrize("text", HOSTILE)
def test_several_at_once_from_hostile_texts(text: str) -> None:
    began = time.process_time()
    read_several(text, TODAY)
    assert time.process_time() - began < MOST_PROCESSOR_SECONDS


# An age is a number wherever it stands; only the number is kept.
@pytest.mark.parametrize("name", sorted({*READERS} - {"age"}))
@pytest.mark.parametrize("text", ["'; DROP TABLE drafts; --", "<script>alert(1)</script>"])
def test_code_is_no_value(name: str, text: str) -> None:
    assert isinstance(READERS[name](text), Problem)


_WORDS = """
mi curp nss SABC560626MDFLRN01 72159904563 213 555 0143 +52 44100 gano 18 la hora $ arroba punto
gmail com @ . , - ( ) dos cinco doble cero esposa hijos de 8 y 17 meses años estudia no si 15 mayo
88 / 05 calle col. # <b> ; ' 😀 ñ María de la O'Neil cada mensual 2 CDMX Edo Mex uno is newborn
year old sons 0 recién nacido at dot juan 1e309 -5 mil millones
"""
PIECES = st.sampled_from([*_WORDS.split(), "\n"])
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=20),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=8).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_no_reader_ever_raises(text: str) -> None:
    for reader in READERS.values():
        value = reader(text)
        if isinstance(value, Problem):
            assert value.code
            assert repr(value) == f"Problem(code={value.code!r})"
    for question in ELIGIBILITY:
        read_eligibility_answer(question, text)
    for value in read_several(text, TODAY).values():
        assert value


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_what_is_read_is_read_again_the_same(text: str) -> None:
    """A value that is kept and shown, and typed again as shown, is the same value."""
    for name in ("email", "municipality", "neighbourhood", "occupation", "street"):
        value = READERS[name](text)
        if isinstance(value, str):
            assert one_line(value) == value
            assert READERS[name](value) == value, name


def test_the_detail_of_a_problem_is_not_in_its_repr() -> None:
    assert "3125550143" not in repr(read_phone("312 555 0143"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Juan\nPérez", "Juan Pérez"),
        ("  a \t b ", "a b"),
        ("Ａ１\u3000ｂ", "A1 b"),
        ("x😀y", "xy"),
        ("❤️", ""),
        ("a\x00b", "a b"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_the_longest_is_told() -> None:
    problem = unusable("a" * 61, longest=60)
    assert problem is not None
    assert (problem.code, problem.detail["longest"]) == ("too_long", 60)


@pytest.mark.parametrize(
    "text", ["no se puede", "no tengo patron en mexico pero trabajo aqui", "hola"]
)
def test_what_is_neither_unknown_nor_a_question(text: str) -> None:
    assert no_answer(text) is None


@pytest.mark.parametrize("text", ["que es la colonia", "oye para que es", "how do i get it"])
def test_questions_without_their_mark(text: str) -> None:
    assert is_question(text)


def test_words_of() -> None:
    assert words_of("¡Síííí, Señor! Don't…") == "si senor dont"


def test_longer_phrases_win() -> None:
    found = Phrases({"short": ["baja"], "long": ["baja sur"]})
    assert found.names("en baja sur") == ("long",)
    assert "bajas" not in found


def test_phrases_that_yaml_misread_are_found_out() -> None:
    with pytest.raises(ValueError, match="not a text"):
        Phrases({"no": [False]})  # type: ignore[list-item]
    with pytest.raises(ValueError, match="listed twice"):
        Phrases({"a": ["Sí"], "b": ["si"]})
