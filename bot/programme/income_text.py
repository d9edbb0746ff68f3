"""The parts of a message about income: which number is the amount, and what stands beside it.

Works on text where every number is a mark (see number_words). The vocabulary is in
`tables/income.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.programme.number_words import FoundNumber, NumberedText, find_numbers
from bot.programme.plain_text import plain_characters, without_accents

TABLES_FILE = Path(__file__).parent / "tables" / "income.yml"
LONGEST_TEXT = 500

_MARK = re.compile(r"n([0-9]+)n")
# Written like this a number is a phone, an NSS, a US number or a date, never money.
_OTHER_NUMBER = re.compile(
    r"\S+@\S+"
    r"|\+[0-9][0-9 ().\-]{7,20}"
    r"|\(?[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}(?![0-9])"
    r"|\b[0-9]{2} [0-9]{4} [0-9]{4}\b|\b[0-9]{3}-[0-9]{4}\b(?!-)"
    r"|\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"
    r"|\b[0-9]{1,4}[/\-][0-9]{1,2}[/\-][0-9]{1,4}\b"
    r"|\b[a-z]{4}[ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[hmx][a-z]{2}[b-df-hj-np-tv-z]{3}"
    r"(?:[ \-]?[a-z0-9]{1,2})?\b"
    r"|\b[0-9]{1,2}:[0-9]{2}\b|\bmil gracias\b|\bmillon(?:es)? de gracias\b"
    r"|\b(?!usd|mxn|dls|dlls)[a-z]{1,20}[0-9][a-z0-9]*\b(?<![0-9]e[0-9])"
)
_GLUED_CURRENCY = re.compile(r"\b(usd|mxn|dlls|dls|us)\s*\$?\s*(?=[0-9])")
_SPACED_THOUSANDS = re.compile(
    r"(?<![0-9][ .,])(?<![0-9.,])([1-9][0-9]{0,2}) (?=[0-9]{3}(?![0-9])(?! [0-9]))"
)
_NEGATIVE = re.compile(r"(?:^|\s)-\s?\$?\s?[0-9]|(?:^|\s)\$\s?-\s?[0-9]")
_PHONE_DIGITS = 7
_YEARS = range(1930, 2036)
_RANGE_WORDS = r"(?:y|a|o|u|hasta|to|and|or|-)"

_MONEY_SIGN, _PERIOD_BESIDE, _EARNING_NEAR, _ALONE = 4, 3, 2, 1


@dataclass(frozen=True)
class Candidate:
    """A number that may be the amount: how sure that is, and what stands beside it."""

    mark: int
    score: int
    currency: str | None
    period: str | None
    start: int
    end: int


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The lists of `tables/income.yml`."""
    tables: dict[str, Any] = yaml.safe_load(TABLES_FILE.read_text(encoding="utf-8"))
    return tables


def fold(text: str) -> str:
    """Small letters without accents, plain characters; only the first 500 are read."""
    folded = without_accents(plain_characters(text[:LONGEST_TEXT])).lower()
    folded = re.sub(r"\b[px]/(?=[a-z])", "por ", re.sub(r"\bc/ ?(?=[a-z])", "cada ", folded))
    return folded.replace("m.n.", " mn ").replace("u.s.", " us ").replace("us$", " usd ")


def is_negative(folded: str) -> bool:
    """Whether a number is written with a minus sign."""
    return _NEGATIVE.search(folded) is not None


def mark_numbers(folded: str) -> NumberedText:
    """The text with numbers marked, misspellings put right, and phones, keys and dates gone."""
    kept = _OTHER_NUMBER.sub(" code ", _GLUED_CURRENCY.sub(r"\1 ", folded))
    kept = _SPACED_THOUSANDS.sub(r"\1", re.sub(r"['’]", "", kept))
    numbered = find_numbers(kept)
    spellings = vocabulary()["spellings"]
    words = (spellings.get(word, word) for word in numbered.text.split())
    return NumberedText(" ".join(words), numbered.numbers)


def take_out(pattern: re.Pattern[str], text: str) -> str:
    """The text with what a pattern finds replaced by a bar that nothing reads across."""
    return pattern.sub(" | ", text)


def find_periods(numbered: NumberedText) -> list[tuple[int, int, str]]:
    """Every period said in the text: where it begins and ends, and its name."""
    text = _open_marks(numbered)
    found = []
    for match in _period_pattern().finditer(text):
        found.append((match.start(), match.end(), str(_period_names()[_squeezed(match[0])])))
    return found


def find_currencies(text: str) -> list[str]:
    """Every currency said in the text, in order."""
    names = _phrase_names("currencies")
    return [names[match[0]] for match in _pattern_of(tuple(names)).finditer(text)]


def find_range(numbered: NumberedText) -> tuple[Decimal, int, int] | None:
    """A range of amounts: its lower end and the marks of both. None when there is none."""
    money = _alternatives([*_phrase_names("currencies"), "$", "|"])
    pattern = rf"n([0-9]+)n(?: {money})* {_RANGE_WORDS} (?:{money} )*n([0-9]+)n"
    match = re.search(pattern, numbered.text)
    if match is None:
        return None
    low, high = (numbered.numbers[int(mark)] for mark in match.groups())
    lower = low.value
    if high.scaled and not low.scaled and lower < 1000 <= high.value:
        lower *= 1000  # "2 a 3 mil", "2-3k"
    between = match[0].split()
    joined_by_and = "y" in between or "and" in between or "o" in between or "or" in between
    opened = re.search(
        r"(?:entre|between|de|from)(?: \$| como| unos)* $", numbered.text[: match.start()]
    )
    if lower >= high.value or (joined_by_and and {"y", "and"} & set(between) and not opened):
        return None
    return lower, int(match[1]), int(match[2])


def find_amount(numbered: NumberedText) -> Candidate | None:
    """The number most likely to be the amount, the first of equals; None when none is money."""
    periods = find_periods(numbered)
    shift = _marks_of_shift(numbered)
    candidates = [
        candidate
        for match in _MARK.finditer(numbered.text)
        if int(match[1]) not in shift
        and (candidate := _candidate(numbered, match, periods)) is not None
    ]
    return max(candidates, key=lambda candidate: candidate.score, default=None)


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of some phrases as whole words, longer ones first."""
    return _pattern_of(tuple(phrases))


def _candidate(
    numbered: NumberedText, match: re.Match[str], periods: list[tuple[int, int, str]]
) -> Candidate | None:
    text, number = numbered.text, numbered.numbers[int(match[1])]
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    currency, rest = _currency_beside(before, after)
    has_sign = currency is not None or before.endswith("$")
    beside = _period_after(len(text) - len(rest), text, periods)
    if _is_something_else(number, before, after, has_sign, beside is not None):
        return None
    score = (
        _MONEY_SIGN * has_sign
        + _PERIOD_BESIDE * (beside is not None)
        + _EARNING_NEAR * _earning_leads_to(before, numbered)
        + _ALONE * (_without_fillers(text, numbered) == "")
    )
    if not score:
        return None
    return Candidate(int(match[1]), score, currency, beside, match.start(), match.end())


def _marks_of_shift(numbered: NumberedText) -> set[int]:
    """The marks of working hours by the clock: "de 8 a 5", "9 to 5"."""
    match = re.search(r"n([0-9]+)n (?:a|to|-) n([0-9]+)n", numbered.text)
    if match is None:
        return set()
    start, end = (numbered.numbers[int(mark)].value for mark in match.groups())
    return {int(match[1]), int(match[2])} if 12 >= start > end else set()


def _is_something_else(
    number: FoundNumber, before: str, after: str, has_sign: bool, has_period: bool
) -> bool:
    words = vocabulary()
    before = re.sub(r" ?\$$", "", before)
    if _ends_with(before, words["before_other"]) or _starts_with(after, words["after_other"]):
        return True
    if has_sign:
        return False
    if number.in_digits >= _PHONE_DIGITS:
        return True
    if has_period:
        return False
    if number.value in _YEARS and number.in_digits and _ends_with(before, words["before_year"]):
        return True
    return number.value < 120 and _ends_with(before, words["before_age"])


def _currency_beside(before: str, after: str) -> tuple[str | None, str]:
    """The currency right before or after a number, and what follows the number and its currency."""
    names = {**_phrase_names("currencies"), **_phrase_names("currencies_beside")}
    follows = re.match(rf"(?:de )?({_alternatives(names)})(?= |$)", after)
    if follows:
        return names[follows[1]], after[follows.end() :].lstrip()
    leads = re.search(rf"(?:^| )({_alternatives(names)})(?: \$)?$", before)
    return (names[leads[1]] if leads else None), after


def _period_after(place: int, text: str, periods: list[tuple[int, int, str]]) -> str | None:
    """The period said right after a place in the text, fillers aside."""
    for start, _, name in periods:
        if start >= place and not _strip_fillers(text[place:start]):
            return name
    return None


def _earning_leads_to(before: str, numbered: NumberedText) -> bool:
    """Whether a word of earning comes before, with nothing but fillers and periods after it."""
    earning = _pattern_of(tuple(vocabulary()["earning"]))
    places = list(earning.finditer(before))
    return bool(places) and not _without_fillers(before[places[-1].end() :], numbered)


def _without_fillers(text: str, numbered: NumberedText) -> str:
    """What is left of a text when numbers, money, periods and fillers are gone."""
    part = NumberedText(text, numbered.numbers)
    for start, end, _ in reversed(find_periods(part)):
        text = text[:start] + " " * (end - start) + text[end:]
    text = _MARK.sub(" ", text)
    money = (*_phrase_names("currencies"), *_phrase_names("currencies_beside"))
    return _strip_fillers(_pattern_of(money).sub(" ", text))


def _strip_fillers(text: str) -> str:
    gone = _pattern_of((*vocabulary()["filler"], *vocabulary()["earning"], "$", "|", "/")).sub(
        " ", text
    )
    return gone.replace(" ", "")


def _open_marks(numbered: NumberedText) -> str:
    """The text with marks spelt as N and the number, every place kept ("n0n" -> "N15")."""

    def opened(match: re.Match[str]) -> str:
        value = numbered.numbers[int(match[1])].value
        spelt = f"N{value:f}" if value == value.to_integral_value() and value < 100 else "N"
        return spelt.ljust(len(match[0]))[: len(match[0])]

    return _MARK.sub(opened, numbered.text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=1)
def _period_names() -> dict[str, str]:
    return {phrase: name for name, phrases in vocabulary()["periods"].items() for phrase in phrases}


@lru_cache(maxsize=1)
def _period_pattern() -> re.Pattern[str]:
    return _pattern_of(tuple(_period_names()))


@lru_cache(maxsize=8)
def _phrase_names(section: str) -> dict[str, str]:
    return {phrase: name for name, phrases in vocabulary()[section].items() for phrase in phrases}


@lru_cache(maxsize=64)
def _pattern_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^ ]){_alternatives(phrases)}(?![^ ])")


def _alternatives(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return (
        "(?:" + "|".join(re.escape(phrase).replace(r"\ ", " +") for phrase in longest_first) + ")"
    )


def _starts_with(text: str, phrases: list[str]) -> bool:
    return re.match(rf"(?:- )?{_alternatives(phrases)}(?![^ ])", text) is not None


def _ends_with(text: str, phrases: list[str]) -> bool:
    article = r"(?: (?:el|la|de|es|is|of|son|a|como|unos))?"
    return re.search(rf"(?<![^ ]){_alternatives(phrases)}{article}$", text) is not None
