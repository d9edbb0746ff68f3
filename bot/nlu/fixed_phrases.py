"""Whole messages that always mean the same: set phrases, and codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml

PHRASES = Path(__file__).with_name("fixed_phrases.yml")
LINK_CODE = "link_code"
# One of the letters and digits, some of each, that a code is of; how many follows it.
OF_A_CODE = r"(?=[a-z]*[0-9][a-z]*[0-9])(?=[0-9]*[a-z][0-9]*[a-z])[a-z0-9]"
# Eight of them, alone or after "mi código es", or what a link fills in.
_CODE = re.compile(
    r"(?:(?:(?:mi |el |my |the )?(?:codigo|code)(?: es| is)?|continuar|continue):? )?"
    + OF_A_CODE
    + "{8}"
)
_OUTSIDE = re.compile(r"[^a-z0-9' ]+")


def fixed_topic(text: str) -> str | None:
    """The topic that a whole message always means; None for any other message."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = " ".join(_OUTSIDE.sub(" ", plain).split())
    return _topics().get(words) or (LINK_CODE if _CODE.fullmatch(words) else None)


@lru_cache(maxsize=1)
def _topics() -> dict[str, str]:
    written = yaml.safe_load(PHRASES.read_text("utf-8"))
    return {phrase: topic for topic, phrases in written.items() for phrase in phrases}
