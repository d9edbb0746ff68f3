"""The sentences for codes that the rules give, from the YAML files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["en", "es"]
FOLDER = Path(__file__).parent


def problem_message(
    key: Literal["curp", "nss"],
    code: str,
    position: int | None,
    detail: Mapping[str, Any],
    language: Language = "en",
) -> str:
    """What to tell a person about a problem of a CURP or NSS. KeyError for an unknown code."""
    texts = load_messages("problems")
    sentence: str = texts[key][code][language].format(position=position, **detail)
    if detail.get("suggestion"):
        sentence += " " + texts["suggestion"][language].format(suggestion=detail["suggestion"])
    return sentence


@lru_cache(maxsize=8)
def load_messages(name: str) -> dict[str, Any]:
    """The content of `<name>.yml`, read once."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return content
