"""Whether a request comes from Twilio: it signs the address that it calls and all the fields."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port

MOST_FIELDS = 500


class Fields(dict[str, list[str]]):
    """A form's fields, blank ones too, as the validator of Twilio's library reads them."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]

    def first(self, name: str) -> str:
        """A field's first value; empty where it is not there."""
        return self.get(name, [""])[0]


class MalformedError(Exception):
    """The body is no form."""


def fields_of(body: bytes) -> Fields:
    """The fields of a form. Raises MalformedError."""
    found = Fields()
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:  # also what is no UTF-8
        raise MalformedError from error
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


class Signature:
    """Checks signatures over the address by which Twilio knows us. What a proxy makes of a
    request's address, or somebody writes into its headers, does not count."""

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._public_url = public_url

    def is_right(self, path: str, query: str, fields: Fields, given: str) -> bool:
        """Whether it is Twilio's. It takes as long for any signature."""
        address = f"{self._public_url}{path}" + (f"?{query}" if query else "")
        parts = urlsplit(address)
        # Twilio signs with the port or without it.
        candidates = (remove_port(parts), add_port(parts))
        signature = given.encode("utf-8", "replace")
        right = [
            hmac.compare_digest(self._signed(candidate, fields), signature)
            for candidate in candidates
        ]
        return any(right)

    def _signed(self, address: str, fields: Fields) -> bytes:
        return str(self._validator.compute_signature(address, fields)).encode("ascii")
