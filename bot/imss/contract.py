"""The contract as programs use it: `openapi.yml`, read once, and checks against its schemas."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

CONTRACT_FILE = Path(__file__).with_name("openapi.yml")
KEY_HEADER = "Idempotency-Key"
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Misfit(NamedTuple):
    """Where a value does not fit its schema and which JSON Schema word it breaks.

    The value itself is left out: it may be personal data.
    """

    pointer: str
    rule: str


class Operation(NamedTuple):
    """One operation of the contract.

    `body` is the schema of what is sent, `query` the schemas of the parameters after the `?`, all
    required. `changes`: it changes something, so it carries an idempotency key.
    """

    id: str
    method: str
    path: str
    body: str | None
    query: dict[str, str]
    changes: bool


@lru_cache(maxsize=1)
def contract() -> dict[str, Any]:
    """The whole OpenAPI document."""
    # The C reader is ten times faster; it is not in every build of PyYAML.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(CONTRACT_FILE.read_text("utf-8"), Loader=loader)  # noqa: S506
    return document


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """Every operation of the contract."""
    return tuple(
        _operation(path, method, entry)
        for path, item in contract()["paths"].items()
        for method, entry in item.items()
        if method != "parameters"
    )


def _operation(path: str, method: str, entry: dict[str, Any]) -> Operation:
    parameters = entry.get("parameters", ())
    body = entry.get("requestBody")
    return Operation(
        id=entry["operationId"],
        method=method.upper(),
        path=path,
        body=_schema_name(body["content"]["application/json"]) if body else None,
        query={p["name"]: _schema_name(p) for p in parameters if p.get("in") == "query"},
        changes={"$ref": "#/components/parameters/IdempotencyKey"} in parameters,
    )


def _schema_name(holder: dict[str, Any]) -> str:
    return str(holder["schema"]["$ref"]).rpartition("/")[2]


def key_pattern() -> str:
    """The pattern of an idempotency key."""
    parameter = contract()["components"]["parameters"]["IdempotencyKey"]
    return str(parameter["schema"]["pattern"])


def misfits(schema: str, value: Any) -> list[Misfit]:
    """What of a JSON value does not fit the schema of that name; empty where all fits.

    Members that the schema does not know are misfits in what is sent to the service and are let
    pass in its answers: the schemas themselves say which.
    """
    return [
        Misfit("/" + "/".join(str(step) for step in error.absolute_path), str(error.validator))
        for error in _validator(schema).iter_errors(value)
    ]


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant, cut to microseconds. Raises ValueError."""
    written = _INSTANT.fullmatch(text)
    if written is None:
        raise ValueError("not an RFC 3339 instant")
    day, time, fraction, offset = written.groups()
    micros = (fraction or ".0")[1:7].ljust(6, "0")
    return datetime.fromisoformat(f"{day}T{time}.{micros}{'+00:00' if offset in 'Zz' else offset}")


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    # The components stand beside the reference, so that references inside them resolve.
    root = {
        "$ref": f"#/components/schemas/{schema}",
        "components": {"schemas": contract()["components"]["schemas"]},
    }
    return _Validator(root, format_checker=_FORMATS)


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Any:
    """JSON Schema means ECMA's `$`; Python's would let a final line break pass."""
    if isinstance(value, str) and not _compiled(pattern).search(value):
        yield ValidationError("does not match")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$$", r"\\Z", pattern), re.ASCII)


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)  # type: ignore[untyped-decorator, unused-ignore]
def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_FORMATS.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator, unused-ignore]
def _is_instant(value: Any) -> bool:
    return not isinstance(value, str) or bool(parse_instant(value))
