"""What the phone line sends us of a call: signed, and of the form in `request.schema.json`."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SCHEMA = Path(__file__).with_name("request.schema.json")
# So far from our clock a time stamp may be.
CLOCK_SECONDS = 300.0
MOST_PROBLEMS = 10
_PREFIX = "sha256="


class NotSignedError(Exception):
    """The signature is missing or wrong."""


class StaleError(Exception):
    """The signature is right and its time stamp too far from our clock."""


class NotOfTheFormError(Exception):
    """The body is not what was agreed on; `problems` name the fields, not what stands in them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `<time stamp>.<body>`, as its header has it."""
    signed = timestamp.encode("ascii") + b"." + body
    return _PREFIX + hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()


def check_signature(secret: str, timestamp: str, given: str, body: bytes, now: float) -> None:
    """It takes as long for any signature. Raises NotSignedError, StaleError."""
    usable = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    wanted = signature_of(secret, timestamp if usable else "0", body)
    right = hmac.compare_digest(wanted.encode("ascii"), given.encode("utf-8", "replace"))
    if not (right and usable):
        raise NotSignedError
    if abs(now - int(timestamp)) > CLOCK_SECONDS:
        raise StaleError


def parse(body: bytes) -> dict[str, Any]:
    """The body. Raises NotOfTheFormError."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotOfTheFormError(["the body is not JSON"]) from error
    problems = sorted({_problem(error) for error in _validator().iter_errors(value)})
    if problems:
        raise NotOfTheFormError(problems[:MOST_PROBLEMS])
    found: dict[str, Any] = value
    return found


def topics() -> frozenset[str]:
    """What a call may be about."""
    return frozenset(_schema()["properties"]["reason"]["enum"])


def _problem(error: Any) -> str:
    """Where and which rule: messages of the validator quote what was sent."""
    where = ".".join(str(part) for part in error.absolute_path) or "body"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{where}: {', '.join(missing)} missing"
    return f"{where}: {error.validator}"


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    """Made once: the schema is checked and prepared when the first request comes."""
    Draft7Validator.check_schema(_schema())
    return Draft7Validator(_schema())


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return schema
