"""The responses as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlg import catalogue


def test_a_response_in_each_language() -> None:
    spanish = catalogue.variant("utter_thank", "es")
    english = catalogue.variant("utter_thank", "en")
    assert spanish["text"].startswith("De nada")
    assert english["text"].startswith("You are welcome")


def test_no_such_response() -> None:
    assert not catalogue.has_response("utter_nothing")
    with pytest.raises(KeyError):
        catalogue.variant("utter_nothing", "es")
    with pytest.raises(KeyError):
        catalogue.variant("utter_thank", "fr")


def test_a_name_may_not_stand_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("responses:\n  utter_x:\n  - text: x\n")
    monkeypatch.setattr(catalogue, "RESPONSES", tmp_path)
    catalogue.responses.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"utter_x stands twice, the second time in b\.yml"):
            catalogue.responses()
    finally:
        catalogue.responses.cache_clear()
