"""Nothing of one person is ever said to another, whatever is claimed, typed, sent or guessed: with
the real assistant and the institute's sandbox."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messaging.assistant import Assistant
from bot.messaging.contents import Incoming, Reply
from bot.people.effects import CODE_TRIES, new_code
from bot.people.record import PersonRecord
from tests.attacks.texts import PRETENCES, TEMPLATES
from tests.imss.sandbox_process import Sandbox
from tests.registration.conftest import day, institute, make_house, sandbox  # noqa: F401
from tests.registration.conftest import house as house  # noqa: PLC0414
from tests.registration.house import Caller, House
from tests.registration.people import Answers, asked_step, register

NUMBER = "+13125550143"


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


@pytest.fixture
def known(house: House) -> Known:  # noqa: F811
    """The one who is asked about."""
    return Known(house)


@pytest.mark.parametrize("situation", ["new", "registering", "registered"])
def test_no_claim_brings_out_anything(known: Known, situation: str) -> None:
    other = Caller(known.caller.house, channel="sms", name=NUMBER)
    if situation != "new":
        register(other, until="email" if situation == "registering" else "")
    for pretence in PRETENCES:
        typed = known.filled(pretence)
        other.says(typed)
        assert other.answer.replies, other.written()
        known.nothing_is_told(other, typed)


@pytest.mark.parametrize("channel", ["sms", "web", "telegram", "voice"])
def test_the_same_name_in_another_channel_is_somebody_else(known: Known, channel: str) -> None:
    """A number that writes by SMS may be spoofed; nobody is known by their number alone."""
    other = Caller(known.caller.house, channel=channel, name=NUMBER)
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


def test_codes_are_not_guessed(known: Known) -> None:
    known.caller.says("seguir en otra app")
    words = known.caller.answer.text.split()
    code = next(w.strip(".:") for w in words if len(w.strip(".:")) == 8 and w.strip(".:").isupper())
    other = Caller(known.caller.house, channel="telegram")
    for _ in range(CODE_TRIES):
        other.says(f"mi codigo es {new_code()}")
        assert other.heard("link_wrong"), other.written()
    other.says(code)
    other.hears("link_locked")
    known.nothing_is_told(other, code)
    other.says("estado de mi registro")
    known.nothing_is_told(other, "")


def test_who_types_a_strangers_code_keeps_what_is_theirs(known: Known) -> None:
    thief = Caller(known.caller.house)
    thief.says("seguir en otra app")
    words = thief.answer.text.split()
    code = next(w.strip(".:") for w in words if len(w.strip(".:")) == 8 and w.strip(".:").isupper())
    known.caller.says(code)
    known.caller.hears("link_other_way")
    for typed in ("seguir mi registro", "estado de mi registro", "mi linea de captura"):
        thief.says(typed)
        known.nothing_is_told(thief, typed)


@pytest.mark.parametrize("media", ["contact", "photo", "voice", "document", "location"])
def test_what_is_forwarded_says_nothing_of_its_sender(known: Known, media: str) -> None:
    other = Caller(known.caller.house, channel="whatsapp", name="+13125550199")
    text = f"Prueba Xochitl Inexistente {NUMBER}"
    content = Incoming(text=text, media=media)
    known.caller.house.inbox.receive("whatsapp", other.address, f"forwarded-{media}", content)
    known.caller.house.settle()
    other.looks()
    known.nothing_is_told(other, text)


@pytest.mark.parametrize("step", ["name", "occupation", "address"])
def test_a_template_is_kept_as_it_was_typed_or_not_at_all(house: House, step: str) -> None:  # noqa: F811
    caller = Caller(house)
    register(caller, until=step)
    for template in TEMPLATES:
        caller.says(template)
        assert caller.answer.replies, caller.written()
        assert "49" not in caller.answer.text, caller.written()
        assert "{'" not in caller.answer.text, caller.written()
        assert "uid=" not in caller.answer.text, caller.written()
        if not caller.heard(f"step_{step}"):
            caller.says("seguir mi registro")


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
    assistant: Assistant,
    sandbox: Sandbox,
    loop: object,
    turns: list[tuple[int, str]],  # noqa: F811
) -> None:
    """Both answer, in any order, and both ask about the other."""
    folder = Path(tempfile.mkdtemp())
    house = make_house(f"sqlite:///{folder / 'pti.db'}", sandbox.url, assistant, loop)  # type: ignore[arg-type]  # noqa: F811
    two = [Caller(house, "whatsapp", NUMBER), Caller(house, "sms", NUMBER)]
    # What both have in common tells nothing of either.
    answers = [Answers(), Answers()]
    for caller, own, step in zip(two, answers, ("occupation", "nss"), strict=True):
        register(caller, own, until=step)
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
    house.database.dispose()
    shutil.rmtree(folder)
