"""The fault run: scenarios on both databases, a table of what became of every message, and exit
code 1 where anything is not as promised.

    python -m tests.faults.run --help
"""

from __future__ import annotations

import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.cli.training import train_if_needed
from tests.faults.scenarios import SCENARIOS
from tests.faults.scene import Scenario, Scene, Terms, play
from tests.load.ledger import Findings

NAMES = [scenario.name for scenario in SCENARIOS]
DATABASES = ("sqlite", "postgresql")
COLUMNS = (
    "scenario", "database", "messages", "answered", "excused", "lost", "twice", "disordered",
    "wrong", "other", "again after a kill", "again after a lost answer", "seconds", "notes",
)  # fmt: skip


@click.command()
@click.option("--seconds", default=120.0, show_default=True, help="How long people write.")
@click.option("--rate", default=20.0, show_default=True, help="Messages a second.")
@click.option(
    "--database", type=click.Choice(DATABASES), multiple=True, help="Default: both, in turn."
)
@click.option(
    "--only", type=click.Choice(NAMES), multiple=True, help="These scenarios; default: all."
)
@click.option(
    "--conversations", default=6, show_default=True, help="Different ones; each also in peace."
)
@click.option("--gateways", default=2, show_default=True)
@click.option("--brains", default=2, show_default=True)
@click.option(
    "--echo", is_flag=True, help="Brains that only repeat and count, without Rasa; none registers."
)
@click.option("--seed", default=1, show_default=True, help="Of all that happens by chance.")
@click.option("--keep", is_flag=True, help="Keep the folders of logs and databases.")
def main(
    seconds: float,
    rate: float,
    database: tuple[str, ...],
    only: tuple[str, ...],
    conversations: int,
    gateways: int,
    brains: int,
    echo: bool,
    seed: int,
    keep: bool,
) -> None:
    """Harm the service under load and see that everybody is answered, once and in order."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    registering = 0 if echo else Terms.registering
    terms = Terms(seconds, rate, seed, conversations, registering, gateways, brains, echo)
    console = Console(width=200, soft_wrap=True)
    model = train_if_needed()
    table = Table(*COLUMNS)
    missed = False
    folder = Path(tempfile.mkdtemp(prefix="pti-faults-"))
    folder.chmod(0o755)
    for scenario in SCENARIOS:
        for kind in scenario.databases:
            if kind in (database or DATABASES) and scenario.name in (only or NAMES):
                place = folder / f"{scenario.name}-{kind}"
                scene, found = play(scenario, kind, terms, model, place)
                row = _row(scenario, kind, scene, found)
                table.add_row(*row)
                console.print("  ".join(f"{n} {v}" for n, v in zip(COLUMNS, row, strict=True)))
                for name, rows in found.misses.items():
                    missed = True
                    console.print(f"  [red]{name}[/red]: {rows[:10]}")
    console.print(table)
    console.print(f"{platform.platform()}, {seconds:.0f} s at {rate:g} a second, seed {seed}")
    if keep or missed:
        console.print(f"Logs and databases: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(missed)


def _row(scenario: Scenario, database: str, scene: Scene, found: Findings) -> list[str]:
    counts = found.counts()
    numbers = (
        counts["acknowledged"],
        counts["answered"],
        counts["excused"],
        counts["lost"] + counts["unanswered"],
        counts["twice"],
        counts["out_of_order"],
        counts["not_as_in_peace"],
        counts["other"],
        counts["twice_after_a_kill"],
        counts["twice_after_a_lost_answer"],
    )
    notes = "; ".join(scene.notes)
    return [scenario.title, database, *map(str, numbers), f"{scene.answered_after:.0f}", notes]


if __name__ == "__main__":
    main()
