"""Finds numbers in a message, written in digits, in words, or both: "2 mil 500", "dos mil", "1.5k".

Spanish and English. text2num was tried and set aside: it reads "2 mil quinientos" as 2 and 1500,
"entre dos mil y dos mil quinientos" as 2002 and 1500, and no misspelt word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TABLES_FILE = Path(__file__).parent / "tables" / "number_words.yml"

_TOKEN = re.compile(
    r"[0-9]+(?:\.[0-9]+)?e\+?[0-9]+(?![0-9a-z])"  # 1e309: nobody earns it, but it must not crash
    r"|[0-9](?:[0-9.,']*[0-9])?"
    r"|[a-z]+"
    r"|[$%/#+\-]"
)
_GROUPED = {
    # 1,500 and 1.500 are both fifteen hundred: in the US and in Mexico, and in the rest of Latin
    # America.
    ",": re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    ".": re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}
# A leading zero makes it a key or a postal code.
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?(?:e\+?[0-9]+)?")
_GREATEST_EXPONENT = 400


@dataclass(frozen=True)
class FoundNumber:
    """A number and how it was written.

    `scaled`: a word or letter such as "mil" or "k" is part of it. `in_digits`: its length when it
    is nothing but digits, else 0.
    """

    value: Decimal
    scaled: bool = False
    in_digits: int = 0


@dataclass(frozen=True)
class NumberedText:
    """A message in which marks (`n0n`, `n1n`, …) stand for numbers[0], numbers[1], …"""

    text: str
    numbers: tuple[FoundNumber, ...]


def find_numbers(folded: str) -> NumberedText:
    """Mark the numbers of a text that is already in small letters without accents."""
    tokens = _TOKEN.findall(folded)
    words: list[str] = []
    numbers: list[FoundNumber] = []
    index = 0
    while index < len(tokens):
        number, taken = _read_number(tokens, index)
        if number is None:
            words.append(tokens[index])
            index += 1
        else:
            words.append(f"n{len(numbers)}n")
            numbers.append(number)
            index += taken
    return NumberedText(" ".join(words), tuple(numbers))


def read_digits(text: str) -> Decimal | None:
    """The value of a number in digits with either kind of separators, None when it is malformed."""
    text = text.replace("'", "")
    if _GROUPED[","].fullmatch(text):
        text = text.replace(",", "")
    elif _GROUPED["."].fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif not _PLAIN.fullmatch(text):
        return None
    exponent = text.partition("e")[2]
    if len(exponent) > len(str(_GREATEST_EXPONENT)):
        return Decimal(f"1e{_GREATEST_EXPONENT}")  # beyond any limit, and cheap to compare
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


class _Reader:
    """Adds up one number, word by word, for as long as each can still belong to it."""

    def __init__(self) -> None:
        self.millions = Decimal(0)
        self.thousands = Decimal(0)
        self.current: Decimal | None = None
        self.room = Decimal(10) ** 9  # only values below this can still be added
        self.scaled = False

    @property
    def started(self) -> bool:
        return self.current is not None or self.scaled

    def add(self, value: Decimal, room: int) -> bool:
        if value >= self.room:
            return False
        self.current = (self.current or Decimal(0)) + value
        self.room = Decimal(room)
        return True

    def scale(self, factor: int) -> bool:
        if factor == 100:
            if self.current is None or not 0 < self.current < 100:
                return False
            self.current, self.room = self.current * 100, Decimal(100)
            return True
        if factor == 1000:
            if self.thousands:
                return False
            self.thousands = (Decimal(1) if self.current is None else self.current) * 1000
        else:
            counted = self.thousands + (self.current or Decimal(0))
            if not counted or self.millions:
                return False
            self.millions, self.thousands = counted * factor, Decimal(0)
        self.current, self.room, self.scaled = None, Decimal(factor), True
        return True

    def add_half(self) -> bool:
        """ "dos mil y medio": half of the thousand just said."""
        if not self.thousands or self.current is not None:
            return False
        self.current, self.room = Decimal(500), Decimal(0)
        return True

    @property
    def value(self) -> Decimal:
        return self.millions + self.thousands + (self.current or Decimal(0))


def _read_number(tokens: list[str], start: int) -> tuple[FoundNumber | None, int]:
    """The number that begins at a word, and how many tokens it takes."""
    reader, index = _Reader(), start
    while index < len(tokens):
        taken = _take(reader, tokens, index)
        if not taken:
            break
        index += taken
    if not reader.started:
        return None, 0
    value, index = _with_cents(reader, tokens, index)
    alone = index == start + 1 and tokens[start].isdigit()
    return FoundNumber(value, reader.scaled, len(tokens[start]) if alone else 0), index - start


def _take(reader: _Reader, tokens: list[str], index: int) -> int:
    """Add the word at index to the number; how many were used, 0 when it does not belong."""
    word, following = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else ""
    if word[0].isdigit():
        return int(_take_digits(reader, word))
    if word in ("un", "a") and not reader.started:
        # "a" belongs to a number only in "a hundred", "a thousand"; "un" in "un mil", "un millon".
        if following == "hundred" and reader.add(Decimal(1), 1):
            return 1
        return int(_scales().get(following, 0) >= 1000 and reader.add(Decimal(1), 1))
    if word == "y" and following in ("medio", "media") and reader.add_half():
        return 2
    if word in ("y", "and", "-") and reader.current is not None:
        return _take_joined(reader, word, following)
    if word == "once" and following in ("a", "every", "per", "again"):
        return 0  # "once a week" is English
    if word in _scales():
        if word != "mil" and not reader.started:
            return 0
        return int(reader.scale(_scales()[word]))
    value = _word_value(word)
    return int(value is not None and reader.add(Decimal(value), _room_after(value)))


def _take_digits(reader: _Reader, word: str) -> bool:
    value = read_digits(word)
    if value is None:
        return False
    if reader.started:
        # "2 mil 500" is one number, "5 mil 40 horas" is two.
        follows = reader.scaled and reader.current is None and word.isdigit() and len(word) == 3
        return follows and reader.add(value, 0)
    reader.current, reader.room = value, Decimal(0)
    return True


def _take_joined(reader: _Reader, word: str, following: str) -> int:
    """ "treinta y cinco", "diez y seis", "a hundred and fifty", "twenty-five"."""
    value = _word_value(following)
    if value is None:
        return 0
    if word == "y" and reader.current == 10 and value < 10:
        reader.room = Decimal(10)
    fits = reader.room == 100 if word == "and" else reader.room == 10
    return 2 if fits and reader.add(Decimal(value), _room_after(value)) else 0


def _with_cents(reader: _Reader, tokens: list[str], index: int) -> tuple[Decimal, int]:
    """ "veinticinco con cincuenta" is 25.50."""
    value = reader.value
    if reader.scaled or tokens[index : index + 1] != ["con"] or index + 1 >= len(tokens):
        return value, index
    cents = tokens[index + 1]
    written = int(cents) if cents.isdigit() and len(cents) == 2 else _word_value(cents)
    if written is None or not 10 <= written < 100:
        return value, index
    return value + Decimal(written) / 100, index + 2


def _room_after(value: int) -> int:
    """What may follow a number word: units after tens, tens and units after hundreds."""
    if value >= 100:
        return 100
    return 10 if value >= 20 and value % 10 == 0 else 0


def _word_value(word: str) -> int | None:
    spanish, english = _word_values()
    return english.get(word, spanish.get(_sound(word)))


def _sound(word: str) -> str:
    word = re.sub(r"c(?=[ei])|z", "s", word).replace("v", "b").replace("h", "")
    return word.replace("ss", "s")


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(TABLES_FILE.read_text(encoding="utf-8"))
    return tables


@lru_cache(maxsize=1)
def _word_values() -> tuple[dict[str, int], dict[str, int]]:
    tables = _tables()
    return {_sound(word): value for word, value in tables["spanish"].items()}, tables["english"]


def _scales() -> dict[str, int]:
    scales: dict[str, int] = _tables()["scales"]
    return scales
