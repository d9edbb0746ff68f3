"""The topic model: word and character n-grams, a linear classifier, calibrated on messages it did
not see."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.normaliser import normalise

OUT_OF_SCOPE = "out_of_scope"
NONSENSE_LINES = 150
CALIBRATION_FOLDS = 3
MIN_EXAMPLES_TO_CALIBRATE = 6


@dataclass(frozen=True)
class Ranked:
    """A topic and how sure the model is that the message is about it."""

    topic: str
    confidence: float


@dataclass
class TopicModel:
    """Learns topics from examples and ranks them for a message."""

    regularisation: float = 0.35
    seed: int = 11
    topics: list[str] = field(default_factory=list)
    temperature: float = 1.0

    def fit(self, texts: Sequence[str], topics: Sequence[str]) -> TopicModel:
        """Learns from examples; the confidences are fitted on folds that were held out in turn."""
        if OUT_OF_SCOPE in topics:
            nonsense = _nonsense(NONSENSE_LINES, self.seed)
            texts, topics = [*texts, *nonsense], [*topics, *[OUT_OF_SCOPE] * len(nonsense)]
        self.topics = sorted(set(topics))
        index = {topic: number for number, topic in enumerate(self.topics)}
        labels = np.array([index[topic] for topic in topics])
        features = self._learn_features(texts)
        self.temperature = self._fit_temperature(features, labels)
        self._classifier = self._new_classifier().fit(features, labels)
        return self

    def rank(self, text: str, count: int = 10) -> list[Ranked]:
        """The likeliest topics of a message, the likeliest first."""
        scores = self._classifier.decision_function(self._features([text]))[0]
        confidences = _softmax(scores[None, :] / self.temperature)[0]
        best = np.argsort(confidences)[::-1][:count]
        return [Ranked(self.topics[number], float(confidences[number])) for number in best]

    def confidences(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row a message, one column a topic (in the order of `topics`)."""
        scores = self._classifier.decision_function(self._features(texts))
        return _softmax(scores / self.temperature)

    def _new_classifier(self) -> LinearSVC:
        return LinearSVC(C=self.regularisation, random_state=self.seed, max_iter=400, tol=1e-3)

    def _learn_features(self, texts: Sequence[str]) -> sp.csr_matrix:
        self._words = TfidfVectorizer(
            analyzer="word",
            ngram_range=(1, 2),
            sublinear_tf=True,
            token_pattern=r"[^ ]+",  # noqa: S106
            dtype=np.float32,
        )
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        views = [normalise(text) for text in texts]
        return sp.hstack(
            [
                self._words.fit_transform([view.sounded for view in views]),
                self._letters.fit_transform([view.folded for view in views]),
            ]
        ).tocsr()

    def _features(self, texts: Sequence[str]) -> sp.csr_matrix:
        views = [normalise(text) for text in texts]
        return sp.hstack(
            [
                self._words.transform([view.sounded for view in views]),
                self._letters.transform([view.folded for view in views]),
            ]
        ).tocsr()

    def _fit_temperature(self, features: sp.csr_matrix, labels: np.ndarray[Any, Any]) -> float:
        if np.bincount(labels).min() < MIN_EXAMPLES_TO_CALIBRATE:
            return 1.0
        folds = StratifiedKFold(CALIBRATION_FOLDS, shuffle=True, random_state=self.seed)
        scores = np.zeros((len(labels), len(self.topics)), dtype=np.float32)
        for learn, held_out in folds.split(features, labels):
            fold_model = self._new_classifier().fit(features[learn], labels[learn])
            scores[held_out] = fold_model.decision_function(features[held_out])
        return _best_temperature(scores, labels)


def _nonsense(count: int, seed: int) -> list[str]:
    """Lines as a child or a pocket types them: a linear model must see letters that mean
    nothing."""
    chance = random.Random(seed)  # noqa: S311  not a secret
    rows = (
        "qwertyuiop",
        "asdfghjklñ",
        "zxcvbnm",
        "abcdefghijklmnopqrstuvwxyz",
        "xyzwkq",
        "0123456789",
    )

    def word() -> str:
        row = chance.choice(rows)
        if chance.random() < 0.3:
            return chance.choice(row) * chance.randint(3, 6)
        return "".join(chance.choice(row) for _ in range(chance.randint(3, 9)))

    return [" ".join(word() for _ in range(chance.randint(1, 4))) for _ in range(count)]


def _best_temperature(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """The divisor of the scores under which held-out messages are likeliest."""
    candidates = np.geomspace(0.05, 2.0, 60)
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        confidences = _softmax(scores / temperature)
        return float(-np.log(confidences[rows, labels] + 1e-12).mean())

    return float(min(candidates, key=loss))


def _softmax(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
