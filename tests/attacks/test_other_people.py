"""Nothing of one person is ever said to another, whatever is claimed, typed, sent or guessed: with
the real assistant and the institute's sandbox."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messaging.assistant import Assistant
from bot.messaging.contents import Incoming, Reply
from bot.people.effects import CODE_TRIES, new_code
from bot.people.record import PersonRecord
from tests.attacks.kept import REGISTERED, Kept, State
from tests.attacks.texts import PRETENCES, TEMPLATES
from tests.imss.sandbox_process import Sandbox
from tests.registration.conftest import TODAY, institute, show_day, tell_actions
from tests.registration.house import Caller, House
from tests.registration.people import Answers, asked_step, register

NUMBER = "+13125550143"

__all__ = ["institute"]


class Known:
    """Somebody who registered and has a línea de captura, and what nobody else may read."""

    def __init__(self, house: House) -> None:
        self.caller = Caller(house, channel="whatsapp", name=NUMBER)
        self.answers = register(self.caller)
        self.caller.says("deme mi linea de captura")
        self.record = self.caller.record
        assert self.record.registered
        assert self.record.line
        self.folio = self.record.registered.folio
        self.secrets = [*self.answers.secrets(), self.folio, self.record.line.capture_line]

    def again(self, caller: Caller) -> Known:
        """The same person in a copy of the house."""
        copied = copy.copy(self)
        copied.caller = caller
        assert caller.record == self.record
        return copied

    def filled(self, pretence: str) -> str:
        """A text with what somebody else may have found out of them."""
        who = self.answers.who
        return pretence.format(
            name="Prueba Xochitl Inexistente",
            curp=who.curp,
            folio=self.folio,
            phone=NUMBER,
            email="prueba.inexistente@gmail.com",
        )

    def nothing_is_told(self, other: Caller, typed: str) -> None:
        """What was said last has nothing of them, but what was just typed."""
        told = [s for s in self.secrets if s in other.answer.text and s not in typed]
        assert told == [], other.written()
        assert self.caller.record == self.record, other.written()


@pytest.fixture(scope="module", autouse=True)
def sandbox(institute: Sandbox) -> Iterator[Sandbox]:
    """The sandbox on its day, for all tests of this file: what it was told it knows in each."""
    with pytest.MonkeyPatch.context() as patch:
        institute.behave_well()
        tell_actions(institute, patch)
        show_day(TODAY, patch)
        yield institute


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
) -> Kept:
    """Where databases are put away."""
    return Kept(tmp_path_factory.mktemp("kept"), sandbox.url, assistant, loop)


@pytest.fixture(scope="module")
def met(kept: Kept) -> tuple[Known, State]:
    """The one who is asked about, as they were when they had come to the end."""
    house, _ = kept.opened()
    known = Known(house)
    return known, kept.put_away(house, known.caller)


Open = Callable[[State], tuple[Caller, ...]]


@pytest.fixture
def opened(kept: Kept) -> Iterator[Open]:
    """Gives the people of a copy; it is closed in the end."""
    houses: list[House] = []

    def take_out(state: State) -> tuple[Caller, ...]:
        house, callers = kept.opened(state)
        houses.append(house)
        return callers

    yield take_out
    for house in houses:
        house.database.dispose()


@pytest.fixture
def known(met: tuple[Known, State], opened: Open) -> Known:
    """The one who is asked about, and nobody else there."""
    person, state = met
    return person.again(opened(state)[0])


@pytest.fixture(scope="module")
def others(kept: Kept, met: tuple[Known, State]) -> dict[str, State]:
    """The same house with somebody of the same number, by the step that they are asked."""
    who = {"channel": "sms", "name": NUMBER}
    return kept.on_the_way(met[1], who, ("email", REGISTERED))


@pytest.fixture(scope="module")
def alone(kept: Kept) -> dict[str, State]:
    """A house with somebody who registers, by the step that they are asked."""
    return kept.on_the_way(None, {}, ("name", "address", "occupation"))


@pytest.mark.parametrize("situation", ["new", "registering", "registered"])
def test_no_claim_brings_out_anything(
    met: tuple[Known, State], others: dict[str, State], opened: Open, situation: str
) -> None:
    person, state = met
    if situation == "new":
        known = person.again(opened(state)[0])
        other = Caller(known.caller.house, channel="sms", name=NUMBER)
    else:
        caller, other = opened(others["email" if situation == "registering" else REGISTERED])
        known = person.again(caller)
    for pretence in PRETENCES:
        typed = known.filled(pretence)
        other.says(typed)
        assert other.answer.replies, other.written()
        known.nothing_is_told(other, typed)


def test_the_same_name_in_another_channel_is_somebody_else(known: Known) -> None:
    """A number that writes by SMS may be spoofed; nobody is known by their number alone."""
    for channel in ("sms", "web", "telegram", "voice"):
        _asks_for_what_is_theirs(known, Caller(known.caller.house, channel=channel, name=NUMBER))


def _asks_for_what_is_theirs(known: Known, other: Caller) -> None:
    for typed in ("hola", "seguir mi registro", "estado de mi registro", "mi linea de captura",
                  "cuanto debo", "que datos tienen mios?", "borrar mis datos"):  # fmt: skip
        other.says(typed)
        known.nothing_is_told(other, typed)
    assert other.record == PersonRecord()


def test_options_of_somebody_else_are_nothing(known: Known) -> None:
    house = known.caller.house
    lines = house.outbox.conversation(known.caller.address.conversation_id, limit=10_000)
    options = [o for line in lines if isinstance(line.content, Reply) for o in line.content.options]
    other = Caller(house)
    other.says("hola")
    for number, option in enumerate(options[:40]):
        content = Incoming(text="x", option=option.id)
        house.inbox.receive("web", other.address, f"stolen-{number}", content)
        house.settle()
        other.looks()
        known.nothing_is_told(other, "")
    assert other.record == PersonRecord()


def asks_for_a_code(caller: Caller) -> str:
    """The code with which a conversation goes on elsewhere."""
    caller.says("seguir en otra app")
    caller.hears("link_code")
    words = [word.strip(".:") for word in caller.answer.text.split()]
    return next(word for word in words if len(word) == 8 and word.isupper())


def test_codes_are_not_guessed(known: Known) -> None:
    code = asks_for_a_code(known.caller)
    other = Caller(known.caller.house, channel="telegram")
    for _ in range(CODE_TRIES):
        other.says(new_code())
        assert other.heard("link_wrong"), other.written()
    other.says(code)
    other.hears("link_locked")
    known.nothing_is_told(other, code)
    other.says("estado de mi registro")
    known.nothing_is_told(other, "")


def test_who_types_a_strangers_code_keeps_what_is_theirs(known: Known) -> None:
    thief = Caller(known.caller.house)
    code = asks_for_a_code(thief)
    known.caller.says(code)
    known.caller.hears("link_other_way")
    for typed in ("seguir mi registro", "estado de mi registro", "mi linea de captura"):
        thief.says(typed)
        known.nothing_is_told(thief, typed)


def test_what_is_forwarded_says_nothing_of_its_sender(known: Known) -> None:
    other = Caller(known.caller.house, channel="whatsapp", name="+13125550199")
    text = f"Prueba Xochitl Inexistente {NUMBER}"
    for media in ("contact", "photo", "voice", "document", "location"):
        content = Incoming(text=text, media=media)
        known.caller.house.inbox.receive("whatsapp", other.address, f"forwarded-{media}", content)
        known.caller.house.settle()
        other.looks()
        known.nothing_is_told(other, text)


@pytest.mark.parametrize("step", ["name", "occupation", "address"])
def test_a_template_is_kept_as_it_was_typed_or_not_at_all(
    alone: dict[str, State], opened: Open, step: str
) -> None:
    (caller,) = opened(alone[step])
    for template in TEMPLATES:
        caller.says(template)
        assert caller.answer.replies, caller.written()
        assert "49" not in caller.answer.text, caller.written()
        assert "{'" not in caller.answer.text, caller.written()
        assert "uid=" not in caller.answer.text, caller.written()
        if not caller.heard(f"step_{step}"):
            caller.says("seguir mi registro")


@pytest.fixture(scope="module")
def two_amid(kept: Kept) -> tuple[State, list[Answers]]:
    """Two of one number in one house, each amid a registration, and what they answer."""
    house, _ = kept.opened()
    two = [Caller(house, "whatsapp", NUMBER), Caller(house, "sms", NUMBER)]
    answers = [Answers(), Answers()]
    for caller, own, step in zip(two, answers, ("occupation", "nss"), strict=True):
        register(caller, own, until=step)
    return kept.put_away(house, *two), answers


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    turns=st.lists(
        st.tuples(st.sampled_from([0, 1]), st.sampled_from(["answer", *PRETENCES])),
        min_size=15,
        max_size=25,
    )
)
def test_two_people_at_once(
    kept: Kept, two_amid: tuple[State, list[Answers]], turns: list[tuple[int, str]]
) -> None:
    """Both answer, in any order, and both ask about the other."""
    state, answers = two_amid
    built, two = kept.opened(state)
    for who, turn in turns:
        caller, other = two[who], answers[1 - who].who
        typed = turn.format(
            name="Xochitl", curp=other.curp, folio="PTI-1", phone=NUMBER, email="a@example.com"
        )
        if turn == "answer":
            asked = any(name.startswith("step_") for name in caller.answer.names)
            known = asked and asked_step(caller) in ("occupation", "nss", "name", "income")
            typed = answers[who].of(asked_step(caller)) if known else "seguir mi registro"
        caller.says(typed)
        told = [s for s in (other.curp, other.nss) if s in caller.answer.text and s not in typed]
        assert told == [], caller.written()
    built.database.dispose()
