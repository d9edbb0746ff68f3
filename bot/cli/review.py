"""`pti review`: fills the review queues, and takes reviewed messages out as examples."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.processes import settings_or_exit
from bot.settings import PROJECT_ROOT


@click.group()
def review() -> None:
    """Fill the review queues, and propose reviewed messages as examples."""


@review.command()
def fill() -> None:
    """Look at all turns since the last time and put into each queue what its rule takes."""
    from bot.console.reviewing.filling import Filling
    from bot.storage.database import Database

    database = Database.from_settings(settings_or_exit())
    for name, added in Filling(database).fill_all():
        click.echo(f"{name}\t{added}")


@review.command()
@click.option(
    "--held-out-share",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="Which part becomes test messages.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=PROJECT_ROOT,
    help="The project whose data/nlu and tests/nlu are written; default: this one.",
)
def export(held_out_share: float, folder: Path) -> None:
    """Write settled messages, personal data taken out, to data/nlu/proposed.yml or
    tests/nlu/reviewed.tsv. Read them before you commit them."""
    from bot.cli import proposed_files as files
    from bot.console.audit import Audit
    from bot.console.reviewing.proposals import Proposals
    from bot.storage.database import Database

    database = Database.from_settings(settings_or_exit())
    proposals = Proposals(database)
    training, held_out = folder / "data" / "nlu", folder / "tests" / "nlu"
    known = files.Known(training, held_out)
    places = files.choose_places(proposals.waiting(), known, held_out_share)
    targets = {
        files.TRAINING: (training / files.TRAINING_FILE, files.write_training),
        files.HELD_OUT: (held_out / files.HELD_OUT_FILE, files.write_held_out),
    }
    for place, (path, write) in targets.items():
        lines = places.lines[place]
        if lines:
            write(path, lines)
        click.echo(f"{path.relative_to(folder)}: {len(lines)} new")
    # After the files: what was written and not marked is known the next time, and marked then.
    counts = {place: len(ids) for place, ids in places.marked.items()}
    with database.writing() as connection:
        for place, ids in places.marked.items():
            proposals.mark(connection, ids, place)
        if any(counts.values()):
            Audit(database).record(connection, None, "review_export", "reviews", counts)
    for reason, count in sorted(places.unused.items()):
        click.echo(f"not used, {reason}: {count}")
