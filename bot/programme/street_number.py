"""Divides a street in one line into its name and the numbers of the house, as the institute asks.

What no rule knows for a number stays in the street, where people read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from bot.programme.table_files import table

LONGEST_STREET = 80  # of Address in bot/imss/openapi.yml, as the next one
LONGEST_NUMBER = 20
NO_NUMBER = "S/N"

_SIGNS = " ,.;:-#"
# "12", "12-A", "12 A", "12/3", "12 bis"; in "123 x 21 y 23" x and y are no letters of a house.
_LETTER = r"(?: (?![xy](?![^\W_]))|[\-/]?)[A-Za-z](?![^\W_])"
_NUMBER = rf"[0-9]{{1,6}}(?:{_LETTER}|[\-/][0-9A-Za-z]{{1,4}})?(?: bis)?"
_VALUE = r"[0-9A-Za-z][0-9A-Za-z\-/]{0,9}"
_PLOT = re.compile(
    r"(?<![^\W_])(?:manzana|mza?)[. ]{1,2}[0-9A-Za-z]{1,4},? {0,2}"
    r"(?:lote|lte?)[. ]{1,2}[0-9A-Za-z]{1,4}(?![^\W_])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StreetNumber:
    """A street and the numbers of the house; `exterior_number` is "S/N" where there is none.

    No value is in the repr.
    """

    street: str = field(repr=False)
    exterior_number: str = field(repr=False)
    interior_number: str | None = field(default=None, repr=False)


def split_street(street: str) -> StreetNumber:
    """The street and numbers of a line that read_street gave.

    The street has 1 to 80 characters, each number 1 to 20. A line that is nothing but a number is
    the street too.
    """
    line = " ".join(street.split())
    rest, interior = _interior(line)
    rest, exterior = _exterior(rest)
    name = _tidy(rest) or _tidy(line) or NO_NUMBER
    return StreetNumber(_cut(name, LONGEST_STREET), exterior, interior)


def _interior(line: str) -> tuple[str, str | None]:
    found = list(_interior_pattern().finditer(line))
    if not found:
        return line, None
    # "piso 2 depto 4" needs its words, "int 3" does not.
    span = line[found[0].start() : found[-1].end()]
    value = found[0]["value"] if len(found) == 1 else _tidy(span)
    if len(value) > LONGEST_NUMBER or not _tidy(line[: found[0].start()]):
        return line, None
    return f"{line[: found[0].start()]} {line[found[-1].end() :]}", value


def _exterior(line: str) -> tuple[str, str]:
    for pattern in (_without_pattern(), _announced_pattern(), _PLOT):
        match = pattern.search(line)
        if match:
            value = NO_NUMBER if pattern is _without_pattern() else match[match.lastindex or 0]
            return f"{line[: match.start()]} {line[match.end() :]}", _tidy(value)
    for match in _bare_pattern().finditer(line):
        before = line[: match.start()]
        if _tidy(before) and not _before_a_name_pattern().search(before):
            return f"{before} {line[match.end() :]}", _tidy(match[0])
    only = re.fullmatch(_NUMBER, _tidy(line), re.IGNORECASE)
    return line, only[0] if only else NO_NUMBER


def _tidy(text: str) -> str:
    """The text on one line, without the signs that are left over where something was taken out."""
    return " ".join(re.sub(r"\s+(?=[,.;])", "", text).split()).strip(_SIGNS)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    whole_words = text[: longest + 1].rpartition(" ")[0]
    return (whole_words or text[:longest]).rstrip(_SIGNS) or text[:longest]


def _listed(section: str) -> str:
    longest_first = sorted(table("street_number")[section], key=len, reverse=True)
    words = "|".join(re.escape(word) for word in longest_first)
    return rf"(?<![^\W_])(?:{words})(?![^\W_])"


@lru_cache(maxsize=1)
def _interior_pattern() -> re.Pattern[str]:
    announced = rf"{_listed('interior')}[. :#]{{0,3}}(?:(?:no|num|n.mero)[. ]{{1,2}}#?)?"
    # A name may begin so ("Local Comercial"): a digit, or one letter.
    value = rf"(?P<value>(?=[A-Za-z]{{0,2}}[\-/]?[0-9]){_VALUE}|[A-Za-z])(?![^\W_])"
    return re.compile(announced + value, re.IGNORECASE)


@lru_cache(maxsize=1)
def _without_pattern() -> re.Pattern[str]:
    return re.compile(_listed("without"), re.IGNORECASE)


@lru_cache(maxsize=1)
def _announced_pattern() -> re.Pattern[str]:
    announced = rf"(?:#|{_listed('exterior')})[. :#]{{0,3}}"
    return re.compile(rf"{announced}({_NUMBER})(?![^\W_])", re.IGNORECASE)


@lru_cache(maxsize=1)
def _bare_pattern() -> re.Pattern[str]:
    after = rf"(?=\s*[,.]?\s*(?:$|\(|{_listed('beside')}))"
    return re.compile(rf"(?<![^\W_])(?<![.,#])({_NUMBER})(?![^\W_]){after}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _before_a_name_pattern() -> re.Pattern[str]:
    return re.compile(rf"{_listed('before_a_name')}[. ]{{0,2}}$", re.IGNORECASE)
