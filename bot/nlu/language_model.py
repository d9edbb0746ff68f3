"""Spanish or English: decided by the words that carry a sentence, learned from the project's own
examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import exp
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.fixed_phrases import OF_A_CODE
from bot.nlu.ngrams import LinearScorer
from bot.nlu.normaliser import KINDS_OF_NUMBER, fold

WORDS_FILE = Path(__file__).with_name("language_words.yml")
SURE = 0.7
# Verbs of one language alone settle a message, unless its letters say the contrary this loudly.
LOUD = 0.95
_ENGLISH = ("ingles", "inglesa", "english", "inglish", "ingls", "engles")
_SPANISH = ("espanol", "español", "espaniol", "espanyol", "espanish")
_SPANISH_TOO = ("castellano", "spanish", "spanis")
_NAMES = {**dict.fromkeys(_ENGLISH, "en"), **dict.fromkeys(_SPANISH + _SPANISH_TOO, "es")}
_OTHER = {"en": "es", "es": "en"}
_TOWARDS = frozenset({"en", "in", "to", "al", "a", "into"})
_WHY = frozenset({"por que", "porque", "why"})
_NOT = frozenset({"no", "not", "nada", "never", "sin", "without", "ni", "isn't", "ain't"})
_BADLY = frozenset({"terrible", "bad", "sucks", "feo", "mal", "malo", "poor", "poquito", "cuesta"})
_NEAR = 4
# What no language has: eight letters and digits or more, some of each, as a code is made.
_CODES = re.compile(rf"\b{OF_A_CODE}{{8,}}\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def language_words() -> dict[str, frozenset[str]]:
    """The verbs of each language (`es`, `en`) and the words of `both`, folded."""
    loaded: dict[str, list[str]] = yaml.safe_load(WORDS_FILE.read_text("utf-8"))
    return {language: frozenset(words) for language, words in loaded.items()}


class LanguageModel:
    """Tells the language of a message. Mixed messages go with the language of their verb."""

    def fit(self, texts: Sequence[str], languages: Sequence[str]) -> LanguageModel:
        """Learns from examples labelled `es` or `en`."""
        letters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(1, 5),
            sublinear_tf=True,
            min_df=2,
            max_features=60_000,
            dtype=np.float32,
        )
        model = LogisticRegression(
            C=20.0, class_weight="balanced", max_iter=200, solver="liblinear"
        )
        rows = letters.fit_transform([fold(text) for text in texts])
        model.fit(rows, [language == "en" for language in languages])
        self._scorer = LinearScorer([letters], model)
        return self

    def english(self, text: str) -> float:
        """How English the letters of the message look: 0 Spanish, 1 English, 0.5 no telling."""
        return self._english(fold(text))

    def language(self, text: str) -> str | None:
        """`es`, `en`, or None where the message does not tell (a number, a code, "ok", a name)."""
        folded = fold(_CODES.sub(" ", text))
        words = set(folded.split())
        if _tell_nothing(words):
            return None
        english = self._english(folded)
        verbs = _language_of_the_verbs(words)
        if verbs == "es" and english < LOUD:
            return "es"
        if verbs == "en" and english > 1 - LOUD:
            return "en"
        if english >= SURE:
            return "en"
        return "es" if english <= 1 - SURE else None

    def _english(self, folded: str) -> float:
        if not any(character.isalpha() for character in folded):
            return 0.5
        return 1 / (1 + exp(-float(self._scorer.scores([folded])[0])))


def _tell_nothing(words: set[str]) -> bool:
    shared = language_words()["both"]
    return all(word in shared or word in KINDS_OF_NUMBER for word in words)


def _language_of_the_verbs(words: set[str]) -> str | None:
    """The one language that the message has verbs of; None where it has verbs of both or none."""
    spanish = not words.isdisjoint(language_words()["es"])
    english = not words.isdisjoint(language_words()["en"])
    if spanish == english:
        return None
    return "es" if spanish else "en"


def language_asked_for(text: str) -> str | None:
    """The language that a request to change it names: "do you speak Spanish?" asks for `es`, "no
    hablo inglés" too. None where it names no language, or both alike."""
    words = fold(text).split()
    places = [place for place, word in enumerate(words) if word in _NAMES]
    # A complaint ("¿por qué me contesta en inglés?") asks for the other one.
    complains = " ".join(words[:2]) in _WHY or words[:1] == ["why"]
    wanted: dict[str, None] = {}
    towards: list[str] = []
    unwanted: dict[str, None] = {}
    for before, place, after in zip([-1, *places], places, [*places[1:], len(words)], strict=False):
        just_before = words[max(before + 1, place - _NEAR) : place]
        just_after = words[place + 1 : min(after, place + _NEAR)]
        language = _NAMES[words[place]]
        if complains or _is_refused(just_before, just_after):
            unwanted[language] = None
        elif just_before[-1:] and just_before[-1] in _TOWARDS:
            towards.append(language)
        else:
            wanted[language] = None
    # The last one that it should go to: "salió en inglés, póngalo en español".
    if towards:
        return towards[-1]
    for found in (list(wanted), [_OTHER[language] for language in unwanted]):
        if len(found) == 1:
            return found[0]
    return None


def _is_refused(just_before: list[str], just_after: list[str]) -> bool:
    """ "no hablo inglés", "no le entiendo al inglés", "el inglés no", "my Spanish is bad"."""
    asked_to = just_before[-1:] and just_before[-1] in _TOWARDS - {"al", "a"}
    if not asked_to and not _NOT.isdisjoint(just_before):
        return True
    return not asked_to and (
        not _NOT.isdisjoint(just_after[:1]) or not _BADLY.isdisjoint(just_after)
    )
