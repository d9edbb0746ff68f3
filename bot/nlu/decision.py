"""Answer, ask, or refuse: what is done with a ranking of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.nlu.topic_model import OUT_OF_SCOPE, Ranked


class Decision(Enum):
    """What the assistant does with a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Thresholds:
    """How sure the model must be.

    `answer`: from this confidence on the topic is answered. `clarify`: from this one on the
    likeliest topics are offered; below it nothing is likely. `cautious`: topics for which a wrong
    answer costs more, with their own `answer`."""

    answer: float = 0.5
    clarify: float = 0.15
    cautious: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Thresholds:
        """The thresholds of a component's configuration."""
        return cls(
            float(config["answer"]), float(config["clarify"]), dict(config.get("cautious") or {})
        )


def decide(ranking: Sequence[Ranked], thresholds: Thresholds) -> Decision:
    """The decision for a ranking, the likeliest first. An out-of-scope message is refused, never
    answered."""
    if not ranking:
        return Decision.FALLBACK
    best = ranking[0]
    if best.confidence >= thresholds.cautious.get(best.topic, thresholds.answer):
        return Decision.FALLBACK if best.topic == OUT_OF_SCOPE else Decision.ANSWER
    return Decision.CLARIFY if best.confidence >= thresholds.clarify else Decision.FALLBACK
