"""Reads the ages of several people in the answer to "how old are they?", one after another."""

from __future__ import annotations

import re

from bot.programme.beneficiaries import OLDEST_AGE
from bot.programme.beneficiary_text import ages_in, why_no_age
from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.plain_text import plain_characters
from bot.programme.spoken_digits import with_digits

_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # thirty-four
_GLUED = re.compile(r"(?<=[0-9])(?=[a-z])")
# "los 2 tienen 8": how many they are, and no age.
_HOW_MANY = re.compile(
    r"\b(?:los|las|mis|the|all|both) ([0-9]{1,2})\b(?! (?:anos?|years?|meses)\b)"
)
_COUNT_AT_END = re.compile(r"(?<![^ ])([0-9]{1,2}) $")


def read_ages(text: str, count: int) -> tuple[int, ...] | Problem:
    """Exactly `count` ages in years, in the order of the text; months are 0 years.

    One age for all of them ("los dos tienen 8") is that of each. Problems: `empty`, `too_long`,
    `no_text`, `not_known`, `question`, `other_alphabet`, `none_found`; `age_impossible`,
    `age_needed` for a year; `wrong_count` with how many are `given`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    spoken = _HYPHEN.sub(" ", plain_characters(text))
    words, counted = _without_counts(words_of(_GLUED.sub(" ", with_digits(spoken))))
    ages = ages_in(words)
    if not ages:
        return nothing_found(text)
    if any(age > OLDEST_AGE for age in ages):
        return Problem(why_no_age(words))
    if len(ages) == 1 and count in counted:
        ages *= count
    return tuple(ages) if len(ages) == count else Problem("wrong_count", {"given": len(ages)})


def _without_counts(words: str) -> tuple[str, set[int]]:
    """The words without the numbers that tell how many people there are, and those numbers."""
    counted = {int(number) for number in _HOW_MANY.findall(words)}
    words = _HOW_MANY.sub(" ", words)
    for kin in reversed(phrases("beneficiaries", "kinship").find(words)):
        number = _COUNT_AT_END.search(words[: kin.start])
        if number and words[kin.start : kin.end].endswith(("s", "children")):
            counted.add(int(number[1]))
            words = words[: number.start()] + words[kin.start :]
    return words, counted
