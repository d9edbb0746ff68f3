"""`pti keys`: rotating the keys of encryption without stopping anything."""

from __future__ import annotations

import click

from bot.cli.processes import settings_or_exit
from bot.storage.encryption_keys import new_key


@click.group()
def keys() -> None:
    """Keys of encryption at rest: a new one, and sealing everything with it.

    1. `pti keys new` prints a key. 2. Put it behind those in PTI_ENCRYPTION_KEYS everywhere, with a
    comma, and restart the processes one by one: now all can open what it seals. 3. Put it in front,
    and restart them again: now they seal with it. 4. `pti keys reseal`. 5. Take the old key out
    once no backup needs it.
    """


@keys.command("new")
def new() -> None:
    """Print a fresh key."""
    click.echo(new_key())


@keys.command("reseal")
def reseal() -> None:
    """Seal all that is stored with the first of PTI_ENCRYPTION_KEYS; processes may go on running.

    Ends with code 1 where something is left that no key opens.
    """
    from bot.storage.database import Database
    from bot.storage.reseal import Reseal

    database = Database.from_settings(settings_or_exit())
    unreadable = Reseal(database, _show).run()
    database.dispose()
    left = {name: count for name, count in unreadable.items() if count}
    for name, count in left.items():
        click.secho(f"{count} values of {name} are opened by no key.", fg="red", err=True)
    if left:
        raise click.exceptions.Exit(1)
    click.echo("Everything is sealed with the first key.")


def _show(column: str, seen: int) -> None:
    click.echo(f"{column}: {seen}", err=True)
