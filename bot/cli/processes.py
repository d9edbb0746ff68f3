"""`pti gateway`, `pti brain`, and what they need first: `pti migrate`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import click

from bot.cli.trained_model import model_or_exit
from bot.huge_pages import use_huge_pages
from bot.logs import set_up_logging
from bot.serving import SERVED
from bot.settings import Settings, SettingsError, load_settings
from bot.storage.encryption_keys import key_of

# Where they share a machine with gateways: a webhook that waits is lost, or comes once more and
# more, and an answer that waits is only late.
BRAINS_GIVE_WAY = 5


def settings_or_exit() -> Settings:
    """The settings; where they cannot be read, one clear line and exit code 1."""
    try:
        settings = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    try:
        for key in settings.encryption_keys:
            key_of(key)
    except ValueError as error:
        raise click.ClickException(
            "PTI_ENCRYPTION_KEYS holds what is no key. `pti keys new` prints one."
        ) from error
    return settings


@click.command()
def migrate() -> None:
    """Bring the database's tables to the version of the code."""
    from bot.storage.migrate import migrate as bring_up_to_date

    bring_up_to_date(settings_or_exit().database_url)
    click.echo("The database is up to date.")


@click.command()
def gateway() -> None:
    """Run the gateway: the chat page, its interface, webhooks."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level, "gateway", settings.status.log_format)
    with _what_is_loaded_stays():
        import uvicorn

        from bot.gateway import create_app

        app = create_app(settings)
    uvicorn.run(
        app,
        host=settings.gateway_host,
        port=settings.gateway_port,
        **SERVED,
    )


@click.command()
def brain() -> None:
    """Run a brain: it answers the messages that are waiting."""
    settings = settings_or_exit()
    model = model_or_exit(settings.model_path)
    set_up_logging(settings.log_level, "brain", settings.status.log_format)
    os.nice(BRAINS_GIVE_WAY)
    from bot.messaging.without_tensorflow import leave_out_tensorflow

    leave_out_tensorflow()
    with _what_is_loaded_stays():
        from bot.errands.work import work_of
        from bot.messaging.assistant import Assistant
        from bot.messaging.brain import Brain
        from bot.status.server import status_server
        from bot.storage.database import Database

        assistant = Assistant(model)
        database = Database.from_settings(settings)

    async def work() -> None:
        async with status_server(settings, database, "brain", assistant.model):
            await Brain(settings, database, assistant, work_of(settings, database)).run()

    _run_until_stopped(work())


@contextlib.contextmanager
def _what_is_loaded_stays() -> Iterator[None]:
    """Looking through all of it for garbage, again and again, took a tenth of a brain's time, and a
    part of every start."""
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
        use_huge_pages()
    finally:
        gc.enable()


def _run_until_stopped(work: Coroutine[Any, Any, None]) -> None:
    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(guarded())
