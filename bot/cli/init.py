"""`pti init`: the secrets that are needed, made where they are missing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import click

from bot.settings import ENV_FILE, environment
from bot.storage.encryption_keys import new_key


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
        "PTI_ENCRYPTION_KEYS": new_key(),
        "PTI_INDEX_KEY": secrets.token_urlsafe(32),
        "PTI_TELEGRAM_WEBHOOK_SECRET": secrets.token_urlsafe(32),
        # Of the sandbox; the institute's own token takes the place of the first.
        "PTI_IMSS_TOKEN": secrets.token_urlsafe(32),
        "PTI_SANDBOX_CONTROL_TOKEN": secrets.token_urlsafe(32),
    }
    return {name: value for name, value in fresh.items() if not present.get(name, "").strip()}
