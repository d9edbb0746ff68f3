"""What travels: the content of a message from a person, and of a reply."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.programme.nss import without_ssn

# Channels whose page, program or call comes for its messages. To all others they are sent.
FETCHED = frozenset({"web", "terminal", "voice"})
# Errands whose message nobody waits for: where it has not gone out yet, an answer goes first.
UNASKED = frozenset({"remind"})
# Where a word ends a person's messages and another brings them back. On other channels they block
# us, and whoever writes does not (any more).
STOPPED_BY_WORD = frozenset({"sms", "whatsapp"})


@dataclass(frozen=True)
class Option:
    """A choice offered with a reply. `intent` and `entities` are what it means; people see only the
    title."""

    id: str
    title: str
    intent: str
    entities: dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """What a person sent: a text, or the id of an option that was offered; or what came of an
    errand, which nobody sent (`event`: {"errand", "outcome", "answer"}).

    `media` names what came besides a text (voice, photo, …): the text is what was written under it.
    `found` is what was found in that (bot.messaging.found); None: nobody looked, or not in time.

    A US Social Security number in the text is replaced here, before anything can be stored: it has
    no use in Mexico, and what is not kept cannot be lost.
    """

    text: str = ""
    option: str | None = None
    event: dict[str, Any] | None = None
    media: str | None = None
    found: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", without_ssn(self.text))

    @property
    def is_unasked(self) -> bool:
        """Whether what is said to it answers nobody."""
        return self.event is not None and self.event.get("errand") in UNASKED

    def as_json(self) -> dict[str, Any]:
        """The form in which it is sealed."""
        return asdict(self)


@dataclass(frozen=True)
class Reply:
    """One message of the assistant or an agent.

    `answer` is the name of the response that it came from; it is for those who review, not for
    people. `by` is the agent who wrote it. `language` is es or en; empty where nobody knows.
    `template` is the provider's name, or ours, for an approved text, `values` what fills its
    places: such a message may open a conversation; `text` says the same, for those who review.
    """

    text: str = ""
    options: tuple[Option, ...] = ()
    image: str | None = None
    file: str | None = None
    answer: str | None = None
    language: str = ""
    template: str | None = None
    values: tuple[str, ...] = ()
    by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in which it is sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Reply:
        """The reply that `as_json` described."""
        options = tuple(Option(**option) for option in value.get("options", ()))
        values = tuple(value.get("values", ()))
        return cls(**{**value, "options": options, "values": values})
