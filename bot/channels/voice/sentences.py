"""What the line itself says, from `sentences.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WRITTEN = Path(__file__).with_name("sentences.yml")
OTHER = {"es": "en", "en": "es"}


def sentence(name: str, language: str, **given: str) -> str:
    """A sentence in a language."""
    return str(written()["sentences"][name][language]).format(**given)


def begins_as(answer: str | None, kind: str) -> bool:
    """Whether an answer is of a kind that `sentences.yml` names by the beginnings of names."""
    return (answer or "").startswith(tuple(written()[kind]))


def longest_start(answer: str | None, table: Iterable[str]) -> str | None:
    """The longest of the beginnings that the answer's name has."""
    return max((s for s in table if (answer or "").startswith(s)), key=len, default=None)


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """The whole file."""
    content: dict[str, Any] = yaml.safe_load(WRITTEN.read_text("utf-8"))
    return content
