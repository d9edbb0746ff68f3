"""Reads a family out of a message: "mi esposa y 2 hijos de 8 y 17"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from bot.programme.beneficiaries import CHILD_AGE, OLDEST_AGE, Kinship, Relative, Studies
from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.mexican_states import state_mentioned
from bot.programme.phrases import FoundPhrase, phrases, words_of
from bot.programme.spoken_digits import with_digits
from bot.programme.yes_no import read_yes_no

MOST_RELATIVES = 15

# Commas stay as a word: "34, kids" is an age and "3 kids" a number of them.
_COMMA = "comma"
_BREAKS = re.compile(r"[,;:\n()]|\.(?![0-9])")
_NEWBORN_BEFORE = re.compile(
    r"\b(?:newborn|new born) (?=baby|babies|son|daughter|child|kid|boy|girl)"
)
_NEWBORN = re.compile(r"\b(?:recien nacid[oa]s?|newborns?|new borns?)\b")
_GLUED = re.compile(r"(?<=[0-9])(?=[a-z])")
_COUNT_BEFORE = re.compile(r"(?<![^ ])([0-9]{1,9})(?: (?:mas|otros|otras|small|little|young))? ?$")
# "my 8 and 17 year old kids", "my 20-year-old son"
_AGES_BEFORE = re.compile(
    r"\b([0-9]{1,3}(?: (?:(?:and|y|o|or|comma) ){0,2}[0-9]{1,3})*)"
    r" (?:years?|yrs?|yr|yo|y o)(?: olds?)? ?$"
)
_ONE_OF_THEM = re.compile(
    r"\b(?:1|el|la|the) (?=(?:de|is|of|tiene|otro|otra|other) [0-9])|\b1 (?=is |esta |tiene )"
)
_ONE_YEAR = re.compile(r"\bun (?=ano|anito|year)")
_MONTHS_OLD = re.compile(r"\b[0-9]{1,3} (?:meses|mes|months?|semanas|weeks?|dias|days?)\b")
_YEAR_BORN = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_NUMBER = re.compile(r"\b[0-9]{1,4}\b")


@dataclass(frozen=True)
class _Mention:
    """One word of kinship with the text that belongs to it."""

    kinship: Kinship
    word: str
    count: int | None
    ages_before: tuple[int, ...]
    scope: str


def read_relatives(text: str) -> tuple[Relative, ...] | Problem:
    """The relatives that a message names, none for "nadie".

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`; `too_many` with `most`; `age_impossible`; `age_needed` where a year of birth is
    given. A relative's relative ("mi hermano y su esposa") is OTHER, a spouse's child STEPCHILD.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    words = words_of(_BREAKS.sub(f" {_COMMA} ", _GLUED.sub(" ", with_digits(text))))
    if _names_nobody(words.replace(_COMMA, " ")):
        return ()
    words = _NEWBORN.sub("bebe 0", _NEWBORN_BEFORE.sub("0 year old ", words))
    mentions = _mentions(_ONE_OF_THEM.sub("", words))
    if not mentions:
        return nothing_found(text)
    if any(_YEAR_BORN.search(mention.scope) for mention in mentions):
        return Problem("age_needed")
    read = [_relatives(mention) for mention in mentions]
    if any(relatives is None for relatives in read):
        return Problem("age_impossible")
    family = [relative for relatives in read for relative in relatives or ()]
    if len(family) > MOST_RELATIVES:
        return Problem("too_many", {"most": MOST_RELATIVES})
    return tuple(family)


def read_age(text: str) -> int | Problem:
    """The age in years in an answer to "how old?"; months are 0 years.

    Problems: as those of an answer without a value, `several_values`, `age_impossible`,
    `age_needed` for a year.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    words = words_of(_GLUED.sub(" ", with_digits(text)))
    ages = list(dict.fromkeys(ages_in(words)))
    if len(ages) == 1:
        return ages[0] if ages[0] <= OLDEST_AGE else Problem(why_no_age(words))
    return Problem("several_values") if ages else nothing_found(text)


def read_studies(text: str) -> Studies | Problem:
    """Whether and where somebody studies, in an answer to "does he or she study in Mexico?".

    A bare yes is `in_mexico`, a bare no `no`. Problems: as those of an answer without a value.
    """
    words = words_of(text)
    found = _studies(words)
    if found not in (None, "somewhere"):
        return found
    place = _place(words)
    said = read_yes_no(text)
    if place is not None or isinstance(said, Problem):
        return place or found or cast(Problem, said)
    return "in_mexico" if said else "no"


def _names_nobody(words: str) -> bool:
    nobody = phrases("beneficiaries", "nobody")
    return words in nobody and not nobody.taken_out(words)


def _mentions(words: str) -> list[_Mention]:
    found = _kin_words(words)
    mentions: list[_Mention] = []
    for place, kin in enumerate(found):
        begin = found[place - 1].end if place else 0
        end = found[place + 1].start if place + 1 < len(found) else len(words)
        before, after = words[begin : kin.start], words[kin.end : end]
        ages = _AGES_BEFORE.search(before)
        count = None if ages else _COUNT_BEFORE.search(before)
        if count and mentions and int(count[1]) > MOST_RELATIVES:
            count = None  # "wife 34 kids 8"
        mentions.append(
            _Mention(
                kinship=_kinship(kin, before, mentions),
                word=words[kin.start : kin.end],
                count=int(count[1]) if count else None,
                ages_before=tuple(map(int, _NUMBER.findall(ages[1]))) if ages else (),
                scope=_own_part(after, last=place + 1 == len(found)),
            )
        )
    return mentions


def _kin_words(words: str) -> list[FoundPhrase]:
    """The words of kinship; "hijo bebé" and "baby boy" are one person."""
    kept: list[FoundPhrase] = []
    for kin in phrases("beneficiaries", "kinship").find(words):
        if kept and kept[-1].name == kin.name and not words[kept[-1].end : kin.start].strip():
            kin = FoundPhrase(kept.pop().start, kin.end, kin.name)
        kept.append(kin)
    return kept


def _own_part(after: str, last: bool) -> str:
    """The text after a word of kinship without the count or the ages of the next one."""
    if last:
        return after
    without_ages = _AGES_BEFORE.sub("", after)
    if without_ages != after:
        return without_ages
    count = _COUNT_BEFORE.search(after)
    return after[: count.start()] if count and int(count[1]) <= MOST_RELATIVES else after


def _kinship(kin: FoundPhrase, before: str, earlier: list[_Mention]) -> Kinship:
    kinship = Kinship(kin.name)
    owner = before.split()[-1:] or [""]
    if not earlier or owner[0] not in phrases("beneficiaries", "of_somebody_else"):
        return kinship
    of_partner = earlier[-1].kinship in (Kinship.SPOUSE, Kinship.PARTNER)
    if kinship is Kinship.CHILD and of_partner:
        return Kinship.STEPCHILD
    if kinship is Kinship.PARENT and of_partner:
        return Kinship.PARENT_IN_LAW
    return Kinship.OTHER


def _relatives(mention: _Mention) -> list[Relative] | None:
    """The people of one mention; None where an age is impossible."""
    ages: list[int | None] = [*mention.ages_before, *ages_in(mention.scope)]
    if any(age is not None and age > OLDEST_AGE for age in ages):
        return None
    two = mention.word in phrases("beneficiaries", "two")
    count = mention.count or (2 if two else 1)
    if count > MOST_RELATIVES:
        count = MOST_RELATIVES + 1
    ages += [None] * (count - len(ages))
    details = _details(mention, ages)
    return [
        Relative(mention.kinship, age, studies, cannot)
        for age, (studies, cannot) in zip(ages, details, strict=True)
    ]


def ages_in(scope: str) -> list[int]:
    """The numbers that may be ages in a text made by `words_of`, in order; months are 0 years."""
    in_years = _MONTHS_OLD.sub("0", _NEWBORN.sub("0", _ONE_YEAR.sub("1 ", scope)))
    return [int(number) for number in _NUMBER.findall(in_years)]


def why_no_age(words: str) -> str:
    """The code for an age above any: `age_needed` where it is a year, else `age_impossible`."""
    return "age_needed" if _YEAR_BORN.search(words) else "age_impossible"


def _details(mention: _Mention, ages: list[int | None]) -> list[tuple[Studies | None, bool]]:
    """For each age, what is said of studies and of who cannot support himself."""
    scope, blank = mention.scope, (None, False)
    studies = _studies(scope)
    cannot = scope in phrases("beneficiaries", "cannot_support_self")
    if not cannot and studies is None:
        return [blank] * len(ages)
    concerned = _whom(scope, ages)
    return [(studies, cannot) if place in concerned else blank for place in range(len(ages))]


def _whom(scope: str, ages: list[int | None]) -> set[int]:
    """Whom a remark concerns: all for a plural, else the grown one named last before it."""
    everyone = set(range(len(ages)))
    if len(ages) == 1 or scope in phrases("beneficiaries", "of_all"):
        return everyone
    remark = phrases("beneficiaries", "studies").find(scope)
    named = len(ages_in(scope[: remark[0].start])) if remark else len(ages)
    grown = [
        place for place, age in enumerate(ages[:named]) if age is not None and age >= CHILD_AGE
    ]
    return {grown[-1]} if grown else everyone


def _studies(scope: str) -> Studies | None:
    said = phrases("beneficiaries", "studies").names(scope)
    if not said:
        return None
    return "no" if said[0] == "no" else _place(scope) or "somewhere"


def _place(words: str) -> Studies | None:
    if words in phrases("beneficiaries", "in_mexico") or state_mentioned(words):
        return "in_mexico"
    return "abroad" if words in phrases("beneficiaries", "abroad") else None
