"""Long texts are cut where a reader would pause, and nothing of them is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.long_text import split_text, utf16_length


def test_a_short_text_stays_whole() -> None:
    assert split_text("hola", 10) == ("hola",)
    assert split_text("0123456789", 10) == ("0123456789",)
    assert split_text(" \n", 10) == ()


def test_cut_at_a_paragraph_before_a_line_before_a_sentence_before_a_word() -> None:
    assert split_text("Uno. Dos.\nTres.\n\nCuatro. Cinco", 25) == (
        "Uno. Dos.\nTres.",
        "Cuatro. Cinco",
    )
    assert split_text("Uno. Dos.\nTres cuatro. Cinco", 20) == ("Uno. Dos.", "Tres cuatro. Cinco")
    assert split_text("Uno dos tres. Cuatro cinco", 20) == ("Uno dos tres.", "Cuatro cinco")
    assert split_text("uno dos tres cuatro", 10) == ("uno dos", "tres", "cuatro")


def test_a_pause_that_leaves_hardly_anything_is_not_taken() -> None:
    assert split_text("A.\n\nuno dos tres cuatro cinco", 24)[0] == "A.\n\nuno dos tres cuatro"


def test_an_amount_is_not_cut() -> None:
    pieces = split_text("Son 12,345.67 pesos al año. " * 20, 60)
    assert all("12,345.67" in piece for piece in pieces)


def test_without_a_pause_it_is_cut_where_it_must_be() -> None:
    assert split_text("a" * 25, 10) == ("a" * 10, "a" * 10, "a" * 5)


def test_an_emoji_counts_twice_and_a_family_stays_together() -> None:
    assert utf16_length("a😀") == 3
    assert split_text("😀" * 6, 10) == ("😀" * 5, "😀")
    assert split_text("aaaaaa👨‍👩‍👧", 10) == ("aaaaaa", "👨‍👩‍👧")


def test_an_accent_of_its_own_stays_with_its_letter() -> None:
    assert split_text("aaae\u0301aaa", 4) == ("aaa", "e\u0301aa", "a")


@given(st.text(max_size=300), st.integers(min_value=4, max_value=60))
def test_every_piece_fits_and_only_blanks_are_lost(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(0 < utf16_length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
