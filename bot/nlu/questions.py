"""Finds the questions that a message asks, where it asks more than one."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.context import fragment
from bot.nlu.normaliser import fold, sound_of_word

WORDS_FILE = Path(__file__).with_name("questions.yml")
FEWEST_WORDS = 2
MOST_PARTS = 6
LONGEST_PHRASE = 5
# Where a sentence ends, or a question begins in Spanish. Not between the digits of "1,500.00".
_ENDS = re.compile(r"[?!;\n…]+|(?<!\d)[.,]|[.,](?!\d)|(?=¿)")
_ASKED = re.compile(r"[¿?]")


def questions_in(text: str) -> list[str]:
    """The parts of a message that ask something, in their order; one or none for most messages.

    What is told before a question belongs to it: "no tengo papeles, ¿hay problema?"."""
    found: list[str] = []
    told: list[str] = []
    for sentence, asked in _sentences(text):
        parts = _parts(sentence)
        last = len(parts) - 1
        for number, part in enumerate(parts):
            told.append(part)
            if _asks(part, has_mark=asked and number == last, joined=number > 0):
                found.append(" ".join(told))
                told = []
    return found if len(found) <= MOST_PARTS else []


def without_greeting(text: str) -> str:
    """What a message says after "hola, buenas tardes", folded; empty where it says nothing else."""
    words = fold(text).split()
    return " ".join(words[_length_of_greeting(_heard(words)) :])


def _sentences(text: str) -> list[tuple[str, bool]]:
    """What stands between marks, and whether it has a question mark."""
    found: list[tuple[str, bool]] = []
    start = 0
    for match in [*_ENDS.finditer(text), None]:
        end, mark = (match.start(), match.group()) if match else (len(text), "")
        said = text[start:end]
        if said.strip(" ¿¡"):
            found.append((said, bool(_ASKED.search(said + mark))))
        start = match.end() if match else end
    return found


def _parts(sentence: str) -> list[str]:
    """A sentence at its "y dónde", "and how much": people dictate without marks."""
    words = fold(sentence).split()
    starts = [place for place in range(len(words)) if place and _joins(words, place)]
    bounds = zip([0, *starts], [*starts, len(words)], strict=True)
    parts = [_without_joint(words[start:end]) for start, end in bounds]
    return [part for part in parts if part]


def _joins(words: list[str], place: int) -> bool:
    """ "y" that stands before a question of its own."""
    after = _heard(words[place : place + LONGEST_PHRASE * 2])
    joint = _size(after, "joints")
    return joint > 0 and _begins(after[joint:])


def _without_joint(words: list[str]) -> str:
    heard = _heard(words)
    size = _length_of_greeting(heard)
    return " ".join(words[size + _size(heard[size:], "joints") :])


def _asks(part: str, *, has_mark: bool, joined: bool) -> bool:
    """Whether a part of a sentence is a question; one word is, where it was joined: "y dónde"."""
    words = _heard(part)
    if len(words) < FEWEST_WORDS:
        return joined and fragment(part) is not None
    return (
        has_mark or _begins(words) or any(_size(words[n:], "anywhere") for n in range(len(words)))
    )


def _begins(words: tuple[str, ...]) -> bool:
    return _size(words, "questions") > 0


def _length_of_greeting(words: tuple[str, ...]) -> int:
    size = 0
    while found := _size(words[size:], "greetings") or _length_of_courtesy(words[size:]):
        size += found
    return size


def _length_of_courtesy(words: tuple[str, ...]) -> int:
    size = _size(words, "courtesies")
    after = words[size:]
    return size if not after or _begins(after) or _size(after, "greetings") else 0


def _size(words: tuple[str, ...], kind: str) -> int:
    """How many words of the beginning are a phrase of the kind; the longest counts."""
    phrases = _phrases()[kind]
    sizes = range(min(LONGEST_PHRASE, len(words)), 0, -1)
    return next((size for size in sizes if words[:size] in phrases), 0)


def _heard(words: str | list[str]) -> tuple[str, ...]:
    """Each word as it sounds, one for one."""
    return tuple(
        sound_of_word(word) for word in (words.split() if isinstance(words, str) else words)
    )


@lru_cache(maxsize=1)
def _phrases() -> dict[str, frozenset[tuple[str, ...]]]:
    written = yaml.safe_load(WORDS_FILE.read_text("utf-8"))
    return {
        kind: frozenset(_heard(fold(phrase)) for phrase in written[kind])
        for kind in ("joints", "questions", "anywhere", "greetings", "courtesies")
    }


@lru_cache(maxsize=1)
def asked_for() -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """The topics of which two may be answered one after the other, and the pairs of which one
    answer covers the other."""
    written = yaml.safe_load(WORDS_FILE.read_text("utf-8"))
    return frozenset(written["topics"]), frozenset(frozenset(pair) for pair in written["kin"])
