"""The bot's commands: each is what a person would have typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WRITTEN = Path(__file__).with_name("commands.yml")
_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@\w{3,64})?(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_LINK_CODE = re.compile(r"[A-Za-z0-9]{8}")


def meaning(text: str, language: str) -> str:
    """What a text says, where it is a command of ours; any other text is what it is.

    `language` is that of the person's Telegram, for the greeting.
    """
    command = _COMMAND.fullmatch(text)
    if command is None:
        return text
    name, rest = _plain(command["name"]), command["rest"]
    if name == "start":
        return _start(rest or "", language)
    said = _meanings().get(name)
    if said is None:
        return text
    # "/ayuda con mi CURP" is a question, and the first of its words is one too.
    return f"{command['name']} {rest}" if rest else said


def menu(language: str) -> list[dict[str, str]]:
    """The commands that Telegram shows to people of a language, as its interface takes them."""
    return [
        {"command": command["name"], "description": command["menu"][language]}
        for command in _written()["commands"]
        if language in command.get("menu", {})
    ]


def _start(code: str, language: str) -> str:
    """Whoever opens a link with a code goes on where they got it."""
    if _LINK_CODE.fullmatch(code):
        return str(_written()["link_code"]).format(code=code)
    greetings: dict[str, str] = _written()["start"]
    return greetings.get(language[:2], greetings["es"])


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    return {command["name"]: command["says"] for command in _written()["commands"]}


@lru_cache(maxsize=1)
def _written() -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(WRITTEN.read_text("utf-8"))
    return written


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
