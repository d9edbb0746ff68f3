"""Reads variables of each kind; what cannot be read is refused with its name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
ENV_FILE = PROJECT_ROOT / ".env"
ENVIRONMENTS = ("development", "production")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """A variable is missing or cannot be read; the message names it and says what it should be."""


def read_secret(environ: Mapping[str, str], name: str) -> str:
    """A variable that must be set."""
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. `pti init` makes it and keeps it in .env.")
    return value


def read_number(environ: Mapping[str, str], name: str, default: Any, kind: type) -> Any:
    """A number of a kind; the default where nothing is set."""
    raw = environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return kind(raw)
    except (ValueError, InvalidOperation) as error:
        raise SettingsError(f"{name} should be a number, not {raw!r}.") from error


def read_day(environ: Mapping[str, str], name: str) -> date | None:
    """A day written YYYY-MM-DD; None where nothing is set."""
    raw = environ.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise SettingsError(f"{name} should be a day like 2026-11-23, not {raw!r}.") from error


def read_text(environ: Mapping[str, str], name: str, default: str) -> str:
    """A text without blanks around it; the default where nothing is set."""
    return environ.get(name, "").strip() or default


def read_switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    """On or off; the default where nothing is set."""
    raw = environ.get(name, "").strip().lower()
    if raw not in ("", "on", "off"):
        raise SettingsError(f"{name} should be on or off.")
    return raw == "on" if raw else default


def of_form(environ: Mapping[str, str], name: str, form: re.Pattern[str], description: str) -> str:
    """A text of a form; empty where nothing is set."""
    value = read_text(environ, name, "")
    if value and not form.fullmatch(value):
        # Not quoted: in the wrong line it might be a secret.
        raise SettingsError(f"{name} should be {description}.")
    return value


def environment_name(environ: Mapping[str, str]) -> str:
    """Development or production."""
    named = read_text(environ, "PTI_ENVIRONMENT", ENVIRONMENTS[0]).lower()
    if named not in ENVIRONMENTS:
        raise SettingsError(f"PTI_ENVIRONMENT should be one of {', '.join(ENVIRONMENTS)}.")
    return named


def web_address(environ: Mapping[str, str], name: str, url: str) -> SplitResult:
    """The parts of an address. Personal data must not travel in clear in production."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, half of a bracket
        usable = False
    if not usable:
        raise SettingsError(f"{name} should begin with https:// and name a host.")
    in_clear = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if in_clear and environment_name(environ) == "production":
        raise SettingsError(f"{name} should begin with https:// in production.")
    return parts


def above_zero(environ: Mapping[str, str], name: str, default: float) -> float:
    """A number above zero; the default where nothing is set."""
    number = float(read_number(environ, name, default, float))
    if not (math.isfinite(number) and number > 0):
        raise SettingsError(f"{name} should be above zero.")
    return number
