"""Who of a family is covered, with which papers, and families as people name them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.beneficiaries import (
    Covered,
    Kinship,
    Relative,
    Studies,
    cover_of,
    question_about,
)
from bot.programme.beneficiary_text import read_age, read_relatives, read_studies
from bot.programme.field_text import Problem
from bot.programme.table_files import table

S, P, C, W, PARENT = Kinship.SPOUSE, Kinship.PARTNER, Kinship.CHILD, Kinship.WARD, Kinship.PARENT

# Relative, covered, code, article, a paper that must be among those asked.
COVERS: list[tuple[Relative, Covered, str, str, str | None]] = [
    (Relative(S), "yes", "spouse", "LSS 84-III", "marriage_certificate"),
    (Relative(P), "yes_if", "partner_conditions", "LSS 84-III", "both_present"),
    (Relative(C, 0), "yes", "child_under_16", "LSS 84-V", "birth_certificate"),
    (Relative(C, 15), "yes", "child_under_16", "LSS 84-V", "birth_certificate"),
    (Relative(C, 16), "yes_if", "studies_in_mexico", "LSS 84-VI", "study_certificate"),
    (Relative(C, 16, "in_mexico"), "yes", "student_in_mexico", "LSS 84-VI", "study_certificate"),
    (Relative(C, 24, "in_mexico"), "yes", "student_in_mexico", "LSS 84-VI", "identification"),
    (Relative(C, 25, "in_mexico"), "ask_imss", "child_of_25", "LSS 84-VI", None),
    (Relative(C, 26, "in_mexico"), "no", "child_over_25", "LSS 84-VI", None),
    (Relative(C, 20, "abroad"), "no", "studies_outside_mexico", "LSS 84-VI", None),
    (Relative(C, 20, "no"), "no", "child_over_16_not_studying", "LSS 84-VI", None),
    (Relative(C, 20, "somewhere"), "yes_if", "studies_in_mexico", "LSS 84-VI", "study_certificate"),
    (Relative(C), "yes_if", "under_16_or_student", "LSS 84-V, 84-VI", "birth_certificate"),
    (Relative(C, 40, None, True), "yes_if", "imss_certifies_incapacity", "LSS 84-VI", "curp"),
    (Relative(C, 12, None, True), "yes", "child_under_16", "LSS 84-V", "curp"),
    (Relative(W, 10), "yes_if", "court_order_of_guardianship", "LSS 84-V", "court_order"),
    (
        Relative(W, 17, "in_mexico"),
        "yes_if",
        "court_order_of_guardianship",
        "LSS 84-VI",
        "study_certificate",
    ),
    (Relative(W, 19), "ask_imss", "ward_of_age", "LSS 84-VI", None),
    (Relative(Kinship.STEPCHILD, 8), "ask_imss", "stepchild_not_in_the_law", "LSS 84-V", None),
    (
        Relative(PARENT, 70),
        "ask_imss",
        "parent_must_live_with_you",
        "LSS 84-VIII",
        "cohabitation_and_dependence_statement",
    ),
    (Relative(Kinship.SIBLING, 30), "no", "not_in_the_law", "LSS 84", None),
    (
        Relative(Kinship.GRANDCHILD, 5),
        "yes_if",
        "court_order_of_guardianship",
        "LSS 84-V",
        "court_order",
    ),
    (Relative(Kinship.GRANDCHILD, 18), "no", "not_in_the_law", "LSS 84", None),
    (Relative(Kinship.GRANDPARENT, 80), "no", "not_in_the_law", "LSS 84", None),
    (Relative(Kinship.PARENT_IN_LAW, 60), "no", "not_in_the_law", "LSS 84", None),
    (Relative(Kinship.OTHER, 5), "no", "not_in_the_law", "LSS 84", None),
]


@pytest.mark.parametrize(("relative", "covered", "code", "article", "paper"), COVERS)
def test_cover(
    relative: Relative, covered: Covered, code: str, article: str, paper: str | None
) -> None:
    (cover,) = cover_of([relative])
    assert (cover.covered, cover.code, cover.article) == (covered, code, article)
    assert (paper is None and cover.papers == ()) or paper in cover.papers


def test_identification_is_asked_only_of_adults() -> None:
    for relative, asked in (
        (Relative(S), True),
        (Relative(C), False),
        (Relative(C, 17), False),
        (Relative(C, 18), True),
    ):
        (cover,) = cover_of([relative])
        assert ("identification" in cover.papers) is asked


def test_a_partner_counts_only_without_a_spouse_and_alone() -> None:
    codes = [cover.code for cover in cover_of([Relative(S), Relative(P)])]
    assert codes == ["spouse", "partner_beside_spouse"]
    assert {cover.code for cover in cover_of([Relative(P), Relative(P)])} == {"several_partners"}
    assert {cover.covered for cover in cover_of([Relative(S), Relative(S)])} == {"ask_imss"}
    assert cover_of([]) == ()


@pytest.mark.parametrize(
    ("relative", "question"),
    [
        (Relative(S), None),
        (Relative(PARENT), None),
        (Relative(C), "age"),
        (Relative(C, 15), None),
        (Relative(C, 16), "studies"),
        (Relative(C, 24, "somewhere"), "studies"),
        (Relative(C, 24, "no"), None),
        (Relative(C, 25), None),
        (Relative(C, 20, None, True), None),
        (Relative(W), "age"),
    ],
)
def test_questions(relative: Relative, question: str | None) -> None:
    assert question_about(relative) == question


RELATIVES = st.builds(
    Relative,
    st.sampled_from(Kinship),
    st.none() | st.integers(0, 120),
    st.sampled_from([None, "in_mexico", "abroad", "somewhere", "no"]),
    st.booleans(),
)


@given(st.lists(RELATIVES, max_size=6))
def test_everybody_gets_an_answer_with_an_article(family: list[Relative]) -> None:
    covers = cover_of(family)
    assert [cover.relative for cover in covers] == family
    for cover in covers:
        assert cover.article.startswith("LSS 84")
        assert bool(cover.papers) <= (cover.covered != "no")
        assert len(cover.papers) == len(set(cover.papers))


@given(RELATIVES)
def test_health_is_neither_kept_nor_shown(relative: Relative) -> None:
    assert relative.to_keep().cannot_support_self is False
    assert "cannot" not in repr(relative)


def test_an_impossible_age_is_refused() -> None:
    for age in (-1, 121):
        with pytest.raises(ValueError, match="impossible age"):
            Relative(C, age)


def family(*people: Any) -> tuple[Relative, ...]:
    return tuple(
        Relative(*person) if isinstance(person, tuple) else Relative(person) for person in people
    )


FAMILIES = [
    ("mi esposa y 2 hijos de 8 y 17", family(S, (C, 8), (C, 17))),
    (
        "my mom 70 and my son 20 who studies in Guadalajara",
        family((PARENT, 70), (C, 20, "in_mexico")),
    ),
    ("mi esposa, mi hija de 12 y mi hijo de 5 meses", family(S, (C, 12), (C, 0))),
    ("mi esposa y dos hijos de ocho y diecisiete años", family(S, (C, 8), (C, 17))),
    ("2 hijos, uno de 8 y otro de 17", family((C, 8), (C, 17))),
    ("two kids, one is 8 and the other is 17", family((C, 8), (C, 17))),
    ("my 8 and 17 year old kids and my wife", family((C, 8), (C, 17), S)),
    ("my 20-year-old son", family((C, 20))),
    ("my wife, 2 kids (8yo and 10yo)", family(S, (C, 8), (C, 10))),
    ("wife 34, kids 3, 7 and 16", family((S, 34), (C, 3), (C, 7), (C, 16))),
    ("wife 34 kids 8", family((S, 34), (C, 8))),
    ("hijos de 3,7 y 16", family((C, 3), (C, 7), (C, 16))),
    ("tengo 3 hijos", family(C, C, C)),
    ("mi esposa 35 y 3 hijos", family((S, 35), C, C, C)),
    ("esposa e hijo recién nacido", family(S, (C, 0))),
    ("my newborn son", family((C, 0))),
    ("un recién nacido", family((C, 0))),
    ("mi bebé de 3 semanas", family((C, 0))),
    ("mis papás", family(PARENT, PARENT)),
    ("my parents 70 and 72", family((PARENT, 70), (PARENT, 72))),
    ("mi mamá y mi papá", family(PARENT, PARENT)),
    ("mi hermano y su esposa", family(Kinship.SIBLING, Kinship.OTHER)),
    ("mi esposa y sus hijos", family(S, Kinship.STEPCHILD)),
    ("mi esposa y sus papás", family(S, Kinship.PARENT_IN_LAW, Kinship.PARENT_IN_LAW)),
    ("mi hijo de 20 que estudia en Estados Unidos", family((C, 20, "abroad"))),
    ("mi hija 18 no estudia", family((C, 18, "no"))),
    ("mis hijos de 17 y 20 que estudian", family((C, 17, "somewhere"), (C, 20, "somewhere"))),
    (
        "hijos de 8 y 20 que estudia en la prepa y mi mamá de 60",
        family((C, 8), (C, 20, "in_mexico"), (PARENT, 60)),
    ),
    ("mi hijo de 30 con discapacidad", family((C, 30, None, True))),
    ("mi suegra 60", family((Kinship.PARENT_IN_LAW, 60))),
    ("mi hijastro de 10", family((Kinship.STEPCHILD, 10))),
    ("mi nieto de 5", family((Kinship.GRANDCHILD, 5))),
    ("mi señora y mis 3 chamacos 4, 6, 9", family(S, (C, 4), (C, 6), (C, 9))),
    ("mi pareja", family(P)),
    ("mi esposa 😀 y mi hija de ８", family(S, (C, 8))),
    ("nadie", ()),
    ("puro yo", ()),
    ("my folks 70 and 72", family((PARENT, 70), (PARENT, 72))),
    ("no", ()),
    ("just me", ()),
    ("no, nadie", ()),
    ("no tengo", ()),
]
NO_FAMILY = {
    "hijo nacido en 2010": "age_needed",
    "mi hijo de 200 años": "age_impossible",
    "50 hijos": "too_many",
    "999999 hijos": "too_many",
    "hola": "none_found",
    "no entiendo": "none_found",
    "no sé": "not_known",
}


@pytest.mark.parametrize(("text", "expected"), FAMILIES)
def test_families(text: str, expected: tuple[Relative, ...]) -> None:
    assert read_relatives(text) == expected


@pytest.mark.parametrize(("text", "code"), NO_FAMILY.items())
def test_what_names_no_family(text: str, code: str) -> None:
    problem = read_relatives(text)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


@pytest.mark.parametrize(
    ("text", "age"),
    [("8", 8), ("8 años", 8), ("5 meses", 0), ("tiene veinte", 20), ("20yo", 20), ("８", 8)],
)
def test_ages(text: str, age: int) -> None:
    assert read_age(text) == age


@pytest.mark.parametrize(
    ("text", "code"),
    {
        "2010": "age_needed",
        "300": "age_impossible",
        "8 y 9": "several_values",
        "no sé": "not_known",
    }.items(),
)
def test_no_age(text: str, code: str) -> None:
    assert read_age(text) == Problem(code)


@pytest.mark.parametrize(
    ("text", "studies"),
    [
        ("sí", "in_mexico"),
        ("no", "no"),
        ("ya no", "no"),
        ("en Guadalajara", "in_mexico"),
        ("trabaja", "no"),
        ("estudia en Chicago", "abroad"),
        ("sí, en Estados Unidos", "abroad"),
        ("va a la universidad", "somewhere"),
        ("en la prepa", "in_mexico"),
        ("👍", "in_mexico"),
    ],
)
def test_studies(text: str, studies: Studies) -> None:
    assert read_studies(text) == studies


def test_every_kinship_has_words_and_every_paper_list_is_known() -> None:
    assert {*table("beneficiaries")["kinship"]} == {kinship.value for kinship in Kinship}
    assert {*table("beneficiaries")["papers"]} == {
        "grown",
        "of_everybody",
        "spouse",
        "partner",
        "child",
        "student",
        "ward",
        "parent",
    }
