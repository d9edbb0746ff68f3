"""The two views of a message: as it is folded, and as it sounds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.normaliser import KINDS_OF_NUMBER, fold, normalise, shorthand, sound

# What one message may cost even when somebody made it to hurt, in seconds of processor time (it is
# under 10 ms; a pattern that looks at everything from every place takes 30 ms and more).
LONGEST_SECONDS = 0.025
LONGEST_MESSAGE = 4096


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("¿Cuánto CUESTA el Seguro?", "cuanto cuesta el seguro"),
        ("CUÁNTO CUESTA", "cuanto cuesta"),
        ("ＣＵÁＮＴＯ　ｃｕｅｓｔａ", "cuanto cuesta"),
        ("cuánto cuesta", "cuanto cuesta"),
        ("holaaaaaa!!!", "hola"),
        ("siiiiii quierooo", "si quiero"),
        ("llamar", "llamar"),
        ("año, niña, SEÑORA", "año niña señora"),
        ("pingüino", "pinguino"),
        ("I don’t know", "i do not know"),
        ("it`s fine", "it's fine"),
        ("xq no m dan info xfa", "porque no m dan informacion por favor"),
        ("kiero saver kuanto ay ke pagar", "quiero saber cuanto hay que pagar"),
        ("tmb pa mi mija", "tambien para mi mi hija"),
        ("gano 1500 dlls", "gano nummany dolares"),
        ("ﬁnanzas", "finanzas"),
        ("line\none\ttwo", "line one two"),
        ("hola👋🏽 qué tal 😂😂", "hola que tal"),
        ("مرحبا كيف", ""),
        ("\u202ehola\u202c", "hola"),
        ("", ""),
        ("/", ""),
        ("/restart", "restart"),
        ("   ", ""),
        ("¿?¡!", ""),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GUTR690911HGTTRB02", "numcurp"),
        ("gutr690911hgttrb02", "numcurp"),
        ("GUTR 690911 HGTTRB 02", "numcurp"),
        ("GUTR-690911-HGTTRB-02", "numcurp"),
        ("MUÑP690911HGTTRB02", "numcurp"),
        ("GUTR69091HGTTRB02", "numcurp"),
        ("GUTR690911HGTTRB0", "numcurp"),
        ("62887401935", "numnss"),
        ("62-88-74-0193-5", "numnss"),
        ("62 88 74 0193 5", "numnss"),
        ("123-45-6789", "numssn"),
        ("•••-••-••••", "numssn"),
        ("123456789", "numssn"),
        ("5541665415", "numphone"),
        ("55 4166 5415", "numphone"),
        ("(415) 555-1234", "numphone"),
        ("415.555.1234", "numphone"),
        ("011 52 55 4166 5415", "numlong"),
        ("+52 1 55 4166 5415", "numlong"),
        ("$1,500", "nummoney"),
        ("$ 12000.50", "nummoney"),
        ("2k", "nummoney"),
        ("$2.5k", "nummoney"),
        ("1985", "nummany"),
        ("38", "numtwo"),
        ("3", "numone"),
        ("47600", "numfive"),
        ("ana@example.com", "numemail"),
        ("https://www.imss.gob.mx/pti?x=1", "numurl"),
        ("www.imss.gob.mx", "numurl"),
    ],
)
def test_numbers_by_their_kind(text: str, kind: str) -> None:
    assert fold(text) == kind
    assert fold(f"es {text} oiga") == f"es {kind} oiga"


def test_the_kinds_are_all_named() -> None:
    """The language model leaves these words out: it must know every one of them."""
    lines = "a@b.mx, www.a.mx GUTR690911HGTTRB02, 123-45-6789, 5541665415, 62887401935, $5, "
    assert set(fold(lines + "1, 12, 47600, 1985, 011525541665415").split()) == KINDS_OF_NUMBER


@pytest.mark.parametrize(
    ("by_ear", "right"),
    [
        ("kiero", "quiero"),
        ("ospital", "hospital"),
        ("ijos", "hijos"),
        ("veneficios", "beneficios"),
        ("benefisios", "beneficios"),
        ("vivir", "bibir"),
        ("zeguro", "seguro"),
        ("desir", "decir"),
        ("ceguro", "seguro"),
        ("yamar", "llamar"),
        ("llo", "yo"),
        ("kasa", "casa"),
        ("kuota", "cuota"),
        ("gerra", "guerra"),
        ("jente", "gente"),
        ("pencion", "pension"),
        ("espoza", "esposa"),
        ("enpleo", "empleo"),
        ("tanbien", "también"),
        ("konbiene", "conviene"),
        ("senora", "señora"),
        ("fotografia", "photografia"),
        ("i", "y"),
        ("mui", "muy"),
        ("carro", "caro"),
        ("wiki", "viki"),
    ],
)
def test_spelling_by_ear_sounds_like_the_right_spelling(by_ear: str, right: str) -> None:
    assert normalise(by_ear).sounded == normalise(right).sounded


@pytest.mark.parametrize(
    ("one", "other"), [("chico", "sico"), ("peso", "beso"), ("pagar", "pegar"), ("mama", "nana")]
)
def test_words_that_sound_different_stay_different(one: str, other: str) -> None:
    assert normalise(one).sounded != normalise(other).sounded


def test_abbreviations_are_whole_words_with_one_meaning() -> None:
    """What an abbreviation opens into holds no abbreviation: folding twice changes nothing."""
    for short, full in shorthand().items():
        assert fold(short) == full
        assert not set(full.split()) & set(shorthand())


ADVERSARIAL = {
    "dots": "a." * 2048,
    "almost addresses": "a@" * 2048,
    "an address without an end": "a@" + "b" * 4094,
    "dots before an at": "a.-+" * 1023 + "@",
    "domains": "a@b" + ".c" * 2046,
    "ones and commas": "1," * 2048,
    "a price without an end": "$" + "1" * 4095,
    "prices": "$1" * 2048,
    "digits": "1" * 4096,
    "spaced digits": "1 " * 2048,
    "dashes": "1-" * 2048,
    "nearly a key": "abcd123456" * 409,
    "letters and digits": "a1" * 2048,
    "one letter": "a" * 4096,
    "quotes": "'" * 4096,
    "h": "h" * 4096,
    "addresses of pages": "http://" * 585,
    "combining marks": "a" + "\u0301" * 4095,
    "emoji": "😂" * 4096,
    "ligatures": "ﷺ" * 1024,
    "white space": " \t" * 2048,
    "words": "hola que tal " * 315,
}


@pytest.mark.parametrize("text", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_made_to_hurt(text: str) -> None:
    """In processor time: a busy machine does not fail it, a pattern that backtracks does."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        normalise(text[:LONGEST_MESSAGE])
        taken.append(time.process_time() - started)
    assert min(taken) < LONGEST_SECONDS


def test_the_longest_message_keeps_its_words() -> None:
    text = ("cuánto cuesta " * 400)[:LONGEST_MESSAGE]
    assert fold(text).startswith("cuanto cuesta cuanto")
    assert len(fold(text)) >= LONGEST_MESSAGE - 10


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_folded_once_and_for_all(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.strip()
    assert "  " not in folded


@settings(deadline=None)
@given(st.text(alphabet="abcdeñáü0123456789 .,-@$/'•k", max_size=120))
def test_any_mix_of_marks_and_digits_too(text: str) -> None:
    """The alphabet of addresses, keys and amounts, where the patterns meet."""
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(character.isdigit() for character in folded)
    assert isinstance(sound(folded), str)
