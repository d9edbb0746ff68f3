"""Brings a message to the form in which topics are learned: the same for every way of spelling it.

Two views come out. `folded` keeps words as words (no accents, no shouting, abbreviations opened,
numbers by kind).
`sounded` writes them as they sound, because many people spell by ear: b is v, s is z, h is nothing,
ll is y."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

SHORTHAND_FILE = Path(__file__).with_name("shorthand.yml")

# Each repetition before another mark has a bound: a long "a.a.a.a." costs no more than other text.
_URL = re.compile(r"https?://\S+|www\.\S+")
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,64}\b")
_CURP = re.compile(r"\b[a-zñ]{4}[ -]?\d{6}[ -]?[a-zñ]{6}[ -]?[0-9a-z]{2}\b")
_CURP_LIKE = re.compile(r"\b[a-zñ]{3,5}\d{5,7}[a-zñ0-9]{5,10}\b")
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|•••-••-••••")
# Nine digits or more, however they are grouped: "011 52 55 4166 5415", "(415) 555-1234".
_DIGIT_RUN = re.compile(r"\d(?:[ ().-]{0,2}\d){8,19}\b")
_MONEY = re.compile(r"\$\s?\d[\d.,]{0,14}\s?k?\b|\b\d[\d.,]{0,14}\s?k\b")
_NUMBER = re.compile(r"\d[\d.,]*")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
_NOT_WORD = re.compile(r"[^a-z0-9ñ']+")


_ADDRESSES_AND_KEYS = ("email", "url", "curp", "ssn", "phone", "nss", "long", "money")
_COUNTED = ("one", "two", "five", "many")
# The words that stand in the place of addresses and numbers.
KINDS_OF_NUMBER = frozenset(f"num{kind}" for kind in [*_ADDRESSES_AND_KEYS, *_COUNTED])


@dataclass(frozen=True)
class Normalised:
    """A message as the models read it."""

    folded: str
    sounded: str


@lru_cache(maxsize=1)
def shorthand() -> dict[str, str]:
    """Abbreviations and what they stand for."""
    loaded: dict[str, str] = yaml.safe_load(SHORTHAND_FILE.read_text("utf-8"))
    return {str(short): str(full) for short, full in loaded.items()}


def normalise(text: str) -> Normalised:
    """Both views of a message."""
    folded = fold(text)
    return Normalised(folded, sound(folded))


# A message is folded seven times while it is read, here and there.
@lru_cache(maxsize=32)
def fold(text: str) -> str:
    """Words without accents, case, punctuation and abbreviations; numbers replaced by their
    kind."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("`", "'")
    text = _without_accents(text)
    text = _name_the_numbers(text)
    text = _REPEATED.sub(r"\1", text)
    words = _NOT_WORD.sub(" ", text).split()
    known = shorthand()
    return " ".join(known.get(word, word) for word in words)


def _without_accents(text: str) -> str:
    text = text.replace("ñ", "\0")
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("\0", "ñ")


def _name_the_numbers(text: str) -> str:
    text = _EMAIL.sub(" numemail ", text)
    text = _URL.sub(" numurl ", text)
    text = _CURP.sub(" numcurp ", text)
    text = _CURP_LIKE.sub(" numcurp ", text)
    text = _SSN.sub(" numssn ", text)
    text = _DIGIT_RUN.sub(_kind_of_run, text)
    text = _MONEY.sub(" nummoney ", text)
    return _NUMBER.sub(_kind_of_number, text)


def _kind_of_run(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return {9: " numssn ", 10: " numphone ", 11: " numnss "}.get(digits, " numlong ")


def _kind_of_number(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return {1: " numone ", 2: " numtwo ", 5: " numfive "}.get(digits, " nummany ")


_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"\bh|(?<![cs])h"), ""),
    (re.compile(r"qu(?=[ei])"), "k"),
    (re.compile(r"[cq](?=[aourltn])|c\b|ck|q"), "k"),
    (re.compile(r"c(?=[ei])|z|x(?=[ei])"), "s"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"y\b"), "i"),
    (re.compile(r"ñ|nn"), "n"),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"([a-z])\1"), r"\1"),
)


def sound(folded: str) -> str:
    """The words as they sound in Spanish."""
    for pattern, replacement in _SOUNDS:
        folded = pattern.sub(replacement, folded)
    return folded


# Who looks for phrases comes by each word of a message many times.
sound_of_word = lru_cache(maxsize=1024)(sound)
