"""What people read for a topic or a branch of the insurance when it is offered or listed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

LABELS = Path(__file__).resolve().parent.parent / "data" / "labels"


def topic_label(topic: str, language: str) -> str:
    """The short name of a topic."""
    return _labels("topics")[topic][language]


def is_topic(name: str) -> bool:
    """Whether a topic of that name can be offered."""
    return name in _labels("topics")


@lru_cache(maxsize=8)
def _labels(name: str) -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = yaml.safe_load((LABELS / f"{name}.yml").read_text("utf-8"))
    return labels


def key_label(name: str, language: str) -> str:
    """A word that is read back from a CURP."""
    return _labels("keys")[name][language]


def branch_label(branch: str, language: str) -> str:
    """The plain name of a branch of the insurance."""
    return _labels("branches")[branch][language]


def income_label(name: str, language: str) -> str:
    """How an income is said back: its currency and its period."""
    return _labels("income")[name][language]


def registration_label(name: str, language: str) -> str:
    """How a datum of a registration is named or said back."""
    return _labels("registration")[name][language]


def examples(language: str) -> dict[str, str]:
    """Examples of data, by the placeholder that they stand in."""
    return {name: label[language] for name, label in _labels("examples").items()}
