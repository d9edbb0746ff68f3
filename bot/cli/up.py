"""`pti up`: everything that the Procfile names, for one machine."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import click
import requests
from honcho.environ import parse_procfile
from honcho.manager import Manager

from bot.cli.init import init
from bot.cli.processes import settings_or_exit
from bot.settings import PROJECT_ROOT, Settings, environment

READY_SECONDS = 180.0


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
