"""One message's score: the same as scikit-learn gives for many."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu import ngrams
from bot.nlu.ngrams import LinearScorer, NgramCounter

TEXTS = [
    "cuanto cuesta el seguro", "cuanto cuesta cuanto", "que es la curp", "a ver la curp de mi mama",
    "how much is it", "i a y o", "el seguro el seguro el seguro", "mama mama papa",
]  # fmt: skip
LABELS = [0, 0, 1, 1, 2, 2, 0, 1]


def vectorizers() -> list[TfidfVectorizer]:
    """Words and letters, as the models have them."""
    pattern = r"[^ ]+"
    return [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=pattern),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2),
    ]


@pytest.mark.parametrize("number", range(3))
@given(text=st.text(alphabet="aceloumsrtñpy   ", max_size=60))
def test_a_row_is_the_vectorizers_row(number: int, text: str) -> None:
    vectorizer = vectorizers()[number].fit(TEXTS)
    for given_text in (text, *TEXTS):
        columns, values = NgramCounter.of(vectorizer).row(given_text)
        row = np.zeros(len(vectorizer.idf_))
        row[columns] = values
        assert np.allclose(row, vectorizer.transform([given_text]).toarray()[0], atol=1e-6)


@pytest.mark.parametrize("topics", [2, 3])
def test_scores_are_the_classifiers_scores(topics: int) -> None:
    labels = [label % topics for label in LABELS]
    fitted = vectorizers()
    rows = sp.hstack([vectorizer.fit_transform(TEXTS) for vectorizer in fitted]).tocsr()
    model = LinearSVC(random_state=1).fit(rows, labels)
    scorer = pickle.loads(pickle.dumps(LinearScorer(fitted, model)))  # noqa: S301
    for text, expected in zip(TEXTS, model.decision_function(rows), strict=True):
        assert np.allclose(scorer.scores([text] * 3), expected, atol=1e-5)
    assert np.allclose(scorer.scores([""] * 3), model.intercept_)


def test_a_word_that_comes_again_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngrams, "WORDS_KEPT", 2)
    counter = NgramCounter.of(vectorizers()[1].fit(TEXTS))
    for text in (*TEXTS, *TEXTS):
        fresh = NgramCounter.of(vectorizers()[1].fit(TEXTS))
        assert counter.row(text) == fresh.row(text)
        assert len(counter.lately) <= 2


def test_no_word_that_somebody_wrote_is_kept_with_a_model() -> None:
    counter = NgramCounter.of(vectorizers()[1].fit(TEXTS))
    counter.row("guadalupe")
    assert b"guadalupe" not in pickle.dumps(counter)
