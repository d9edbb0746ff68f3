"""`pti nlu-report`: tables and a picture of what a model makes of held-out messages."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from rich.console import Console

from bot.cli import held_out, main, training
from bot.cli.nlu_tables import draw_reliability, print_tables
from bot.nlu.decision import Decision
from bot.nlu.evaluation import HeldOut, Judged
from bot.nlu.topic_model import Ranked

RIGHT = Judged(
    HeldOut("greet", "es", "short", "hola"),
    (Ranked("greet", 0.95), Ranked("thank", 0.05)),
    Decision.ANSWER,
    frozenset(["greet"]),
)
WRONG = Judged(
    HeldOut("ask_contact", "en", "plain", "phone?"),
    (Ranked("ask_emergency", 0.6), Ranked("ask_contact", 0.4)),
    Decision.ANSWER,
    frozenset(["ask_contact"]),
)


def test_the_figures_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "train_if_needed", lambda: Path("model"))
    monkeypatch.setattr(held_out, "judge_held_out", lambda _model: [RIGHT, WRONG])
    said = CliRunner().invoke(main, ["nlu-report", "--json"])
    assert said.exit_code == 0
    figures = json.loads(said.output)
    assert figures["right topic, Spanish"] == 1.0
    assert figures["right topic, English and mixed"] == 0.0
    assert figures["right topic among the three offered"] == 1.0
    assert figures["calibration error"] == 0.325


def test_the_tables_for_people() -> None:
    console = Console(file=StringIO(), width=120)
    print_tables([RIGHT, WRONG], [*range(100)], console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    for shown in (
        "right topic, Spanish",
        "100.0%",
        "95 % interval",
        "ask_emergency",
        "short",
        "95.0 ms",
    ):
        assert shown in said


def test_the_diagram_is_a_picture(tmp_path: Path) -> None:
    diagram = tmp_path / "new" / "reliability.png"
    draw_reliability([RIGHT, WRONG], diagram)
    with Image.open(diagram) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 300


def test_an_archive_without_the_component(model: Path) -> None:
    with pytest.raises(LookupError, match="NoSuchComponent"):
        held_out.open_part(model, "NoSuchComponent")
