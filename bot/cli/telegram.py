"""`pti telegram`: tells Telegram where the bot's webhook is, and shows how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.processes import settings_or_exit

if TYPE_CHECKING:
    from bot.channels.telegram.api import BotApi
    from bot.settings import Settings, TelegramSettings

_Result = TypeVar("_Result")


@click.group()
def telegram() -> None:
    """Set the bot's webhook at Telegram, end it, see how it goes."""


@telegram.command("set-webhook")
@click.option("--drop-waiting", is_flag=True, help="Forget what people wrote before this.")
def set_webhook(drop_waiting: bool) -> None:
    """Have Telegram call PTI_PUBLIC_URL, and show the bot's commands to people."""
    from bot.channels.telegram import setup

    settings, bot = _settings()
    if bot.polls:
        raise click.ClickException("PTI_TELEGRAM_MODE is polling: then there is no webhook.")
    try:
        url = setup.webhook_url(settings.public_url)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error
    _ask(bot, lambda api: setup.set_webhook(api, url, bot.webhook_secret, drop_waiting))
    click.echo(f"Telegram calls {url} from now on.")


@telegram.command("delete-webhook")
@click.option("--drop-waiting", is_flag=True, help="Forget what people wrote before this.")
def delete_webhook(drop_waiting: bool) -> None:
    """Have Telegram call no more, for instance before polling."""
    from bot.channels.telegram import setup

    _, bot = _settings()
    _ask(bot, lambda api: setup.delete_webhook(api, drop_waiting))
    click.echo("Telegram calls no more. What people write now waits for a day.")


@telegram.command()
def info() -> None:
    """Show the bot, its webhook, what waits and the last error."""
    from bot.channels.telegram import setup

    settings, bot = _settings()
    found = _ask(bot, setup.info)
    click.echo(f"bot         @{found.username} ({found.name}), https://t.me/{found.username}")
    click.echo(f"webhook     {found.url or 'none'}")
    click.echo(f"waiting     {found.waiting}")
    if found.last_error and found.last_error_at:
        at = datetime.fromtimestamp(found.last_error_at, timezone.utc)
        click.echo(f"last error  {at:%Y-%m-%d %H:%M} UTC: {found.last_error}")
    ours = f"{settings.public_url}/webhooks/telegram"
    if bot.polls and found.url:
        click.secho("Polling gets nothing while a webhook is set: delete-webhook.", fg="yellow")
    elif not bot.polls and found.url != ours:
        click.secho(f"That is not {ours}: set-webhook.", fg="yellow")


def _settings() -> tuple[Settings, TelegramSettings]:
    settings = settings_or_exit()
    if settings.telegram is None:
        raise click.ClickException(
            "PTI_TELEGRAM_TOKEN is not set: @BotFather at Telegram gives it."
        )
    return settings, settings.telegram


def _ask(bot: TelegramSettings, ask: Callable[[BotApi], Awaitable[_Result]]) -> _Result:
    from bot.channels.telegram.api import ApiError, BotApi, UnreachableError

    async def asked() -> _Result:
        api = BotApi(bot)
        try:
            return await ask(api)
        finally:
            await api.close()

    try:
        return asyncio.run(asked())
    except UnreachableError as error:
        message = f"Telegram cannot be reached at {bot.api_url} ({error})."
        raise click.ClickException(message) from error
    except ApiError as error:
        hint = " PTI_TELEGRAM_TOKEN is wrong or was revoked." if error.code in (401, 404) else ""
        raise click.ClickException(f"Telegram refused {error}.{hint}") from error
