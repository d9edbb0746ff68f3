"""Replies as WhatsApp takes them through Twilio: texts, files by a link that Twilio fetches, and
options that can be tapped, or else are numbered lines. A number or a title that is typed means the
same in both (bot.messaging.options)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.channels.long_text import split_text, utf16_length
from bot.channels.twilio.tappable import LONGEST_BODY, tappable
from bot.messaging.contents import Reply

LONGEST_TEXT = 1600
LONGEST_CAPTION = 1024


def whatsapp_parts(
    reply: Reply, links: Sequence[str], taps: bool = False, plain: bool = False
) -> tuple[Reply, ...]:
    """Files first, so that what is offered stands last; a short text stands under its picture.

    A part has a text with options to tap, or a text, or a link to a file and perhaps a text under
    it. Without `taps` options are numbered; `plain`: they are numbered in the parts that would have
    had them.
    """
    files = [Reply(file=link) for link in links]
    if taps and (texts := _texts_with_taps(reply)):
        if plain:
            texts[-1] = Reply(numbered(texts[-1]))
        return (*files, *texts)
    texts = [Reply(text) for text in split_text(numbered(reply), LONGEST_TEXT)]
    captioned = reply.image and len(links) == 1 and len(texts) == 1
    if captioned and utf16_length(texts[0].text) <= LONGEST_CAPTION:
        return (replace(texts[0], file=links[0]),)
    return (*files, *texts)


def numbered(reply: Reply) -> str:
    """The text with its options as numbered lines."""
    options = [f"{number}. {o.title}" for number, o in enumerate(reply.options, start=1)]
    return "\n\n".join(block for block in (reply.text, "\n".join(options)) if block)


def _texts_with_taps(reply: Reply) -> list[Reply]:
    """The last of the texts has the options; none where they do not fit."""
    *before, last = split_text(reply.text, LONGEST_BODY) or ("",)
    offered = replace(reply, text=last, image=None, file=None)
    # It must fit as a numbered text as well: that is what is sent where it cannot be tapped.
    if tappable(offered) is None or utf16_length(numbered(offered)) > LONGEST_TEXT:
        return []
    return [*(Reply(text) for text in before), offered]
