"""Where reviewed messages go: proposed training examples or held-out messages, never both."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bot.nlu.evaluation import read_held_out, read_training_lines
from bot.nlu.normaliser import fold

if TYPE_CHECKING:
    from bot.console.reviewing.proposals import Reviewed

TRAINING, HELD_OUT = "nlu", "held_out"
TRAINING_FILE, HELD_OUT_FILE = "proposed.yml", "reviewed.tsv"
HEADER = "topic\tlanguage\tstyle\ttext\n"
STYLE = "real"
_DIGITS = 8


@dataclass
class Places:
    """What goes where. `unused` counts, by reason, what goes nowhere."""

    lines: dict[str, list[Reviewed]] = field(default_factory=lambda: {TRAINING: [], HELD_OUT: []})
    marked: dict[str, list[int]] = field(default_factory=lambda: {TRAINING: [], HELD_OUT: []})
    unused: Counter[str] = field(default_factory=Counter)


class Known:
    """The lines that are in training and held-out files, as the models read them."""

    def __init__(self, training: Path, held_out: Path) -> None:
        self._trained = {fold(text): topic for topic, text in read_training_lines(training)}
        self._held_out = {fold(m.text): m.topic for m in read_held_out(held_out)}
        self.topics = frozenset(self._trained.values())

    def where(self, read: str) -> tuple[str, str] | None:
        """Place and topic of a line; None where it is new."""
        for place, lines in ((TRAINING, self._trained), (HELD_OUT, self._held_out)):
            if read in lines:
                return place, lines[read]
        return None

    def add(self, read: str, place: str, topic: str) -> None:
        """A line that goes there now."""
        (self._trained if place == TRAINING else self._held_out)[read] = topic


def choose_places(reviewed: Iterable[Reviewed], known: Known, held_out_share: float) -> Places:
    """Where each message goes. The same words always go to the same place, whoever wrote them; what
    stands somewhere already is not written again."""
    places = Places()
    for one in reviewed:
        problem = _problem(one, known)
        if problem or one.example is None or one.topic is None:
            places.unused[problem] += 1
            continue
        read = fold(one.example)
        there = known.where(read)
        place = there[0] if there else _drawn(read, held_out_share)
        places.marked[place].append(one.inbox_id)
        if there is None:
            known.add(read, place, one.topic)
            places.lines[place].append(one)
    return places


def _problem(one: Reviewed, known: Known) -> str:
    if one.topic is None:
        return "wants a new topic"
    if one.topic not in known.topics:
        return "its topic has no examples"
    if one.example is None or not fold(one.example):
        return "personal, long or empty"
    there = known.where(fold(one.example))
    return "stands under another topic" if there and there[1] != one.topic else ""


def _drawn(read: str, held_out_share: float) -> str:
    number = int(hashlib.sha256(read.encode()).hexdigest()[:_DIGITS], 16) / 16**_DIGITS
    return HELD_OUT if number < held_out_share else TRAINING


def write_training(path: Path, new: Sequence[Reviewed]) -> None:
    """Adds examples to the file, in the form of the other training files."""
    blocks: dict[tuple[str, str], list[str]] = {}
    if path.exists():
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            key = (block["intent"], block["metadata"]["language"])
            lines = block["examples"].splitlines()
            blocks[key] = [line.removeprefix("- ") for line in lines if line.strip()]
    for one in new:
        blocks.setdefault((str(one.topic), one.language), []).append(str(one.example))
    written = ['version: "3.1"', "nlu:"]
    for (topic, language), lines in sorted(blocks.items()):
        written += [f"- intent: {topic}", f"  metadata: {{language: {language}}}"]
        written += ["  examples: |", *(f"    - {line}" for line in lines)]
    path.write_text("\n".join(written) + "\n", "utf-8")


def write_held_out(path: Path, new: Sequence[Reviewed]) -> None:
    """Adds messages to the file of held-out messages that people really wrote."""
    written = path.read_text("utf-8") if path.exists() else HEADER
    for one in new:
        written += "\t".join((str(one.topic), one.language, STYLE, str(one.example))) + "\n"
    path.write_text(written, "utf-8")
