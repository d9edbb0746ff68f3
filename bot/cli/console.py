"""`pti console`: the agents' web application."""

from __future__ import annotations

import click

from bot.cli.processes import settings_or_exit
from bot.logs import set_up_logging
from bot.serving import SERVED


@click.command()
def console() -> None:
    """Run the agents' console: read, review, take over."""
    import uvicorn

    from bot.console.app import create_app

    settings = settings_or_exit()
    set_up_logging(settings.log_level, "console", settings.status.log_format)
    uvicorn.run(
        create_app(settings),
        host=settings.console.host,
        port=settings.console.port,
        proxy_headers=bool(settings.console.proxies),
        forwarded_allow_ips=settings.console.proxies,
        **SERVED,
    )
