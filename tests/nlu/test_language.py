"""The language of a message, and the language that somebody asks for."""

from __future__ import annotations

from pathlib import Path

import joblib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.held_out import held_out_messages, open_part
from bot.nlu.language_model import LanguageModel, language_asked_for, language_words
from bot.nlu.normaliser import fold


@pytest.fixture(scope="module")
def language_model(model: Path) -> LanguageModel:
    """The language model inside the trained Rasa archive."""
    found = open_part(model, "LanguageDetector")
    assert isinstance(found, LanguageModel)
    return found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("do you speak spanish?", "es"),
        ("Do you speak English?", "en"),
        ("español", "es"),
        ("ESPAÑOL POR FAVOR", "es"),
        ("en espanyol porfa no entiendo ingles", "es"),
        ("castellano", "es"),
        ("inglés", "en"),
        ("hábleme en inglés", "en"),
        ("no hablo ingles", "es"),
        ("no le entiendo al inglés", "es"),
        ("I don't speak Spanish", "en"),
        ("I don't read spanish good, write me in english please", "en"),
        ("Mi español is terrible, do you speak English?", "en"),
        ("Could we continue in English? My Spanish isn't great.", "en"),
        ("can we do it in English, mi español está bien feo", "en"),
        ("Mi esposo no habla español, póngale todo en inglés", "en"),
        ("señorita yo el inglés no lo hablo, en español", "es"),
        ("switch to Spanish porque el english se me atora", "es"),
        ("me salió todo en inglés, póngalo en español", "es"),
        ("¿por qué me contesta en inglés?", "es"),
        ("why are you texting me in Spanish", "en"),
        ("my spanish sucks, can you use english", "en"),
        ("Spanish please, I not speak good English", "es"),
        ("change language", None),
        ("¿hablan náhuatl?", None),
        ("español o inglés?", None),
        ("", None),
    ],
)
def test_the_language_that_is_asked_for(text: str, language: str | None) -> None:
    assert language_asked_for(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Cuánto cuesta el seguro?", "es"),
        ("kiero saver kuanto ay ke pagar", "es"),
        ("How much is it?", "en"),
        ("can my mom get coverage", "en"),
        ("tengo preexisting condition, lupus, me ponen waiting period o qué", "es"),
        ("ocupo un lawyer pa pelear un traffic ticket", "es"),
        ("el daycare del IMSS viene included?", "es"),
        ("do you sell tamales", "en"),
        ("bye", None),
        ("ok", None),
        ("menu", None),
        ("STOP", None),
        ("CURP", None),
        ("GUTR690911HGTTRB02", None),
        ("62887401935", None),
        ("1500", None),
        ("😂😂", None),
        ("", None),
        ("/", None),
    ],
)
def test_the_language_of_a_message(
    language_model: LanguageModel, text: str, language: str | None
) -> None:
    assert language_model.language(text) == language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("", None),
        ("continuar", "es"),
        ("mi código es", "es"),
        ("my code is", "en"),
        ("can I go on with", "en"),
    ],
)
@given(code=st.from_regex(r"[2-9]{2}[A-Z]{4}[A-Z2-9]{2}", fullmatch=True), small=st.booleans())
def test_the_letters_of_a_code_are_of_no_language(
    language_model: LanguageModel, words: str, language: str | None, code: str, small: bool
) -> None:
    """By chance a code looks English, or Spanish, and then all the answers would be."""
    for order in (code, code[::-1]):
        text = f"{words} {order.lower() if small else order}"
        assert language_model.language(text) == language


def test_held_out_messages_are_read_in_their_language(language_model: LanguageModel) -> None:
    """Mixed messages aside (their label is the writer's language, not the verb's), at most 1 % are
    taken for the other language, and at most 3 % say nothing."""
    plain = [m for m in held_out_messages() if m.style not in ("spanglish", "mixed")]
    found = [(m.language, language_model.language(m.text)) for m in plain]
    assert len(plain) > 1000
    assert sum(got not in (None, label) for label, got in found) / len(found) <= 0.01
    assert sum(got is None for _, got in found) / len(found) <= 0.03


def test_few_mixed_messages_of_spanish_speakers_are_answered_in_english(
    language_model: LanguageModel,
) -> None:
    """Those whose verb is English ("can you check el status"): about one in seven."""
    mixed = [m for m in held_out_messages() if (m.language, m.style) == ("es", "spanglish")]
    in_english = [m for m in mixed if language_model.language(m.text) == "en"]
    assert len(mixed) > 100
    assert len(in_english) / len(mixed) <= 0.15


def test_the_list_of_words_is_folded_and_without_contradiction() -> None:
    words = language_words()
    assert not words["es"] & words["en"]
    for language, listed in words.items():
        for word in listed:
            assert fold(word) == word, (language, word)
        assert language == "both" or not listed & words["both"]


def test_two_fits_agree(tmp_path: Path) -> None:
    texts, languages = ["hola señora", "buenos dias", "hello there", "good morning"], [
        "es", "es", "en", "en",
    ]  # fmt: skip
    one, other = (LanguageModel().fit(texts, languages) for _ in range(2))
    assert one.english("good day") == other.english("good day")
    joblib.dump(one, tmp_path / "model")
    assert joblib.load(tmp_path / "model").english("good day") == one.english("good day")
