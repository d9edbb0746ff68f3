"""What the gateway runs for a provider's channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.routing import Route

from bot.messaging.sender import Sender


@dataclass(frozen=True)
class ProviderChannels:
    """The webhooks of a provider, its senders, and work that goes on while the gateway runs."""

    routes: tuple[Route, ...] = ()
    senders: tuple[Sender, ...] = ()
    work: tuple[Callable[[], Awaitable[None]], ...] = ()
