"""Fixtures of the message's way."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from bot.messaging.assistant import Assistant


@pytest.fixture(scope="session")
def assistant(model: Path) -> Assistant:
    """The assistant with the real model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rasa warns of its own ways
        return Assistant(model)
