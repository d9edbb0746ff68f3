"""The one cookie: it holds a random token and nothing else."""

from __future__ import annotations

from starlette.responses import Response

from bot.settings import ConsoleSettings


def cookie_name(settings: ConsoleSettings) -> str:
    """Over https the name's prefix keeps other hosts of the domain from setting it."""
    return "__Host-pti-console" if settings.is_secure else "pti-console"


def set_cookie(response: Response, settings: ConsoleSettings, token: str) -> None:
    """Hands the browser a token. It forgets it when it is closed."""
    response.set_cookie(
        cookie_name(settings),
        token,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="strict",
    )
