"""What two models do differently, with models whose confidences are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bot.cli import compare as command
from bot.cli import held_out, main
from bot.nlu.comparison import compared, compared_held_out
from bot.nlu.decision import Thresholds
from bot.nlu.evaluation import HeldOut, judge

TOPICS = ["ask_nss", "ask_curp", "out_of_scope"]
THRESHOLDS = Thresholds(0.5, 0.2)
# Message -> confidences of the first model, of the second, and what that is.
TABLE: dict[tuple[str, str], tuple[list[float], list[float], str | None]] = {
    ("ask_nss", "same"): ([0.8, 0.1, 0.1], [0.7, 0.2, 0.1], None),
    ("ask_nss", "now right"): ([0.1, 0.8, 0.1], [0.8, 0.1, 0.1], "better"),
    ("ask_nss", "now asked"): ([0.1, 0.8, 0.1], [0.3, 0.4, 0.3], "better"),
    ("ask_nss", "now wrong"): ([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], "worse"),
    ("ask_nss", "no longer answered"): ([0.8, 0.1, 0.1], [0.4, 0.3, 0.3], "worse"),
    ("ask_nss", "refused"): ([0.8, 0.1, 0.1], [0.1, 0.1, 0.8], "worse"),
    ("out_of_scope", "rightly refused"): ([0.8, 0.1, 0.1], [0.1, 0.1, 0.8], "better"),
    ("ask_nss", "asked otherwise"): ([0.4, 0.3, 0.3], [0.3, 0.4, 0.3], "other"),
}


class Model:
    """Confidences that are written down."""

    topics = TOPICS

    def __init__(self, number: int) -> None:
        self._rows = {text: row[number] for (_, text), row in TABLE.items()}

    def confidences(self, texts: list[str]) -> np.ndarray:
        """A row for each text."""
        return np.array([self._rows[text] for text in texts])


MESSAGES = [HeldOut(topic, "es", "plain", text) for topic, text in TABLE]
FIRST, SECOND = Model(0), Model(1)


def test_what_is_better_and_what_is_worse() -> None:
    judged = [judge(model, THRESHOLDS, MESSAGES, {}) for model in (FIRST, SECOND)]  # type: ignore[arg-type]
    found = compared_held_out(*judged)
    kinds = {text: kind for (_, text), (_, _, kind) in TABLE.items() if kind}
    assert {one.text: one.kind for one in found.differences} == kinds
    assert found.counts == {"worse": 3, "other": 1, "better": 3}
    assert found.differences[0].kind == "worse", "what got worse is read first"
    assert found.messages == len(TABLE)


def test_of_real_messages_nobody_knows_what_is_right() -> None:
    found = compared(FIRST, SECOND, THRESHOLDS, ["same", "now right"])  # type: ignore[arg-type]
    (one,) = found.differences
    assert (one.kind, one.right, one.topic_a, one.topic_b) == ("other", None, "ask_curp", "ask_nss")
    assert compared(FIRST, SECOND, THRESHOLDS, []).messages == 0  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two models as the command finds them."""
    models = {tmp_path / "a": FIRST, tmp_path / "b": SECOND}
    for path in models:
        path.touch()
    monkeypatch.setattr(command, "model_or_exit", lambda place: place)
    monkeypatch.setattr(held_out, "topic_model_of", models.__getitem__)
    monkeypatch.setattr(held_out, "held_out_messages", lambda: MESSAGES)
    monkeypatch.setattr(held_out, "also_accepted", dict)
    monkeypatch.setattr(held_out, "configured_thresholds", lambda: THRESHOLDS)
    monkeypatch.setattr(command, "_last_messages", lambda _count: ["same", "refused"])
    return [str(path) for path in models]


def test_for_programs(files: list[str]) -> None:
    said = CliRunner().invoke(main, ["compare", *files, "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.output)
    assert found["held_out"]["counts"] == {"worse": 3, "other": 1, "better": 3}
    (one,) = found["conversations"]["differences"]
    assert (one["text"], one["decision_b"]) == ("refused", "fallback")


def test_for_people(files: list[str]) -> None:
    said = CliRunner().invoke(main, ["compare", *files], terminal_width=200)
    assert said.exit_code == 0, said.output
    assert "8 messages, 7 differ: 3 worse, 1 other, 3 better" in said.output
    assert "2 messages, 1 differ: 1 other" in said.output


def test_a_model_of_another_version_is_refused_in_a_line(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_it(_file: Path) -> Model:
        raise ModuleNotFoundError("bot.nlu.gone")

    monkeypatch.setattr(held_out, "topic_model_of", open_it)
    said = CliRunner().invoke(main, ["compare", *files])
    assert said.exit_code == 1
    assert said.output.strip().endswith("train it again with this one.")
