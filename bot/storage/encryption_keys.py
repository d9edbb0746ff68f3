"""Keys of encryption at rest, of two kinds: both encrypt and authenticate.

What a key of the one kind seals no key of the other opens. So the kind changes as a key does
(docs/operations/data.md), and no process meets what it cannot read.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

_SIV = "siv:"
_KEY_BYTES, _NONCE_BYTES = 32, 12
# What Fernet seals begins with a letter.
_OF_SIV = b"\x02"


class NotItsOwnError(Exception):
    """The key does not open the value: another sealed it, or it was altered."""


class Key(Protocol):
    """One key."""

    def seal(self, content: bytes) -> bytes:
        """The content, encrypted and authenticated, each time differently."""

    def open(self, sealed: bytes) -> bytes:
        """The content. Raises NotItsOwnError."""


def key_of(written: str) -> Key:
    """The key as it is written in the settings. Raises ValueError."""
    return _SivKey(written) if written.startswith(_SIV) else _FernetKey(written)


def new_key() -> str:
    """A fresh key."""
    return _SIV + urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode("ascii")


class _SivKey:
    """AES-256-GCM-SIV (RFC 8452): one call, where Fernet puts each value together from a dozen
    objects and writes it down a third longer. Nonces are random; were one ever drawn twice, it
    would show no more than that two values are equal."""

    def __init__(self, written: str) -> None:
        key = urlsafe_b64decode(written.removeprefix(_SIV))
        if len(key) != _KEY_BYTES:
            raise ValueError(f"a key has {_KEY_BYTES} bytes")
        self._cipher = AESGCMSIV(key)

    def seal(self, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _OF_SIV + nonce + self._cipher.encrypt(nonce, content, _OF_SIV)

    def open(self, sealed: bytes) -> bytes:
        start = len(_OF_SIV) + _NONCE_BYTES
        if not sealed.startswith(_OF_SIV):
            raise NotItsOwnError
        try:
            return self._cipher.decrypt(sealed[len(_OF_SIV) : start], sealed[start:], _OF_SIV)
        except (InvalidTag, ValueError) as error:  # ValueError: it is too short
            raise NotItsOwnError from error


class _FernetKey:
    """As they were made before."""

    def __init__(self, written: str) -> None:
        self._fernet = Fernet(written)

    def seal(self, content: bytes) -> bytes:
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise NotItsOwnError from error
