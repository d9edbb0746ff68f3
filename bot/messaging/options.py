"""Which of the offered options a typed message means: its number, its title, or its place in the
list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.messaging.contents import Option, Reply

_NUMBER = re.compile(r"^(?:(?:la|el|option|opcion|numero|number|no)\s+)?#?(\d{1,2})[.)]?$")
_PLACES = {
    "primera": 0, "primero": 0, "first": 0, "uno": 0, "one": 0, "de arriba": 0, "top": 0,
    "segunda": 1, "segundo": 1, "second": 1, "dos": 1, "two": 1,
    "tercera": 2, "tercero": 2, "third": 2, "tres": 2, "three": 2,
    "cuarta": 3, "cuarto": 3, "fourth": 3, "cuatro": 3, "four": 3,
    "quinta": 4, "quinto": 4, "fifth": 4, "cinco": 4, "five": 4,
    "ultima": -1, "ultimo": -1, "last": -1, "de abajo": -1, "bottom": -1,
}  # fmt: skip
# From anywhere, in either language, these alone ask for a person.
_PERSON_WORDS = {
    "0", "hablar", "agente", "persona", "humano", "operador", "operadora", "asesor", "asesora",
    "agent", "person", "human", "operator", "representative",
}  # fmt: skip
A_PERSON = Option("person", "persona", "talk_to_agent", {})
# One of these ends the waiting for a person, of those who wait.
_WORDS_THAT_END_WAITING = {
    "salir", "salirme", "ya no", "no esperar", "ya no espero", "ya no esperar", "dejar de esperar",
    "exit", "leave", "stop waiting",
}  # fmt: skip
NOT_WAITING = Option("not_waiting", "salir", "stop_waiting", {})
_ARTICLE = re.compile(
    r"^(?:la|el|the|lo|opcion|option)\s+(?:opcion\s+|numero\s+)?"
    r"|\s+(?:one|opcion|option|por favor|please|porfa)$"
)


def chosen_in(text: str, replies: Sequence[Reply]) -> Option | None:
    """The option that the text names in the replies to the message before.

    The last list of options counts first: it is the one that the person has before their eyes.
    """
    lists = [reply.options for reply in reversed(replies) if reply.options] or [()]
    found = (chosen_option(text, options) for options in lists)
    return next((option for option in found if option is not None), None)


def chosen_option(text: str, offered: Sequence[Option]) -> Option | None:
    """The option that the text names, or None where the text is something else."""
    said = _folded(text)
    if said in _PERSON_WORDS:
        return A_PERSON
    if not said or not offered:
        return None
    for option in offered:
        if _folded(option.title) == said:
            return option
    place = _place(said)
    if place is None or not -1 <= place < len(offered):
        return None
    return offered[place]


def ends_waiting(text: str) -> bool:
    """Whether the text says that somebody who waits for a person does so no more."""
    return _folded(text) in _WORDS_THAT_END_WAITING


def _place(said: str) -> int | None:
    number = _NUMBER.match(said)
    if number:
        return int(number.group(1)) - 1 if int(number.group(1)) > 0 else None
    return _PLACES.get(_ARTICLE.sub("", said).strip(), _PLACES.get(said))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w#.)$%]+", " ", plain).split()).rstrip(".")
