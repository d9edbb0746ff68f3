"""Spanish or English: decided by the words that carry a sentence, learned from the project's own
examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from bot.nlu.normaliser import fold

SURE = 0.7
_ASKS_FOR_ENGLISH = re.compile(r"\b(?:ingles\w*|english|inglish|ingls)\b")
_ASKS_FOR_SPANISH = re.compile(r"\b(?:espanol|español|espaniol|castellano|spanish|spanis)\b")


class LanguageModel:
    """Tells the language of a message. Mixed messages go with the language of their verb, as the
    examples do."""

    def fit(self, texts: Sequence[str], languages: Sequence[str]) -> LanguageModel:
        """Learns from examples labelled `es` or `en`."""
        self._pipeline = make_pipeline(
            TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=(1, 5),
                sublinear_tf=True,
                min_df=2,
                max_features=60_000,
                dtype=np.float32,
            ),
            LogisticRegression(C=20.0, class_weight="balanced", max_iter=200, solver="liblinear"),
        )
        self._pipeline.fit(
            [fold(text) for text in texts], [language == "en" for language in languages]
        )
        return self

    def english(self, text: str) -> float:
        """How sure it is that the message is English: 0 Spanish, 1 English, 0.5 no telling."""
        folded = fold(text)
        if not any(character.isalpha() for character in folded):
            return 0.5
        return float(self._pipeline.predict_proba([folded])[0, 1])

    def language(self, text: str) -> str | None:
        """`es`, `en`, or None where the message does not tell (a number, "ok", a name)."""
        english = self.english(text)
        if english >= SURE:
            return "en"
        return "es" if english <= 1 - SURE else None


def language_asked_for(text: str) -> str | None:
    """The language that a request to change it names: "do you speak Spanish?" asks for `es`."""
    folded = fold(text)
    english, spanish = _ASKS_FOR_ENGLISH.search(folded), _ASKS_FOR_SPANISH.search(folded)
    if english and not spanish:
        return "en"
    if spanish and not english:
        return "es"
    return None
