"""Links to stored files that are good for a while: whoever finds an old one gets nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.settings import Settings

KEY_LABEL = b"pti: signatures of links to stored files"
# How a reply names a stored file: `file:<id>/<name>`.
REFERENCE = re.compile(r"file:([A-Za-z0-9_-]{43})/([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
# Within so many seconds the same link is given, and a browser that has the file does not ask again.
LONGEST_STEP = 300
STEPS_IN_A_LIFE = 4


class SignedLinks:
    """Makes links and checks them. The key is derived from the index key, which must not change
    either."""

    def __init__(self, public_url: str, index_key: str, seconds: float = 3600) -> None:
        self._public_url = public_url.rstrip("/")
        self._seconds = seconds
        self._step = max(1, min(LONGEST_STEP, int(seconds / STEPS_IN_A_LIFE)))
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=KEY_LABEL)
        self._key = derivation.derive(index_key.encode("utf-8"))

    @classmethod
    def from_settings(cls, settings: Settings) -> SignedLinks:
        """Links with the address, the key and the life of the settings."""
        return cls(settings.public_url, settings.index_key, settings.link_seconds)

    def link(self, file_id: str, name: str, now: float) -> str:
        """The whole address of a file, for messages."""
        return self._public_url + self.path(file_id, name, now)

    def path(self, file_id: str, name: str, now: float) -> str:
        """The address without its host, for a page of ours, whatever host it was reached by."""
        # Rounded down: no link is good for longer than was set.
        until = str(int(now + self._seconds) // self._step * self._step)
        signature = self._signature(file_id, name, until)
        place = f"/files/{quote(file_id, safe='')}/{quote(name, safe='')}"
        return f"{place}?until={until}&signature={signature}"

    def check(self, file_id: str, name: str, until: str, signature: str, now: float) -> bool:
        """Whether the link was made here for this file, and its time is not over."""
        return self.is_ours(file_id, name, until, signature) and now < int(until)

    def is_ours(self, file_id: str, name: str, until: str, signature: str) -> bool:
        """Whether the link was made here, however long ago. It takes as long for any signature."""
        right = self._signature(file_id, name, until).encode("ascii")
        return hmac.compare_digest(right, signature.encode("utf-8", "replace"))

    def _signature(self, file_id: str, name: str, until: str) -> str:
        # As JSON: no other three texts are written alike.
        signed = json.dumps([file_id, name, until]).encode("ascii")
        digest = hmac.new(self._key, signed, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def stored_file(reference: str | None) -> tuple[str, str] | None:
    """Id and name of the stored file that a reply names; None for anything else."""
    match = REFERENCE.fullmatch(reference or "")
    return (match[1], match[2]) if match else None
