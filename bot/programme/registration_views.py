"""A draft for two readers: the person, masked; and the store, as JSON that is to be encrypted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.programme.beneficiaries import Kinship, Relative
from bot.programme.income_answers import SaidIncome
from bot.programme.masking import mask_curp, mask_nss
from bot.programme.mexican_states import PostalCode
from bot.programme.person_name import FullName, masked_name
from bot.programme.phone import Phone, masked_phone
from bot.programme.registration import RegistrationDraft, WrongValue
from bot.programme.registration_fields import FIELDS, FieldName
from bot.programme.year_parameters import Zone

VERSION = 1
_HIDDEN = "*"


class DraftFormatError(ValueError):
    """The text is no draft that this version can read. What it says is not in the message."""


@dataclass(frozen=True)
class SummaryField:
    """One line of a summary. `shown` may be sent to the person; `value` is the datum for sentences.

    `shown` is None where the value has to be put in words (an income, a zone, the relatives).
    """

    name: FieldName
    shown: str | None
    value: Any = field(repr=False)


def summary_fields(draft: RegistrationDraft) -> tuple[SummaryField, ...]:
    """The given fields in order, keys and contact masked; the confirmation of the CURP is none."""
    return tuple(
        SummaryField(name, _shown(name, getattr(draft, name)), getattr(draft, name))
        for name in FIELDS
        if name != "curp_confirmed" and getattr(draft, name) is not None
    )


def to_json(draft: RegistrationDraft) -> str:
    """The given fields as JSON. It holds personal data in clear: encrypt it before storing it."""
    content = {
        name: _plain(getattr(draft, name)) for name in FIELDS if getattr(draft, name) is not None
    }
    return json.dumps({"version": VERSION, "draft": content}, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> RegistrationDraft:
    """The draft that to_json wrote. Unknown fields of a later version are passed over.

    Raises DraftFormatError for anything else.
    """
    try:
        stored = json.loads(text)
        if stored["version"] != VERSION:
            raise DraftFormatError("another version")
        content: dict[str, Any] = stored["draft"]
        read = {name: _read(name, content[name]) for name in FIELDS if name in content}
        return RegistrationDraft(**read)
    except DraftFormatError:
        raise
    except WrongValue as error:
        raise DraftFormatError(error.field) from None
    # What is wrong may hold personal data, so nothing of it goes into the message.
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError):
        raise DraftFormatError("malformed") from None


def masked_email(email: str) -> str:
    """The address with its first letter and its domain legible."""
    local, at, domain = email.partition("@")
    return f"{local[:1]}{_HIDDEN * max(len(local) - 1, 2)}{at}{domain}"


def masked_street(street: str) -> str:
    """The street with the first three characters legible and its digits hidden."""
    rest = "".join(" " if character == " " else _HIDDEN for character in street[3:])
    return "".join(_HIDDEN if c.isdigit() else c for c in street[:3]) + rest


def _shown(name: FieldName, value: Any) -> str | None:
    masks: dict[str, Callable[[Any], str]] = {
        "curp": mask_curp,
        "nss": mask_nss,
        "name": masked_name,
        "phone": masked_phone,
        "email": masked_email,
        "street": masked_street,
        "postal_code": lambda code: str(code.code),
    }
    if name in masks:
        return masks[name](value)
    return value if name in ("municipality", "neighbourhood", "occupation") else None


def _plain(value: Any) -> Any:
    """A value in the kinds that JSON has."""
    if isinstance(value, tuple):
        return [
            {"kinship": relative.kinship.value, "age": relative.age, "studies": relative.studies}
            for relative in value
        ]
    if isinstance(value, SaidIncome):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, (FullName, Phone, PostalCode)):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, Zone):
        return value.value
    return str(value) if isinstance(value, Decimal) else value


def _read(name: FieldName, stored: Any) -> Any:
    readers: dict[str, Callable[[Any], Any]] = {
        "name": lambda parts: FullName(**_simple(parts)),
        "phone": lambda parts: Phone(**_simple(parts)),
        "postal_code": lambda parts: PostalCode(**_simple(parts)),
        "income": _income,
        "zone": Zone,
        "beneficiaries": lambda people: tuple(_relative(person) for person in people),
    }
    return readers[name](stored) if name in readers else stored


def _simple(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts of a value, each a text, a truth value or nothing. Raises TypeError otherwise."""
    if not all(part is None or isinstance(part, (str, bool)) for part in parts.values()):
        raise TypeError
    return parts


def _income(parts: dict[str, Any]) -> SaidIncome:
    numbers = ("amount", "hours_per_week", "days_per_week")
    decimals = {n: Decimal(parts[n]) for n in numbers if parts.get(n) is not None}
    return SaidIncome(**{**parts, **decimals})


def _relative(parts: dict[str, Any]) -> Relative:
    return Relative(Kinship(parts["kinship"]), parts["age"], parts.get("studies"))
