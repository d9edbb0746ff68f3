"""`pti gateway`, `pti brain`, `pti up` and what they need first: `pti init`, `pti migrate`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import secrets
import signal
import sys
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import click
import requests
from cryptography.fernet import Fernet
from honcho.environ import parse_procfile
from honcho.manager import Manager

from bot.cli.trained_model import model_or_exit
from bot.logs import set_up_logging
from bot.serving import SERVED
from bot.settings import ENV_FILE, PROJECT_ROOT, Settings, SettingsError, environment, load_settings

READY_SECONDS = 180.0


def settings_or_exit() -> Settings:
    """The settings; where they cannot be read, one clear line and exit code 1."""
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.command()
def init() -> None:
    """Make the secrets that are missing and keep them in .env (readable by you alone)."""
    made = keep_missing_secrets(ENV_FILE)
    if not made:
        click.echo("The secrets are there already.")
        return
    click.echo(f"Made {', '.join(made)} and kept them in {ENV_FILE.name}.")
    click.echo("Keep that file: without it the database cannot be read.")


def keep_missing_secrets(env_file: Path) -> list[str]:
    """Appends to the file the secrets that neither it nor the environment has, and gives their
    names. What is there stays as it is; where something is missing, only its owner may read it."""
    missing = missing_secrets(environment(env_file))
    if missing:
        env_file.touch(mode=0o600, exist_ok=True)
        env_file.chmod(0o600)
        # A last line without its end would run into the first of ours.
        kept = env_file.read_text("utf-8")
        gap = "\n" if kept and not kept.endswith("\n") else ""
        with env_file.open("a", encoding="utf-8") as file:
            file.write(gap + "".join(f"{name}={value}\n" for name, value in missing.items()))
    return list(missing)


def missing_secrets(present: Mapping[str, str]) -> dict[str, str]:
    """Fresh secrets for the variables that are not set, under their names."""
    fresh = {
        "PTI_ENCRYPTION_KEYS": Fernet.generate_key().decode("ascii"),
        "PTI_INDEX_KEY": secrets.token_urlsafe(32),
        "PTI_TELEGRAM_WEBHOOK_SECRET": secrets.token_urlsafe(32),
        # Of the sandbox; the institute's own token takes the place of the first.
        "PTI_IMSS_TOKEN": secrets.token_urlsafe(32),
        "PTI_SANDBOX_CONTROL_TOKEN": secrets.token_urlsafe(32),
    }
    return {name: value for name, value in fresh.items() if not present.get(name, "").strip()}


@click.command()
def migrate() -> None:
    """Bring the database's tables to the version of the code."""
    from bot.storage.migrate import migrate as bring_up_to_date

    bring_up_to_date(settings_or_exit().database_url)
    click.echo("The database is up to date.")


@click.command()
def gateway() -> None:
    """Run the gateway: the chat page, its interface, webhooks."""
    import uvicorn

    from bot.gateway import create_app

    settings = settings_or_exit()
    set_up_logging(settings.log_level, "gateway", settings.status.log_format)
    app = create_app(settings)
    _keep_what_is_loaded()
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
    from bot.messaging.without_tensorflow import leave_out_tensorflow

    leave_out_tensorflow()
    from bot.errands.work import work_of
    from bot.messaging.assistant import Assistant
    from bot.messaging.brain import Brain
    from bot.status.server import status_server
    from bot.storage.database import Database

    assistant = Assistant(model)
    database = Database.from_settings(settings)
    _keep_what_is_loaded()

    async def work() -> None:
        async with status_server(settings, database, "brain", assistant.model):
            await Brain(settings, database, assistant, work_of(settings, database)).run()

    _run_until_stopped(work())


def _keep_what_is_loaded() -> None:
    """What is there now stays: looking through all of it for garbage, again and again, took a tenth
    of a brain's time."""
    gc.collect()
    gc.freeze()


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
    first_account = _make_first_account(settings)
    env = environment()
    if train:
        env["PTI_MODEL_PATH"] = str(train_if_needed())
    processes = parse_procfile((PROJECT_ROOT / "Procfile").read_text("utf-8")).processes
    if uses_sandbox(settings):
        env["PTI_IMSS_URL"] = settings.sandbox.url
    else:
        del processes["imss-sandbox"]
    manager = Manager()
    for name, command in processes.items():
        manager.add_process(
            name, command, env=_with_our_programs(env), cwd=str(PROJECT_ROOT), quiet=False
        )
    threading.Thread(target=_announce, args=(settings, first_account), daemon=True).start()
    manager.loop()
    sys.exit(manager.returncode)


def uses_sandbox(settings: Settings) -> bool:
    """Whether the sandbox stands in for the institute's services: where none are named, and never
    in production."""
    return not settings.is_production and settings.imss.url in ("", settings.sandbox.url)


def _with_our_programs(env: dict[str, str]) -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    return {
        **env,
        "PATH": f"{programs}:{env.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        # Of the libraries' imports, which nobody who runs this can do anything about.
        "PYTHONWARNINGS": "ignore",
    }


def _make_first_account(settings: Settings) -> str:
    """What is said of the console's first account, where there was none."""
    from bot.console.commands import FIRST_LOGIN, AccountCommands
    from bot.storage.database import Database

    password = AccountCommands(settings, Database.from_settings(settings)).make_first()
    if password is None:
        return ""
    said = f"Its first account: {FIRST_LOGIN}, password {password} (not shown at the next start)"
    # At once too: what comes after may fail.
    click.echo(f"The console has no accounts yet. {said}")
    return f"  {said}\n"


def _announce(settings: Settings, first_account: str) -> None:
    address = f"http://{settings.gateway_host}:{settings.gateway_port}"
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        time.sleep(0.3)
        try:
            if requests.get(f"{address}/ready", timeout=2).status_code == 200:
                click.secho(
                    f"\n  Ready. Open the chat page: {address}/\n"
                    f"  Agents open the console: {settings.console.url}/\n{first_account}"
                    "  Ctrl-C ends everything.\n",
                    fg="green",
                    bold=True,
                )
                return
        except requests.RequestException:
            continue
    click.secho(f"Not ready after {READY_SECONDS:.0f} s: see the lines above.", fg="red", err=True)
