"""The chat page, rendered on the server in the language that the browser asks for."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from bot.channels.webchat.api import MAX_CHARACTERS
from bot.programme.figures import load_figures

HERE = Path(__file__).parent
STATIC = HERE / "static"
LANGUAGES = ("es", "en")
_templates = Jinja2Templates(HERE / "templates")


def page_routes() -> list[Route]:
    """The page's route."""
    return [Route("/", _page, methods=["GET"])]


@cache
def page_strings() -> dict[str, dict[str, Any]]:
    """What the page says, by language."""
    strings: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "strings.yml").read_text("utf-8"))
    return strings


@cache
def static_address(name: str) -> str:
    """A static file's address. It changes with the content: no new page gets an old script."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _page(request: Request) -> Response:
    context = {"all_strings": page_strings(), "max_characters": MAX_CHARACTERS}
    return rendered(request, "chat.html", context)


def rendered(request: Request, template: str, context: dict[str, Any]) -> Response:
    """A page in the language of the request: the template with what all pages have."""
    language = language_of(request)
    common = {
        "language": language,
        "strings": page_strings()[language],
        "call_center": load_figures()["call_center_phone"].value,
        "static": static_address,
    }
    headers = {"Cache-Control": "no-cache", "Content-Language": language, "Vary": "Accept-Language"}
    return _templates.TemplateResponse(request, template, {**common, **context}, headers=headers)


def language_of(request: Request) -> str:
    """`?lang=` first, then the browser's first language that we speak, else Spanish."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return "es"
