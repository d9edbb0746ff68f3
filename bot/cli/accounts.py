"""`pti account`: the console's accounts, for who has the machine and no way into the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from bot.cli.processes import settings_or_exit

if TYPE_CHECKING:
    from bot.console.commands import AccountCommands

ROLES = click.Choice(("agent", "reviewer", "supervisor", "administrator"))
REASONS = {
    "bad_login": "A login has small letters without accents, digits, dot, hyphen and at sign.",
    "bad_name": "A name has 1 to 64 letters.",
    "login_taken": "There is an account with that login already.",
    "last_administrator": "That is the last active administrator.",
}


@click.group()
def account() -> None:
    """Make, block and list the accounts of the agents' console."""


@account.command()
@click.argument("login")
@click.option("--name", help="As colleagues see it; default: the login.")
@click.option("--role", type=ROLES, default="agent", show_default=True)
@click.option("--language", type=click.Choice(("es", "en")), default="es", show_default=True)
def add(login: str, name: str | None, role: str, language: str) -> None:
    """Make an account and show its first password, which the first login replaces."""
    with _commands() as commands:
        _show(commands.make(login, name or login, role, language))


@account.command()
@click.argument("login")
@click.option("--without-second-step", is_flag=True, help="Remove the second step too.")
def password(login: str, without_second_step: bool) -> None:
    """Give an account a new first password; its sessions end."""
    with _commands() as commands:
        _show(commands.reset_password(login, without_second_step=without_second_step))


@account.command()
@click.argument("login")
@click.option("--undo", is_flag=True, help="Unblock it.")
def block(login: str, undo: bool) -> None:
    """Block an account and end its sessions."""
    with _commands() as commands:
        if undo:
            commands.free(login)
        else:
            commands.block(login)
    click.echo(f"{login} is {'no longer ' if undo else ''}blocked.")


@account.command("list")
def list_accounts() -> None:
    """Show all accounts: login, role, state, second step, when last seen (UTC)."""
    from bot.console.accounts import Accounts
    from bot.storage.database import Database

    for one in Accounts(Database.from_settings(settings_or_exit())).all():
        step = "second step" if one.has_second_step else "no second step"
        seen = "never seen"
        if one.seen_at is not None:
            seen = f"{datetime.fromtimestamp(one.seen_at, timezone.utc):%Y-%m-%d %H:%M}"
        click.echo(f"{one.login}\t{one.role}\t{one.state}\t{step}\t{seen}")


@contextmanager
def _commands() -> Iterator[AccountCommands]:
    """The commands; what they refuse becomes one clear line and exit code 1."""
    from bot.console.accounts import AccountError
    from bot.console.commands import AccountCommands
    from bot.storage.database import Database

    settings = settings_or_exit()
    try:
        yield AccountCommands(settings, Database.from_settings(settings))
    except AccountError as error:
        raise click.ClickException(REASONS[error.kind]) from error
    except LookupError as error:
        raise click.ClickException(f"{error.args[0].capitalize()}.") from error


def _show(first_password: str) -> None:
    click.echo(f"Password for the first login: {first_password}")
    click.echo("It is not shown again.")
