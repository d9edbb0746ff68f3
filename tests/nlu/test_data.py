"""Training lines and held-out lines: enough of them, each in one place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from bot.cli.held_out import (
    HELD_OUT,
    TRAINING_DATA,
    also_accepted,
    held_out_messages,
)
from bot.nlu.evaluation import read_held_out, read_training_lines
from bot.nlu.normaliser import fold
from bot.settings import PROJECT_ROOT

LEAST = {"es": 80, "en": 30}
HELD_OUT_LEAST = 1000
# People who never met write the same short messages ("what's the status of my registration?").
# A longer line in both places was copied.
LONGEST_COINCIDENCE = 7
STYLES = {
    *("plain", "formal", "ear", "abbrev", "dictation", "story", "short", "third"),
    *("spanglish", "mixed", "text", "immigrant"),
    "real",  # what people wrote to us, reviewed
}


def as_typed(text: str) -> str:
    """A line without case, accents and punctuation, its abbreviations left as they are."""
    bare = unicodedata.normalize("NFD", text.lower())
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[\w$%]+", letters)) or text.strip()


@pytest.fixture(scope="module")
def topics() -> set[str]:
    """The topics of the domain."""
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text("utf-8"))
    return {next(iter(i)) if isinstance(i, dict) else i for i in domain["intents"]}


def blocks() -> list[tuple[str, str, str, list[str]]]:
    """File, topic, language and lines of every block of examples."""
    return [
        (
            path.name,
            block["intent"],
            block["metadata"]["language"],
            [line[2:].strip() for line in block["examples"].splitlines() if line.strip()],
        )
        for path in sorted(TRAINING_DATA.glob("*.yml"))
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
    ]


@pytest.mark.parametrize("language", LEAST)
def test_every_topic_has_enough_examples(language: str) -> None:
    counts = Counter[str]()
    for _, topic, spoken, lines in blocks():
        counts[topic] += len(lines) if spoken == language else 0
    short = {topic: count for topic, count in counts.items() if count < LEAST[language]}
    assert not short, f"fewer than {LEAST[language]} examples in {language!r}: {short}"


def test_every_topic_is_of_the_domain_and_has_examples(topics: set[str]) -> None:
    trained = {topic for _, topic, _, _ in blocks()}
    assert trained <= topics
    # what a person cannot type has no examples
    untrained = topics - trained
    assert not {topic for topic in untrained if topic.startswith("ask_")}


def test_every_block_names_its_language() -> None:
    assert {language for _, _, language, _ in blocks()} == {"es", "en"}
    assert all(lines for _, _, _, lines in blocks())


def test_no_example_is_in_two_topics() -> None:
    places = defaultdict(set)
    for topic, text in read_training_lines(TRAINING_DATA):
        places[as_typed(text)].add(topic)
    assert not {line: found for line, found in places.items() if len(found) > 1}


def test_no_example_is_a_command() -> None:
    """A leading slash would be read as an intent, an address or a secret does not belong here."""
    for _, text in read_training_lines(TRAINING_DATA):
        assert not text.startswith("/")
        assert text.strip()


def test_held_out_messages_are_in_no_training_file() -> None:
    """What is judged was never trained on: neither as it is typed nor as it is folded."""
    training = [text for _, text in read_training_lines(TRAINING_DATA)]
    judged = [message.text for message in held_out_messages()]
    for same in (as_typed, fold):
        assert not {same(text) for text in judged} & {same(text) for text in training}
    assert len(judged) >= HELD_OUT_LEAST


def test_no_long_line_was_copied_from_the_one_to_the_other() -> None:
    training = {as_typed(text) for _, text in read_training_lines(TRAINING_DATA)}
    held_out = (as_typed(message.text) for message in read_held_out(HELD_OUT))
    assert not [
        text for text in held_out if text in training and len(text.split()) > LONGEST_COINCIDENCE
    ]


def test_held_out_lines_are_well_formed(topics: set[str]) -> None:
    for path in sorted(HELD_OUT.glob("*.tsv")):
        header, *rows = path.read_text("utf-8").splitlines()
        assert header.split("\t") == ["topic", "language", "style", "text"]
        for row in rows:
            topic, language, style, text = row.split("\t")
            assert topic in topics, row
            assert language in {"es", "en"}, row
            assert style in STYLES, row
            assert text.strip() == text != "", row


def test_every_topic_is_judged_in_both_languages() -> None:
    counts = Counter((m.topic, m.language) for m in held_out_messages())
    trained = {topic for _, topic, _, _ in blocks()}
    assert {topic for topic, _ in counts} == trained
    assert {topic for topic, language in counts if language == "en"} == trained


def test_no_held_out_message_has_two_topics() -> None:
    places = defaultdict(set)
    for message in read_held_out(HELD_OUT):
        places[as_typed(message.text)].add(message.topic)
    assert not {line: found for line, found in places.items() if len(found) > 1}


def test_what_else_is_accepted_are_topics_and_few(topics: set[str]) -> None:
    also = also_accepted()
    named = {*also, *(other for others in also.values() for other in others)}
    assert named <= topics
    assert sum(len(others) for others in also.values()) <= 10
    assert all(topic not in others for topic, others in also.items())


def test_the_project_reads_no_other_training_file() -> None:
    """Nothing outside data/nlu is trained on: no block of examples hides elsewhere."""
    elsewhere = [
        path
        for folder in ("data", "tests")
        for path in Path(PROJECT_ROOT / folder).rglob("*.yml")
        if path.parent != TRAINING_DATA and re.search(r"^nlu:", path.read_text("utf-8"), re.M)
    ]
    assert not elsewhere
