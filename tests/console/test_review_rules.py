"""Which messages the rules take, and how agreement is counted: by hand."""

from __future__ import annotations

import pytest

from bot.console.reviewing.agreement import (
    cohens_kappa,
    label_of,
    observed_agreement,
    state_after,
)
from bot.console.reviewing.rules import RULES, Choice, Seen, chosen

HALF = Choice(0.5, lambda number: number / 10)


def turn(number: int, topic: str | None = "ask_benefits", **more: object) -> Seen:
    """A turn; the number is its message's, and its minute."""
    values = {
        "conversation_id": 1, "person": 1, "at": number * 60.0, "confidence": 0.9,
        "decision": "answer", **more,
    }  # fmt: skip
    return Seen(inbox_id=number, topic=topic, **values)  # type: ignore[arg-type]


def taken(rule: str, *turns: Seen) -> list[int]:
    """The messages that a rule takes."""
    return [one.inbox_id for one in chosen(rule, turns, HALF)]


def test_low_confidence_is_below_and_was_understood_somehow() -> None:
    turns = (
        turn(1, confidence=0.5),
        turn(2, confidence=0.499),
        turn(3, confidence=0.3, decision="clarify"),
        turn(4, confidence=0.1, decision="fallback"),
        turn(5, confidence=None, decision="option"),
    )
    assert taken("low_confidence", *turns) == [2, 3]
    assert taken("fallback", *turns) == [4]


def test_a_question_is_repeated_within_ten_minutes_by_the_same_person() -> None:
    assert taken("repeated", turn(1), turn(11), turn(22)) == [11], "ten minutes, then eleven"
    assert taken("repeated", turn(1), turn(2, "ask_nss"), turn(3)) == [3], "another one between"
    assert taken("repeated", turn(1), turn(2, person=2)) == []
    assert taken("repeated", turn(1), turn(2, conversation_id=9)) == [2], "in another channel"
    assert taken("repeated", turn(1, "affirm"), turn(2, "affirm")) == []
    assert taken("repeated", turn(1, None), turn(2, None)) == []
    assert taken("repeated", turn(1, decision="option"), turn(2)) == [2], "chosen, then typed"
    assert taken("repeated", turn(1), turn(2, decision="option")) == [], "nothing was guessed"


def test_complaints_and_a_share_by_the_draw() -> None:
    turns = [turn(n, "complain" if n == 3 else "insult" if n == 7 else "greet") for n in range(9)]
    assert taken("complaint", *turns) == [3, 7]
    assert taken("random", *turns) == [0, 1, 2, 3, 4]
    assert taken("random", turn(0, None, decision="task")) == []


def test_there_is_no_other_rule() -> None:
    assert set(RULES) == {"low_confidence", "fallback", "repeated", "complaint", "random"}
    with pytest.raises(KeyError):
        chosen("other", [], HALF)


def pairs(table: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    """So many of each pair."""
    return [pair for pair, count in table.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("table", "kappa", "observed"),
    [
        # Of 50: both yes 20, both no 15. p_o 0.7; p_e 0.5*0.6 + 0.5*0.4 = 0.5; (0.7-0.5)/0.5.
        ({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, 0.4, 0.7),
        # Always the same, of three kinds.
        ({("a", "a"): 2, ("b", "b"): 1, ("c", "c"): 4}, 1.0, 1.0),
        # Never the same: p_o 0, p_e 0.5; -0.5/0.5.
        ({("a", "b"): 3, ("b", "a"): 3}, -1.0, 0.0),
        # No more than by chance: p_o 0.5, p_e 0.5.
        ({("a", "a"): 1, ("a", "b"): 1, ("b", "a"): 1, ("b", "b"): 1}, 0.0, 0.5),
        # Three kinds of 10: p_o 0.6; first a5 b3 c2, second a4 b4 c2; p_e .2+.12+.04 = .36;
        # .24/.64.
        (
            {("a", "a"): 3, ("b", "b"): 2, ("c", "c"): 1, ("a", "b"): 2, ("b", "c"): 1,
             ("c", "a"): 1},
            0.375,
            0.6,
        ),
        # One word throughout: by chance it would be the same.
        ({("a", "a"): 5}, None, 1.0),
        ({}, None, 0.0),
    ],
)  # fmt: skip
def test_kappa(table: dict[tuple[str, str], int], kappa: float | None, observed: float) -> None:
    found = cohens_kappa(pairs(table))
    assert found == (None if kappa is None else pytest.approx(kappa))
    assert observed_agreement(pairs(table)) == pytest.approx(observed)


@pytest.mark.parametrize(
    ("verdict", "understood", "topic", "label"),
    [
        ("right", "ask_nss", None, "ask_nss"),
        ("wrong", "ask_nss", "ask_curp", "ask_curp"),
        ("new_topic", "ask_nss", None, "new_topic"),
        ("right", None, None, "new_topic"),
    ],
)
def test_the_topic_that_a_review_makes_it(
    verdict: str, understood: str | None, topic: str | None, label: str
) -> None:
    assert label_of(verdict, understood, topic) == label


@pytest.mark.parametrize(
    ("labels", "blind", "state"),
    [
        ([], False, ("open", None)),
        (["a"], False, ("settled", "a")),
        (["a"], True, ("open", None)),
        (["a", "a"], True, ("settled", "a")),
        (["a", "b"], True, ("disputed", None)),
    ],
)
def test_what_becomes_of_a_message(
    labels: list[str], blind: bool, state: tuple[str, str | None]
) -> None:
    assert state_after(labels, blind=blind) == state
