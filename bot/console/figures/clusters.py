"""What was not understood, put together by the words that messages share. Pure and small: the same
messages always give the same clusters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import yaml

from bot.messaging.search_index import words_of

PLAIN_WORDS = Path(__file__).with_name("plain_words.yml")
MOST_WORDS = 14
LEAST = 2
SHOWN = 3


@dataclass(frozen=True)
class Cluster:
    """Messages that share `words`; `examples` are the first of them."""

    words: tuple[str, ...]
    count: int
    examples: tuple[str, ...] = field(repr=False)


def clusters_of(texts: Sequence[str], most: int = 12) -> list[Cluster]:
    """The largest first: each time the two words (then the one) that most of the messages left
    over share. What shares nothing is in none."""
    left = {number: _telling(text) for number, text in enumerate(texts)}
    found: list[Cluster] = []
    for size in (2, 1):
        while len(found) < most:
            counts = Counter(key for words in left.values() for key in combinations(words, size))
            if not counts:
                break
            key, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
            if count < LEAST:
                break
            members = [number for number, words in left.items() if set(key) <= set(words)]
            examples = tuple(dict.fromkeys(texts[number] for number in members))[:SHOWN]
            found.append(Cluster(key, count, examples))
            for number in members:
                del left[number]
    return sorted(found, key=lambda cluster: (-cluster.count, cluster.words))


def _telling(text: str) -> list[str]:
    """The words that say what a message is about, each once, in the order of the alphabet."""
    words = [word for word in words_of(text) if word not in _plain() and not word.isdigit()]
    return sorted(words[:MOST_WORDS])


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    read: dict[str, list[str]] = yaml.safe_load(PLAIN_WORDS.read_text("utf-8"))
    return frozenset(str(word) for words in read.values() for word in words)
