"""The word lists and tables beside the rules, each read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TABLES_FOLDER = Path(__file__).parent / "tables"


@lru_cache(maxsize=32)
def table(name: str) -> dict[str, Any]:
    """The content of `tables/<name>.yml`; it is shared, so nobody may change it."""
    text = (TABLES_FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
