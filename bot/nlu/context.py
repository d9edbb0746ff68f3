"""Reads a message that is no whole question ("¿y de mi mamá?", "¿cuánto?") after the topic before.

Only a message that consists of nothing else than a fragment is read so; `context.yml` has the
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.normaliser import fold, sound

WORDS_FILE = Path(__file__).with_name("context.yml")
LONGEST_FRAGMENT = 9  # words
PERSON = "person"
_AFTER_AND = "manner_after_and"
_SAME, _OF_WHOM = "same", "of whom"
_VERSIONS = ("_simple", "_more2", "_more", "_provisional")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Fragment:
    """What a fragment asks, and the topic about the people whom it names."""

    ask: str
    of_whom: str | None = None


@dataclass(frozen=True)
class _Table:
    """`context.yml`, its phrases as words that sound."""

    before: tuple[Words, ...]
    after: tuple[Words, ...]
    towards: tuple[Words, ...]
    owners: tuple[Words, ...]
    people: Mapping[Words, str]
    asks: Mapping[Words, str]
    group_of: Mapping[str, str]
    said_as: Mapping[str, str]
    readings: Mapping[str, Mapping[str, Any]]


def read_after(text: str, before: str | None) -> tuple[str, ...]:
    """The topic that a fragment means after another topic; several where it may be either. Empty
    where the message is no fragment, or means nothing after that topic."""
    found = fragment(text)
    if found is None:
        return ()
    table = _table()
    readings = table.readings[found.ask]
    keys = (before, table.group_of.get(before or ""), "any")
    meant = next((readings[key] for key in keys if key is not None and key in readings), None)
    if meant is None:
        return ()
    if isinstance(meant, list):
        return tuple(meant)
    known = {_SAME: before, _OF_WHOM: found.of_whom}
    topic = known.get(meant, meant)
    return (topic,) if topic else ()


def fragment(text: str) -> Fragment | None:
    """What a message asks that consists of a fragment alone."""
    words = _sounding(text)
    if not words or len(words) > LONGEST_FRAGMENT:
        return None
    table = _table()
    for led, inner in _stripped(words, table):
        ask = table.asks.get(inner)
        if ask is not None and (led or ask != _AFTER_AND):
            return Fragment(ask)
        whom = _of_whom(inner, led, table)
        if whom is not None:
            return Fragment(PERSON, whom)
    return None


def topic_of(response: str) -> str | None:
    """The topic that a response belongs to; None for what belongs to none."""
    name = response.removeprefix("utter_")
    for version in _VERSIONS:
        name = name.removesuffix(version)
    table = _table()
    if name in table.group_of:
        return name
    return next((topic for start, topic in table.said_as.items() if name.startswith(start)), None)


def is_subject(topic: str) -> bool:
    """Whether a topic is one that a fragment may come back to."""
    return topic in _table().group_of


def _stripped(words: Words, table: _Table) -> Iterator[tuple[bool, Words]]:
    """The words as they stand, then without what stands before them, then without what stands
    after; with whether anything stood before."""
    yield False, words
    led = _drop(words, table.before, at_end=False)
    yield led != words, led
    bare = _drop(led, table.after, at_end=True)
    yield led != words, bare


def _of_whom(words: Words, led: bool, table: _Table) -> str | None:
    """The topic about the people of "(para) (mi) mamá"; None for a bare "mi mamá", which may be
    about anything. English owners have an 's that says nothing more."""
    towards = _drop(words, table.towards, at_end=False)
    bare = tuple(w.removesuffix("'s") for w in _drop(towards, table.owners, at_end=False))
    return table.people.get(bare) if led or towards != words else None


def _drop(words: Words, phrases: Sequence[Words], *, at_end: bool) -> Words:
    """Without the phrases, as often as they stand there; something is always left."""
    found = True
    while found:
        found = False
        for phrase in phrases:
            size = len(phrase)
            edge = words[-size:] if at_end else words[:size]
            if edge == phrase and len(words) > size:
                words = words[:-size] if at_end else words[size:]
                found = True
                break
    return words


def _sounding(text: str) -> Words:
    return tuple(sound(fold(text)).split())


@lru_cache(maxsize=1)
def _table() -> _Table:
    written = yaml.safe_load(WORDS_FILE.read_text("utf-8"))

    def phrases(name: str) -> tuple[Words, ...]:
        return tuple(sorted({_sounding(p) for p in written[name]}, key=len, reverse=True))

    return _Table(
        before=phrases("before"),
        after=phrases("after"),
        towards=phrases("towards"),
        owners=phrases("owners"),
        people=_by_phrase(written["people"]),
        asks=_by_phrase(written["asks"]),
        group_of={topic: group for group, topics in written["groups"].items() for topic in topics},
        said_as=written["said_as"],
        readings={ask: _by_topic(readings) for ask, readings in written["readings"].items()},
    )


def _by_phrase(written: Mapping[str, Sequence[str]]) -> dict[Words, str]:
    return {_sounding(phrase): meant for meant, phrases in written.items() for phrase in phrases}


def _by_topic(written: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {before: reading["means"] for reading in written for before in reading["after"]}
