"""Slips of the finger and of the ear, made by rule over clean held-out messages.

Every rule takes a text and a source of chance and gives the text as somebody in a hurry, on a small
phone, or with few years of school would have written it. The same seed gives the same noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.nlu.evaluation import HeldOut

SEED = 20_261_123
CLEAN_STYLES = frozenset({"plain", "formal"})
# The share of the places where a rule could strike at which it does.
OFTEN = 0.6
SELDOM = 0.06

Rule = Callable[[str, random.Random], str]

_VOWELS_WITHOUT_ACCENTS = str.maketrans("áéíóúüÁÉÍÓÚÜ", "aeiouuAEIOUU")
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kñ", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip
_SPANISH_ABBREVIATIONS = {
    "que": "q", "qué": "q", "por": "x", "para": "pa", "porque": "xq", "también": "tmb",
    "cuánto": "cto", "cuándo": "cdo", "dónde": "dnd", "cómo": "cmo", "bien": "bn",
    "mensaje": "msj", "número": "num", "dólares": "dlls", "más": "+", "me": "m", "de": "d",
    "te": "t", "está": "sta", "información": "info",
}  # fmt: skip
_ENGLISH_ABBREVIATIONS = {
    "you": "u", "are": "r", "your": "ur", "please": "pls", "for": "4", "to": "2", "and": "n",
    "because": "cuz", "with": "w", "number": "num", "information": "info", "about": "abt",
    "going to": "gonna", "want to": "wanna", "I'm": "im", "don't": "dont", "before": "b4",
}  # fmt: skip


def without_accents(text: str, _chance: random.Random) -> str:
    """No accents, and no opening marks: half of all phones are set up like that."""
    return text.translate(_VOWELS_WITHOUT_ACCENTS).replace("¿", "").replace("¡", "")


def h_dropped(text: str, chance: random.Random) -> str:
    """h has no sound of its own in Spanish."""
    return _at_times(r"\b[hH](?=[aeiouáéíóú])", "", text, chance, OFTEN)


def b_and_v(text: str, chance: random.Random) -> str:
    """b and v sound alike."""
    swapped = {"b": "v", "v": "b", "B": "V", "V": "B"}
    return _at_times("[bvBV]", lambda match: swapped[match.group()], text, chance, OFTEN)


def s_c_and_z(text: str, chance: random.Random) -> str:
    """s, z, and c before e and i sound alike in Mexico; k is what qu and hard c sound like."""
    text = _at_times("[zZ]|[cC](?=[eiéí])", "s", text, chance, OFTEN)
    return _at_times("[qQ]u(?=[eiéí])|[cC](?=[aouáóú])", "k", text, chance, OFTEN)


def ll_and_y(text: str, chance: random.Random) -> str:
    """ll and y sound alike."""
    return _at_times(
        "ll|y(?=[aeiou])", lambda m: "y" if m.group() == "ll" else "ll", text, chance, OFTEN
    )


def key_neighbours(text: str, chance: random.Random) -> str:
    """A finger that hits the key beside the right one."""

    def beside(match: re.Match[str]) -> str:
        return chance.choice(_NEIGHBOURS[match.group()])

    return _at_times("[a-z]", beside, text, chance, SELDOM)


def missing_spaces(text: str, chance: random.Random) -> str:
    """Words that run together."""
    return _at_times(" ", "", text, chance, 0.15)


def doubled_letters(text: str, chance: random.Random) -> str:
    """Letters that stayed down too long, twice or more."""
    return _at_times(r"[a-z]", lambda m: m.group() * chance.randint(2, 4), text, chance, SELDOM)


def spanish_abbreviations(text: str, chance: random.Random) -> str:
    """What people cut short in a Spanish chat."""
    return _abbreviated(text, _SPANISH_ABBREVIATIONS, chance)


def english_abbreviations(text: str, chance: random.Random) -> str:
    """What people cut short in an English chat."""
    return _abbreviated(text, _ENGLISH_ABBREVIATIONS, chance)


SPANISH_RULES: tuple[Rule, ...] = (
    without_accents, h_dropped, b_and_v, s_c_and_z, ll_and_y, key_neighbours, missing_spaces,
    doubled_letters, spanish_abbreviations,
)  # fmt: skip
ENGLISH_RULES: tuple[Rule, ...] = (
    key_neighbours, missing_spaces, doubled_letters, english_abbreviations,
)  # fmt: skip


def noisy(messages: Sequence[HeldOut], seed: int = SEED) -> list[HeldOut]:
    """The clean messages, each with accents off (Spanish) and two further rules of its language.

    A message's noise depends on the seed and on the message alone: lines that are added to the
    held-out files do not change that of the others. The style becomes `noisy`.
    """
    return [_one(message, seed) for message in messages if message.style in CLEAN_STYLES]


def _one(message: HeldOut, seed: int) -> HeldOut:
    chance = random.Random(f"{seed} {message.text}")  # noqa: S311  not a secret
    rules = SPANISH_RULES[1:] if message.language == "es" else ENGLISH_RULES
    text = message.text.lower()
    for rule in chance.sample(rules, 2):
        text = rule(text, chance)
    if message.language == "es":
        text = without_accents(text, chance)
    return replace(message, style="noisy", text=text)


def _at_times(
    pattern: str,
    replacement: str | Callable[[re.Match[str]], str],
    text: str,
    chance: random.Random,
    how_often: float,
) -> str:
    """Replaces what the pattern finds, with a probability of `how_often` each."""

    def strike(match: re.Match[str]) -> str:
        if chance.random() >= how_often:
            return match.group()
        return replacement if isinstance(replacement, str) else replacement(match)

    return re.sub(pattern, strike, text)


def _abbreviated(text: str, abbreviations: dict[str, str], chance: random.Random) -> str:
    words = "|".join(re.escape(word) for word in sorted(abbreviations, key=len, reverse=True))
    return _at_times(rf"\b(?:{words})\b", lambda m: abbreviations[m.group()], text, chance, OFTEN)
