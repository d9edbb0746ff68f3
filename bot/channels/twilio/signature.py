"""Whether a request comes from Twilio: it signs the address that it calls and all the fields."""

from __future__ import annotations

import hmac
from base64 import b64encode
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import add_port, remove_port

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
    request's address, or somebody writes into its headers, does not count.

    Computed as Twilio's library does, but the fields are put in order once, not for each of the
    addresses: it is done several times a message."""

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._token = auth_token.encode("utf-8")
        parts = urlsplit(public_url)
        # Twilio signs with the port or without it.
        self._public_urls = (remove_port(parts), add_port(parts))

    def is_right(self, path: str, query: str, fields: Fields, given: str) -> bool:
        """Whether it is Twilio's. It takes as long for any signature."""
        address = f"{path}?{query}" if query else path
        signature = given.encode("utf-8", "replace")
        rest = address + _in_order(fields)
        right = [
            hmac.compare_digest(self._signed(public_url + rest), signature)
            for public_url in self._public_urls
        ]
        return any(right)

    def _signed(self, text: str) -> bytes:
        return b64encode(hmac.digest(self._token, text.encode("utf-8"), "sha1"))


def _in_order(fields: Fields) -> str:
    """The fields as they are signed: by name, each with its different values."""
    return "".join(
        name + value for name in sorted(fields) for value in sorted(set(fields.getlist(name)))
    )
