"""The topic model: word and character n-grams, a linear classifier, calibrated on messages it did
not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.ngrams import LinearScorer
from bot.nlu.nonsense import nonsense
from bot.nlu.normaliser import normalise

OUT_OF_SCOPE = "out_of_scope"
NONSENSE_LINES = 150
CALIBRATION_FOLDS = 4  # one of them is held out
MIN_EXAMPLES_TO_CALIBRATE = 6


@dataclass(frozen=True)
class Ranked:
    """A topic and how sure the model is that the message is about it."""

    topic: str
    confidence: float


@dataclass
class TopicModel:
    """Learns topics from examples and ranks them for a message.

    `regularisation`: C of the classifier. `seed`: the same data give the same model.
    `out_of_scope_weight`: what an out-of-scope example counts against 1 for the others; there are
    many of them, and a question that is ours should not be refused."""

    regularisation: float = 0.35
    seed: int = 11
    out_of_scope_weight: float = 0.3
    topics: list[str] = field(default_factory=list)
    temperature: float = 1.0

    def fit(self, texts: Sequence[str], topics: Sequence[str]) -> TopicModel:
        """Learns from examples of at least two topics; the confidences are fitted on examples that
        were held out.

        Raises ValueError where there are fewer topics."""
        if OUT_OF_SCOPE in topics:
            made = nonsense(NONSENSE_LINES, self.seed)
            texts, topics = [*texts, *made], [*topics, *[OUT_OF_SCOPE] * len(made)]
        self.topics = sorted(set(topics))
        labels = np.searchsorted(self.topics, topics)
        vectorizers = [_words(), _letters(2, 5), _letters(3, 4)]
        views = zip(*(_views(text) for text in texts), strict=True)
        features = sp.hstack(
            [v.fit_transform(view) for v, view in zip(vectorizers, views, strict=True)]
        ).tocsr()
        self.temperature = self._fit_temperature(features, labels)
        self._scorer = LinearScorer(vectorizers, self._new_classifier().fit(features, labels))
        return self

    def rank(self, text: str, count: int = 10) -> list[Ranked]:
        """The likeliest topics of a message, the likeliest first."""
        confidences = self.confidences([text])[0]
        best = np.argsort(-confidences, kind="stable")[:count]
        return [Ranked(self.topics[number], float(confidences[number])) for number in best]

    def confidences(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row a message, one column a topic (in the order of `topics`)."""
        scores = np.stack([self._scorer.scores(_views(text)) for text in texts])
        return _softmax(_for_each_topic(scores) / self.temperature)

    def _new_classifier(self) -> LinearSVC:
        weights = {}
        if OUT_OF_SCOPE in self.topics:
            weights[self.topics.index(OUT_OF_SCOPE)] = self.out_of_scope_weight
        return LinearSVC(
            C=self.regularisation,
            class_weight=weights,
            random_state=self.seed,
            max_iter=400,
            tol=1e-2,
        )

    def _fit_temperature(self, features: sp.csr_matrix, labels: np.ndarray[Any, Any]) -> float:
        if np.bincount(labels).min() < MIN_EXAMPLES_TO_CALIBRATE:
            return 1.0
        folds = StratifiedKFold(CALIBRATION_FOLDS, shuffle=True, random_state=self.seed)
        learn, held_out = next(folds.split(features, labels))
        model = self._new_classifier().fit(features[learn], labels[learn])
        return _best_temperature(
            _for_each_topic(model.decision_function(features[held_out])), labels[held_out]
        )


def _views(text: str) -> tuple[str, str, str]:
    """The message as each vectorizer reads it: its words and letters as they sound, its letters as
    they are spelt."""
    view = normalise(text)
    return view.sounded, view.sounded, view.folded


def _for_each_topic(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One row a message, one column a topic; of two topics the classifier scores the second."""
    scores = scores.reshape(len(scores), -1)
    return np.hstack([-scores, scores]) if scores.shape[1] == 1 else scores


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="word",
        ngram_range=(1, 2),
        sublinear_tf=True,
        token_pattern=r"[^ ]+",  # noqa: S106
        dtype=np.float32,
    )


def _letters(shortest: int, longest: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(shortest, longest),
        sublinear_tf=True,
        min_df=2,
        dtype=np.float32,
    )


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
