"""Two questions in one message are found, and one question is not taken for two."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.held_out import TRAINING_DATA, held_out_messages, topic_model_of
from bot.messaging.reading import TWO_QUESTIONS, read
from bot.nlu.evaluation import read_training_lines
from bot.nlu.normaliser import fold
from bot.nlu.questions import asked_for, questions_in, without_greeting

WRITTEN = yaml.safe_load(Path(__file__).with_name("two_questions.yml").read_text("utf-8"))
FOUND_AT_LEAST = 0.9
# A held-out message has one label; some do ask two things ("¿cuánto es y dónde pago?").
SPLIT_AT_MOST = 0.015
SPLIT_AWAY_AT_MOST = 0.004

Parse = Callable[[str], Awaitable[dict[str, Any]]]


@pytest.fixture(scope="module")
def parse(model: Path) -> Parse:
    """The topic model alone, as the assistant parses."""
    topics = topic_model_of(model)

    async def parsed(text: str) -> dict[str, Any]:
        ranking = [{"name": r.topic, "confidence": r.confidence} for r in topics.rank(text)]
        return {"text": text, "intent": ranking[0], "intent_ranking": ranking, "entities": []}

    return parsed


def topics_of(text: str, parse: Parse) -> list[str]:
    """The two topics of a message, or the one that it is taken for."""
    found = asyncio.run(read(text, None, parse))
    if found["intent"]["name"] != TWO_QUESTIONS:
        return [found["intent"]["name"]]
    return [e["value"] for e in found["entities"] if e["entity"] in ("topic", "second_topic")]


def test_two_questions_are_found_in_their_order(parse: Parse) -> None:
    both = [one for one in WRITTEN if not one.get("kin")]
    missed = []
    for one in both:
        first, *second = topics_of(one["text"], parse)
        if first != one["first"] or second[:1] not in ([t] for t in _accepted(one)):
            missed.append((one["text"], first, *second))
    assert len(both) >= 40
    assert 1 - len(missed) / len(both) >= FOUND_AT_LEAST, missed


def _accepted(one: dict[str, Any]) -> list[str]:
    return [one["second"], *one.get("also", ())]


def test_of_kin_the_one_answer_is_enough(parse: Parse) -> None:
    kin = [one for one in WRITTEN if one.get("kin")]
    assert len(kin) >= 5
    for one in kin:
        found = topics_of(one["text"], parse)
        assert len(found) == 1, (one["text"], found)
        assert found[0] in (one["first"], one["second"]), one["text"]


def test_one_question_is_not_taken_for_two(parse: Parse) -> None:
    single = held_out_messages()
    split = [(m, found) for m in single if len(found := topics_of(m.text, parse)) > 1]
    away = [(m.text, found) for m, found in split if m.topic not in found]
    assert len(single) > 200
    assert len(split) / len(single) <= SPLIT_AT_MOST, [(m.text, found) for m, found in split]
    assert len(away) / len(single) <= SPLIT_AWAY_AT_MOST, away


@pytest.mark.parametrize(
    "text",
    [
        "me quiero morir ¿y cuánto cuesta?",
        "borren mis datos, ¿qué datos tienen?",
        "quiero hablar con una persona, ¿cuánto cuesta y dónde pago?",
        "ICE agarró a mi papá, ¿qué hago y dónde pago?",
    ],
)
def test_who_needs_help_gets_nothing_else(parse: Parse, text: str) -> None:
    assert len(topics_of(text, parse)) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cuánto cuesta y dónde pago", ["cuanto cuesta", "donde pago"]),
        ("kuanto es i donde se paga", ["cuanto es", "donde se paga"]),
        ("¿Cubre a mi mamá?¿Cuánto es?", ["cubre a mi mama", "cuanto es"]),
        ("hola, ¿qué es la curp? y cómo la saco", ["que es la curp", "como la saco"]),
        ("how much is it and where do I pay", ["how much is it", "where do i pay"]),
        ("cuánto es y cómo está mi registro", ["cuanto es", "como esta mi registro"]),
        ("quiero saber cuánto cuesta y dónde", ["quiero saber cuanto cuesta", "donde"]),
        ("puedo asegurar a mi esposa y a mi mamá", ["puedo asegurar a mi esposa y a mi mama"]),
        ("gano $1,500.50 al mes. ¿Cuánto pago?", ["gano nummoney al mes cuanto pago"]),
        (
            "no tengo papeles, ¿hay problema? ¿Cuánto es?",
            ["no tengo papeles hay problema", "cuanto es"],
        ),
        ("mi hijo vive en Reno y trabaja en un hotel", []),
        ("y", []),
        ("", []),
        ("¿?¿?", []),
        ("qué y qué y qué y qué y qué " * 200, []),
    ],
)
def test_where_a_message_is_parted(text: str, parts: list[str]) -> None:
    assert questions_in(text) == parts


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hola, buenas tardes señorita, cuánto cuesta", "cuanto cuesta"),
        ("good morning how much is it", "how much is it"),
        ("hola", ""),
        ("Buenas tardes, ¿cómo está usted? Gracias por la información", ""),
        ("buen día, cómo está, cuánto cuesta", "cuanto cuesta"),
        ("hola cómo está mi registro", "como esta mi registro"),
        ("buenos días", ""),
        ("cuánto cuesta", "cuanto cuesta"),
    ],
)
def test_what_is_said_after_a_greeting(text: str, rest: str) -> None:
    assert without_greeting(text) == rest


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hola buenas tardes cuanto cuesta el seguro", "compute_quota"),
        ("hi good morning what papers do i need", "ask_requirements"),
        ("hola buenas noches", "greet"),
    ],
)
def test_a_greeting_does_not_hide_the_question(parse: Parse, text: str, topic: str) -> None:
    assert topics_of(text, parse) == [topic]


def test_the_lists_name_topics_that_there_are(parse: Parse) -> None:
    topics, kin = asked_for()
    known = {topic for topic, _ in read_training_lines(TRAINING_DATA)}
    assert topics <= known
    assert {topic for pair in kin for topic in pair} <= known
    assert all(len(pair) == 2 for pair in kin)


def test_these_messages_are_in_no_training_file() -> None:
    known = {fold(text) for _, text in read_training_lines(TRAINING_DATA)}
    assert not [one["text"] for one in WRITTEN if fold(one["text"]) in known]
