"""Reads an address that is given in one message: street, neighbourhood, municipality, postal code.

What could be two things is left out: it is asked for, which costs a message and harms nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.programme.address_pieces import (
    address_pieces,
    chunks_of,
    has_zip_code,
    without_postal_code,
)
from bot.programme.address_places import Kind, Piece
from bot.programme.field_text import Problem, is_question, no_answer, unusable
from bot.programme.free_text import read_municipality, read_neighbourhood, read_street
from bot.programme.mexican_states import names_state
from bot.programme.phrases import phrases, words_of

LONGEST_ADDRESS = 300
_LONGEST_NAME = 7  # words of a place that nothing marks; a sentence has more
_KINDS: tuple[Kind, ...] = ("street", "neighbourhood", "municipality")


@dataclass(frozen=True)
class AddressParts:
    """The parts of an address that a message gives, None for those that it does not.

    The street may lack its number: read_street tells. No value is in the repr.
    """

    street: str | None = field(default=None, repr=False)
    neighbourhood: str | None = field(default=None, repr=False)
    municipality: str | None = field(default=None, repr=False)
    postal_code: str | None = field(default=None, repr=False)


def read_address(text: str) -> AddressParts | Problem:
    """The parts of the address in a text, at least one; the state follows from the postal code.

    Problems: `empty`, `too_long` with `longest`, `no_text`, `not_known`, `question`,
    `other_alphabet`, `markup` (HTML, code), `not_a_value` (no part is sure, or it is an address in
    the United States).
    """
    problem = unusable(text, LONGEST_ADDRESS) or _refused(text)
    if problem is not None:
        return problem
    rest, labelled = without_postal_code(text)
    pieces, unlabelled = address_pieces(rest)
    parts = replace(_read(_told_apart(pieces)), postal_code=labelled or unlabelled)
    if parts == AddressParts():
        return no_answer(text) or Problem("not_a_value")
    return parts


def _refused(text: str) -> Problem | None:
    """Why no part of the text is read: a question, or one part with what no address has."""
    if is_question(text):
        return Problem("question")
    for chunk in chunks_of(text):
        if has_zip_code(chunk):
            return Problem("not_a_value")
        value = read_street(chunk, number_asked=True)
        if isinstance(value, Problem) and value.code in ("markup", "other_alphabet"):
            return value
    return None


def _read(found: dict[Kind, str]) -> AddressParts:
    """The parts as free_text cleans them; what it refuses is None."""
    readers: dict[Kind, Callable[[str], str | Problem]] = {
        "street": lambda part: read_street(part, number_asked=True),
        "neighbourhood": read_neighbourhood,
        "municipality": read_municipality,
    }
    values = {kind: readers[kind](_without_label(part)) for kind, part in found.items()}
    read = {kind: None if isinstance(value, Problem) else value for kind, value in values.items()}
    return AddressParts(**read)


def _without_label(part: str) -> str:
    """ "mun. de Morelia" without what is before the name; "Calle: Morelos" without the colon."""
    first, _, rest = part.partition(" ")
    if words_of(first) in ("ciudad", "cd") and not names_state(words_of(part)):
        name = rest.partition(" ")[2] if words_of(rest).startswith("de ") else ""
        return name or part
    if rest and phrases("address", "labels").exactly(words_of(first)) is not None:
        small, _, name = rest.partition(" ")
        return name if name and words_of(small) in ("de", "del") else rest
    return f"{first.rstrip(':')} {rest}" if rest else part


def _told_apart(pieces: list[Piece]) -> dict[Kind, str]:
    """What is street, neighbourhood and municipality: by marks, a number, a city, the order."""
    found: dict[Kind, str] = {}
    for piece in pieces:
        if piece.kind is not None:
            found.setdefault(piece.kind, piece.text)
    unmarked = [piece for piece in pieces if piece.kind is None and _is_part(piece)]
    numbered = next((piece for piece in unmarked if piece.has_number), None)
    if numbered is not None and "street" not in found:
        found["street"] = numbered.text
        unmarked.remove(numbered)
    open_kinds = [kind for kind in _KINDS if kind not in found]
    if not open_kinds or not unmarked:
        return found
    if len(unmarked) >= len(open_kinds):
        # The last one is the widest: a town may stand between.
        chosen = [*unmarked[: len(open_kinds) - 1], unmarked[-1]]
        return found | {k: p.text for k, p in zip(open_kinds, chosen, strict=True)}
    return found | _likely(unmarked, open_kinds, pieces)


def _is_part(piece: Piece) -> bool:
    """Whether an unmarked piece is an answer at all: not "hola", not a sentence.

    One that says "no sé" holds its place in the order, and gives nothing.
    """
    value = read_street(piece.text, number_asked=True)
    if isinstance(value, Problem):
        return value.code == "not_known"
    return len(piece.text.split()) <= _LONGEST_NAME or piece.has_number


def _likely(unmarked: list[Piece], kinds: list[Kind], pieces: list[Piece]) -> dict[Kind, str]:
    """Fewer parts than are open: what their words or their place make sure."""
    found: dict[Kind, str] = {}
    last_marked = max(
        (n for n, piece in enumerate(pieces) if piece.kind == "neighbourhood"), default=-1
    )
    for piece in unmarked:
        after_neighbourhood = 0 <= last_marked < pieces.index(piece)
        if piece.is_city or after_neighbourhood:
            kind: Kind = "municipality"
        elif words_of(piece.text) in phrases("address", "neighbourhood_like"):
            kind = "neighbourhood"
        else:
            continue
        if kind in kinds:
            found.setdefault(kind, piece.text)
    return found
