"""The noise of the gate: each rule does what it says, and the same every time."""

from __future__ import annotations

import random

import pytest

from bot.nlu.evaluation import HeldOut
from tests.nlu import noise

CLEAN = HeldOut("ask_benefits", "es", "plain", "¿Qué beneficios hay para mi hijo si vivo acá?")


@pytest.mark.parametrize(
    ("rule", "text", "noisy"),
    [
        (noise.without_accents, "¿Qué año?", "Que año?"),
        (noise.h_dropped, "hijo hospital ahora", "ijo ospital ahora"),
        (noise.b_and_v, "vivo bien", "bibo vien"),
        (noise.s_c_and_z, "cita zapato quiero casa", "sita sapato kiero kasa"),
        (noise.ll_and_y, "llamar ya", "yamar lla"),
        (noise.missing_spaces, "a la clinica", "alaclinica"),
        (noise.spanish_abbreviations, "qué me dan por estar", "q m dan x estar"),
        (noise.english_abbreviations, "are you going to pay", "r u gonna pay"),
    ],
)
def test_every_rule_where_it_always_strikes(
    rule: noise.Rule, text: str, noisy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)  # noqa: S311
    monkeypatch.setattr(chance, "random", lambda: 0.0)
    assert rule(text, chance) == noisy


def test_keys_and_doubled_letters() -> None:
    chance = random.Random(3)  # noqa: S311
    text = "cuanto cuesta el seguro para toda la familia " * 5
    missed = noise.key_neighbours(text, chance)
    assert len(missed) == len(text)
    wrong = [(one, other) for one, other in zip(text, missed, strict=True) if one != other]
    assert 3 <= len(wrong) <= 30
    assert all(other in noise._NEIGHBOURS[one] for one, other in wrong)
    assert len(noise.doubled_letters(text, chance)) > len(text)


def test_only_clean_lines_and_always_alike() -> None:
    others = [HeldOut("a", "es", "ear", "kiero"), HeldOut("a", "en", "formal", "What is covered?")]
    first = noise.noisy([CLEAN, *others])
    assert [message.language for message in first] == ["es", "en"]
    assert {message.style for message in first} == {"noisy"}
    assert first[0].topic == CLEAN.topic
    assert first[0].text != CLEAN.text
    # neither the order nor the company of a line changes its noise
    assert noise.noisy([others[1], CLEAN]) == first[::-1]
    assert noise.noisy([CLEAN], seed=1) != noise.noisy([CLEAN], seed=2)
