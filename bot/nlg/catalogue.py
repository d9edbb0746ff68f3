"""The responses as they are written in `data/responses`, without Rasa."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

RESPONSES = Path(__file__).resolve().parent.parent.parent / "data" / "responses"
# Ten times as fast where the library in C is there.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """Every response with its variants. Raises ValueError where one name stands in two files."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(RESPONSES.glob("*.yml")):
        written = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506  a safe one
        for name, variants in written["responses"].items():
            if name in found:
                raise ValueError(f"{name} stands twice, the second time in {path.name}")
            found[name] = variants
    return found


def has_response(name: str) -> bool:
    """Whether there is a response of that name."""
    return name in responses()


def variant(name: str, language: str) -> dict[str, Any]:
    """A response as it is written in a language. Raises KeyError where there is none."""
    for written in responses()[name]:
        if any(condition["value"] == language for condition in written["condition"]):
            return written
    raise KeyError(f"{name} in {language}")


def filled(name: str, language: str, **given: str) -> str:
    """The text of a response without dated figures, for what is said outside of a turn.

    Raises KeyError for a placeholder that is not given.
    """
    return PLACEHOLDER.sub(lambda match: given[match[1]], str(variant(name, language)["text"]))
