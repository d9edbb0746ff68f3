"""The sandbox's clinics: made up, each in charge of postal codes by their first digits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from bot.imss.sandbox.people import MADE_UP


def clinics_answer(postal_code: str) -> dict[str, Any]:
    """The contract's Clinics for a postal code; none where no clinic is in charge of it."""
    in_charge = [
        {name: value for name, value in clinic.items() if name != "in_charge_of"}
        for clinic in _clinics()
        if any(postal_code.startswith(start) for start in clinic["in_charge_of"])
    ]
    return {"clinics": in_charge, "test": True}


@lru_cache(maxsize=1)
def _clinics() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(MADE_UP.read_text("utf-8"))["clinics"])
