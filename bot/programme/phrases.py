"""Finds listed phrases in a message, as whole words, longer ones first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.programme.plain_text import plain_characters, without_accents
from bot.programme.table_files import table

_APOSTROPHES = re.compile(r"['’‘`´]")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_STRETCHED = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True)
class FoundPhrase:
    """A phrase in a text of words: where it begins and ends, and what it stands for."""

    start: int
    end: int
    name: str


class Phrases:
    """Phrases by what they stand for, ready to be looked for.

    Raises ValueError for a phrase that YAML did not read as text ("no" without quotes) or that
    stands for two things.
    """

    def __init__(self, named: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[str, str] = {}
        for name, phrases in named.items():
            for phrase in phrases:
                if not isinstance(phrase, str) or words_of(phrase) in self._names:
                    raise ValueError(f"{phrase!r} of {name}: not a text, or listed twice")
                self._names[words_of(phrase)] = str(name)
        longest_first = sorted(self._names, key=len, reverse=True)
        listed = "|".join(re.escape(phrase) for phrase in longest_first) or "(?!)"
        self._pattern = re.compile(rf"(?<![^ ])(?:{listed})(?![^ ])")

    def find(self, words: str) -> list[FoundPhrase]:
        """Every phrase in a text made by `words_of`, in order and without overlaps."""
        return [
            FoundPhrase(match.start(), match.end(), self._names[match[0]])
            for match in self._pattern.finditer(words)
        ]

    def names(self, words: str) -> tuple[str, ...]:
        """What is found stands for, each once, in order."""
        return tuple(dict.fromkeys(found.name for found in self.find(words)))

    def exactly(self, words: str) -> str | None:
        """What the whole text stands for, None where it is no listed phrase."""
        return self._names.get(words)

    def __contains__(self, words: str) -> bool:
        return self._pattern.search(words) is not None

    def taken_out(self, words: str) -> str:
        """The text without the phrases."""
        return " ".join(self._pattern.sub(" ", words).split())


@lru_cache(maxsize=64)
def phrases(table_name: str, section: str) -> Phrases:
    """The phrases of one section of a table: a list, or lists by what they stand for."""
    content = table(table_name)[section]
    return Phrases(content if isinstance(content, dict) else {section: content})


def words_of(text: str) -> str:
    """The text as small letters and digits without accents, one space between words.

    Apostrophes go ("don't" is "dont"), and so do stretched letters ("siiii" is "si").
    """
    folded = without_accents(plain_characters(text)).lower()
    words = _NO_WORD.sub(" ", _APOSTROPHES.sub("", folded)).strip()
    return _STRETCHED.sub(r"\1", words)
