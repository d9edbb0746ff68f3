"""Passwords: Argon2, and rules that follow NIST SP 800-63B: length, none of the commonest, nothing
about which characters there must be."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from pathlib import Path

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128
COMMON = Path(__file__).parent / "common_passwords.yml"
# Letters and digits that nobody takes for others, for passwords that are read from paper.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 5
# Each takes 64 MiB: many logins at once must not take the machine's memory.
_at_once = threading.BoundedSemaphore(4)
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _at_once:
        return _hasher.hash(_normal(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether it is that password. Takes as long where there is none (no such account)."""
    try:
        with _at_once:
            return _hasher.verify(kept or _nobodys(), _normal(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def new_password() -> str:
    """A password of 20 random characters (99 bits) in groups, to be read from a screen once."""
    groups = ("".join(secrets.choice(LEGIBLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def problem_with(password: str, login: str) -> str | None:
    """What speaks against a new password: too_short, too_long, too_common; None: nothing."""
    plain = _normal(password).casefold()
    if len(plain) < SHORTEST:
        return "too_short"
    if len(plain) > LONGEST:
        return "too_long"
    only_letters = "".join(c for c in plain if c.isalnum())
    repeated = len(set(only_letters)) <= 3
    if repeated or only_letters in _common() or login.casefold() in (plain, only_letters):
        return "too_common"
    return None


def _normal(password: str) -> str:
    """The same password from every keyboard."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


@cache
def _common() -> frozenset[str]:
    listed = yaml.safe_load(COMMON.read_text("utf-8"))
    return frozenset(str(word).casefold() for word in listed)
