"""Messages that mean something only in their place: fragments, reactions, options, answers."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.labels import topic_label
from tests.conversations.person import Person

FRAGMENTS = Path(__file__).with_name("fragments.tsv")
QUOTA = "gano 1500 dólares al mes, cuánto pagaría"


def fragments() -> list[tuple[str, str, str]]:
    """What is asked, the fragment after it, and the answer to the fragment."""
    with FRAGMENTS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["asked"], row["then"], row["answer"]) for row in rows]


def test_there_are_fragments_in_both_languages() -> None:
    assert len(fragments()) >= 60


@pytest.mark.parametrize(("asked", "then", "answer"), fragments())
def test_a_fragment_is_read_after_the_topic_before(
    person: Person, asked: str, then: str, answer: str
) -> None:
    person.says(asked)
    person.says(then)
    assert person.answer.names[0] == answer, person.written()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ta caro", "ask_discounts"),
        ("uy está muy caro", "ask_discounts"),
        ("no me alcanza", "ask_discounts"),
        ("that's too much", "ask_discounts"),
        ("otra cantidad", "ask_income_amount"),
        ("con otro sueldo", "ask_income_amount"),
        ("a different amount", "ask_income_amount"),
        ("y dónde?", "ask_how_to_pay"),
        ("y mi esposa?", "ask_family_cost"),
        ("hasta cuándo?", "ask_payment_deadline"),
    ],
)
def test_reactions_to_a_quota(person: Person, said: str, answer: str) -> None:
    person.says(QUOTA)
    person.says(said)
    assert person.answer.names[0] == answer, person.written()


def test_the_topic_stays_when_people_are_polite(person: Person) -> None:
    person.says("cómo saco mi curp")
    person.says("gracias")
    person.says("y la de mi mamá?")
    person.hears("ask_get_curp")


def test_one_fragment_after_another(person: Person) -> None:
    person.says("puedo asegurar a mi esposa")
    for said, answer in (
        ("y a mis hijos?", "ask_cover_children"),
        ("y a mi mamá?", "ask_cover_parents"),
        ("cuánto?", "ask_family_cost"),
        ("qué papeles?", "ask_register_family"),
        ("y aquí?", "ask_care_in_us"),
    ):
        person.says(said)
        person.hears(answer)


def test_an_option_that_was_tapped_is_a_topic_too(person: Person) -> None:
    person.says("menu")
    person.taps("Cómo pagar")
    person.says("hasta cuándo?")
    person.hears("ask_payment_deadline")


def test_two_papers_may_be_missing_and_both_are_offered(person: Person) -> None:
    person.says("qué documentos piden para registrarme")
    person.says("y si no tengo?")
    person.hears("clarify")
    assert person.answer.titles[:2] == [
        topic_label("ask_get_curp", "es"),
        topic_label("ask_get_nss", "es"),
    ]
    person.says("la segunda")
    person.hears("ask_get_nss")


@pytest.mark.parametrize("said", ["and my mom?", "y mi mamá?"])
def test_a_fragment_without_a_topic_is_taken_for_nothing_worse(person: Person, said: str) -> None:
    person.says(said)
    person.hears("ask_cover_parents")


@pytest.mark.parametrize(
    ("said", "step", "answer"),
    [
        ("1500 dólares al mes", None, "quota_result"),
        ("1500", "ask_income_currency", None),
        ("cuánto?", "ask_income_amount", None),
        ("qué cubre el seguro?", "ask_income_amount", "ask_benefits"),
        ("y a mi mamá?", "ask_income_amount", "ask_cover_parents"),
        ("where do I pay?", "ask_income_amount", "ask_how_to_pay"),
    ],
)
def test_answers_and_questions_while_the_income_is_asked_for(
    person: Person, said: str, step: str | None, answer: str | None
) -> None:
    """An answer is no topic, and a question is no answer; the step is asked again after it."""
    person.says("cuánto pagaría")
    person.hears("ask_income_amount")
    person.says(said)
    if answer:
        assert person.answer.names[0] == answer, person.written()
    if step == "ask_income_amount":
        assert person.answer.names[-1] == step, person.written()
        assert person.slot("income_amount") is None


@pytest.mark.parametrize(
    "said", ["la de abajo", "la última", "el último", "the last one", "the bottom one", "last one"]
)
def test_the_option_at_the_bottom(someone_new: Callable[[], Person], said: str) -> None:
    person = someone_new()
    person.says("menu")
    person.says(said)
    person.hears("talk_to_agent")
