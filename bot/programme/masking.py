"""Hides personal data, for logs and for screens where nobody asked to see it."""

from __future__ import annotations

import re

from bot.programme.plain_text import plain_characters

_SHOWN = 2  # enough for two people on the phone to agree which number it is, too little to use it
_HIDDEN = "*"

_GAP = r"[\s.\-_]{0,2}"


def _spaced(character_class: str, least: int, most: int) -> str:
    return rf"(?:{character_class}{_GAP}){{{least},{most}}}"


# In order: what is tried first at each place. A CURP is looked for loosely (10 characters on make
# it out, an RFC is the same up to there), so that one with a typing mistake is hidden too.
_PERSONAL = re.compile(
    r"(?P<email>(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,6})"
    r"|(?P<moment>(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])"
    r"(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?)?)"
    rf"|(?P<curp>(?<![^\W_]){_spaced('[A-ZÑ]', 3, 3)}[A-ZÑ]{_GAP}"
    rf"{_spaced('[0-9OIL]', 5, 5)}[0-9OIL]"
    rf"(?:{_GAP}[HMX]{_GAP}{_spaced('[A-ZÑ0-9]', 4, 7)}[0-9OIL]|[A-Z0-9]{{0,10}})(?![^\W_]))"
    r"|(?P<number>(?<![^\W_])\+?\(?[0-9](?:[ .\-()/]{0,3}[0-9]){6,40})",
    re.IGNORECASE,
)
_SSN_DIGITS, _NSS_DIGITS, _MOST_PHONE_DIGITS = 9, 11, 15


def mask_curp(curp: str) -> str:
    """A CURP with only its last two characters legible; anything shorter is hidden whole."""
    return _keep_end(curp)


def mask_nss(nss: str) -> str:
    """An NSS with only its last two digits legible; anything shorter is hidden whole."""
    return _keep_end(nss)


def mask_personal_data(text: str) -> str:
    """Free text without its CURPs (and RFCs), NSS, US numbers (SSN), phones and e-mails.

    Each becomes the name of what it was in brackets. It hides too much rather than too little: any
    seven digits in a row go, except dates and times written as in a log. Full-width and other odd
    characters come out plain. Masking twice changes nothing.
    """
    return _PERSONAL.sub(_name_of, plain_characters(text))


def _keep_end(key: str) -> str:
    if len(key) <= 3 * _SHOWN:
        return _HIDDEN * len(key)
    return _HIDDEN * (len(key) - _SHOWN) + key[-_SHOWN:]


def _name_of(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "moment":
        return match[0]
    if kind != "number":
        return f"[{kind}]"
    digits = sum(character.isdigit() for character in match[0])
    if digits == _SSN_DIGITS:
        return "[ssn]"
    if digits == _NSS_DIGITS and not match[0].startswith(("+", "(")):
        return "[nss]"
    return "[phone]" if digits <= _MOST_PHONE_DIGITS else "[number]"
