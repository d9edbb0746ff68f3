"""`pti backup`, `pti restore`: a copy of the database, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.processes import settings_or_exit


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database into FILE while everything runs.

    The keys in .env are not in the copy: keep them apart from it, and do not lose them.
    """
    from bot.storage.backup import BackupError, back_up

    try:
        back_up(settings_or_exit().database_url, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring the copy in FILE back into the empty database of PTI_DATABASE_URL."""
    from bot.storage.backup import BackupError
    from bot.storage.backup import restore as bring_back
    from bot.storage.migrate import migrate

    url = settings_or_exit().database_url
    try:
        bring_back(url, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    migrate(url)
    click.echo("Restored, and brought to the version of the code.")
