"""The whole privacy notice (LGPDPPSO art. 21), a page of its own without any script."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.webchat.page import language_of, rendered
from bot.people.notice import NOTICE_VERSION
from bot.programme.figures import load_figures, print_month

TEXT = Path(__file__).parent / "privacy.yml"


def privacy_routes() -> list[Route]:
    """The notice's route."""
    return [Route("/privacy", _notice, methods=["GET"])]


@cache
def privacy_notice(language: str) -> dict[str, Any]:
    """The notice with its figures. Raises KeyError for a placeholder that nobody gives."""
    notice: dict[str, Any] = yaml.safe_load(TEXT.read_text("utf-8"))[language]
    values = {name: figure.printed(language) for name, figure in load_figures().items()}
    values["version"] = NOTICE_VERSION
    values["month"] = print_month(date.fromisoformat(f"{NOTICE_VERSION}-01"), language)
    filled: dict[str, Any] = _filled(notice, values)
    return filled


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, str):
        return part.format_map(values)
    if isinstance(part, list):
        return [_filled(item, values) for item in part]
    return {name: _filled(item, values) for name, item in part.items()}


def _notice(request: Request) -> Response:
    return rendered(request, "privacy.html", {"notice": privacy_notice(language_of(request))})
