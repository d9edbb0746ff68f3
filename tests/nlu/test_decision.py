"""Answer, ask, or refuse."""

from __future__ import annotations

import pytest

from bot.cli.held_out import configured_thresholds
from bot.nlu.decision import Decision, Thresholds, decide
from bot.nlu.topic_model import Ranked

THRESHOLDS = Thresholds(answer=0.5, clarify=0.15, cautious={"compute_quota": 0.7, "greet": 0.2})


@pytest.mark.parametrize(
    ("topic", "confidence", "decision"),
    [
        ("ask_benefits", 1.0, Decision.ANSWER),
        ("ask_benefits", 0.5, Decision.ANSWER),
        ("ask_benefits", 0.4999, Decision.CLARIFY),
        ("ask_benefits", 0.15, Decision.CLARIFY),
        ("ask_benefits", 0.1499, Decision.FALLBACK),
        ("ask_benefits", 0.0, Decision.FALLBACK),
        # a wrong figure costs more
        ("compute_quota", 0.69, Decision.CLARIFY),
        ("compute_quota", 0.7, Decision.ANSWER),
        # a greeting costs nothing
        ("greet", 0.2, Decision.ANSWER),
        ("greet", 0.19, Decision.CLARIFY),
        # what is not ours is refused, and never answered
        ("out_of_scope", 0.99, Decision.FALLBACK),
        ("out_of_scope", 0.5, Decision.FALLBACK),
        ("out_of_scope", 0.3, Decision.CLARIFY),
        ("out_of_scope", 0.1, Decision.FALLBACK),
    ],
)
def test_decisions(topic: str, confidence: float, decision: Decision) -> None:
    ranking = [Ranked(topic, confidence), Ranked("ask_menu", 0.01)]
    assert decide(ranking, THRESHOLDS) is decision


def test_nothing_to_decide_on() -> None:
    assert decide([], THRESHOLDS) is Decision.FALLBACK


def test_only_the_first_counts() -> None:
    ranking = [Ranked("ask_benefits", 0.4), Ranked("greet", 0.39)]
    assert decide(ranking, THRESHOLDS) is Decision.CLARIFY


def test_the_thresholds_of_the_configuration_are_in_order() -> None:
    found = configured_thresholds()
    assert 0 < found.clarify < found.answer < 1
    assert all(found.clarify < value <= 1 for value in found.cautious.values())


@pytest.mark.parametrize("config", [{}, {"answer": 0.5}, {"answer": "much", "clarify": 0.1}])
def test_a_configuration_that_cannot_be_read(config: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        Thresholds.from_config(config)
