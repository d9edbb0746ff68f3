"""How far two reviewers agree: Cohen's kappa, and what becomes of a message that was reviewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

NEW_TOPIC = "new_topic"
OPEN, SETTLED, DISPUTED = "open", "settled", "disputed"
BLIND_REVIEWERS = 2


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """How much more often two reviewers say the same than by chance: 1 always, 0 no more than by
    chance, below 0 less. None where it cannot be said: no pairs, or one and the same word
    throughout. (Cohen, 1960: κ = (p_o - p_e) / (1 - p_e).)"""
    if not pairs:
        return None
    count = len(pairs)
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    expected = sum(first[label] * second[label] for label in first) / count**2
    if expected == 1:
        return None
    return (observed_agreement(pairs) - expected) / (1 - expected)


def observed_agreement(pairs: Sequence[tuple[str, str]]) -> float:
    """The share of pairs that say the same; 0 where there are none."""
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else 0.0


def label_of(verdict: str, understood: str | None, topic: str | None) -> str:
    """Which topic a review says that it was."""
    if verdict == "right":
        return understood or NEW_TOPIC
    return NEW_TOPIC if verdict == NEW_TOPIC else topic or NEW_TOPIC


def state_after(labels: Sequence[str], *, blind: bool) -> tuple[str, str | None]:
    """The state of a message with these reviews, and the topic that they settled on."""
    if len(labels) < (BLIND_REVIEWERS if blind else 1):
        return OPEN, None
    return (SETTLED, labels[0]) if len(set(labels)) == 1 else (DISPUTED, None)
