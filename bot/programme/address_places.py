"""A piece of an address, and the city or state at its end that no comma divides from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.programme.mexican_states import names_state
from bot.programme.phrases import Phrases, phrases, words_of

Kind = Literal["street", "neighbourhood", "municipality"]

_ENDS_IN_NUMBER = re.compile(r"(?:[0-9][\w\-/]*(?: [A-Za-z])?|s/?n|n.mero)\.?$", re.IGNORECASE)
_LONGEST_NAME = 4  # words of a city or a state


@dataclass(frozen=True)
class Piece:
    """A part of an address; `kind` only where a word tells it. What it says is not in the repr."""

    text: str = field(repr=False)
    kind: Kind | None = None

    @property
    def has_number(self) -> bool:
        """Whether it has a number, or says that there is none."""
        return any(character.isdigit() for character in self.text) or (
            words_of(self.text) in phrases("free_text", "without_number")
        )

    @property
    def is_city(self) -> bool:
        """Whether it is nothing but the name of a large city."""
        return phrases("mexican_states", "cities").exactly(words_of(self.text)) is not None


def trimmed(tokens: list[str], kind: Kind | None) -> Piece:
    """A piece without the small words at its end, and before it where no mark begins it."""
    fillers = phrases("address", "fillers")
    kept = list(tokens)
    while kept and fillers.exactly(words_of(kept[-1])) and (kind is None or len(kept) > 1):
        if kept[-1].isalpha() and kept[-1].isupper() and len(kept[-1]) == 1:
            break  # the A of "12 A"
        kept.pop()
    only_mark = kind is not None and len(kept) <= 1
    text = " ".join(kept).rstrip(" .:;")
    return Piece("" if only_mark or not words_of(text) else text, kind)


def ends_in_place(words: str) -> bool:
    """Whether a text made by `words_of` ends in the name of a city or a state."""
    tokens = words.split()
    return bool(_tail(tokens, phrases("mexican_states", "cities")) or _state_tail(tokens))


def _tail(tokens: list[str], listed: Phrases) -> int:
    """How many words at the end are a listed name, 0 for none."""
    for count in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        if listed.exactly(words_of(" ".join(tokens[-count:]))) is not None:
            return count
    return 0


def _state_tail(tokens: list[str]) -> int:
    for count in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        if names_state(words_of(" ".join(tokens[-count:]))):
            return count
    return 0


def without_state(pieces: list[Piece]) -> list[Piece]:
    """The pieces without the country and the state at their end."""
    country = phrases("address", "country")
    if pieces and country.exactly(words_of(pieces[-1].text)) is not None:
        pieces = pieces[:-1]
    if not pieces:
        return pieces
    last, before = pieces[-1], pieces[:-1]
    words = words_of(last.text)
    if last.kind is None and names_state(words):
        return before if before else pieces
    tokens = last.text.split()
    count = _state_tail(tokens)
    head = tokens[: len(tokens) - count]
    if not count or words_of(" ".join(tokens[-count:])) in phrases("address", "persons"):
        return pieces
    whole = Piece(" ".join(head), last.kind)
    place = last.kind in (None, "municipality") and not last.has_number
    if _stands_alone(whole) and (place or without_city(whole) != [whole] or _numbered(whole)):
        return [*before, whole]
    return pieces


def without_city(piece: Piece) -> list[Piece]:
    """The piece, and the large city at its end as a municipality: "col centro morelia"."""
    tokens = piece.text.split()
    count = _tail(tokens, phrases("mexican_states", "cities"))
    head = trimmed(tokens[: len(tokens) - count], piece.kind)
    if not count or not _stands_alone(head):
        return [piece]
    if piece.kind != "neighbourhood" and not _numbered(head):
        return [piece]
    return [head, Piece(" ".join(tokens[-count:]), "municipality")]


def _stands_alone(head: Piece) -> bool:
    """Whether a piece is one without the name of a place behind it."""
    words = words_of(head.text).split()
    content = words[1:] if head.kind else words
    return bool(content) and phrases("address", "joined").exactly(words[-1]) is None


def _numbered(head: Piece) -> bool:
    return head.kind in (None, "street") and _ENDS_IN_NUMBER.search(head.text) is not None
