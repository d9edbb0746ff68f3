"""Compares ways of learning topics: by cross-validation, on the held-out messages, and with noise.

`python -m tests.nlu.variants --help`. A run over everything takes some minutes on one core; the
table of the decision record comes from it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.cli.held_out import TRAINING_DATA, also_accepted, held_out_messages
from bot.nlu.evaluation import MIXED_STYLES, HeldOut, read_training_lines
from bot.nlu.normaliser import fold, sound
from bot.nlu.topic_model import OUT_OF_SCOPE
from tests.nlu.noise import noisy

SEED = 11
FOLDS = 2
# The share of messages about our topics that a threshold must let through when variants are
# compared by what they reject.
KEPT = 0.95

Texts = Sequence[str]
Scores = np.ndarray[Any, Any]


class Features:
    """N-gram views of a message, side by side."""

    def __init__(self, **views: Any) -> None:
        self._views = [(_VIEWS[name], vectorizer) for name, vectorizer in views.items()]

    def learn(self, texts: Texts) -> sp.csr_matrix:
        """Learns the n-grams and gives the rows of the texts."""
        made = [v.fit_transform([view(text) for text in texts]) for view, v in self._views]
        return sp.hstack(made).tocsr()

    def of(self, texts: Texts) -> sp.csr_matrix:
        """The rows of other texts."""
        return sp.hstack(
            [v.transform([view(text) for text in texts]) for view, v in self._views]
        ).tocsr()


_VIEWS: dict[str, Callable[[str], str]] = {
    "raw": str.lower,
    "words": lambda text: sound(fold(text)),
    "sounds": lambda text: sound(fold(text)),
    "spelling": fold,
}


def _words(**options: Any) -> TfidfVectorizer:
    pattern = r"[^ ]+"
    return TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=pattern, dtype=np.float32, **options
    )


def _letters(shortest: int, longest: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(shortest, longest),
        sublinear_tf=True,
        min_df=2,
        dtype=np.float32,
    )


def _all_views() -> Features:
    return Features(words=_words(), sounds=_letters(2, 5), spelling=_letters(3, 4))


def _pruned() -> Features:
    return Features(words=_words(min_df=2), sounds=_letters(2, 4), spelling=_letters(3, 3))


class Linear:
    """A linear support vector machine, one topic against the rest."""

    def fit(self, rows: sp.csr_matrix, labels: np.ndarray[Any, Any], other: int) -> Linear:
        weights = {} if other < 0 else {other: 0.3}
        self._model = LinearSVC(
            C=0.35, class_weight=weights, random_state=SEED, max_iter=400, tol=1e-2
        ).fit(rows, labels)
        return self

    def scores(self, rows: sp.csr_matrix) -> Scores:
        return np.asarray(self._model.decision_function(rows))


class Logistic(Linear):
    """Logistic regression, one topic against the rest, by stochastic steps."""

    def fit(self, rows: sp.csr_matrix, labels: np.ndarray[Any, Any], other: int) -> Logistic:
        self._model = SGDClassifier(
            loss="log_loss", alpha=1e-6, max_iter=12, tol=None, average=True, random_state=SEED
        ).fit(rows, labels)
        return self


class Bayes:
    """Complement naive Bayes."""

    def fit(self, rows: sp.csr_matrix, labels: np.ndarray[Any, Any], other: int) -> Bayes:
        self._model = ComplementNB(alpha=0.1).fit(rows, labels)
        return self

    def scores(self, rows: sp.csr_matrix) -> Scores:
        return np.asarray(self._model.predict_log_proba(rows))


class Centroids:
    """How near a message lies to the middle of a topic's examples."""

    def fit(self, rows: sp.csr_matrix, labels: np.ndarray[Any, Any], other: int) -> Centroids:
        self._middles = normalize(NearestCentroid().fit(rows, labels).centroids_)
        return self

    def scores(self, rows: sp.csr_matrix) -> Scores:
        return np.asarray(normalize(rows) @ self._middles.T)


class Both:
    """The support vector machine and the naive Bayes, their standardised scores added."""

    def fit(self, rows: sp.csr_matrix, labels: np.ndarray[Any, Any], other: int) -> Both:
        self._parts = [kind().fit(rows, labels, other) for kind in (Linear, Bayes)]
        return self

    def scores(self, rows: sp.csr_matrix) -> Scores:
        return np.asarray(sum(_standardised(part.scores(rows)) for part in self._parts))


@dataclass(frozen=True)
class Variant:
    """A way of learning topics."""

    features: Callable[[], Features]
    classifier: Callable[[], Any] = Linear
    noise: bool = False


VARIANTS = {
    "SVM, words and letters as heard and as spelt (ours)": Variant(_all_views),
    "the same, trained with noise added": Variant(_all_views, noise=True),
    "the same, fewer and shorter n-grams": Variant(_pruned),
    "SVM, no normaliser": Variant(lambda: Features(raw=_letters(2, 5))),
    "SVM, words only": Variant(lambda: Features(words=_words())),
    "SVM, letters only": Variant(lambda: Features(sounds=_letters(2, 5), spelling=_letters(3, 4))),
    "logistic regression": Variant(_all_views, Logistic),
    "naive Bayes (complement)": Variant(_all_views, Bayes),
    "nearest centroid": Variant(_all_views, Centroids),
    "SVM and naive Bayes together": Variant(_all_views, Both),
}


@dataclass(frozen=True)
class Fitted:
    """A variant that has learned."""

    topics: list[str]
    features: Features
    classifier: Any

    def scores(self, texts: Texts) -> Scores:
        """One row a text, one column a topic."""
        return np.asarray(self.classifier.scores(self.features.of(texts)))


def fit(variant: Variant, texts: Texts, topics: Sequence[str]) -> Fitted:
    """The variant, after the examples."""
    if variant.noise:
        examples = [HeldOut(t, "es", "plain", x) for t, x in zip(topics, texts, strict=True)]
        texts = [*texts, *(one.text for one in noisy(examples))]
        topics = [*topics, *topics]
    names = sorted(set(topics))
    features = variant.features()
    rows = features.learn(texts)
    other = names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else -1
    labels = np.searchsorted(names, topics)
    return Fitted(names, features, variant.classifier().fit(rows, labels, other))


def cross_validated(variant: Variant, texts: Texts, topics: Sequence[str]) -> float:
    """The share of training lines that a model of the other folds' lines understands."""
    names = np.asarray(topics)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    right = 0
    for learn, judge in folds.split(texts, names):
        fitted = fit(variant, [texts[n] for n in learn], list(names[learn]))
        best = fitted.scores([texts[n] for n in judge]).argmax(axis=1)
        right += int((np.asarray(fitted.topics)[best] == names[judge]).sum())
    return right / len(texts)


def judged(fitted: Fitted, messages: Sequence[HeldOut]) -> dict[str, float]:
    """Shares of the held-out messages."""
    scores = fitted.scores([message.text for message in messages])
    chosen = [fitted.topics[n] for n in scores.argmax(axis=1)]
    also = also_accepted()
    right = np.array(
        [c in (m.topic, *also.get(m.topic, ())) for c, m in zip(chosen, messages, strict=True)]
    )
    ours = np.array([message.topic != OUT_OF_SCOPE for message in messages])
    mixed = np.array([m.language == "en" or m.style in MIXED_STYLES for m in messages])
    return {
        "Spanish": float(right[ours & ~mixed].mean()),
        "English and mixed": float(right[ours & mixed].mean()),
        **_rejected(scores, np.asarray(chosen) == OUT_OF_SCOPE, ours),
    }


def _rejected(scores: Scores, refused: np.ndarray[Any, Any], ours: np.ndarray[Any, Any]) -> Any:
    """What share of the out-of-scope messages is not answered where 95 % of ours are: by the lead
    over the second topic, as a softmax sees it, and by the best topic's own score."""
    by_size = np.sort(scores, axis=1)
    shares = {}
    for name, sure in (
        ("rejected by lead", by_size[:, -1] - by_size[:, -2]),
        ("rejected by score", by_size[:, -1]),
    ):
        needed = np.quantile(sure[ours & ~refused], 1 - KEPT)
        shares[name] = float((refused | (sure < needed))[~ours].mean())
    return shares


def _standardised(scores: Scores) -> Scores:
    return np.asarray(
        (scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-9)
    )


def _examples(every: int) -> tuple[list[str], list[str]]:
    lines = read_training_lines(TRAINING_DATA)[::every]
    return [text for _, text in lines], [topic for topic, _ in lines]


def compared(
    names: Sequence[str], folds: bool, every: int = 1
) -> Iterator[tuple[str, dict[str, float]]]:
    """Each variant with its figures, learned from every so-many-th line."""
    texts, topics = _examples(every)
    messages = held_out_messages()
    for name in names:
        variant = VARIANTS[name]
        started = time.process_time()
        fitted = fit(variant, texts, topics)
        spent = time.process_time() - started
        figures = judged(fitted, messages)
        with_noise = judged(fitted, noisy(messages))
        figures["noisy"] = with_noise["Spanish"]
        if folds:
            figures["folds"] = cross_validated(variant, texts, topics)
        yield name, {**figures, "seconds": spent}


def main() -> None:
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(VARIANTS), help="these variants alone")
    parser.add_argument("--no-folds", action="store_true", help="leave cross-validation out")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="learn from every Nth line (default: all)"
    )
    given = parser.parse_args()
    columns = ["folds", "Spanish", "English and mixed", "noisy"]
    columns += ["rejected by lead", "rejected by score", "seconds"]
    click.echo(f"| variant | {' | '.join(columns)} |")
    click.echo(f"|---|{'---|' * len(columns)}")
    for name, figures in compared(given.only or list(VARIANTS), not given.no_folds, given.every):
        cells = [
            "–" if c not in figures else f"{figures[c]:.0f}" if c == "seconds"
            else f"{figures[c]:.1%}" for c in columns
        ]  # fmt: skip
        click.echo(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
