"""What is asked of a person for a registration, by name. It needs nothing else, so who only counts
the steps does not load what checks the answers."""

from __future__ import annotations

from typing import Literal, get_args

FieldName = Literal[
    "curp",
    "curp_confirmed",
    "nss",
    "name",
    "phone",
    "email",
    "postal_code",
    "municipality",
    "neighbourhood",
    "street",
    "address_of",
    "occupation",
    "income",
    "zone",
    "period",
    "infonavit",
    "beneficiaries",
]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)  # in the order in which they are asked
