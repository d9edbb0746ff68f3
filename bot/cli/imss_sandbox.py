"""`pti imss-sandbox`: a service with made-up people that stands in for the institute's."""

from __future__ import annotations

import click


@click.command(name="imss-sandbox")
def imss_sandbox() -> None:
    """Run the sandbox of the institute's services. What it issues is marked as a test."""
    from bot.cli.processes import settings_or_exit
    from bot.imss.sandbox.server import SandboxRefusedError, run
    from bot.logs import set_up_logging

    settings = settings_or_exit()
    set_up_logging(settings.log_level, "imss-sandbox")
    try:
        run(settings)
    except SandboxRefusedError as error:
        raise click.ClickException(str(error)) from error
