"""The figures of the report, against cases worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.decision import Decision, Thresholds
from bot.nlu.evaluation import (
    HeldOut,
    Judged,
    Share,
    calibration,
    calibration_error,
    confusions,
    headline,
    judge,
    percentile,
    read_held_out,
    read_training_lines,
    share,
    unseen,
)
from bot.nlu.topic_model import Ranked


def judged(
    topic: str,
    *ranking: tuple[str, float],
    decision: Decision = Decision.ANSWER,
    language: str = "es",
    style: str = "plain",
    also: tuple[str, ...] = (),
) -> Judged:
    """A held-out message of a topic with what the model made of it."""
    ranked = tuple(Ranked(*one) for one in ranking)
    message = HeldOut(topic, language, style, "text")
    return Judged(message, ranked, decision, frozenset([topic, *also]))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Wilson, z = 1.96: (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (90, 100, 0.8256, 0.9448),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_interval(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("part", "value"), [(0.0, 1.0), (0.5, 3.0), (0.95, 4.0), (1.0, 4.0)])
def test_percentiles(part: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], part) == value


def test_a_share_of_nothing() -> None:
    assert Share(0, 0).value == 0.0
    assert Share(0, 0).interval == (0.0, 1.0)


def test_right_and_offered() -> None:
    fourth = judged("d", ("a", 0.4), ("b", 0.3), ("c", 0.2), ("d", 0.1))
    third = judged("c", ("a", 0.4), ("b", 0.3), ("c", 0.2))
    assert (fourth.right, fourth.offered) == (False, False)
    assert (third.right, third.offered) == (False, True)
    accepted = judged("d", ("a", 0.9), also=("a",))
    assert (accepted.right, accepted.offered) == (True, True)


def test_shares_count_only_what_they_are_of() -> None:
    all_of_them = [judged("a", ("a", 1.0)), judged("b", ("a", 1.0)), judged("b", ("b", 1.0))]
    assert share(all_of_them, lambda j: j.message.topic == "b", lambda j: j.right) == Share(1, 2)


def test_headline() -> None:
    found = headline(
        [
            judged("a", ("a", 0.9)),
            judged("a", ("b", 0.9), ("a", 0.1)),
            judged("a", ("a", 0.3), decision=Decision.CLARIFY, style="spanglish"),
            judged("a", ("b", 0.1), decision=Decision.FALLBACK, language="en"),
            judged("out_of_scope", ("a", 0.9)),
            judged("out_of_scope", ("a", 0.3), decision=Decision.CLARIFY),
            judged("out_of_scope", ("out_of_scope", 0.9), decision=Decision.FALLBACK),
        ]
    )
    assert found == {
        "right topic, Spanish": Share(1, 2),
        "right topic, English and mixed": Share(1, 2),
        "right topic among the three offered": Share(3, 4),
        "out of scope, not answered as something else": Share(2, 3),
        "in scope, wrongly refused": Share(1, 4),
    }


def test_calibration_by_hand() -> None:
    """0.9 and 0.95 (one right): mean 0.925, truth 0.5. 0.3 (right): 1. Error: (2·0.425 + 0.7)/3."""
    some = [judged("a", ("a", 0.9)), judged("a", ("b", 0.95)), judged("a", ("a", 0.3))]
    assert calibration(some) == [
        pytest.approx((0.3, 1.0, 1)),
        pytest.approx((0.925, 0.5, 2)),
    ]
    assert calibration_error(some) == pytest.approx((2 * 0.425 + 0.7) / 3)


def test_full_confidence_has_a_place() -> None:
    assert calibration([judged("a", ("a", 1.0))]) == [(1.0, 1.0, 1)]
    assert calibration_error([judged("a", ("a", 1.0))]) == 0.0


def test_confusions_most_frequent_first() -> None:
    wrong = [judged("a", ("b", 1.0))] * 2 + [judged("c", ("b", 1.0)), judged("a", ("a", 1.0))]
    assert confusions(wrong) == [(("a", "b"), 2), (("c", "b"), 1)]


class _Fixed:
    """A model that ranks by heart."""

    topics = ("a", "b", "c")

    def confidences(self, texts: list[str]) -> np.ndarray:
        """The same row for every text."""
        return np.array([[0.2, 0.7, 0.1]] * len(texts))


def test_judging_a_message() -> None:
    message = HeldOut("a", "es", "plain", "hola")
    (one,) = judge(_Fixed(), Thresholds(0.5, 0.1), [message], {"a": ["b"]})  # type: ignore[arg-type]
    assert [ranked.topic for ranked in one.ranking] == ["b", "a", "c"]
    assert one.decision is Decision.ANSWER
    assert one.accepted == {"a", "b"}
    assert one.right


def test_files_are_read_as_they_are(tmp_path: Path) -> None:
    """Quotation marks in a message are part of it."""
    (tmp_path / "voice.tsv").write_text(
        'topic\tlanguage\tstyle\ttext\na\tes\tplain\t"hola", dijo\nb\ten\ttext\thi\n', "utf-8"
    )
    (tmp_path / "notes.txt").write_text("not read", "utf-8")
    assert read_held_out(tmp_path) == [
        HeldOut("a", "es", "plain", '"hola", dijo'),
        HeldOut("b", "en", "text", "hi"),
    ]


def test_training_lines_and_what_is_not_among_them(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "nlu:\n- intent: a\n  examples: |\n    - ¿Cuánto cuesta?\n    - - con guion\n", "utf-8"
    )
    training = read_training_lines(tmp_path)
    assert training == [("a", "¿Cuánto cuesta?"), ("a", "- con guion")]
    seen, new = HeldOut("a", "es", "ear", "KUANTO cuesta"), HeldOut("a", "es", "ear", "y a mi?")
    assert unseen([seen, new], [text for _, text in training]) == [new]
