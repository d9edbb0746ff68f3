"""Reads a full name: given names and one or two surnames."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.programme.curp_name import differing_parts
from bot.programme.field_text import Problem, is_latin, no_answer, one_line, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.plain_text import plain_characters
from bot.programme.table_files import table

LONGEST = 100
_MOST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*\.?")
_MARKUP = re.compile(r"[<>{}\[\];=*\\|$%^~`\"@#]")


@dataclass(frozen=True)
class FullName:
    """A person's name as it is to be registered, out of the repr. `second_surname` may be absent.

    `certain` is false where the words could be parted otherwise ("Juan Pablo Díaz"): to be asked.
    """

    given: str = field(repr=False)
    first_surname: str = field(repr=False)
    second_surname: str | None = field(default=None, repr=False)
    certain: bool = field(default=True, compare=False)

    @property
    def whole(self) -> str:
        """The name in one line, given names first."""
        return " ".join(filter(None, (self.given, self.first_surname, self.second_surname)))


def read_full_name(text: str, curp: str | None = None) -> FullName | Problem:
    """The name in a text; a checked CURP tells where the surnames begin, and if they come first.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`; `markup`
    (HTML, code), `odd_characters` (digits and signs), `not_a_name`; `one_word`, which is given back
    as `word`: a surname is missing.
    """
    problem = unusable(text, LONGEST) or no_answer(text)
    if problem is not None:
        return problem
    if _MARKUP.search(plain_characters(text)):
        return Problem("markup")
    line = _without_lead_in(one_line(text))
    comma_first = re.fullmatch(r"([^,]+), *([^,]+)", line)
    words = line.replace(",", " ").split()
    problem = _unlike_a_name(words)
    if problem is not None:
        return problem
    units = _units(_well_written(words))
    if len(units) == 1:
        return Problem("one_word", {"word": units[0]})
    if comma_first:
        return _surnames_first(_units(_well_written(comma_first[1].split())), units)
    return _by_curp(units, curp) if curp else _by_custom(units)


def masked_name(name: FullName) -> str:
    """The first given name and the initials of the surnames: enough to know it is one's own."""
    initials = [name.first_surname[:1] + "."]
    if name.second_surname:
        initials.append(name.second_surname[:1] + ".")
    return " ".join([name.given.split()[0], *initials])


def _without_lead_in(line: str) -> str:
    """ "me llamo Ana López" without what leads to the name."""
    longest_first = sorted(table("person_names")["lead_in"], key=len, reverse=True)
    listed = "|".join(re.escape(phrase) for phrase in longest_first)
    return re.sub(rf"^(?:(?:{listed})\b[\s:,]*)+", "", line, flags=re.IGNORECASE).strip(" .,:;!-")


def _unlike_a_name(words: list[str]) -> Problem | None:
    if not words:
        return Problem("not_a_name")
    if len(words) > _MOST_WORDS:
        return Problem("too_long", {"longest": LONGEST})
    letters = [letter for word in words for letter in word if letter.isalpha()]
    if any(not is_latin(letter) for letter in letters):
        return Problem("other_alphabet")
    if not all(_WORD.fullmatch(word) for word in words):
        return Problem("odd_characters")
    if phrases("person_names", "not_in_names").names(words_of(" ".join(words))):
        return Problem("not_a_name")
    # "x x" and "aaaa" get people past a question.
    if all(len(word.strip(".")) < 2 for word in words) or len({*map(str.lower, letters)}) < 2:
        return Problem("not_a_name")
    return None


def _well_written(words: list[str]) -> list[str]:
    """With capitals where names have them, if all letters came small or large."""
    together = "".join(words)
    if not (together.islower() or together.isupper()):
        return words
    small = set(table("person_names")["particles"])
    # str.title() writes the letter after an apostrophe large, which is right for O'Farrill.
    return [
        word.lower() if place and words_of(word) in small else word.lower().title()
        for place, word in enumerate(words)
    ]


def _units(words: list[str]) -> list[str]:
    """Words with the particles before them: "de la Cruz" is one; "María del Carmen" too."""
    particles, units, waiting = set(table("person_names")["particles"]), [], []
    for word in words:
        waiting.append(word)
        if words_of(word) not in particles:
            units.append(" ".join(waiting))
            waiting = []
    if waiting:
        units[-1:] = [" ".join([*units[-1:], *waiting])]
    devoted = len(units) > 1 and words_of(units[0]) in table("person_names")["devoted"]
    if devoted and _is_devotion(units[1]):
        units[:2] = [" ".join(units[:2])]
    return units


def _is_devotion(unit: str) -> bool:
    *particles, word = words_of(unit).split() or [""]
    return bool(particles) and word in table("person_names")["devotions"]


def _by_custom(units: list[str]) -> FullName:
    """Two surnames at the end, or one where the word before it is a common given name."""
    if len(units) == 2:
        return FullName(units[0], units[1])
    if len(units) == 3 and words_of(units[1]) in table("person_names")["second_given"]:
        return FullName(" ".join(units[:2]), units[2], certain=False)
    return FullName(" ".join(units[:-2]), units[-2], units[-1], certain=len(units) <= 4)


def _by_curp(units: list[str], curp: str) -> FullName:
    """The way of parting that agrees best with the letters of the CURP; custom breaks ties."""
    custom = _by_custom(units)
    possible = [custom, *_partings(units)]

    def disagreement(name: FullName) -> int:
        parts = (name.given, name.first_surname, name.second_surname)
        return len(differing_parts(*parts, curp))

    best = min(possible, key=disagreement)
    agrees = disagreement(best) == 0
    return FullName(best.given, best.first_surname, best.second_surname, certain=agrees)


def _partings(units: list[str]) -> list[FullName]:
    """Every way to part the words into given names and surnames, in both orders."""
    found = []
    for surnames in (2, 1):
        if len(units) > surnames:
            given_last, family = units[-surnames:], units[:surnames]
            found.append(_parted(units[:-surnames], given_last))
            found.append(_parted(units[surnames:], family))
    return found


def _parted(given: list[str], surnames: list[str]) -> FullName:
    second = surnames[1] if len(surnames) > 1 else None
    return FullName(" ".join(given), surnames[0], second)


def _surnames_first(surnames: list[str], units: list[str]) -> FullName:
    """ "López García, Ana": what stands before the comma is the family's."""
    given = units[len(surnames) :]
    if not given:
        return _by_custom(units)
    return FullName(" ".join(given), surnames[0], " ".join(surnames[1:]) or None)
