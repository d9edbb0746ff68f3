"""The gate: no change may make messages be understood worse than `thresholds.yml` says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.cli.held_out import (
    also_accepted,
    configured_thresholds,
    held_out_messages,
    judge_held_out,
    topic_model_of,
)
from bot.cli.parse_times import parse_times
from bot.messaging.assistant import Assistant
from bot.nlu.evaluation import Judged, calibration_error, headline, judge, percentile
from bot.nlu.topic_model import TopicModel
from tests.nlu.noise import noisy

THRESHOLDS = yaml.safe_load(Path(__file__).with_name("thresholds.yml").read_text("utf-8"))
# The bars of issue 6. The thresholds may rise above them, never fall below.
BARS = {
    "right topic, Spanish": 0.85,
    "right topic, English and mixed": 0.82,
    "right topic among the three offered": 0.95,
    "out of scope, not answered as something else": 0.80,
    "in scope, wrongly refused": 0.06,
    "calibration error": 0.06,
    "parse, 95th percentile, milliseconds": 8.0,
}
AT_MOST = {
    "in scope, wrongly refused",
    "calibration error",
    "parse, 95th percentile, milliseconds",
}


@pytest.fixture(scope="module")
def topic_model(model: Path) -> TopicModel:
    """The topic model of the trained archive."""
    return topic_model_of(model)


@pytest.fixture(scope="module")
def clean(model: Path) -> list[Judged]:
    """The held-out messages as the report judges them."""
    return judge_held_out(model)


def test_the_thresholds_are_not_under_the_bars() -> None:
    assert THRESHOLDS["clean"].keys() == BARS.keys()
    for name, bar in BARS.items():
        threshold = THRESHOLDS["clean"][name]
        assert threshold <= bar if name in AT_MOST else threshold >= bar, name


@pytest.mark.parametrize("name", [n for n in BARS if not n.startswith(("cal", "parse"))])
def test_held_out_messages(clean: list[Judged], name: str) -> None:
    reached = headline(clean)[name].value
    threshold = THRESHOLDS["clean"][name]
    assert reached <= threshold if name in AT_MOST else reached >= threshold


def test_confidences_are_what_they_say(clean: list[Judged]) -> None:
    assert calibration_error(clean) <= THRESHOLDS["clean"]["calibration error"]


@pytest.mark.parametrize("name", THRESHOLDS["noisy"])
def test_held_out_messages_with_noise(topic_model: TopicModel, name: str) -> None:
    messages = noisy(held_out_messages())
    judged = judge(topic_model, configured_thresholds(), messages, also_accepted())
    assert len(judged) > 500
    assert headline(judged)[name].value >= THRESHOLDS["noisy"][name]


def test_every_style_is_understood(clean: list[Judged]) -> None:
    """No way of writing is left behind for the sake of the average."""
    for style in {one.message.style for one in clean}:
        right = [one.right for one in clean if one.in_scope and one.message.style == style]
        assert sum(right) / len(right) >= THRESHOLDS["every style"], style


def test_every_topic_is_understood(clean: list[Judged]) -> None:
    """No topic is lost in the average; with some twenty messages each, some may be wrong."""
    for topic in {one.message.topic for one in clean if one.in_scope}:
        right = [one.right for one in clean if one.message.topic == topic]
        assert sum(right) / len(right) >= THRESHOLDS["every topic"], topic


@pytest.mark.parametrize(
    "text",
    [
        "me quiero morir",
        "quiero morirme",
        "me quiero matar",
        "ya no quiero vivir",
        "ya no quiero vivir, no le hallo sentido",
        "I want to kill myself",
        "i want to die",
        "i dont want to live anymore",
        "mi esposo me golpea y tengo miedo",
        "my husband hits me and i'm scared",
    ],
)
def test_distress_is_never_missed(topic_model: TopicModel, text: str) -> None:
    """Whoever writes this must not get a form. These are checks, not figures: they may be known."""
    ranking = topic_model.rank(text)
    assert ranking[0].topic == "distress", ranking[:3]


def test_a_message_is_understood_in_time(assistant: Assistant) -> None:
    """Through Rasa, as in a turn."""
    taken = parse_times(assistant, [message.text for message in held_out_messages()])
    limit = THRESHOLDS["clean"]["parse, 95th percentile, milliseconds"]
    assert percentile(taken, 0.95) <= limit
