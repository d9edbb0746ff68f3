"""Yes and no as people write them."""

from __future__ import annotations

import pytest

from bot.programme.field_text import Problem
from bot.programme.yes_no import read_yes_no

YES = [
    "sí",
    "si",
    "SI",
    "siii",
    "sip",
    "simón",
    "Simón carnal",
    "claro",
    "claro que sí",
    "cómo no",
    "por supuesto",
    "ok",
    "OK gracias",
    "okey",
    "sale",
    "va",
    "va pues",
    "órale",
    "ándale pues",
    "así es",
    "es correcto",
    "está bien",
    "todo bien",
    "no hay problema",
    "de acuerdo",
    "acepto",
    "creo que sí",
    "yes",
    "yes please",
    "yep",
    "yeah",
    "yup",
    "sure",
    "of course",
    "that's right",
    "I do",
    "no problem",
    "why not",
    "y",
    "S",
    "si tengo",
    "sí, ya tengo",
    "pues sí",
    "bueno, sí",
    "👍",
    "👍🏽",
    "👌",
    "✅",
    "✔️",
    "sí 😀",
    "ｓｉ",
    "si\n",
]
NO = [
    "no",
    "No",
    "NO",
    "nooo",
    "nel",
    "nel pastel",
    "nop",
    "nope",
    "nah",
    "no gracias",
    "claro que no",
    "para nada",
    "todavía no",
    "aún no",
    "creo que no",
    "no tengo",
    "no, no tengo",
    "negativo",
    "jamás",
    "ni madres",
    "incorrecto",
    "no es correcto",
    "está mal",
    "no acepto",
    "no estoy de acuerdo",
    "no thanks",
    "not yet",
    "not really",
    "i don't",
    "wrong",
    "👎",
    "👎🏻",
    "❌",
    "n",
    "pues no",
    "no quiero eso",
    "no de acuerdo",
]
NEITHER = {
    "sí, no tengo": "several_values",
    "no, sí tengo": "several_values",
    "👍👎": "several_values",
    "no sé": "not_known",
    "I don't know": "not_known",
    "quizás": "unclear",
    "va a la universidad": "unclear",
    "mi patrón me dijo que no tengo derecho": "unclear",
    "¿sí o no?": "question",
    "¿para qué?": "question",
    "": "empty",
    "😀": "no_text",
    "да": "other_alphabet",
}


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert read_yes_no(text) is True


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert read_yes_no(text) is False


@pytest.mark.parametrize(("text", "code"), NEITHER.items())
def test_neither(text: str, code: str) -> None:
    assert read_yes_no(text) == Problem(code)
