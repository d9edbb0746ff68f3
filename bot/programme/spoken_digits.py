"""Numbers that are said digit by digit, or in pairs: "dos uno tres", "cincuenta y cinco", "oh"."""

from __future__ import annotations

import re

from bot.programme.number_words import find_numbers
from bot.programme.plain_text import plain_characters, without_accents

_LETTERS = re.compile(r"[a-z]+(?: +[a-z]+)*")
_MARK = re.compile(r"n([0-9]+)n")
_REPEATED = re.compile(r"\b(doble|double|triple)s? ([a-z]+|[0-9])(?![0-9])")
_OH = re.compile(r"\boh\b")
_LETTER_O = re.compile(r"(?<=\b[0-9] )o(?= [0-9]\b)")
# Above this a spoken number is an amount, not a part of a phone number or a postal code.
_GREATEST = 10**9


def with_digits(text: str) -> str:
    """The text in small letters without accents, with number words written as digits.

    "trescientos doce, cinco cinco cinco" is "312, 5 5 5"; "doble cero" is "0 0". What is no number
    word stays, punctuation too.
    """
    folded = without_accents(plain_characters(text)).lower()
    folded = _OH.sub("zero", _REPEATED.sub(_repeated, folded))
    said = _LETTERS.sub(lambda run: _in_digits(run[0]), folded)
    return _LETTER_O.sub("0", said)


def _repeated(match: re.Match[str]) -> str:
    numbers = find_numbers(match[2]).numbers
    if not numbers:
        return match[0]  # "doble nacionalidad"
    return " ".join([match[2]] * (3 if match[1] == "triple" else 2))


def _in_digits(words: str) -> str:
    numbered = find_numbers(words)

    def digits(mark: re.Match[str]) -> str:
        value = numbered.numbers[int(mark[1])].value
        return str(int(value)) if value == int(value) and value < _GREATEST else mark[0]

    return _MARK.sub(digits, numbered.text)
