"""Replies as they are read out: no addresses, pictures or signs, figures as people say them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.channels.long_text import split_text
from bot.channels.voice.sentences import begins_as, sentence, written
from bot.messaging.contents import Reply

# About a minute: nobody listens for longer.
LONGEST = 900
MOST_CHOICES = 4
# Pictures, arrows and the marks that belong to them.
_PICTURES = {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Me"}
_KEPT_SIGNS = {"°"}
_ADDRESS = re.compile(
    r"\s*\(?(?:https?://\S+|\S+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:mx|com|org|gov|gob|me)\b(?:/[^\s).,;]*)?)\)?",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?P<us>US)?\$\s?(?P<whole>[0-9][0-9,]*)(?:\.(?P<cents>[0-9]{2}))?"
    r"(?:\s+(?P<said>d[oó]lares|dollars|pesos)\b)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,$])\+?[0-9]{1,4}(?:[ -][0-9]{2,4}){2,5}(?![\w,])")
_LIST_MARK = re.compile(r"^\s*(?:[-•·*▪◦]|[0-9]{1,2}[.)])\s+", re.MULTILINE)
_MARKS = re.compile(r"[*_`~|<>\[\]{}“”«»\"#]+")
_DOLLARS = ("d", "D")


def spoken(replies: Sequence[Reply], language: str) -> str:
    """The replies in one text, with what can be chosen; what is not to be heard is offered by
    message."""
    parts: list[str] = []
    for reply in replies:
        hidden = reply.image or reply.file or begins_as(reply.answer, "written")
        part = sentence("by_message", language) if hidden else _said(reply, language)
        if part and part not in parts:
            parts.append(part)
    return _shortened(" ".join(parts))


def readable_aloud(text: str, language: str) -> str:
    """A text as it is read out."""
    text = unicodedata.normalize("NFC", text)
    text = _ADDRESS.sub("", text)
    text = _LIST_MARK.sub("", text)
    text = _MONEY.sub(lambda found: _money(found, language), text)
    text = _PHONE.sub(lambda found: _digits(found[0]), text)
    for shown, said in written()["read_as"][language].items():
        text = re.sub(rf"\s*{re.escape(shown)}" if shown == "%" else re.escape(shown), said, text)
    text = "".join(c for c in text if unicodedata.category(c) not in _PICTURES or c in _KEPT_SIGNS)
    return _sentences(_MARKS.sub("", text))


def spelled(code: str) -> str:
    """A code letter by letter."""
    return ", ".join(code)


def _said(reply: Reply, language: str) -> str:
    text = readable_aloud(reply.text, language)
    if not (reply.options and begins_as(reply.answer, "options")):
        return text
    titles = [readable_aloud(o.title, language).rstrip(".") for o in reply.options[:MOST_CHOICES]]
    *first, last = titles
    choices = (", ".join(first) + sentence("or", language) if first else "") + last
    return f"{text} {sentence('choices', language, choices=choices)}"


def _money(found: re.Match[str], language: str) -> str:
    words = written()["money"][language]
    said = found["said"] or ""
    dollars = bool(found["us"]) or said.startswith(_DOLLARS)
    unit = words["dollars"] if dollars else words["pesos"]
    cents = found["cents"]
    form = words["cents"] if cents and int(cents) else words["whole"]
    return str(form).format(whole=found["whole"], unit=unit, cents=int(cents or 0))


def _digits(number: str) -> str:
    """A telephone number digit by digit, with a pause between its groups."""
    return ", ".join(" ".join(group) for group in re.findall(r"[0-9]+", number))


def _sentences(text: str) -> str:
    """Each line as a sentence of its own."""
    lines = (re.sub(r"\s+", " ", line).strip(" ,;-–—") for line in text.splitlines())
    ended = (line if line[-1] in ".!?:…" else f"{line}." for line in lines if line)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(ended))


def _shortened(text: str) -> str:
    pieces = split_text(text, LONGEST)
    return pieces[0] if pieces else ""
