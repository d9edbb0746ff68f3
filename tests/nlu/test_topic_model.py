"""The topic model by itself."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu import topic_model
from bot.nlu.nonsense import nonsense
from bot.nlu.topic_model import TopicModel

EXAMPLES = {
    "ask_quota": ["cuánto cuesta", "how much is it", "cuanto se paga al mes", "what do I pay"],
    "greet": ["hola", "buenos días", "hello there", "hi"],
    "ask_clinic": ["dónde está mi clínica", "where is my clinic", "que clinica me toca", "clinic"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
TOPICS = [topic for topic, texts in EXAMPLES.items() for _ in texts]
MESSAGES = ["kuanto kuesta", "hola buenas", "my clinic?", "", "/", "😂", "x" * 4096, "12345678901"]


@pytest.fixture(scope="module")
def small() -> TopicModel:
    """A model of three topics."""
    return TopicModel().fit(TEXTS, TOPICS)


def test_two_fits_give_identical_confidences(small: TopicModel) -> None:
    again = TopicModel().fit(TEXTS, TOPICS)
    assert np.array_equal(small.confidences(MESSAGES), again.confidences(MESSAGES))
    assert small.temperature == again.temperature


def test_two_fits_with_nonsense_and_calibration_too() -> None:
    texts = [f"{text} {number}" for number in ("", "oiga", "señora", "please") for text in TEXTS]
    topics = [*TOPICS * 3, *["out_of_scope"] * len(TOPICS)]
    one, other = (TopicModel().fit(texts, topics) for _ in range(2))
    assert one.temperature == other.temperature != 1.0
    assert np.array_equal(one.confidences(MESSAGES), other.confidences(MESSAGES))


@pytest.mark.parametrize("text", MESSAGES)
def test_a_ranking(small: TopicModel, text: str) -> None:
    """Every topic once, the likeliest first, confidences between 0 and 1 that sum to 1."""
    ranking = small.rank(text)
    confidences = [ranked.confidence for ranked in ranking]
    assert {ranked.topic for ranked in ranking} == set(EXAMPLES)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1.0)
    assert all(0.0 <= confidence <= 1.0 for confidence in confidences)


def test_one_message_is_ranked_as_many_are(small: TopicModel) -> None:
    rows = small.confidences(MESSAGES)
    for text, row in zip(MESSAGES, rows, strict=True):
        (best,) = small.rank(text, count=1)
        assert best.confidence == pytest.approx(row.max())
        assert small.topics[int(row.argmax())] == best.topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [("kuanto kuesta", "ask_quota"), ("HOLAAA", "greet"), ("klinika", "ask_clinic")],
)
def test_spelling_by_ear_is_understood(small: TopicModel, text: str, topic: str) -> None:
    assert small.rank(text)[0].topic == topic


def test_two_topics_are_enough_and_one_is_not() -> None:
    texts = ["hola", "hola hola", "adiós", "adiós adiós"]
    two = TopicModel().fit(texts, ["greet", "greet", "goodbye", "goodbye"])
    assert [ranked.topic for ranked in two.rank("hola")] == ["greet", "goodbye"]
    assert [ranked.topic for ranked in two.rank("adios")] == ["goodbye", "greet"]
    with pytest.raises(ValueError, match="class"):
        TopicModel().fit(["hola", "hola hola"], ["greet", "greet"])


def test_examples_that_are_not_ours_weigh_less() -> None:
    """The same words in both: with a small weight the topic wins."""
    texts = ["seguro", "clínica", "seguro", "receta de pozole", "hola", "que tal"]
    topics = ["ours", "ours", "out_of_scope", "out_of_scope", "greet", "greet"]

    def confidence(weight: float) -> float:
        model = TopicModel(out_of_scope_weight=weight).fit(texts, topics)
        return {ranked.topic: ranked.confidence for ranked in model.rank("seguro")}["ours"]

    assert confidence(0.1) > confidence(1.0)


def test_the_temperature_makes_held_out_examples_likeliest() -> None:
    """Scores that are right nine times in ten: the best divisor gives about 0.9 to the winner."""
    labels = np.zeros(1000, dtype=int)
    scores = np.tile([1.0, 0.0], (1000, 1))
    scores[:100] = [0.0, 1.0]
    temperature = topic_model._best_temperature(scores, labels)
    assert topic_model._softmax(scores / temperature)[-1, 0] == pytest.approx(0.9, abs=0.02)


def test_large_scores_do_not_overflow() -> None:
    assert topic_model._softmax(np.array([[1e6, 0.0], [-1e6, -1e6]])).tolist() == [
        [1.0, 0.0],
        [0.5, 0.5],
    ]


def test_nonsense_is_the_same_every_time_and_no_words() -> None:
    lines = nonsense(50, seed=3)
    assert lines == nonsense(50, seed=3)
    assert lines != nonsense(50, seed=4)
    assert len(lines) == 50
    assert all(line.strip() for line in lines)
