"""Checks a CURP, the 18-character key of the Mexican population register.

Made by: four letters of the name, birth date as YYMMDD, sex, state of birth, three consonants of
the name, a character that tells namesakes (and centuries) apart, a check digit. Source: Instructivo
Normativo para la Asignación de la CURP. Keys given out long ago break some of its rules, so those
only warn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

import yaml
from stdnum.mx import curp as stdnum_curp

from bot.programme.plain_text import plain_characters

TABLES_FILE = Path(__file__).parent / "tables" / "curp.yml"
LENGTH = 18
OLDEST_LIKELY_AGE = 110
# Nobody has lived longer than 122 years, so past this a two-digit year is of the other century.
OLDEST_POSSIBLE_AGE = 120

Severity = Literal["error", "warning"]

_SEPARATORS = re.compile(r"[\s.\-_/,·]+")
_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")
_LETTERS = frozenset("ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_LETTER_PLACES = (1, 2, 3, 4, 11, 12, 13, 14, 15, 16)
_DIGIT_PLACES = (5, 6, 7, 8, 9, 10, 18)
_SECOND_LETTERS = frozenset("AEIOUX")
_CONSONANT_PLACES = (14, 15, 16)
_SEXES = frozenset("HMX")


@dataclass(frozen=True)
class CurpProblem:
    """Something wrong, or merely odd, in a CURP.

    `code` names it; an error makes the CURP invalid and a warning does not. `position` counts from
    1. `detail` holds what a message needs; a `suggestion` in it is a whole CURP, so it is not in
    the repr.
    """

    code: str
    severity: Severity
    position: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class CurpReport:
    """What a CURP says and what is wrong with it; what tells who it is stays out of the repr.

    `curp` is the text without separators, in capitals. The other fields are None where they cannot
    be read. `sex` is H, M or X; `state` the two letters and `state_name` the name in Spanish.
    """

    valid: bool
    curp: str = field(repr=False)
    problems: tuple[CurpProblem, ...]
    birth_date: date | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    state_name: str | None = field(default=None, repr=False)

    @property
    def suggestion(self) -> str | None:
        """The CURP that was probably meant, where correcting look-alike characters gives one."""
        found = (problem.detail.get("suggestion") for problem in self.problems)
        return next((text for text in found if text), None)


def check_curp(text: str, today: date | None = None) -> CurpReport:
    """Check a CURP as a person wrote it, with any spaces, hyphens, dots or small letters.

    `today` decides which births are in the future; it is the current day in UTC when not given.
    Raises nothing: whatever is wrong is in the report.
    """
    key = _SEPARATORS.sub("", plain_characters(text)).upper()
    if len(key) != LENGTH or not _ALPHABET.issuperset(key):
        problems = tuple(_unreadable(key))
        return CurpReport(valid=False, curp=key, problems=problems)
    day = today or datetime.now(tz=timezone.utc).date()
    misplaced = list(_misplaced_characters(key))
    if misplaced:
        suggestion = _corrected(key, misplaced, day)
        if suggestion:
            misplaced = [_with_suggestion(problem, suggestion) for problem in misplaced]
        return CurpReport(valid=False, curp=key, problems=tuple(misplaced))
    return _well_formed_report(key, day)


def check_digit_of(body: str) -> str:
    """The check digit for the first 17 characters of a CURP (capitals, digits and Ñ)."""
    # python-stdnum has & where the official alphabet has Ñ; the rest of its calculation is right.
    return str(stdnum_curp.calc_check_digit(body.replace("Ñ", "&")))


def state_names() -> Mapping[str, str]:
    """The name in Spanish of each state code, NE (born abroad) among them."""
    names: dict[str, str] = _tables()["states"]
    return names


def inconvenient_words() -> frozenset[str]:
    """The openings that the register avoids by writing X as their second letter."""
    return frozenset(str(_tables()["inconvenient_words"]).split())


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(TABLES_FILE.read_text(encoding="utf-8"))
    return tables


def _error(code: str, position: int | None = None, **detail: Any) -> CurpProblem:
    return CurpProblem(code, "error", position, detail)


def _warning(code: str, position: int | None = None, **detail: Any) -> CurpProblem:
    return CurpProblem(code, "warning", position, detail)


def _unreadable(key: str) -> Iterator[CurpProblem]:
    if len(key) != LENGTH:
        yield _error("length", length=len(key), expected=LENGTH)
    for position, character in enumerate(key[:LENGTH], start=1):
        if character not in _ALPHABET:
            yield _error("alphabet", position, character=character)


def _misplaced_characters(key: str) -> Iterator[CurpProblem]:
    """Digits where letters go and letters where digits go, in order of position."""
    for position, character in enumerate(key, start=1):
        if position in _DIGIT_PLACES and character not in _DIGITS:
            meant = _tables()["digits_for_letters"].get(character)
            code = "letter_for_digit" if meant else "digit_expected"
            yield _error(code, position, character=character, meant=meant)
        if position in _LETTER_PLACES and character not in _LETTERS:
            meant = _tables()["letters_for_digits"].get(character)
            code = "digit_for_letter" if meant else "letter_expected"
            yield _error(code, position, character=character, meant=meant and meant[0])


def _corrected(key: str, misplaced: list[CurpProblem], today: date) -> str | None:
    """The one valid CURP that undoing every look-alike gives; None when none or several."""
    readings: list[list[str]] = [[character] for character in key]
    for problem in misplaced:
        index = (problem.position or 1) - 1
        if problem.code == "letter_for_digit":
            readings[index] = [problem.detail["meant"]]
        elif problem.code == "digit_for_letter":
            readings[index] = _tables()["letters_for_digits"][key[index]]
        else:
            return None
    candidates = ("".join(characters) for characters in product(*readings))
    valid = [candidate for candidate in candidates if _well_formed_report(candidate, today).valid]
    return valid[0] if len(valid) == 1 else None


def _with_suggestion(problem: CurpProblem, suggestion: str) -> CurpProblem:
    detail = {**problem.detail, "suggestion": suggestion}
    return CurpProblem(problem.code, problem.severity, problem.position, detail)


def _well_formed_report(key: str, today: date) -> CurpReport:
    """The report of a key with letters and digits at their places."""
    birth_date, date_problems = _birth_date(key, today)
    state = key[11:13]
    problems = [*date_problems]
    if key[10] not in _SEXES:
        problems.append(_error("unknown_sex", 11, character=key[10]))
    if state not in state_names():
        problems.append(_error("unknown_state", 12, state=state))
    if key[17] != check_digit_of(key[:17]):
        problems.append(_error("check_digit", 18, **_other_reading_of_17(key)))
    problems.extend(_oddities(key))
    return CurpReport(
        valid=all(problem.severity == "warning" for problem in problems),
        curp=key,
        problems=tuple(problems),
        birth_date=birth_date,
        sex=key[10] if key[10] in _SEXES else None,
        state=state if state in state_names() else None,
        state_name=state_names().get(state),
    )


def _birth_date(key: str, today: date) -> tuple[date | None, list[CurpProblem]]:
    """The birth date, in the century that character 17 tells unless that cannot be.

    Digits are for people born up to 1999 and letters from 2000 on. Where that gives a birth in a
    coming year or an age nobody reaches, the other century is meant and the character is reported
    as odd.
    """
    told, other = (1900, 2000) if key[16] in _DIGITS else (2000, 1900)
    by_rule, by_exception = _date_in(key, told), _date_in(key, other)
    if by_rule is not None and _could_be(by_rule, today):
        if by_rule > today:
            return None, [_error("birth_date_in_future", 5)]
        if _age(by_rule, today) > OLDEST_LIKELY_AGE:
            return by_rule, [_warning("age_over_110", 5, age=_age(by_rule, today))]
        return by_rule, []
    if by_exception is not None and by_exception <= today:
        detail = _other_reading_of_17(key)
        return by_exception, [_warning("homonymy_century", 17, year=by_exception.year, **detail)]
    if by_rule is not None and by_rule > today:
        return None, [_error("birth_date_in_future", 5)]
    return None, [_error("impossible_date", 5, written=key[4:10])]


def _other_reading_of_17(key: str) -> dict[str, str]:
    """A suggestion with character 17 read as its look-alike, where the check digit then is right.

    Either kind of character may stand there, so only the check digit and the century give it away
    (and O for 0 only the century: their check digits are the same).
    """
    tables = _tables()
    lookalikes = tables["letters_for_digits"].get(key[16]) or tables["digits_for_letters"].get(
        key[16], ""
    )
    for character in lookalikes:
        body = key[:16] + character
        if check_digit_of(body) == key[17]:
            return {"suggestion": body + key[17]}
    return {}


def _could_be(birth: date, today: date) -> bool:
    # A date later in this very year is a slip in month or day, not a sign of another century.
    return birth.year <= today.year and _age(birth, today) <= OLDEST_POSSIBLE_AGE


def _date_in(key: str, century: int) -> date | None:
    try:
        return date(century + int(key[4:6]), int(key[6:8]), int(key[8:10]))
    except ValueError:
        return None


def _age(birth: date, today: date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _oddities(key: str) -> Iterator[CurpProblem]:
    """Breaches of the rules of assignment that occur in real keys."""
    if key[:4] in inconvenient_words():
        yield _warning("inconvenient_word", 1)
    if key[1] not in _SECOND_LETTERS:
        yield _warning("vowel_expected", 2, character=key[1])
    for position in _CONSONANT_PLACES:
        if key[position - 1] in "AEIOU":
            yield _warning("consonant_expected", position, character=key[position - 1])
    for position, character in enumerate(key, start=1):
        if character == "Ñ":
            yield _warning("enye", position)
