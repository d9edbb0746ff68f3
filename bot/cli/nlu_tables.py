"""The figures of the held-out messages for people: tables and a reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.nlu.evaluation import (
    Judged,
    calibration,
    calibration_error,
    confusions,
    headline,
    percentile,
    share,
)

WORST_SHOWN = 12


def print_tables(judged: Sequence[Judged], milliseconds: Sequence[float], console: Console) -> None:
    """The shares on which the assistant is judged, then where they come from. `milliseconds`: what
    single messages took to parse."""
    console.print(
        _headline_table(judged, milliseconds),
        _style_table(judged),
        _worst_table(judged),
        _confusion_table(judged),
    )


def _headline_table(judged: Sequence[Judged], milliseconds: Sequence[float]) -> Table:
    table = Table("", "share", "95 % interval", "of", title="Held-out messages")
    for name, found in headline(judged).items():
        low, high = found.interval
        table.add_row(name, f"{found.value:.1%}", f"{low:.1%} – {high:.1%}", str(found.of))
    table.add_row(
        "expected calibration error", f"{calibration_error(judged):.3f}", "", str(len(judged))
    )
    for name, part in (("parse, median", 0.5), ("parse, 95th percentile", 0.95)):
        taken = percentile(milliseconds, part)
        table.add_row(name, f"{taken:.1f} ms", "", str(len(milliseconds)))
    return table


def _style_table(judged: Sequence[Judged]) -> Table:
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


def _worst_table(judged: Sequence[Judged]) -> Table:
    table = Table("topic", "right", "of", title="Worst topics")
    shares = {
        topic: share(judged, lambda j, topic=topic: j.message.topic == topic, lambda j: j.right)  # type: ignore[misc]
        for topic in {j.message.topic for j in judged}
    }
    for topic, found in sorted(shares.items(), key=lambda pair: pair[1].value)[:WORST_SHOWN]:
        table.add_row(topic, f"{found.value:.0%}", str(found.of))
    return table


def _confusion_table(judged: Sequence[Judged]) -> Table:
    table = Table("topic", "taken for", "times", title="Most confused")
    for (topic, taken_for), times in confusions(judged)[:WORST_SHOWN]:
        table.add_row(topic, taken_for, str(times))
    return table


def draw_reliability(judged: Sequence[Judged], diagram: Path) -> None:
    """Confidence against truth, as a PNG."""
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
    diagram.parent.mkdir(exist_ok=True)
    figure.savefig(diagram, dpi=110)
