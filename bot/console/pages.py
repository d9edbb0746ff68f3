"""Renders pages: the layout, the account's language, what every template has at hand."""

from __future__ import annotations

import functools
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from bot.console.moments import moment
from bot.console.wording import LANGUAGES, fill, strings_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
CSRF_FIELD = Markup('<input type="hidden" name="csrf" value="{}">')
NO_STORE = {"Cache-Control": "no-store"}


def make_templates() -> Jinja2Templates:
    """The templates. A name that nobody gives is an error, not a gap in the page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = fill
    return Jinja2Templates(env=environment)


@cache
def static_address(name: str) -> str:
    """A static file's address. It changes with the content: no new page gets an old script."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def page(
    request: Request, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> Response:
    """A page, or a part of one for HTMX, that no cache keeps.

    `template` is "area/name.html"; in it `t` are the strings of `strings/<area>.yml` in the
    account's language and `c` those of the layout.
    """
    state = request.state
    language: str = state.language
    common = {
        "t": strings_of(template.split("/")[0])[language],
        "c": strings_of("layout")[language],
        "language": language,
        "account": state.account,
        "csrf": state.csrf,
        "csrf_field": functools.partial(CSRF_FIELD.format, state.csrf),
        "languages": [(code, strings_of("layout")[code]["name_of_language"]) for code in LANGUAGES],
        "other_languages": _other_languages(request, language),
        "tabs": _tabs(request, language),
        "path": request.url.path,
        "static": static_address,
        "moment": functools.partial(
            moment, zone=state.house.settings.console.time_zone, language=language
        ),
    }
    headers = {**NO_STORE, "Content-Language": language}
    templates: Jinja2Templates = state.house.templates
    return templates.TemplateResponse(
        request, template, {**common, **(context or {})}, status_code=status, headers=headers
    )


def _tabs(request: Request, language: str) -> list[dict[str, Any]]:
    """The areas' tabs that the account may open."""
    account = request.state.account
    if account is None:
        return []
    return [
        {
            "path": tab.path,
            "label": strings_of(tab.area)[language][tab.key],
            "current": request.url.path == tab.path or request.url.path.startswith(f"{tab.path}/"),
        }
        for tab in request.state.tabs
        if account.may(tab.permission)
    ]


def _other_languages(request: Request, language: str) -> list[tuple[str, str, str]]:
    """Code, name and address of this page in the languages that it is not in now."""
    return [
        (code, strings_of("layout")[code]["name_of_language"], str(_in_language(request, code)))
        for code in LANGUAGES
        if code != language
    ]


def _in_language(request: Request, code: str) -> str:
    url = request.url.include_query_params(lang=code)
    return f"{url.path}?{url.query}"
