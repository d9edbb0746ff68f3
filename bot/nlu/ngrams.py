"""Scores one message by its n-grams, without what scikit-learn does around it.

scikit-learn's vectorizers and classifiers are made for many texts at a time: for one message, their
checks and copies around the counting take nine tenths of the time. What is counted is the same (a
test compares the numbers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

WORDS_KEPT = 2000


@dataclass(frozen=True)
class NgramCounter:
    """Counts the n-grams that a fitted vectorizer knows, in words or in the letters of words."""

    numbers: dict[str, int]
    weights: list[float]
    shortest: int
    longest: int
    letters: bool
    # The numbers of the words that were counted lately: most words come again.
    lately: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, vectorizer: TfidfVectorizer) -> NgramCounter:
        """The counter that gives what the vectorizer gives (sublinear, of length 1)."""
        shortest, longest = vectorizer.ngram_range
        numbers = {ngram: int(number) for ngram, number in vectorizer.vocabulary_.items()}
        weights = [float(weight) for weight in vectorizer.idf_]
        return cls(numbers, weights, shortest, longest, vectorizer.analyzer == "char_wb")

    def row(self, text: str) -> tuple[list[int], list[float]]:
        """The columns of a text and their values: how often, damped, times how rare."""
        counts: dict[int, int] = {}
        for number in self._of_letters(text) if self.letters else self._of_words(text):
            counts[number] = counts.get(number, 0) + 1
        values = [
            (1.0 if count == 1 else 1.0 + log(count)) * self.weights[number]
            for number, count in counts.items()
        ]
        length = sqrt(sum(value * value for value in values)) or 1.0
        return list(counts), [value / length for value in values]

    def __getstate__(self) -> dict[str, Any]:
        """What a model keeps of it: not the words that somebody wrote."""
        return {name: value for name, value in vars(self).items() if name != "lately"}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept, lately={})

    def _of_words(self, text: str) -> list[int]:
        words = text.split()
        sizes = range(self.shortest, self.longest + 1)
        return self._known(
            " ".join(words[start : start + size])
            for size in sizes
            for start in range(len(words) - size + 1)
        )

    def _of_letters(self, text: str) -> Iterator[int]:
        """Within words, with a space before and after."""
        for word in text.split():
            numbers = self.lately.get(word)
            if numbers is None:
                if len(self.lately) >= WORDS_KEPT:
                    self.lately.clear()
                numbers = self.lately[word] = self._known(self._of_word(f" {word} "))
            yield from numbers

    def _of_word(self, padded: str) -> Iterator[str]:
        """A word that is too short counts once."""
        length = len(padded)
        for size in range(self.shortest, self.longest + 1):
            if size >= length:
                yield padded
                break
            for start in range(length - size + 1):
                yield padded[start : start + size]

    def _known(self, ngrams: Iterable[str]) -> list[int]:
        return [number for number in map(self.numbers.get, ngrams) if number is not None]


class LinearScorer:
    """Scores messages by a linear model over one or more views of them."""

    def __init__(self, vectorizers: Sequence[TfidfVectorizer], model: Any) -> None:
        """`model`: scikit-learn's, fitted on the vectorizers' columns side by side."""
        self._counters = [NgramCounter.of(vectorizer) for vectorizer in vectorizers]
        sizes = [len(counter.weights) for counter in self._counters]
        self._first = [0, *np.cumsum(sizes[:-1]).tolist()]
        # A row a column of the model: a message gathers the few that it has.
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._intercept = np.asarray(model.intercept_, dtype=np.float64)

    def scores(self, views: Sequence[str]) -> np.ndarray[Any, Any]:
        """One number a class (of two classes: one number, for the second). `views`: the message as
        each vectorizer reads it, in their order."""
        columns: list[int] = []
        values: list[float] = []
        for counter, first, view in zip(self._counters, self._first, views, strict=True):
            found, weights = counter.row(view)
            columns += [first + number for number in found]
            values += weights
        if not columns:
            return self._intercept
        products = np.asarray(values, dtype=np.float32) @ self._weights[columns]
        return np.asarray(products + self._intercept)
