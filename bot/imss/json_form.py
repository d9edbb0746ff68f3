"""Dataclasses as the contract's JSON and back, by their type hints.

Amounts are texts with two decimals, days and months texts, so that nothing passes through a binary
fraction. Members that a dataclass does not have are ignored: an answer may grow.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.imss.contract import parse_instant
from bot.programme.money import to_centavos
from bot.programme.month import Month

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass or of anything that one holds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Month):
            return str(value)
        members = dataclasses.fields(value)
        return {member.name: to_json(getattr(value, member.name)) for member in members}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{to_centavos(value):f}"
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    return value


def from_json(kind: type[T], value: Any) -> T:
    """A dataclass from its JSON value.

    Raises ValueError, TypeError, KeyError or ArithmeticError where the value is of another form.
    """
    if not isinstance(value, dict):
        raise TypeError(f"{kind.__name__} is an object")
    hints = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):  # only ever "… | None"
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError("a list is expected")
        return tuple(_read(get_args(hint)[0], item) for item in value)
    if origin is Literal:
        if value not in get_args(hint):
            raise ValueError("not one of the values on offer")
        return value
    return _read_plain(hint, value)


def _read_plain(hint: Any, value: Any) -> Any:
    if hint is bool or hint is int or hint is str:
        if type(value) is not hint:
            raise TypeError(f"{hint.__name__} is expected")
        return value
    if hint not in (Decimal, date, datetime, Month) and dataclasses.is_dataclass(hint):
        return from_json(hint, value)  # type: ignore[arg-type]
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    readers: dict[Any, Callable[[str], Any]] = {
        Decimal: Decimal,
        date: date.fromisoformat,
        datetime: parse_instant,
        Month: Month.parse,
    }
    return readers.get(hint, hint)(value)
