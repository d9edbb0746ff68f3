"""The console's interface as a document, made of the table of its routes: for a search, not for
readers. Nothing is promised but that the console never fails."""

from __future__ import annotations

import re
from typing import Any

from bot.settings import PROJECT_ROOT
from tests.attacks.texts import COMMANDS, TEMPLATES, UNSEEN
from tests.console.test_access_matrix import ROUTES

SHOWN = PROJECT_ROOT / "bot" / "console" / "templates"
# The folder of templates whose fields a route reads, by how it begins.
AREAS = {
    "login": "entrance",
    "prove": "entrance",
    "account": "own",
    "accounts": "administration",
    "audit": "administration",
    "acting": "acting",
    "queue": "acting",
    "cases": "acting",
    "canned": "acting",
    "conversations": "reading",
    "reviews": "reviewing",
    "figures": "figures",
}
FIELD = re.compile(r"""(?:name="|field\(")([a-z_]+)["]""")
# What is there, and what no column holds.
IDS = [1, 2, 3, 999_999, 2**31, 2**63 - 1, 2**63, 10**30]
WORDS = [
    "1", "0", "-1", "2", "9" * 30, "1e400", "nan", "٣", "x", "es", "en", "agent", "bot", "closed",
    "right", "wrong", "fallback", "random", "callback", "identify", "done", "later", "whatsapp",
    "ask_benefits", "2026-11-26", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-26T25:61",
    "1780000000.0_1", "_", "\x00", "a\x00b", "\ud7ff", "'", '"', "%", "x" * 5000, *UNSEEN,
    *COMMANDS[-6:], *TEMPLATES[:6],
]  # fmt: skip
ANSWERS = ("200", "204", "303", "400", "403", "404", "405", "413", "422", "429")


def document() -> dict[str, Any]:
    """Every route with the fields that its area's pages send."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        method, path = route.split(" ")
        operation = _operation(method, path)
        paths.setdefault(re.sub(r":int\}", "}", path), {})[method.lower()] = operation
    return {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths}


def _operation(method: str, path: str) -> dict[str, Any]:
    names = fields_of(path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"enum": _ids(path)}}
        for name in re.findall(r"\{([a-z_]+)", path)
    ]
    if method == "GET":
        parameters += [{"name": name, "in": "query", "schema": _anything()} for name in names]
    operation: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z]+", "_", f"{method} {path}".lower()),
        "parameters": parameters,
        "responses": {status: {"description": "x"} for status in ANSWERS},
    }
    if method == "POST":
        schema = {"type": "object", "properties": {name: _anything() for name in names}}
        kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
        operation["requestBody"] = {"content": {kind: {"schema": schema} for kind in kinds}}
    return operation


def fields_of(path: str) -> list[str]:
    """The names of the fields in the templates of a route's area, and what addresses may have."""
    folder = SHOWN / AREAS.get(path.split("/")[1], "own")
    written = "".join(page.read_text("utf-8") for page in sorted(folder.glob("*.html")))
    return sorted({*FIELD.findall(written), "before", "after", "next", "page"} - {"csrf"})


def _ids(path: str) -> list[int | str]:
    # Those who ask are the first four accounts; the fifth is there to be done to.
    is_account = "{account_id" in path
    ids: list[int | str] = [number + 4 if is_account and number < 4 else number for number in IDS]
    return ids if ":int" in path else ["x", "..", "A" * 43, "%00"]


def _anything() -> dict[str, Any]:
    return {"anyOf": [{"type": "string", "maxLength": 40}, {"type": "string", "enum": WORDS}]}
