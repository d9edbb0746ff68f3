"""Cuts an address in one message into pieces, and tells by their words what each of them is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from bot.programme.address_places import (
    Kind,
    Piece,
    ends_in_place,
    trimmed,
    without_city,
    without_state,
)
from bot.programme.field_text import one_line
from bot.programme.mexican_states import PostalCode, names_state, read_postal_code
from bot.programme.phrases import phrases, words_of
from bot.programme.plain_text import plain_characters

# A dash or point between two parts; "120-B", "4.5" and "Av. Juárez" stay whole.
_BREAKS = re.compile(
    r"[,\n\r\v\f\x85\u2028\u2029]+|\s-\s(?=[^\W\d_]{3})|(?<=[0-9])\.\s+(?=[^\W\d_])"
)
_LABELLED_CODE = re.compile(
    r"(?<![^\W_])(?:c\.?\s?p|c.d(?:igo)?\.?\s+postal|zip(?:\s+code)?|postal\s+code)(?![^\W_])"
    r"[\s.:#]{0,4}(?:(?:es|is)\s+)?([0-9]{2}[ ,.]?[0-9]{3}|[0-9]{1,7})(?![0-9])\.?",
    re.IGNORECASE,
)
_FIVE = re.compile(r"(?<![\w#\-])[0-9]{5}(?![\w\-])")
_ZIP = re.compile(r"(.+?) [0-9]{5}(?:-[0-9]{4})?")
_ONLY_NUMBER = re.compile(r"#? ?[0-9]{1,6}(?: ?-? ?[a-z])?", re.IGNORECASE)


def chunks_of(text: str) -> list[str]:
    """The text cut at its commas and line breaks, each chunk on one line, none empty."""
    cut = (one_line(chunk).strip(" .:;") for chunk in _BREAKS.split(plain_characters(text)))
    return [chunk for chunk in cut if chunk]


def has_zip_code(chunk: str) -> bool:
    """Whether it is five digits behind a state of the United States: "IL 60601"."""
    zip_code = _ZIP.fullmatch(chunk)
    place = words_of(zip_code[1]) if zip_code else ""
    return phrases("address", "us_states").exactly(place) is not None


def without_postal_code(text: str) -> tuple[str, str | None]:
    """The text without the postal code that a word announces, and that code if it is one."""
    plain = plain_characters(text)
    label = _LABELLED_CODE.search(plain)
    if label is None:
        return plain, None
    code = read_postal_code(re.sub(r"[^0-9]", "", label[1]))
    rest = _LABELLED_CODE.sub(" , ", plain)
    return rest, code.code if isinstance(code, PostalCode) else None


def address_pieces(text: str) -> tuple[list[Piece], str | None]:
    """The pieces of an address, and a postal code that stands among them without a word for it.

    The state, the country, and what only tells where to look are left out; the number of a house
    that has a part to itself is put to its street.
    """
    chunks = [chunk for chunk in chunks_of(text) if not _is_beside(chunk)]
    codes: dict[str, None] = {}
    pieces: list[Piece] = []
    for chunk in chunks:
        for piece in _cut(chunk):
            left = _take_code(piece, codes)
            if _is_number(left) and _put_to_street(pieces, left):
                continue
            if left.text and not _is_labelled_state(left):
                pieces.append(left)
    pieces = without_state(pieces)
    parted = [part for piece in pieces for part in without_city(piece)]
    return parted, next(iter(codes)) if len(codes) == 1 else None


def _is_beside(chunk: str) -> bool:
    found = phrases("address", "beside").find(words_of(chunk))
    return bool(found) and found[0].start == 0


def _is_number(piece: Piece) -> bool:
    first = words_of(piece.text).split()[:1]
    announced = bool(first) and phrases("address", "number_words").exactly(first[0]) is not None
    short = len(piece.text.split()) <= 6 and piece.has_number
    return piece.kind is None and (
        _ONLY_NUMBER.fullmatch(piece.text) is not None or (announced and short)
    )


def _put_to_street(pieces: list[Piece], number: Piece) -> bool:
    """Put a number behind the street before it; False where there is none."""
    for place, piece in reversed(list(enumerate(pieces))):
        if piece.kind in (None, "street"):
            written = number.text.replace(":", "")
            pieces[place] = replace(piece, text=f"{piece.text} {written}")
            return True
    return False


def _is_labelled_state(piece: Piece) -> bool:
    words = words_of(piece.text)
    rest = phrases("address", "state_labels").taken_out(words)
    return piece.kind is None and rest != words and names_state(rest)


def _cut(chunk: str) -> list[Piece]:
    """A chunk cut before the words that mark a part."""
    pieces: list[Piece] = []
    kind: Kind | None = None
    words: list[str] = []
    tokens = chunk.split()
    for place, token in enumerate(tokens):
        named = _mark(token)
        if named and _begins(Piece(" ".join(words), kind), named, " ".join(tokens[place:])):
            pieces.append(trimmed(words, kind))
            kind, words = named[0], []
        words.append(token)
    pieces.append(trimmed(words, kind))
    return [piece for piece in pieces if piece.text]


def _mark(token: str) -> tuple[Kind, bool] | None:
    """What a word marks, and whether it does so wherever it stands."""
    word = words_of(token)
    for section in ("strong", "weak"):
        kind = phrases("address", section).exactly(word)
        if kind is not None:
            return cast(Kind, kind), section == "strong"
    return None


def _begins(before: Piece, mark: tuple[Kind, bool], rest: str) -> bool:
    """Whether a marking word begins a new piece, after what the piece before it has."""
    kind, strong = mark
    words = words_of(before.text).split()
    if before.kind is None and not _content(words):
        return True
    if before.kind == kind or (before.kind is not None and not _content(words[1:])):
        return False  # "Col. Pueblo Nuevo", "Calle Municipio Libre"
    if not before.has_number and words[-1] in ("de", "del"):
        return False
    if strong:
        return True
    if kind == "street":
        return before.kind is not None and Piece(rest).has_number
    return before.has_number or before.kind in ("neighbourhood", "municipality")


def _content(words: list[str]) -> list[str]:
    return [word for word in words if phrases("address", "fillers").exactly(word) is None]


def _take_code(piece: Piece, codes: dict[str, None]) -> Piece:
    """The piece without a postal code; five digits in a street are the number of a house."""
    words = words_of(piece.text)
    label = phrases("address", "postal_labels").find(words)
    if label and label[0].start == 0:
        code = read_postal_code(piece.text)
        if isinstance(code, PostalCode):
            codes[code.code] = None
            return Piece("")
    alone = _FIVE.sub(" ", piece.text)
    if piece.kind == "street" or alone == piece.text or any(map(str.isdigit, alone)):
        return piece
    before = words_of(_FIVE.split(piece.text)[0])
    found = read_postal_code(piece.text)
    may_be_street = piece.kind is None and len(before.split()) > 1 and not ends_in_place(before)
    if not isinstance(found, PostalCode) or may_be_street:
        return piece
    codes[found.code] = None
    return replace(piece, text=" ".join(alone.split()))
