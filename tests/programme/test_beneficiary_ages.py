"""Several ages in one answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.beneficiary_ages import read_ages
from bot.programme.field_text import Problem
from tests.programme.field_examples import (
    EMPTY,
    HOSTILE,
    NO_TEXT,
    NOT_KNOWN,
    OTHER_ALPHABETS,
    QUESTIONS,
    TOO_LONG,
)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("34", (34,)),
        ("34, 8 y 17", (34, 8, 17)),
        ("34 8 17", (34, 8, 17)),
        ("34\n8\n17", (34, 8, 17)),
        ("8 y 8", (8, 8)),
        ("treinta y cuatro y ocho", (34, 8)),
        ("treinta y cuatro, ocho y diecisiete", (34, 8, 17)),
        ("thirty-four and eight", (34, 8)),
        ("mi esposa 34 y mi hijo 8", (34, 8)),
        ("ella tiene 34 años y el niño 8 meses", (34, 0)),
        ("34 años y un año", (34, 1)),
        ("34 y la recién nacida", (34, 0)),
        ("34años, 8años", (34, 8)),
        ("mis 2 hijos: 8 y 17", (8, 17)),
        ("son 3 hijos de 8, 9 y 10", (8, 9, 10)),
        ("los dos tienen 8", (8, 8)),
        ("my wife is 34, the kids are 8 and 17", (34, 8, 17)),
        ("0 y 120", (0, 120)),
    ],
)
def test_read(text: str, ages: tuple[int, ...]) -> None:
    assert read_ages(text, len(ages)) == ages


@pytest.mark.parametrize(
    ("text", "count", "code"),
    [
        *((text, 1, "not_known") for text in NOT_KNOWN),
        *((text, 1, "question") for text in QUESTIONS),
        *((text, 1, "other_alphabet") for text in OTHER_ALPHABETS),
        *((text, 1, "too_long") for text in TOO_LONG),
        *((text, 1, "no_text") for text in NO_TEXT),
        ("", 1, "empty"),
        ("son chicos", 2, "none_found"),
        ("34 y 180", 2, "age_impossible"),
        ("34 y 1988", 2, "age_needed"),
        ("34", 2, "wrong_count"),
        ("34, 8 y 17", 2, "wrong_count"),
    ],
)
def test_refused(text: str, count: int, code: str) -> None:
    problem = read_ages(text, count)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_how_many_were_given_is_told() -> None:
    problem = read_ages("34, 8 y 17", 2)
    assert isinstance(problem, Problem)
    assert problem.detail["given"] == 3


AGES = st.lists(st.integers(0, 120), min_size=1, max_size=10)


@given(AGES, st.sampled_from([", ", " y ", "\n", "; ", " años, ", " años y "]))
def test_round_trip(ages: list[int], between: str) -> None:
    assert read_ages(between.join(map(str, ages)), len(ages)) == tuple(ages)


_WORDS = "mi mis los hijos hijo esposa 8 17 2 ocho treinta y , años meses un recién nacido 1988 180"
PIECES = st.sampled_from(_WORDS.split(" "))
ANY_TEXT = st.one_of(
    st.text(max_size=2000),
    st.lists(PIECES, max_size=300).map(" ".join),
    st.sampled_from([*HOSTILE, *EMPTY]),
)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.integers(0, 15))
def test_never_raises(text: str, count: int) -> None:
    read = read_ages(text, count)
    if isinstance(read, Problem):
        assert read.code
    else:
        assert len(read) == count
        assert all(0 <= age <= 120 for age in read)
