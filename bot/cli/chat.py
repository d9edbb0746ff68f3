"""`pti chat`: a conversation in the terminal, through the same inbox, brain and outbox as
everywhere."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.cli.trained_model import model_or_exit

CHANNEL = "terminal"


@click.command()
def chat() -> None:
    """Talk with the assistant here. An empty line or Ctrl-D ends it; nothing is kept."""
    from bot.cli.init import missing_secrets
    from bot.logs import set_up_logging
    from bot.settings import SettingsError, environment, read_settings

    try:
        # Nothing is kept, so secrets that are missing need not be kept either.
        present = environment()
        settings = read_settings({**present, **missing_secrets(present)})
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    model = model_or_exit(settings.model_path)
    set_up_logging("ERROR", "chat")
    console = Console()
    with console.status("Loading the model…"):
        from bot.messaging.assistant import Assistant
        from bot.storage.migrate import migrate

        assistant = Assistant(model)
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(settings, database_url=f"sqlite:///{Path(folder) / 'chat.db'}")
        migrate(settings.database_url)
        _converse(settings, assistant, console)


def _converse(settings: Any, assistant: Any, console: Console) -> None:
    from bot.errands.work import work_of
    from bot.messaging.brain import Brain
    from bot.messaging.contents import Incoming
    from bot.messaging.inbox import Inbox
    from bot.messaging.outbox import Outbox
    from bot.storage.database import Database

    database = Database.from_settings(settings)
    inbox, outbox = Inbox(database), Outbox(database)
    brain = Brain(settings, database, assistant, work_of(settings, database))
    address = inbox.open_address(CHANNEL, "here")
    number = 0
    while text := _ask(console):
        number += 1
        position = inbox.receive(CHANNEL, address, str(number), Incoming(text)).position
        asyncio.run(_answer_all(brain, inbox))
        for line in outbox.conversation(address.conversation_id, after=position):
            console.print(_panel(line.content))
    database.dispose()


async def _answer_all(brain: Any, inbox: Any) -> None:
    """The message, and what comes of it."""
    more = 1
    while more:
        while claimed := inbox.claim(brain.name, 60):
            await brain.answer(claimed)
        more = await brain.errands.do_due()


def _ask(console: Console) -> str:
    try:
        return console.input("[bold green]› [/]").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _panel(reply: Any) -> Panel:
    body = Text(reply.text)
    for number, option in enumerate(reply.options, start=1):
        body.append(f"\n {number}. {option.title}", style="cyan")
    return Panel(body, width=72, padding=(0, 1))
