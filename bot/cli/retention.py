"""`pti retention`: what is too old is erased; the gateways do the same every hour."""

from __future__ import annotations

import click

from bot.cli.processes import settings_or_exit


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count what would be erased.")
def retention(dry_run: bool) -> None:
    """Erase data that are older than the settings allow."""
    from bot.retention.erase_old import EraseOld
    from bot.storage.database import Database

    settings = settings_or_exit()
    database = Database.from_settings(settings)
    counts = EraseOld(database, settings.retention).run_once(dry_run=dry_run)
    database.dispose()
    click.echo("Would be erased:" if dry_run else "Erased:")
    for name, count in counts.items():
        click.echo(f"{count:>9}  {name}")
