"""Who greets first is understood like who does not: most begin with "ola buenas tardes"."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from bot.cli.held_out import held_out_messages
from bot.messaging.assistant import Assistant
from bot.messaging.reading import NOT_UNDERSTOOD, OUT_OF_SCOPE, read
from bot.nlu.evaluation import HeldOut

POLITE = {"greet", "thank", "goodbye"}
# Of the questions every tenth; of the rest all: there are few.
EVERY = 10
LOST_AT_MOST, STILL_POLITE, STILL_REFUSED = 0.03, 0.95, 0.6

Understood = Callable[[str], str]


@pytest.fixture
def understood(assistant: Assistant, loop: asyncio.AbstractEventLoop) -> Understood:
    """The topic as which the assistant reads a message that is the first."""

    def topic(text: str) -> str:
        name: str = loop.run_until_complete(read(text, None, assistant.parse))["intent"]["name"]
        return name

    return topic


def _questions() -> list[HeldOut]:
    others = {*POLITE, OUT_OF_SCOPE}
    return [one for one in held_out_messages() if one.topic not in others][::EVERY]


@pytest.mark.parametrize(
    "greeting",
    ["hola", "Buenas tardes,", "ola bnas tardes", "buen dia disculpe", "hi good morning",
     "ola buenas noches señorita", "Hola qué tal cómo está, una pregunta:"],
)  # fmt: skip
def test_a_greeting_hides_no_question(understood: Understood, greeting: str) -> None:
    questions = _questions()
    plain = [one for one in questions if understood(one.text) == one.topic]
    lost = [one for one in plain if understood(f"{greeting} {one.text}") != one.topic]
    assert len(plain) > 200
    assert len(lost) <= LOST_AT_MOST * len(plain), [(one.topic, one.text) for one in lost]


def test_who_only_greets_or_thanks_is_not_asked_what_they_mean(understood: Understood) -> None:
    kind = [one for one in held_out_messages() if one.topic in POLITE]
    assert len(kind) > 50
    taken = [(one.text, topic) for one in kind if (topic := understood(one.text)) != one.topic]
    assert len(taken) <= (1 - STILL_POLITE) * len(kind), taken


@pytest.mark.parametrize("greeting", ["buenas tardes", "ola bnas tardes"])
def test_what_is_not_our_business_is_not_made_ours(understood: Understood, greeting: str) -> None:
    """It is said not to be, or the greeting is answered, which says what is."""
    other = [one for one in held_out_messages() if one.topic == OUT_OF_SCOPE]
    said = Counter(understood(f"{greeting} {one.text}") for one in other)
    assert said[OUT_OF_SCOPE] >= STILL_REFUSED * len(other), said
    answered = len(other) - said[OUT_OF_SCOPE] - said["greet"] - said[NOT_UNDERSTOOD]
    plain = Counter(understood(one.text) for one in other)
    before = len(other) - plain[OUT_OF_SCOPE] - plain["greet"] - plain[NOT_UNDERSTOOD]
    assert answered <= before + 0.02 * len(other), said
