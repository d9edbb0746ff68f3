"""`pti gateway`, `pti brain`, `pti up` and what they need first: `pti init`, `pti migrate`."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import requests
from cryptography.fernet import Fernet
from honcho.environ import parse_procfile
from honcho.manager import Manager

from bot.logs import set_up_logging
from bot.settings import ENV_FILE, PROJECT_ROOT, Settings, SettingsError, environment, load_settings

READY_SECONDS = 180.0


def settings_or_exit() -> Settings:
    """The settings; where they cannot be read, one clear line and exit code 2."""
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.command()
def init() -> None:
    """Make the secrets that are missing and keep them in .env (readable by you alone)."""
    present = environment()
    missing = {
        name: value
        for name, value in {
            "PTI_ENCRYPTION_KEYS": Fernet.generate_key().decode("ascii"),
            "PTI_INDEX_KEY": secrets.token_urlsafe(32),
        }.items()
        if not present.get(name, "").strip()
    }
    if not missing:
        click.echo("The secrets are there already.")
        return
    ENV_FILE.touch(mode=0o600, exist_ok=True)
    ENV_FILE.chmod(0o600)
    with ENV_FILE.open("a", encoding="utf-8") as env_file:
        env_file.writelines(f"{name}={value}\n" for name, value in missing.items())
    click.echo(f"Made {', '.join(missing)} and kept them in {ENV_FILE.name}.")
    click.echo("Keep that file: without it the database cannot be read.")


@click.command()
def brain() -> None:
    """Run a brain: it answers the messages that are waiting."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level, "brain")
    from bot.messaging.assistant import Assistant, ModelMissingError
    from bot.messaging.brain import Brain
    from bot.storage.database import Database

    try:
        assistant = Assistant(settings.model_path)
    except ModelMissingError as error:
        raise click.ClickException(str(error)) from error
    _run_until_stopped(Brain(settings, Database.from_settings(settings), assistant).run())


def _run_until_stopped(work: Coroutine[Any, Any, None]) -> None:
    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(guarded())


@click.command()
@click.option("--train/--no-train", default=True, help="Train first where no model fits the data.")
def up(train: bool) -> None:
    """Start everything in the Procfile, say when it is ready, end it all with Ctrl-C."""
    from bot.cli.training import train_if_needed
    from bot.storage.migrate import migrate as bring_up_to_date

    click.get_current_context().invoke(init)
    settings = settings_or_exit()
    bring_up_to_date(settings.database_url)
    env = environment()
    if train:
        env["PTI_MODEL_PATH"] = str(train_if_needed())
    manager = Manager()
    for name, command in parse_procfile(
        (PROJECT_ROOT / "Procfile").read_text("utf-8")
    ).processes.items():
        manager.add_process(
            name, command, env=_with_our_programs(env), cwd=str(PROJECT_ROOT), quiet=False
        )
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    manager.loop()
    sys.exit(manager.returncode)


def _with_our_programs(env: dict[str, str]) -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    return {**env, "PATH": f"{programs}:{env.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}


def _announce(settings: Settings) -> None:
    address = f"http://{settings.gateway_host}:{settings.gateway_port}"
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        time.sleep(0.3)
        try:
            if requests.get(f"{address}/ready", timeout=2).status_code == 200:
                click.secho(
                    f"\n  Ready. Open the chat page: {address}/\n  Ctrl-C ends everything.\n",
                    fg="green",
                    bold=True,
                )
                return
        except requests.RequestException:
            continue
    click.secho(f"Not ready after {READY_SECONDS:.0f} s: see the lines above.", fg="red", err=True)
