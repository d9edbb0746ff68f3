"""The letters that a name gives to its CURP, and where a name and a CURP disagree.

Source: Instructivo Normativo para la Asignación de la CURP. A disagreement is never an error: many
people write a married name, one surname, or a nickname.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from bot.programme.curp import LENGTH, inconvenient_words
from bot.programme.plain_text import plain_characters, without_accents
from bot.programme.table_files import table

Part = Literal["given", "first_surname", "second_surname"]

_VOWELS = frozenset("AEIOU")
_NONE = "X"
_SIGNS = re.compile(r"[^A-Z ]")


def differing_parts(
    given: str, first_surname: str, second_surname: str | None, curp: str
) -> tuple[Part, ...]:
    """The parts of a name whose letters are not those of the CURP; none for a malformed CURP."""
    if len(curp) != LENGTH:
        return ()
    first = _surname_word(first_surname)
    second = _surname_word(second_surname or "")
    differing: list[Part] = []
    if not any(_given_agrees(word, curp) for word in _given_words(given)):
        differing.append("given")
    if not _first_agrees(first, curp):
        differing.append("first_surname")
    if (_letter(second), _consonant(second)) != (curp[2], curp[14]):
        differing.append("second_surname")
    return tuple(differing)


def opening_letters(given: str, first_surname: str, second_surname: str | None) -> str:
    """The first four letters of the CURP of a name."""
    first, second = _surname_word(first_surname), _surname_word(second_surname or "")
    word = next(iter(_given_words(given)), "")
    letters = _letter(first) + _vowel(first) + _letter(second) + _letter(word)
    return letters[0] + _NONE + letters[2:] if letters in inconvenient_words() else letters


def _first_agrees(word: str, curp: str) -> bool:
    # X stands there too where the four letters would make a word that the register avoids.
    second_letter = curp[1] in (_vowel(word), _NONE)
    return curp[0] == _letter(word) and second_letter and curp[13] == _consonant(word)


def _given_agrees(word: str, curp: str) -> bool:
    return (_letter(word), _consonant(word)) == (curp[3], curp[15])


def _given_words(given: str) -> list[str]:
    """The given names that may have given the letters, the one that the rule names first."""
    words = _words(given)
    passed_over = {word.upper() for word in table("person_names")["passed_over"]}
    return words[1:] if len(words) > 1 and words[0] in passed_over else words[:1]


def _surname_word(surname: str) -> str:
    """The first word of a surname that is no particle."""
    return next(iter(_words(surname)), "")


def _words(name: str) -> list[str]:
    particles = {word.upper() for word in table("person_names")["particles"]}
    words = [_spelt(word) for word in plain_characters(name).replace(".", " ").split()]
    return list(_without(words, particles)) or words


def _without(words: Iterable[str], particles: set[str]) -> list[str]:
    return [word for word in words if word and word not in particles]


def _spelt(word: str) -> str:
    """In capitals; X for Ñ and for every sign, as the register writes them."""
    capitals = without_accents(word.upper().replace("Ñ", _NONE))
    return _SIGNS.sub(_NONE, capitals)


def _letter(word: str) -> str:
    return word[:1] or _NONE


def _vowel(word: str) -> str:
    return next((letter for letter in word[1:] if letter in _VOWELS), _NONE)


def _consonant(word: str) -> str:
    return next((letter for letter in word[1:] if letter not in _VOWELS), _NONE)
