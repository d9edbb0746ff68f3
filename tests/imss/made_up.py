"""People and data of the tests, all made up."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from stdnum import luhn

from bot.imss.json_form import from_json
from bot.imss.models import RegistrationRequest
from bot.programme.curp import check_digit_of

_NUMBERS = itertools.count(10_000)  # the sandbox's own made-up people have smaller ones
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"


@dataclass(frozen=True)
class MadeUp:
    """Somebody who does not exist."""

    curp: str
    nss: str
    full_name: str = "Prueba Xóchitl Inexistente"

    def registration(self, **changes: Any) -> dict[str, Any]:
        """A registration of this person as JSON, with other values for some members."""
        person = {"curp": self.curp, "nss": self.nss, "full_name": self.full_name}
        return {**_rest_of_registration(), "person": person, **changes}

    def request(self, **changes: Any) -> RegistrationRequest:
        """The same for the client."""
        return from_json(RegistrationRequest, self.registration(**changes))


def new_person() -> MadeUp:
    """A person who was not used before.

    Another implementation may know only its own test people: PTI_IMSS_CONTRACT_PEOPLE names a YAML
    list of them ({curp, nss, full_name}), of which each test takes new ones.
    """
    if os.environ.get("PTI_IMSS_CONTRACT_PEOPLE"):
        return next(_given_people())
    number = next(_NUMBERS)
    year = 50 + number % 49
    letters = "".join(_CONSONANTS[number // 21**place % 21] for place in range(3))
    curp = f"XEXX{year:02d}0615MNE{letters}0"
    nss = f"99{number // 10_000:02d}{year:02d}{number % 10_000:04d}"
    return MadeUp(curp + check_digit_of(curp), nss + luhn.calc_check_digit(nss))


@lru_cache(maxsize=1)
def _given_people() -> Any:
    given = yaml.safe_load(Path(os.environ["PTI_IMSS_CONTRACT_PEOPLE"]).read_text("utf-8"))
    return iter([MadeUp(**person) for person in given])


def _rest_of_registration() -> dict[str, Any]:
    return {
        "contact": {"phone": "+13125550123", "email": "inventada@example.org"},
        "address": {
            "postal_code": "58000",
            "state": "MN",
            "municipality": "Municipio Inventado",
            "neighbourhood": "Colonia de Ejemplo",
            "street": "Calle que no existe",
            "exterior_number": "0",
            "interior_number": None,
            "belongs_to": "beneficiaries",
        },
        "occupation": "Jardinería",
        "monthly_income": "12345.67",
        "zone": "general",
        "contribution_period": 1,
        "infonavit": False,
        "beneficiaries": [{"kinship": "child", "age": 9}],
        "consent": {
            "given_at": datetime(2026, 6, 10, 15, 30, tzinfo=timezone.utc).isoformat(),
            "channel": "webchat",
            "notice_version": "2026-06",
            "financial_data": True,
        },
    }


INCOME = Decimal("12345.67")
