"""The file that came with a message, where it is one that is fetched."""

from __future__ import annotations

from telegram import Message

from bot.messaging.received_media import Attachment

# The fields of what may hold a CURP's code or somebody's words. The rest is answered without being
# fetched.
WANTED = {"voice": "voice", "audio": "voice", "photo": "photo", "document": "document"}


def attachments_in(message: Message) -> tuple[Attachment, ...]:
    """The file of a message, if it has one that is wanted."""
    for name, kind in WANTED.items():
        sent = getattr(message, name, None)
        if sent:
            # Of a photo there are several sizes, the largest last.
            file = sent[-1] if name == "photo" else sent
            return (Attachment(kind, {"file_id": file.file_id}),)
    return ()
