"""The registers that the sandbox pretends to ask: of the population (CURP), of the insured (NSS).

Any well-formed key is taken for somebody's, except where `made_up.yml` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.programme.curp import check_curp
from bot.programme.nss import check_nss

MADE_UP = Path(__file__).with_name("made_up.yml")


@dataclass(frozen=True)
class MadeUpPerson:
    """Somebody who does not exist. `curp_known`, `nss_known`: whether the registers have them."""

    curp: str
    nss: str
    full_name: str
    curp_known: bool = True
    nss_known: bool = True


@lru_cache(maxsize=1)
def made_up_people() -> tuple[MadeUpPerson, ...]:
    """The people of `made_up.yml`."""
    entries = yaml.safe_load(MADE_UP.read_text("utf-8"))["people"]
    return tuple(MadeUpPerson(**entry) for entry in entries)


def curp_status(curp: str, today: date) -> str:
    """`found`, `unknown` or `not_well_formed`."""
    if not check_curp(curp, today).valid:
        return "not_well_formed"
    person = _by_curp().get(curp)
    return "unknown" if person is not None and not person.curp_known else "found"


def curp_answer(curp: str, today: date, *, unknown: bool) -> dict[str, Any]:
    """The contract's CurpValidation; `unknown`: the sandbox was told not to know this one."""
    status = curp_status(curp, today)
    if status == "found" and unknown:
        status = "unknown"
    report = check_curp(curp, today)
    found = status == "found"
    birth_date = report.birth_date.isoformat() if report.birth_date else None
    return {
        "status": status,
        "birth_date": birth_date if found else None,
        "sex": report.sex if found else None,
        "state_of_birth": report.state if found else None,
        "test": True,
    }


def nss_status(nss: str, curp: str) -> str:
    """`matches`, `unknown`, `other_person` or `not_well_formed`."""
    if not check_nss(nss).valid:
        return "not_well_formed"
    owner, person = _by_nss().get(nss), _by_curp().get(curp)
    if owner is not None and not owner.nss_known:
        return "unknown"
    if (owner is not None and owner.curp != curp) or (person is not None and person.nss != nss):
        return "other_person"
    return "matches"


def nss_answer(nss: str, curp: str) -> dict[str, Any]:
    """The contract's NssValidation."""
    status = nss_status(nss, curp)
    # Digits 5 and 6 are the year of birth as it was known when the number was given.
    differs = status in ("matches", "other_person") and nss[4:6] != curp[4:6]
    return {"status": status, "warnings": ["birth_year_differs"] * differs, "test": True}


@lru_cache(maxsize=1)
def _by_curp() -> Mapping[str, MadeUpPerson]:
    return {person.curp: person for person in made_up_people()}


@lru_cache(maxsize=1)
def _by_nss() -> Mapping[str, MadeUpPerson]:
    return {person.nss: person for person in made_up_people()}
