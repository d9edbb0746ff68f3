"""Finds the trained model before Rasa is loaded, which takes seconds."""

from __future__ import annotations

import tarfile
from pathlib import Path

import click


def model_or_exit(place: Path) -> Path:
    """The model file that a place is, or the newest in that folder; where there is none that can be
    opened, one clear line and exit code 1."""
    found = place
    if not place.is_file():
        models = sorted(place.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
        if not models:
            raise click.ClickException(f"No trained model at {place}. `make train` makes one.")
        found = models[-1]
    if not tarfile.is_tarfile(found):
        raise click.ClickException(f"{found} is no trained model. `make train` makes one.")
    return found
