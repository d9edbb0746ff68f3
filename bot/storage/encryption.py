"""Encryption at rest, and an index by which an encrypted value can be found again."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from typing import Any

from bot.storage.encryption_keys import NotItsOwnError, key_of

# A conversation's state is a fifth of its length when it is packed, and then PostgreSQL keeps it in
# its row instead of in six pieces elsewhere.
PACKED_FROM = 1024
# No JSON begins so.
_PACKED = b"x"


class UnreadableError(Exception):
    """A sealed value was made with a key that is not configured, or was altered."""


class Cipher:
    """Seals values with the first key and opens them with any, so that keys can be rotated."""

    def __init__(self, encryption_keys: Sequence[str], index_key: str) -> None:
        self._keys = [key_of(key) for key in encryption_keys]
        self._index_key = index_key.encode("utf-8")
        # Of its own, so that a word's digest is no part of an address's.
        self._word_key = hmac.digest(self._index_key, b"words", "sha256")

    def seal(self, value: Any) -> bytes:
        """The value as JSON, packed where it is long, encrypted and authenticated."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        return self.seal_bytes(text if len(text) < PACKED_FROM else zlib.compress(text, 1))

    def open(self, sealed: bytes) -> Any:
        """The value that was sealed. Raises UnreadableError where no key fits."""
        text = self.open_bytes(sealed)
        return json.loads(zlib.decompress(text) if text.startswith(_PACKED) else text)

    def seal_bytes(self, content: bytes) -> bytes:
        """The bytes, encrypted and authenticated."""
        return self._keys[0].seal(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The bytes that were sealed. Raises UnreadableError where no key fits."""
        content = bytes(sealed)
        for key in self._keys:
            with contextlib.suppress(NotItsOwnError):
                return key.open(content)
        raise UnreadableError("no configured key opens this value")

    def reseal(self, sealed: bytes) -> bytes:
        """The same value, sealed with the first key. Raises UnreadableError where no key fits."""
        return self.seal_bytes(self.open_bytes(sealed))

    def index(self, value: str) -> str:
        """A keyed digest of the value: equal values have equal digests, and the digest says
        nothing."""
        return hmac.new(self._index_key, value.encode("utf-8"), hashlib.sha256).hexdigest()

    def word_digest(self, word: str) -> str:
        """A short keyed digest of a word, 16 hexadecimal digits, by which texts are searched."""
        return hashlib.blake2b(word.encode("utf-8"), digest_size=8, key=self._word_key).hexdigest()
