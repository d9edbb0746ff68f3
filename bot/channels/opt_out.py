"""The words with which people end their messages, bring them back, or ask what this is.

A word counts as the whole message only: "quiero dar de baja a mi esposa" is a question.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.programme.figures import load_figures

WRITTEN = Path(__file__).with_name("opt_out.yml")
Kind = Literal["stop", "start", "help"]


@dataclass(frozen=True)
class Word:
    """What was asked for, and the language of the word."""

    kind: Kind
    language: str


def word_in(text: str) -> Word | None:
    """The word that is the whole message; None for anything else."""
    return _words().get(_folded(text))


def answer_to(word: Word) -> str:
    """What is said to a word, in its language."""
    values = {name: figure.printed(word.language) for name, figure in load_figures().items()}
    return str(_written()["answers"][word.kind][word.language]).format_map(values)


@cache
def _words() -> dict[str, Word]:
    return {
        _folded(text): Word(kind, language)
        for kind, languages in _written()["words"].items()
        for language, texts in languages.items()
        for text in texts
    }


@cache
def _written() -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(WRITTEN.read_text("utf-8"))
    return written


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())
