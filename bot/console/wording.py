"""What the console says, in both languages: `strings/<area>.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request

LANGUAGES = ("es", "en")
STRINGS = Path(__file__).parent / "strings"


@cache
def strings_of(area: str) -> dict[str, dict[str, Any]]:
    """An area's strings, by language."""
    strings: dict[str, dict[str, Any]] = yaml.safe_load(
        (STRINGS / f"{area}.yml").read_text("utf-8")
    )
    return strings


def fill(text: str, **values: object) -> str:
    """The text with its placeholders filled."""
    return text.format_map(values)


def visitors_language(request: Request) -> str:
    """`?lang=` first, then the browser's first language that we speak, else Spanish."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]
