"""A reply as the messages that Telegram takes."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.long_text import split_text, utf16_length
from bot.messaging.contents import Reply

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


def parts_of(reply: Reply) -> tuple[Reply, ...]:
    """The picture with the text under it where it fits, else by itself; the text; the file. What is
    offered stands under the last, where the person's finger is."""
    parts: list[Reply] = []
    texts = [Reply(text=text) for text in split_text(reply.text, LONGEST_TEXT)]
    if reply.image:
        under_it = len(texts) == 1 and utf16_length(texts[0].text) <= LONGEST_CAPTION
        parts.append(Reply(text=texts.pop().text if under_it else "", image=reply.image))
    parts += texts
    if reply.file:
        parts.append(Reply(file=reply.file))
    if parts:
        parts[-1] = replace(parts[-1], options=reply.options)
    return tuple(parts)
