"""Answers as they are read out."""

from __future__ import annotations

import re
import unicodedata

import pytest

from bot.channels.voice.sentences import written
from bot.channels.voice.spoken import LONGEST, readable_aloud, spelled, spoken
from bot.messaging.contents import Option, Reply
from bot.nlg.catalogue import PLACEHOLDER, responses, variant
from bot.programme.figures import load_figures

READ = [
    ("es", "Son $1,969.34 al mes", "Son 1,969 pesos con 34 centavos al mes."),
    ("es", "Son $1,969.00.", "Son 1,969 pesos."),
    ("en", "US$2.99 a day", "2 dollars and 99 cents a day."),
    ("es", "Gana $600 dólares", "Gana 600 dólares."),
    ("es", "Gana US$600", "Gana 600 dólares."),
    ("en", "$600 dollars", "600 dollars."),
    ("es", "Marque 011 52 55 4166 5415 hoy", "Marque 0 1 1, 5 2, 5 5, 4 1 6 6, 5 4 1 5 hoy."),
    ("es", "Es el 25 % del total", "Es el 25 por ciento del total."),
    ("en", "It is 25% of it", "It is 25 percent of it."),
    ("es", "Vea https://imss.gob.mx/pti hoy", "Vea hoy."),
    (
        "es",
        "Hay chat (imss.gob.mx/contacto/chatimss) y correo (a.b@imss.gob.mx).",
        "Hay chat y correo.",
    ),
    ("es", "🙂 Hola 👨‍👩‍👧", "Hola."),
    ("es", "Uno\n- dos\n• tres", "Uno. dos. tres."),
    ("es", "1. Primero\n2) Segundo", "Primero. Segundo."),
    ("es", "Vive en EE. UU.", "Vive en Estados Unidos."),
    ("es", "*Importante*: “pague” hoy", "Importante: pague hoy."),
    ("es", "¿Cuánto gana?", "¿Cuánto gana?"),
    ("es", "", ""),
    ("es", "Del 10 de septiembre de 2025", "Del 10 de septiembre de 2025."),
]


@pytest.mark.parametrize(("language", "text", "said"), READ)
def test_read_aloud(language: str, text: str, said: str) -> None:
    assert readable_aloud(text, language) == said


def options(*titles: str) -> tuple[Option, ...]:
    return tuple(Option(str(n), title, "answer", {}) for n, title in enumerate(titles))


def test_choices_are_said_and_never_numbered() -> None:
    asked = Reply("¿Vive en México?", options("Sí", "No", "No sé"), answer="utter_step_lives")
    text = spoken([asked], "es")
    assert text == "¿Vive en México? Puede decir: Sí, No o No sé."
    more = Reply("Es gratis.", options("Más detalles", "Menú"), answer="utter_ask_benefits")
    assert spoken([more], "es") == "Es gratis."


@pytest.mark.parametrize(
    "reply",
    [
        Reply("PRUEBA-NO-PAGAR-12345", answer="utter_line"),
        Reply("Su línea 1234567890 es por $3,000.00", answer="utter_line_issued"),
        Reply("Es esta", image="file:x/y.png"),
        Reply("Ésta", file="file:x/y.pdf"),
        Reply("1. CURP: PEPJ800101HDFRRN09", answer="utter_step_summary"),
        Reply("AB7K3MXY", answer="utter_link_code"),
        Reply("Aviso de privacidad", answer="utter_step_consent"),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_personal_or_to_be_copied_is_not_read_out(reply: Reply, language: str) -> None:
    text = spoken([reply, reply], language)
    assert text == written()["sentences"]["by_message"][language]


def test_nobody_listens_for_long() -> None:
    text = spoken([Reply("Una frase corta. " * 200)], "es")
    assert len(text) <= LONGEST
    assert text.endswith("corta.")


def test_a_code_is_spelled() -> None:
    assert spelled("AB7K") == "A, B, 7, K"


def test_every_sentence_is_there_in_both_languages() -> None:
    for sentence in written()["sentences"].values():
        assert set(sentence) == {"es", "en"}
        assert PLACEHOLDER.findall(sentence["es"].replace("{code}", "", 1)) == PLACEHOLDER.findall(
            sentence["en"].replace("{code}", "", 1)
        )
    for name in ("languages", "hints", "asked_for", "read_as", "money"):
        assert set(written()[name]) == {"es", "en"}
    for hints in written()["hints"].values():
        assert all(isinstance(hint, str) and len(hint) <= 100 for hint in hints)


def test_the_beginnings_of_names_are_of_answers_that_there_are() -> None:
    named = [*written()["written"], *written()["questions"], *written()["options"]]
    for start in [*named, *written()["person"], *written()["end"], *written()["topics"]]:
        assert any(name.startswith(start) for name in responses()), start


SHORT = [name for name in responses() if name.endswith("_simple")]


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_short_answer_can_be_heard(name: str, language: str) -> None:
    """With its figures; without signs that a voice spells or swallows."""
    figures = load_figures()
    text = PLACEHOLDER.sub(
        lambda m: figures[m[1]].printed(language) if m[1] in figures else "12",
        variant(name, language)["text"],
    )
    said = readable_aloud(text, language)
    assert said
    assert not re.search(r"https?:|www\.|\.gob\.|@|[$%*_#|<>{}\[\]]", said), said
    assert not any(unicodedata.category(c) == "So" for c in said), said


@pytest.mark.parametrize("name", SHORT)
def test_a_short_answer_needs_nothing_that_the_long_one_is_not_given(name: str) -> None:
    long = name.removesuffix("_simple")
    if long not in responses():
        return
    figures = set(load_figures())
    for language in ("es", "en"):
        needed = set(PLACEHOLDER.findall(variant(name, language)["text"])) - figures
        assert needed <= set(PLACEHOLDER.findall(variant(long, language)["text"])), name
