"""How well messages are understood that the models never saw: the figures of `pti nlu-report` and
of the tests' gate."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import yaml

from bot.nlu.decision import Decision, Thresholds, decide
from bot.nlu.normaliser import fold
from bot.nlu.topic_model import OUT_OF_SCOPE, Ranked, TopicModel

OFFERED = 3
CALIBRATION_BINS = 10
MIXED_STYLES = ("spanglish", "mixed")


@dataclass(frozen=True)
class HeldOut:
    """A message with the topic that it is about, its language (`es`, `en`) and its style."""

    topic: str
    language: str
    style: str
    text: str


@dataclass(frozen=True)
class Judged:
    """What became of a held-out message. `also` are further topics that a fair judge would
    accept."""

    message: HeldOut
    ranking: tuple[Ranked, ...]
    decision: Decision
    accepted: frozenset[str]

    @property
    def right(self) -> bool:
        """The likeliest topic is an accepted one."""
        return self.ranking[0].topic in self.accepted

    @property
    def offered(self) -> bool:
        """An accepted topic is among those that would be offered."""
        return any(ranked.topic in self.accepted for ranked in self.ranking[:OFFERED])

    @property
    def in_scope(self) -> bool:
        """The message is about something that the call center does."""
        return self.message.topic != OUT_OF_SCOPE


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95 % interval (Wilson's)."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 where there is nothing to count."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 % confidence."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.96, self.of, self.value
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, centre - half), min(1.0, centre + half)


def read_held_out(folder: Path) -> list[HeldOut]:
    """The messages of every `*.tsv` in the folder."""
    messages = []
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            messages += [HeldOut(r["topic"], r["language"], r["style"], r["text"]) for r in rows]
    return messages


def read_training_lines(folder: Path) -> list[tuple[str, str]]:
    """The examples of every `*.yml` in the folder, as (topic, text)."""
    return [
        (block["intent"], line.removeprefix("- ").strip())
        for path in sorted(folder.glob("*.yml"))
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def unseen(messages: Iterable[HeldOut], training: Iterable[str]) -> list[HeldOut]:
    """The messages that no training line says in the same words, spelling and numbers aside.

    Authors who never met all write "sign me up": such lines would be counted as understood."""
    known = {fold(text) for text in training}
    return [message for message in messages if fold(message.text) not in known]


def judge(
    model: TopicModel,
    thresholds: Thresholds,
    messages: Sequence[HeldOut],
    also: dict[str, list[str]],
) -> list[Judged]:
    """What the model and the thresholds make of each message."""
    confidences = model.confidences([message.text for message in messages])
    judged = []
    for message, row in zip(messages, confidences, strict=True):
        best = np.argsort(row)[::-1][:5]
        ranking = tuple(Ranked(model.topics[number], float(row[number])) for number in best)
        accepted = frozenset([message.topic, *also.get(message.topic, [])])
        judged.append(Judged(message, ranking, decide(ranking, thresholds), accepted))
    return judged


def share(
    judged: Iterable[Judged], of: Callable[[Judged], bool], hit: Callable[[Judged], bool]
) -> Share:
    """How many of the messages `of` are a `hit`."""
    counted = [hit(one) for one in judged if of(one)]
    return Share(sum(counted), len(counted))


def is_mixed_or_english(one: Judged) -> bool:
    """English, or both languages in one message."""
    return one.message.language == "en" or one.message.style in MIXED_STYLES


def headline(judged: Sequence[Judged]) -> dict[str, Share]:
    """The shares on which the assistant is judged."""
    return {
        "right topic, Spanish": share(
            judged, lambda j: j.in_scope and not is_mixed_or_english(j), lambda j: j.right
        ),
        "right topic, English and mixed": share(
            judged, lambda j: j.in_scope and is_mixed_or_english(j), lambda j: j.right
        ),
        "right topic among the three offered": share(
            judged, lambda j: j.in_scope, lambda j: j.offered
        ),
        "out of scope, not answered as something else": share(
            judged, lambda j: not j.in_scope, lambda j: j.decision is not Decision.ANSWER
        ),
        "in scope, wrongly refused": share(
            judged, lambda j: j.in_scope, lambda j: j.decision is Decision.FALLBACK
        ),
    }


def calibration(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each tenth of confidence: its mean, the share that was right, the number of messages."""
    bins: list[list[Judged]] = [[] for _ in range(CALIBRATION_BINS)]
    for one in judged:
        confidence = one.ranking[0].confidence
        bins[min(int(confidence * CALIBRATION_BINS), CALIBRATION_BINS - 1)].append(one)
    return [
        (
            sum(j.ranking[0].confidence for j in held) / len(held),
            sum(j.right for j in held) / len(held),
            len(held),
        )
        for held in bins
        if held
    ]


def calibration_error(judged: Sequence[Judged]) -> float:
    """The expected calibration error: how far confidence and truth lie apart, on average."""
    total = len(judged)
    return sum(count / total * abs(right - mean) for mean, right, count in calibration(judged))


def percentile(values: Sequence[float], part: float) -> float:
    """The value under which that part of the values lies. Raises IndexError for no values."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def confusions(judged: Sequence[Judged]) -> list[tuple[tuple[str, str], int]]:
    """Pairs (topic, taken for), the most frequent first."""
    wrong = (one for one in judged if not one.right)
    return Counter((one.message.topic, one.ranking[0].topic) for one in wrong).most_common()
