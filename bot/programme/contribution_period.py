"""Reads how often somebody wants to pay: every 1, 2, 6 or 12 months (LSS 224)."""

from __future__ import annotations

import re
from typing import cast

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.quota import CONTRIBUTION_PERIODS, ContributionPeriod
from bot.programme.spoken_digits import with_digits

_COUNTED = re.compile(r"\b([0-9]{1,4}) (mes|meses|month|months|ano|anos|year|years)\b")
_MONTHS_OF_YEAR = 12


def read_contribution_period(text: str) -> ContributionPeriod | Problem:
    """The period in months.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `several_values`, `not_offered` (weekly, every three months), `unclear`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    words = words_of(with_digits(text))
    counted = {_months(int(match[1]), match[2]) for match in _COUNTED.finditer(words)}
    rest = _COUNTED.sub(" ", words) if counted else words
    # "dos veces al año" is a phrase of its own: "al año" must not be read out of it.
    found = counted | {int(name) for name in phrases("contribution_periods", "offered").names(rest)}
    offered = found & set(CONTRIBUTION_PERIODS)
    if len(offered) > 1:
        return Problem("several_values")
    if found - offered or (not offered and words in phrases("contribution_periods", "not_offered")):
        return Problem("not_offered")
    if not offered:
        alone = words if words in {str(months) for months in CONTRIBUTION_PERIODS} else None
        return cast(ContributionPeriod, int(alone)) if alone else nothing_found(text, "unclear")
    return cast(ContributionPeriod, offered.pop())


def _months(count: int, unit: str) -> int:
    return count if unit.startswith("m") else count * _MONTHS_OF_YEAR
