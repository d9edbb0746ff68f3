"""Questions as people spell them, in the language in which they ask."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.conversations.person import Person

Someone = Callable[[], Person]

BADLY_SPELLED = [
    ("kiero saver ke cubre el seguro", "ask_benefits"),
    ("komo me rejistro", "ask_how_to_register"),
    ("asta ke dia puedo pagar", "ask_payment_deadline"),
    ("puedo meter a mi jefita", "ask_cover_parents"),
    ("donde saco mi kurp", "ask_get_curp"),
    ("ya tengo asucar me aseptan", "ask_preexisting_illness"),
    ("q pasa si no pago 1 mes", "ask_late_payment"),
    ("kuantas semanas nesecito pa la pension", "ask_retirement_pension"),
    ("ke es el nss", "ask_what_is_nss"),
    ("me atienden aka en estados hunidos", "ask_care_in_us"),
    ("komo pago desde aka", "ask_how_to_pay"),
    ("la migra se entera si me apunto", "ask_migration_status"),
]
IN_ENGLISH = [
    ("What does it cover?", "ask_benefits"),
    ("can i add my parents", "ask_cover_parents"),
    ("where do i pay", "ask_how_to_pay"),
    ("what happens to my family if i die", "ask_death_benefits"),
    ("how do i get my curp", "ask_get_curp"),
    ("does it work in the us", "ask_care_in_us"),
]


@pytest.mark.parametrize(("said", "topic"), BADLY_SPELLED, ids=[t for _, t in BADLY_SPELLED])
def test_bad_spelling(person: Person, said: str, topic: str) -> None:
    person.says(said)
    person.hears(topic)
    assert person.language() == "es"
    assert "Fuente: " in person.answer.text
    assert person.answer.options


@pytest.mark.parametrize(("said", "topic"), IN_ENGLISH, ids=[t for _, t in IN_ENGLISH])
def test_english(person: Person, said: str, topic: str) -> None:
    person.says(said)
    person.hears(topic)
    assert person.language() == "en"
    assert "Source: " in person.answer.text
    assert person.answer.options


def test_one_conversation_over_many_topics(person: Person) -> None:
    for said, topic in BADLY_SPELLED:
        person.says(said)
        person.hears(topic)


def test_the_language_of_the_message_is_followed(person: Person) -> None:
    assert "Fuente" in person.says("que cubre el seguro").text
    assert "Source" in person.says("where do I pay?").text
    assert "Fuente" in person.says("y como saco mi curp").text


@pytest.mark.parametrize("said", ["2", "ok", "👍", "IMSS"])
def test_what_tells_no_language_changes_none(person: Person, said: str) -> None:
    person.says("How do I pay?")
    person.says(said)
    assert person.language() == "en"


@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ("English please", "en", "English"),
        ("en ingles por favor", "en", "English"),
        ("do you speak Spanish?", "es", "español"),
        ("háblame en español", "es", "español"),
    ],
)
def test_switched_by_asking(person: Person, asked: str, language: str, words: str) -> None:
    person.says("hola" if language == "en" else "hello")
    person.says(asked)
    person.hears("switch_language")
    assert person.language() == language
    assert words in person.answer.text
    person.says("menu")
    assert person.language() == language


@pytest.mark.parametrize(
    ("mixed", "language"),
    [
        ("quiero saber si cubre el emergency room", "es"),
        ("ocupo un surgery, lo cubre el seguro?", "es"),
        ("does it cover my abuelita in Mexico", "en"),
        ("how do I get my línea de captura", "en"),
    ],
)
def test_mixed_messages_go_with_their_verb(person: Person, mixed: str, language: str) -> None:
    person.says(mixed)
    assert person.language() == language, person.written()


def test_details_come_when_asked_for(person: Person) -> None:
    person.says("que papeles piden para registrarse")
    person.hears("ask_requirements")
    person.taps("Más detalles")
    person.hears("ask_requirements_more")
    assert person.answer.text


def test_details_of_details(person: Person) -> None:
    person.says("cuantas semanas necesito para la pension")
    person.taps("¿Me toca la Ley 73?")
    person.hears("ask_retirement_pension_more")
    person.taps("Si me faltan semanas")
    person.hears("ask_retirement_pension_more2")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_option_leads_to_an_answer(someone_new: Someone, language: str) -> None:
    """From the menu, every option that comes up is tapped once."""
    person = someone_new()
    person.says("menu" if language == "es" else "show me the menu")
    person.hears("ask_menu")
    to_tap, tapped = list(person.answer.options), set()
    while to_tap:
        option = to_tap.pop()
        meaning = (option.intent, tuple(option.entities.items()))
        if meaning in tapped:
            continue
        tapped.add(meaning)
        person.taps_option(option)
        assert "more_none" not in person.answer.names, person.transcript[-1]
        assert "clarify_person" not in person.answer.names, person.transcript[-1]
        assert person.language() == language
        to_tap += person.answer.options
    assert len(tapped) > 60


def test_no_answer_is_longer_than_a_small_screen_holds(person: Person) -> None:
    for said, _ in BADLY_SPELLED:
        for reply in person.says(said).replies:
            assert len(reply.text) <= 560  # an answer of 450 and its source
            assert not re.search(r"\n\n", reply.text)
