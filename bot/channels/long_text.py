"""Texts that are longer than a channel takes in one message, cut where a reader would pause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# From the best place for a cut to the worst: a paragraph, a line, a sentence, a word.
_PAUSES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…:;])\s"),
    re.compile(r"\s"),
)
# A better place is not taken where it would leave a message nearly empty.
_LEAST_PART = 4
_JOINERS = {"\u200d", "\ufe0f", "\ufe0e"}


def utf16_length(text: str) -> int:
    """Length as Telegram and telephones count it: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def split_text(
    text: str, limit: int, length: Callable[[str], int] = utf16_length
) -> tuple[str, ...]:
    """The text in pieces of at most `limit`; none for an empty text."""
    pieces, rest = [], text.strip()
    while length(rest) > limit:
        cut = _cut(_fitting(rest, limit, length), rest)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*pieces, rest) if rest else tuple(pieces)


def _fitting(text: str, limit: int, length: Callable[[str], int]) -> int:
    """How many characters fit."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= limit else (low, middle - 1)
    return low


def _cut(fitting: int, text: str) -> int:
    # One more, since a pause may stand right behind what fits.
    head = text[: fitting + 1]
    for pause in _PAUSES:
        places = [found.start() for found in pause.finditer(head) if found.start() <= fitting]
        if places and places[-1] >= fitting // _LEAST_PART:
            return places[-1]
    cut = fitting
    while cut > 1 and _belongs_to_the_one_before(text, cut):
        cut -= 1
    return cut if cut > 1 else fitting


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    character = text[place]
    return (
        bool(unicodedata.combining(character))
        or character in _JOINERS
        or text[place - 1] == "\u200d"
    )
