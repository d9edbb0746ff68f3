"""`pti nlu-report`: the held-out messages through the trained model, as a table and a picture."""

from __future__ import annotations

import json
import tarfile
import tempfile
from pathlib import Path

import click
import joblib
import yaml
from rich.console import Console
from rich.table import Table

from bot.cli.training import train_if_needed
from bot.nlu.decision import Thresholds
from bot.nlu.evaluation import (
    Judged,
    calibration,
    calibration_error,
    confusions,
    headline,
    judge,
    read_held_out,
    share,
)
from bot.nlu.topic_model import TopicModel
from bot.settings import PROJECT_ROOT

HELD_OUT = PROJECT_ROOT / "tests" / "nlu"
DIAGRAM = PROJECT_ROOT / "var" / "reliability.png"
WORST_SHOWN = 12


@click.command("nlu-report")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def nlu_report(as_json: bool) -> None:
    """Show how well the held-out messages are understood, and where not."""
    judged = judge_held_out(train_if_needed())
    if as_json:
        figures = {name: round(found.value, 4) for name, found in headline(judged).items()}
        click.echo(
            json.dumps({**figures, "calibration error": round(calibration_error(judged), 4)})
        )
        return
    console = Console()
    console.print(
        _headline_table(judged),
        _style_table(judged),
        _worst_table(judged),
        _confusion_table(judged),
    )
    _draw_reliability(judged)
    console.print(f"Reliability diagram: {DIAGRAM.relative_to(PROJECT_ROOT)}")


def judge_held_out(model_file: Path) -> list[Judged]:
    """What the model of a Rasa archive makes of the held-out messages."""
    also = yaml.safe_load((HELD_OUT / "also.yml").read_text("utf-8"))
    return judge(topic_model_of(model_file), configured_thresholds(), read_held_out(HELD_OUT), also)


def topic_model_of(model_file: Path) -> TopicModel:
    """The topic model inside a Rasa archive, without starting Rasa."""
    with tarfile.open(model_file) as archive, tempfile.TemporaryDirectory() as folder:
        member = next(m for m in archive.getmembers() if "TopicClassifier" in m.name and m.isfile())
        archive.extract(member, folder)
        model: TopicModel = joblib.load(Path(folder) / member.name)
    return model


def configured_thresholds() -> Thresholds:
    """The thresholds in `config.yml`."""
    config = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text("utf-8"))
    return Thresholds.from_config(
        next(part for part in config["pipeline"] if part["name"].endswith("CalibratedDecision"))
    )


def _headline_table(judged: list[Judged]) -> Table:
    table = Table("", "share", "95 % interval", "of", title="Held-out messages")
    for name, found in headline(judged).items():
        low, high = found.interval
        table.add_row(name, f"{found.value:.1%}", f"{low:.1%} – {high:.1%}", str(found.of))
    table.add_row(
        "expected calibration error", f"{calibration_error(judged):.3f}", "", str(len(judged))
    )
    return table


def _style_table(judged: list[Judged]) -> Table:
    table = Table("language", "style", "right", "95 % interval", "of", title="In scope, by style")
    for kind in sorted({(j.message.language, j.message.style) for j in judged}):
        found = share(
            judged,
            lambda j, kind=kind: j.in_scope and (j.message.language, j.message.style) == kind,  # type: ignore[misc]
            lambda j: j.right,
        )
        low, high = found.interval
        table.add_row(*kind, f"{found.value:.1%}", f"{low:.1%} – {high:.1%}", str(found.of))
    return table


def _worst_table(judged: list[Judged]) -> Table:
    table = Table("topic", "right", "of", title="Worst topics")
    shares = {
        topic: share(judged, lambda j, topic=topic: j.message.topic == topic, lambda j: j.right)  # type: ignore[misc]
        for topic in {j.message.topic for j in judged}
    }
    for topic, found in sorted(shares.items(), key=lambda pair: pair[1].value)[:WORST_SHOWN]:
        table.add_row(topic, f"{found.value:.0%}", str(found.of))
    return table


def _confusion_table(judged: list[Judged]) -> Table:
    table = Table("topic", "taken for", "times", title="Most confused")
    for (topic, taken_for), times in confusions(judged)[:WORST_SHOWN]:
        table.add_row(topic, taken_for, str(times))
    return table


def _draw_reliability(judged: list[Judged]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    points = calibration(judged)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], "--", color="grey")
    axes.plot([p[0] for p in points], [p[1] for p in points], "o-", color="#0b5345")
    for mean, right, count in points:
        axes.annotate(
            str(count), (mean, right), textcoords="offset points", xytext=(6, -10), fontsize=8
        )
    axes.set(
        xlabel="confidence",
        ylabel="share that was right",
        title="Reliability",
        xlim=(0, 1),
        ylim=(0, 1.02),
    )
    DIAGRAM.parent.mkdir(exist_ok=True)
    figure.savefig(DIAGRAM, dpi=110)
