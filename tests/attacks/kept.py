"""People who are on their way already: each goes it once, and every test has a copy of the database
as it was at the step that it begins with."""

from __future__ import annotations

import asyncio
import copy
import itertools
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.messaging.assistant import Assistant
from tests.registration.conftest import make_house, open_house
from tests.registration.house import Caller, House
from tests.registration.people import STEPS, Answers, asked_step, register

REGISTERED = ""


@dataclass(frozen=True)
class State:
    """A database that is put away, and who wrote there so far."""

    file: Path
    callers: tuple[Caller, ...]


@dataclass
class Kept:
    """Puts databases away and takes copies out, on which nobody has written since."""

    folder: Path
    institute: str
    assistant: Assistant
    loop: asyncio.AbstractEventLoop
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def opened(self, state: State | None = None) -> tuple[House, tuple[Caller, ...]]:
        """A house on a copy, with the same people in it; an empty one without a state."""
        file = self.folder / f"{next(self._names)}.db"
        given = (f"sqlite:///{file}", self.institute, self.assistant, self.loop)
        if state is None:
            return make_house(*given), ()
        shutil.copyfile(state.file, file)
        house = open_house(*given)
        callers = tuple(copy.copy(caller) for caller in state.callers)
        for caller in callers:
            caller.house = house
        return house, callers

    def put_away(self, house: House, *callers: Caller) -> State:
        """The house as it is now. It is closed: SQLite writes all into the one file then."""
        house.database.dispose()
        file = Path(str(house.database.engine.url.database))
        assert not file.with_name(f"{file.name}-wal").exists()
        return State(file, callers)

    def on_the_way(
        self, state: State | None, caller: dict[str, str], steps: Sequence[str]
    ) -> dict[str, State]:
        """Somebody more who registers, as they were when each of these steps was asked, in the
        order of the way; `REGISTERED` is the end of it."""
        assert [*steps] == sorted(steps, key=lambda s: STEPS.index(s) if s else len(STEPS))
        answers, found = Answers(), {}
        house, callers = self.opened(state)
        known = list(callers)
        more = Caller(house, **caller)
        for step in steps:
            register(more, answers, until=step)
            assert not step or asked_step(more) == step
            found[step] = self.put_away(house, *known, more)
            house, callers = self.opened(found[step])
            *known, more = callers
        house.database.dispose()
        return found
