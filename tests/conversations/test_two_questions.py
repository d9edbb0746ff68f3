"""Two questions in one message, as the person reads the answers."""

from __future__ import annotations

import pytest

from tests.conversations.person import Person


@pytest.mark.parametrize(
    ("said", "first", "second"),
    [
        ("¿Puedo meter a mis hijos y qué papeles piden?", "cover_children", "register_family"),
        ("dónde pago y hasta cuándo tengo para pagar", "how_to_pay", "payment_deadline"),
        ("what is a CURP and how do I get one?", "what_is_curp", "get_curp"),
    ],
)
def test_both_are_answered_shortly_and_in_order(
    person: Person, said: str, first: str, second: str
) -> None:
    person.says(said)
    person.hears(f"ask_{first}_simple", f"ask_{second}_simple")
    assert len(person.answer.titles) == 3
    assert not person.answer.replies[0].options
    person.says("1")
    person.hears(f"ask_{first}")


def test_what_was_asked_last_is_what_a_fragment_comes_back_to(person: Person) -> None:
    person.says("cómo corrijo mi curp y dónde pago")
    person.says("y hasta cuándo?")
    person.hears("ask_payment_deadline")


@pytest.mark.parametrize(
    "said", ["cuánto pagaría y qué cubre?", "¿Qué beneficios tiene? ¿Y cuánto cuesta al mes?"]
)
def test_the_quota_is_asked_for_after_the_other_answer(person: Person, said: str) -> None:
    person.says(said)
    person.hears("ask_benefits_simple", "ask_income_amount")
    person.says("1500 dólares al mes")
    assert "quota_result" in person.answer.names


def test_a_quota_that_needs_no_question(person: Person) -> None:
    person.says("gano 1500 dólares al mes, ¿cuánto pagaría? ¿y qué beneficios tiene?")
    assert person.answer.names[:2] == ["ask_benefits_simple", "quota_result"]


def test_what_is_done_in_steps_is_offered(person: Person) -> None:
    person.says("¿qué clínica me toca en Morelia? ¿y cómo saco una cita con el doctor?")
    person.hears("ask_appointment_simple")
    assert person.answer.titles[0] == "Cuál clínica me toca"


def test_two_things_that_are_done_in_steps(person: Person) -> None:
    person.says("¿me pueden dar mi línea de captura? ¿me dicen si ya llegó el pago de enero?")
    person.hears("two_questions")
    assert len(person.answer.titles) == 3


def test_while_something_is_asked_a_message_is_one(person: Person) -> None:
    person.says("cuánto pagaría")
    person.says("qué cubre y dónde se paga?")
    assert person.answer.names[-1] == "ask_income_amount"
    assert len(person.answer.names) == 2
