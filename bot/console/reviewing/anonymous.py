"""Takes personal data out of a message, so that it can become an example that everybody reads.

It takes out too much rather than too little, and gives up on a message in which somebody says their
name or tells a long story. A person reads what is proposed all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.console.reading.masking import Masker
from bot.console.reading.shown import without_tricks
from bot.people.record import PersonRecord
from bot.programme.masking import mask_personal_data
from bot.programme.plain_text import without_accents
from bot.programme.registration import RegistrationDraft
from bot.programme.table_files import table

STAND_INS = Path(__file__).with_name("stand_ins.yml")
LONGEST_EXAMPLE = 280
SHORTEST_WORD = 3

_URL = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w{3,}", re.IGNORECASE)
# What marks an entity in a training file, or an intent.
_SYNTAX = re.compile(r"[\[\](){}|/\\`<>\"#]+")
_BRACKETS = re.compile(r"[\[\]]")
_MARK = re.compile(r"\[([a-z]+)\]")
_SAME_AGAIN = re.compile(r"(\[([a-z]+)\])(?:[ ,.]*\[\2\])+")
_HOUSE = re.compile(r"(\[street\])[ #,]*[0-9]+\w?")
_BEFORE_SIGN = re.compile(r" +([,.;:!?])")
_DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}")
_NUMBER = re.compile(r"[0-9](?:[.,:' -]?[0-9]){2,}")
_DIGIT = re.compile(r"[0-9]")
_LEFT = re.compile(r"\[(?:email|curp)\]")
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1)
def stand_ins() -> dict[str, str]:
    """What stands in place of each kind of datum."""
    read: dict[str, str] = yaml.safe_load(STAND_INS.read_text("utf-8"))
    return read


def as_example(text: str, record: PersonRecord, amounts: Iterable[Any] = ()) -> str | None:
    """The message in one line without personal data; None where it is better not used.

    `record` and `amounts` are what is known of the person: their names, street, income.
    """
    plain = _URL.sub(" [url] ", _BRACKETS.sub(" ", without_tricks(text)))
    if len(plain) > LONGEST_EXAMPLE or _says_a_name(plain):
        return None
    masked = _names_hidden(Masker.of(record, amounts).plain_text(plain), record.draft)
    masked = _HOUSE.sub(r"\1", _SAME_AGAIN.sub(r"\1", masked))
    # A datum keeps its place while the signs around it go.
    words = _MARK.sub(lambda match: f" {stand_ins().get(match[1], ' ')} ", masked)
    without_dates = _DATE.sub(_zeros, words)
    spaced = " ".join(_SYNTAX.sub(" ", _NUMBER.sub(_zeros, without_dates)).split())
    line = _BEFORE_SIGN.sub(r"\1", spaced).lstrip("-*:;, ")
    return None if not line or _LEFT.search(mask_personal_data(line)) else line


def _zeros(match: re.Match[str]) -> str:
    """A number of three digits or more tells too much: how long it is, is enough."""
    return _DIGIT.sub("0", match[0])


def _names_hidden(text: str, draft: RegistrationDraft) -> str:
    hidden = {
        **_words(filter(None, (draft.neighbourhood, draft.municipality)), "place"),
        **_words(filter(None, (draft.street,)), "street"),
        **_words([draft.name.whole] if draft.name else [], "name"),
    }

    def shown(match: re.Match[str]) -> str:
        kind = hidden.get(without_accents(match[0]).casefold())
        return match[0] if kind is None else f"[{kind}]"

    return _WORD.sub(shown, text) if hidden else text


def _words(texts: Iterable[str], kind: str) -> dict[str, str]:
    folded = (without_accents(word).casefold() for text in texts for word in _WORD.findall(text))
    particles = table("person_names")["particles"]
    return {w: kind for w in folded if len(w) >= SHORTEST_WORD and w not in particles}


def _says_a_name(text: str) -> bool:
    return _lead_in().search(without_accents(text).casefold()) is not None


@lru_cache(maxsize=1)
def _lead_in() -> re.Pattern[str]:
    """What leads to a name and to nothing else."""
    leads = [lead for lead in table("person_names")["lead_in"] if " " in lead]
    sure = [lead for lead in leads if re.search(r"nombre|llamo|name", lead)]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sure))})\b")
