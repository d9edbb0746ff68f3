"""Replies as WhatsApp takes them through Twilio: texts, and files by a link that Twilio fetches.

Options are numbered lines. Buttons would need a template of Twilio's for each set of titles, made
before it can be sent; a number or a title that is typed means the same (bot.messaging.options).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.long_text import split_text, utf16_length
from bot.messaging.contents import Reply

LONGEST_TEXT = 1600
LONGEST_CAPTION = 1024


def whatsapp_parts(reply: Reply, links: Sequence[str]) -> tuple[Reply, ...]:
    """Files first, so that what is offered stands last; a short text stands under its picture.

    A part has either a text, or a link to a file and perhaps a text under it.
    """
    options = [f"{number}. {o.title}" for number, o in enumerate(reply.options, start=1)]
    blocks = (reply.text, "\n".join(options))
    texts = split_text("\n\n".join(block for block in blocks if block), LONGEST_TEXT)
    files = [Reply(file=link) for link in links]
    captioned = reply.image and len(links) == 1 and len(texts) == 1
    if captioned and utf16_length(texts[0]) <= LONGEST_CAPTION:
        return (Reply(texts[0], file=links[0]),)
    return (*files, *(Reply(text) for text in texts))
