"""`pti audit`: the console's audit log."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from bot.cli.processes import settings_or_exit

if TYPE_CHECKING:
    from bot.console.audit import Audit
    from bot.storage.database import Database


@click.group()
def audit() -> None:
    """Check and show the audit log of the agents' console."""


@audit.command()
@click.option("--holds", metavar="HASH", help="Also check that the entry with this hash is there.")
def verify(holds: str | None) -> None:
    """Check that no entry was changed, taken out, put in or moved; exit 1 where one was."""
    from bot.console.audit import AuditBrokenError

    log = _opened()[1]
    try:
        count, last = log.verify()
    except AuditBrokenError as error:
        raise click.ClickException(f"the audit log is broken: {error}.") from error
    if holds is not None and not log.holds(holds):
        raise click.ClickException("the audit log is broken: no entry has that hash.")
    click.echo(f"The audit log is whole: {count} entries.")
    click.echo(f"Keep this elsewhere, for --holds: {last}")


@audit.command()
@click.option("-n", "--number", default=50, show_default=True, help="How many entries.")
def show(number: int) -> None:
    """Show the newest entries, oldest of them first: number, time (UTC), who, deed, object."""
    from bot.console.accounts import Accounts

    database, log = _opened()
    logins = {one.id: one.login for one in Accounts(database).all()}
    for entry in reversed(log.newest(count=number)):
        at = datetime.fromtimestamp(entry.at, timezone.utc)
        who = "-" if entry.account_id is None else logins[entry.account_id]
        detail = json.dumps(entry.detail, ensure_ascii=False)
        parts = (entry.number, f"{at:%Y-%m-%d %H:%M:%S}", who, entry.deed, entry.object, detail)
        click.echo("\t".join(map(str, parts)))


def _opened() -> tuple[Database, Audit]:
    from bot.console.audit import Audit
    from bot.storage.database import Database

    database = Database.from_settings(settings_or_exit())
    return database, Audit(database)
