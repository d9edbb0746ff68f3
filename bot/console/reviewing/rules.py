"""Which messages a queue takes. Pure: each rule picks from turns in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Where a topic was looked for: only there it can be right or wrong.
GUESSED = frozenset({"answer", "clarify", "fallback"})
NOT_UNDERSTOOD = "fallback"
REPEATED_WITHIN = 600.0
COMPLAINTS = frozenset({"complain", "insult"})
# Said more than once in any conversation that goes well.
SMALL_TALK = frozenset(
    {
        "affirm", "deny", "greet", "goodbye", "thank", "dont_have_it", "stop_task", "ask_menu",
        "ask_repeat", "something_else", "out_of_scope", "switch_language",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A turn as the rules see it. `person` is a number of whom wrote; `at` seconds since 1970."""

    inbox_id: int
    conversation_id: int
    person: int
    at: float
    topic: str | None
    confidence: float | None
    decision: str


@dataclass(frozen=True)
class Choice:
    """How a queue chooses. `threshold` is a confidence, or the share (0 to 1) of a random queue;
    `draw` gives each message its number from 0 to 1, the same whenever it is asked."""

    threshold: float
    draw: Callable[[int], float]


def chosen(rule: str, turns: Sequence[Seen], choice: Choice) -> list[Seen]:
    """The turns that a rule takes. Raises KeyError for a rule that there is not."""
    taken = RULES[rule](turns, choice)
    return [turn for turn in taken if turn.decision in GUESSED]


def _low_confidence(turns: Sequence[Seen], choice: Choice) -> list[Seen]:
    return [
        turn
        for turn in turns
        if turn.decision != NOT_UNDERSTOOD
        and turn.confidence is not None
        and turn.confidence < choice.threshold
    ]


def _fallback(turns: Sequence[Seen], _choice: Choice) -> list[Seen]:
    return [turn for turn in turns if turn.decision == NOT_UNDERSTOOD]


def _complaint(turns: Sequence[Seen], _choice: Choice) -> list[Seen]:
    return [turn for turn in turns if turn.topic in COMPLAINTS]


def _random(turns: Sequence[Seen], choice: Choice) -> list[Seen]:
    return [turn for turn in turns if choice.draw(turn.inbox_id) < choice.threshold]


def _repeated(turns: Sequence[Seen], _choice: Choice) -> list[Seen]:
    """Messages in which a person asks a topic again, within minutes of the last time."""
    last: dict[tuple[int, str], float] = {}
    found = []
    for turn in turns:
        if turn.topic is None or turn.topic in SMALL_TALK:
            continue
        asked = (turn.person, turn.topic)
        if asked in last and turn.at - last[asked] <= REPEATED_WITHIN:
            found.append(turn)
        last[asked] = turn.at
    return found


RULES: dict[str, Callable[[Sequence[Seen], Choice], list[Seen]]] = {
    "low_confidence": _low_confidence,
    "fallback": _fallback,
    "repeated": _repeated,
    "complaint": _complaint,
    "random": _random,
}
# What a queue of the rule takes where nothing else was said.
THRESHOLDS = {"low_confidence": 0.6, "random": 0.02}
