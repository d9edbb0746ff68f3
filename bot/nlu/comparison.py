"""What two models make of the same messages, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.nlu.decision import Decision, Thresholds
from bot.nlu.evaluation import HeldOut, Judged, judge
from bot.nlu.topic_model import TopicModel

BETTER, WORSE, OTHER = "better", "worse", "other"


@dataclass(frozen=True)
class Difference:
    """A message that the two do different things with.

    `kind`: better or worse where it is known what is `right`, other where it is not or both are
    wrong, each in its way."""

    kind: str
    text: str
    topic_a: str
    confidence_a: float
    decision_a: str
    topic_b: str
    confidence_b: float
    decision_b: str
    right: str | None


@dataclass(frozen=True)
class Comparison:
    """How many messages, which differ, and how many of each kind."""

    messages: int
    differences: tuple[Difference, ...]
    counts: dict[str, int]


def compared_held_out(first: Sequence[Judged], second: Sequence[Judged]) -> Comparison:
    """Where two models judged the same held-out messages differently: the worse ones first."""
    return _comparison(
        len(first),
        (
            _difference(one, other, _kind(one, other), one.message.topic)
            for one, other in zip(first, second, strict=True)
            if _done(one) != _done(other)
        ),
    )


def compared(
    first: TopicModel, second: TopicModel, thresholds: Thresholds, texts: Sequence[str]
) -> Comparison:
    """Where two models do different things with messages of which nobody said what is right."""
    if not texts:
        return _comparison(0, ())
    messages = [HeldOut("", "", "", text) for text in texts]
    judged = (judge(model, thresholds, messages, {}) for model in (first, second))
    return _comparison(
        len(texts),
        (
            _difference(one, other, OTHER, None)
            for one, other in zip(*judged, strict=True)
            if _done(one) != _done(other)
        ),
    )


def _done(one: Judged) -> tuple[Decision, str | None]:
    """What the person gets: an answer to a topic, a question that offers some, or a refusal."""
    offered = None if one.decision is Decision.FALLBACK else one.ranking[0].topic
    return one.decision, offered


def _kind(one: Judged, other: Judged) -> str:
    before, after = _worth(one), _worth(other)
    if before == after:
        return OTHER
    return BETTER if after > before else WORSE


def _worth(one: Judged) -> int:
    """2: the right answer, or the right refusal. 1: asked, with the right one among those offered.
    0: of no use. -1: the answer to another question."""
    if one.decision is Decision.FALLBACK:
        return 0 if one.in_scope else 2
    if one.decision is Decision.CLARIFY:
        return 1 if one.offered else 0
    return 2 if one.right else -1


def _difference(one: Judged, other: Judged, kind: str, right: str | None) -> Difference:
    a, b = one.ranking[0], other.ranking[0]
    return Difference(
        kind,
        one.message.text,
        a.topic,
        round(a.confidence, 4),
        one.decision.value,
        b.topic,
        round(b.confidence, 4),
        other.decision.value,
        right,
    )


def _comparison(messages: int, differences: Iterable[Difference]) -> Comparison:
    order = (WORSE, OTHER, BETTER)
    found = sorted(differences, key=lambda one: order.index(one.kind))
    return Comparison(messages, tuple(found), dict(Counter(one.kind for one in found)))
