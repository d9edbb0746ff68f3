"""What is found in what people send besides text, as plain values: they are sealed with the
message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from bot.messaging.contents import Incoming
from bot.programme.nss import without_ssn

Found = dict[str, Any]
# Why there is nothing to use.
Why = Literal[
    "no_curp", "several_curps", "not_heard", "no_service", "too_large", "type", "not_fetched"
]
TRANSCRIPT, CURP, NOTHING = "transcript", "curp", "nothing"
LONGEST_TRANSCRIPT = 4096


def transcript(text: str, sure: bool) -> Found:
    """What was said in a voice note; `sure`: it counts as typed without asking."""
    return {"what": TRANSCRIPT, "text": without_ssn(text)[:LONGEST_TRANSCRIPT], "sure": sure}


def curp(key: str) -> Found:
    """A valid CURP."""
    return {"what": CURP, "curp": key}


def nothing(why: Why) -> Found:
    """Nothing that could be used."""
    return {"what": NOTHING, "why": why}


def with_found(content: Incoming, found: Sequence[Found]) -> Incoming:
    """The message with what was found in all that came with it. Words that were understood for
    certain are its text, as if they had been typed."""
    heard = [one for one in found if one["what"] == TRANSCRIPT]
    if heard:
        text = "\n".join(one["text"] for one in heard)
        if all(one["sure"] for one in heard):
            said = "\n".join(part for part in (content.text, text) if part)
            return replace(content, text=said, found={"what": TRANSCRIPT, "sure": True})
        return replace(content, found=transcript(text, sure=False))
    keys = {one["curp"] for one in found if one["what"] == CURP}
    if len(keys) > 1:
        return replace(content, found=nothing("several_curps"))
    if keys:
        return replace(content, found=curp(keys.pop()))
    return replace(content, found=found[0] if found else None)
