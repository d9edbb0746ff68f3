"""Brings the characters that phones and keyboards produce to the plain ones of keys."""

from __future__ import annotations

import unicodedata

_INVISIBLE = "Cf"  # zero-width spaces and joiners, direction marks
_DASHES = "Pd"
_SPACES = "Zs"


def plain_characters(text: str) -> str:
    """The text with full-width forms, foreign digits, odd dashes and odd spaces made plain.

    Letters keep their accents and case; invisible characters go.
    """
    return "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))


def without_accents(text: str) -> str:
    """The text without accents, Ñ and ü among them."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _plain(character: str) -> str:
    if character.isascii():
        return character
    kind = unicodedata.category(character)
    if kind == _INVISIBLE:
        return ""
    if kind == _DASHES or character == "\N{MINUS SIGN}":
        return "-"
    if kind == _SPACES:
        return " "
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
