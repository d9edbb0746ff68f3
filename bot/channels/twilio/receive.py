"""What people write by SMS and WhatsApp goes into the inbox; words that end or begin their messages
are honoured at once, before anything answers them."""

from __future__ import annotations

from bot.channels.opt_out import Word, answer_to, word_in
from bot.channels.twilio.parse import SMS, Said
from bot.messaging.address_book import AddressBook
from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.subscriptions import Subscriptions
from bot.storage.database import Database


class Receiver:
    """Stores messages. One that was received before changes nothing."""

    def __init__(self, database: Database, hold_seconds: float = 0.0) -> None:
        """A message waits so long for what came with it."""
        self._hold_seconds = hold_seconds
        self._addresses = AddressBook(database)
        self._inbox = Inbox(database)
        self._outbox = Outbox(database)
        self._subscriptions = Subscriptions(database)

    def store(self, said: Said) -> None:
        """Commits a message. It waits for the database; its errors are the caller's."""
        address = self._addresses.open(said.channel, said.names)
        word = self._word(said, address)
        if word is not None:
            # Twilio answered already where it says what it took the message for.
            reply = None if said.opt_out else Reply(answer_to(word), language=word.language)
            self._honour(said, address, word, reply)
            return
        content = self._chosen(said, address)
        self._inbox.receive(
            said.channel, address, said.provider_id, content, said.files, self._hold_seconds
        )

    def _word(self, said: Said, address: Address) -> Word | None:
        """The word that the message is, where the assistant is not to answer it."""
        if said.opt_out:
            return Word(said.opt_out.lower(), "es")  # type: ignore[arg-type]
        if said.button or said.content.media:
            return None
        word = word_in(said.content.text)
        if word is None or word.kind == "stop":
            return word
        stopped = self._subscriptions.is_stopped(address)
        # Carriers want this answer to HELP. Elsewhere the assistant's own help says more.
        if word.kind == "help" and (stopped or said.channel == SMS):
            return word
        return word if word.kind == "start" and stopped else None

    def _honour(self, said: Said, address: Address, word: Word, reply: Reply | None) -> None:
        take = {
            "stop": self._subscriptions.stop,
            "start": self._subscriptions.resume,
            "help": self._subscriptions.answer,
        }[word.kind]
        take(address, said.provider_id, said.content, reply)

    def _chosen(self, said: Said, address: Address) -> Incoming:
        """The option of a button of ours; of any other button what stands on it counts."""
        if said.button is None:
            return said.content
        offered = self._outbox.option(address.conversation_id, said.button)
        return Incoming(offered.title, offered.id) if offered else said.content
