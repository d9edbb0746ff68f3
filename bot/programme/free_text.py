"""Reads the fields that are words of one's own: municipality, neighbourhood, street, occupation.

They are cleaned, never judged: the postal code tells the state, and the institute knows the rest.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.programme.field_text import Problem, is_latin, no_answer, one_line, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.plain_text import plain_characters
from bot.programme.table_files import table

LONGEST_PLACE = 60
LONGEST_STREET = 120
LONGEST_OCCUPATION = 60
_SHORTEST = 2  # letters; "Tz" and "Ek" are places
# No address has these; code and HTML have. The database takes everything as text anyway.
_MARKUP = re.compile(r"[<>{}\[\]|\\=;*^~`\"@$%]|--|/\*")
_SIGNS_BEFORE, _SIGNS_AFTER = " .,:;-_/'’)&+!", " ,:;-_/'’(&+!"


def read_municipality(text: str) -> str | Problem:
    """The municipality (or borough of Mexico City), without "municipio de".

    Problems of all four readers: `empty`, `too_long` with `longest`, `no_text`, `not_known`,
    `question`, `other_alphabet`, `markup` (HTML, code), `not_a_value` ("hola", "cancelar", no
    letters).
    """
    return _read(text, "municipality", LONGEST_PLACE)


def read_neighbourhood(text: str) -> str | Problem:
    """The neighbourhood, town or ranch, without "colonia". Problems: see read_municipality."""
    return _read(text, "neighbourhood", LONGEST_PLACE)


def read_street(text: str, number_asked: bool = False) -> str | Problem:
    """Street and number in one line.

    Problems: see read_municipality; `number_missing`, with the street as `written`, unless the text
    says that there is none (S/N, domicilio conocido) or `number_asked` tells that this was asked.
    """
    value = _read(text, "street", LONGEST_STREET)
    if isinstance(value, Problem):
        return value
    complete = any(character.isdigit() for character in value) or (
        words_of(value) in phrases("free_text", "without_number")
    )
    if complete or number_asked:
        return value
    return Problem("number_missing", {"written": value})


def read_occupation(text: str) -> str | Problem:
    """What somebody works as, without "trabajo de". Problems: see read_municipality."""
    return _read(text, "occupation", LONGEST_OCCUPATION)


def _read(text: str, field: str, longest: int) -> str | Problem:
    problem = unusable(text, longest) or no_answer(text)
    if problem is not None:
        return problem
    if _MARKUP.search(plain_characters(text)):
        return Problem("markup")
    line = _lead_in(field).sub("", one_line(text))
    line = line.lstrip(_SIGNS_BEFORE).rstrip(_SIGNS_AFTER)
    letters = [character for character in line if character.isalpha()]
    if any(not is_latin(letter) for letter in letters):
        return Problem("other_alphabet")
    only_a_number = field == "street" and any(character.isdigit() for character in line)
    if len(letters) < _SHORTEST and not (only_a_number and letters):
        return Problem("not_a_value")
    if phrases("free_text", "not_a_value").exactly(words_of(line)):
        return Problem("not_a_value")
    return _well_written(line)


def _well_written(line: str) -> str:
    """With a capital at the beginning, and small letters for what came all in capitals."""
    letters = [character for character in line if character.isalpha()]
    if len(letters) > 4 and all(letter.isupper() for letter in letters):
        line = line.title()
    return line[:1].upper() + line[1:]


@lru_cache(maxsize=8)
def _lead_in(field: str) -> re.Pattern[str]:
    longest_first = sorted(table("free_text")["lead_in"][field], key=len, reverse=True)
    listed = "|".join(re.escape(phrase) for phrase in longest_first)
    return re.compile(rf"^(?:(?:{listed})(?!\w)[\s:,.]*)+(?=\S)", re.IGNORECASE)
