"""`pti compare`: what a new model would do differently."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.processes import settings_or_exit
from bot.cli.trained_model import model_or_exit

if TYPE_CHECKING:
    from bot.nlu.comparison import Comparison
    from bot.nlu.topic_model import TopicModel

MODEL = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("model_a", type=MODEL)
@click.argument("model_b", type=MODEL)
@click.option("-n", "--conversations", default=200, show_default=True, type=click.IntRange(0))
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def compare(model_a: Path, model_b: Path, conversations: int, as_json: bool) -> None:
    """Show over the held-out messages and the last conversations what MODEL_B would answer
    differently from MODEL_A (`-n 0`: the held-out messages alone, without a database)."""
    from bot.cli.held_out import also_accepted, configured_thresholds, held_out_messages
    from bot.nlu.comparison import compared, compared_held_out
    from bot.nlu.evaluation import judge

    first, second = (_opened(place) for place in (model_a, model_b))
    thresholds = configured_thresholds()
    messages, also = held_out_messages(), also_accepted()
    judged = [judge(model, thresholds, messages, also) for model in (first, second)]
    found = {
        "held_out": compared_held_out(*judged),
        "conversations": compared(first, second, thresholds, _last_messages(conversations)),
    }
    if as_json:
        shown: dict[str, Any] = {name: asdict(one) for name, one in found.items()}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    console = Console()
    for name, comparison in found.items():
        _print(console, name.replace("_", " "), comparison)


def _opened(place: Path) -> TopicModel:
    from bot.cli.held_out import topic_model_of

    file = model_or_exit(place)
    try:
        return topic_model_of(file)
    except (ImportError, AttributeError, LookupError) as error:
        raise click.ClickException(
            f"{file.name} was made by another version of the code: train it again with this one."
        ) from error


def _last_messages(conversations: int) -> list[str]:
    if conversations == 0:
        return []
    from bot.console.reviewing.proposals import Proposals
    from bot.storage.database import Database

    database = Database.from_settings(settings_or_exit())
    return list(Proposals(database).last_messages(conversations))


def _print(console: Console, name: str, comparison: Comparison) -> None:
    if not comparison.differences:
        console.print(f"{name}: {comparison.messages} messages, none differs")
        return
    table = Table("what", "message", "A", "B", "right", title=f"Differences, {name}")
    for one in comparison.differences:
        colour = {"better": "green", "worse": "red"}.get(one.kind, "yellow")
        table.add_row(
            f"[{colour}]{one.kind}[/]",
            escape(one.text),
            f"{one.topic_a} {one.confidence_a:.2f} {one.decision_a}",
            f"{one.topic_b} {one.confidence_b:.2f} {one.decision_b}",
            one.right or "-",
        )
    console.print(table)
    counts = ", ".join(f"{count} {kind}" for kind, count in comparison.counts.items())
    console.print(
        f"{name}: {comparison.messages} messages, {len(comparison.differences)} differ: {counts}"
    )
