"""One load and what was measured of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from typing import Generic, TypeVar

from tests.load.houses import QUIET_SECONDS, Asked, difference
from tests.load.measuring import percentile
from tests.load.messages import LENGTH, Script, scripts
from tests.load.writing import Writer, Written, address, by_whatsapp, everybody_once, writers

House = TypeVar("House", bound=Asked)
CONVERSATIONS = 24
LONG = 200
LONG_PAUSE_SECONDS = 0.6
# Of every ten messages these are questions: they can be compared with one another.
QUESTION_PLACES = range(6, LENGTH)


@dataclass(frozen=True)
class Measured:
    """Times in seconds, processor time in seconds a message by process, memory in megabytes."""

    messages: int
    answered: int
    replies: tuple[float, ...]
    acknowledged: tuple[float, ...]
    seconds: float
    processor: dict[str, float]
    memory: dict[str, float]

    @property
    def rate(self) -> float:
        """Messages answered a second, from the first message to the last answer."""
        return self.answered / self.seconds if self.seconds > 0 else math.nan

    @property
    def processor_a_message(self) -> float:
        """Seconds of all processes, the database's too."""
        return sum(self.processor.values()) / self.messages

    def reply(self, share: float) -> float:
        """The percentile of the replies."""
        return percentile(self.replies, share)

    def acknowledgement(self, share: float) -> float:
        """The percentile of the acknowledgements."""
        return percentile(self.acknowledged, share)


def all_of(rounds: Sequence[Measured]) -> Measured:
    """Several loads of one house as one."""
    return Measured(
        messages=sum(one.messages for one in rounds),
        answered=sum(one.answered for one in rounds),
        replies=tuple(took for one in rounds for took in one.replies),
        acknowledged=tuple(took for one in rounds for took in one.acknowledged),
        seconds=sum(one.seconds for one in rounds),
        processor={
            name: sum(one.processor[name] for one in rounds) for name in rounds[-1].processor
        },
        memory=rounds[-1].memory,
    )


class Bench(Generic[House]):
    """Loads of one house, each by people who never wrote before."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._loads = 0
        self._scripts = cycle(scripts(CONVERSATIONS))

    def warm_up(self) -> None:
        """Every conversation once."""
        self._measure(everybody_once(scripts(CONVERSATIONS // 4), self._phones()))

    def at_rate(self, rate: float, seconds: float) -> Measured:
        """So many messages a second, for so long."""
        return self._measure(writers(scripts(CONVERSATIONS), rate, seconds, self._phones()))

    def at_once(self, messages: int) -> Measured:
        """So many as fast as they are taken. They come in whole conversations, each load going on
        where the last ended in the list of them: few messages are the same mix as many."""
        phones, at_once = self._phones(), (0.0,) * LENGTH
        return self._measure(
            [
                Writer(address(phones, number), next(self._scripts), at_once)
                for number in range(max(1, messages // LENGTH))
            ]
        )

    def long_talks(self, talkers: int) -> float:
        """How much longer questions take at the end of a long conversation than early in it."""
        phones = self._phones()
        people = [
            Writer(
                f"whatsapp:+{phones}{number:05d}",
                Script(one.name, one.texts * (LONG // LENGTH)),
                tuple(LONG_PAUSE_SECONDS * place for place in range(LONG)),
            )
            for number, one in enumerate(scripts(talkers))
        ]
        written = self.house.load(people).start().finish(QUIET_SECONDS)
        self.house.wait()
        took = _replies(written, self.house.answers(written))
        first = [took[one.sid] for one in written if one.sid in took and _is_question(one, 0)]
        last = LONG // LENGTH - 1
        final = [took[one.sid] for one in written if one.sid in took and _is_question(one, last)]
        return median(final) / median(first)

    def _measure(self, people: Sequence[Writer]) -> Measured:
        house = self.house
        before = house.processor()
        load = house.load(by_whatsapp(people))
        written = load.start().finish(QUIET_SECONDS)
        house.wait()
        used, answers = difference(house.processor(), before), house.answers(written)
        assert not load.surprises, load.surprises
        began = min(one.sent_at for one in written)
        return Measured(
            messages=len(written),
            answered=len(answers),
            replies=tuple(_replies(written, answers).values()),
            acknowledged=tuple(
                one.acknowledged_at - one.sent_at for one in written if one.acknowledged_at
            ),
            seconds=max(answers.values(), default=began) - began,
            processor=used,
            memory=house.memory(),
        )

    def _phones(self) -> str:
        self._loads += 1
        return f"15557{self._loads:02d}"


def _replies(written: Sequence[Written], answers: dict[str, float]) -> dict[str, float]:
    return {one.sid: answers[one.sid] - one.sent_at for one in written if one.sid in answers}


def _is_question(one: Written, round_of_ten: int) -> bool:
    ten, place = divmod(one.place, LENGTH)
    return ten == round_of_ten and place in QUESTION_PLACES
