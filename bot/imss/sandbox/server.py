"""Runs the sandbox as a process of its own, and refuses to where real people are served."""

from __future__ import annotations

import uvicorn

from bot.imss.sandbox.app import create_app
from bot.imss.sandbox.connections import ClosableProtocol
from bot.serving import SERVED
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.encryption import Cipher


class SandboxRefusedError(Exception):
    """The sandbox does not start; the message says why."""


def check_may_run(settings: Settings) -> None:
    """Raises SandboxRefusedError in production and without a token."""
    if settings.is_production:
        raise SandboxRefusedError(
            "PTI_ENVIRONMENT is production: what the sandbox issues is a test."
        )
    if not settings.imss.token:
        raise SandboxRefusedError("PTI_IMSS_TOKEN is not set. `pti init` makes it.")
    if settings.imss.token == settings.sandbox.control_token:
        raise SandboxRefusedError("PTI_SANDBOX_CONTROL_TOKEN should not be PTI_IMSS_TOKEN.")


def run(settings: Settings) -> None:
    """Serves until stopped. Raises SandboxRefusedError."""
    check_may_run(settings)
    sandbox = settings.sandbox
    database = Database(
        f"sqlite:///{sandbox.database_path}",
        Cipher(settings.encryption_keys, settings.index_key),
    )
    config = uvicorn.Config(
        create_app(database, settings.imss.token, sandbox.control_token),
        host=sandbox.host,
        port=sandbox.port,
        http=ClosableProtocol,
        **SERVED,
    )
    uvicorn.Server(config).run()
