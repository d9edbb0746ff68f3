"""How content people are, as they write it: only what is certain counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.satisfaction import HIGHEST, LOWEST, read_score, read_spared

SCORES = {
    1: ["1", "muy mal", "Pésimo", "un uno", "very bad", "1 star", "terrible"],
    2: ["2", "mal", "dos", "le doy un 2", "bad", "2 out of 5"],
    3: ["3", "regular", "más o menos", "so-so", "three stars", "So so"],
    4: ["4", "bien", "Bien, gracias", "cuatro", "4 estrellas", "4 de 5", "good", "I give it a 4"],
    5: ["5", "cinco", "CINCO!", "5 estrellas", "muy bien", "Muy bien, gracias", "excelente",
        "le pongo un cinco", "five", "five stars", "5 out of 5", "very good, thank you"],
}  # fmt: skip
NO_SCORE = [
    "", "gracias", "ok", "si", "no", "0", "6", "10", "4.5", "55", "4 personas", "tengo 5 hijos",
    "no muy bien", "¿bien?", "¿5?", "1 a 5", "del 1 al 5", "bien caro", "bueno", "perfecto", "👍",
    "que mal servicio tiene la clinica", "cuanto es para 4", "cinco de mayo", "hola",
]  # fmt: skip


@pytest.mark.parametrize(("text", "score"), [(t, s) for s, all_ in SCORES.items() for t in all_])
def test_a_score(text: str, score: int) -> None:
    assert read_score(text) == score


@pytest.mark.parametrize("text", NO_SCORE)
def test_what_is_no_score(text: str) -> None:
    assert read_score(text) is None


@pytest.mark.parametrize(
    ("text", "spared"),
    [
        ("sí", True), ("Si, claro", True), ("si gracias", True), ("yes it did", True),
        ("Yes!", True), ("no", False), ("No, gracias", False), ("la verdad no", False),
        ("igual tuve que llamar", False), ("not really", False), ("no it didn't", False),
        ("ok", None), ("gracias", None), ("no sé", None), ("¿sí?", None), ("", None),
        ("no entiendo", None), ("si quiero registrarme", None), ("no, quiero otra cosa", None),
    ],
)  # fmt: skip
def test_whether_a_call_was_spared(text: str, spared: bool | None) -> None:
    assert read_spared(text) is spared


@given(st.text(max_size=200))
def test_whatever_is_typed(text: str) -> None:
    score = read_score(text)
    assert score is None or LOWEST <= score <= HIGHEST
    assert read_spared(text) in (True, False, None)
