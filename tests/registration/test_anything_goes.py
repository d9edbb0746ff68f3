"""Whatever people answer, interrupt, correct and break off, and however the institute's service
fails: no datum is lost, there is always a way on, and nobody is registered twice."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.messaging.assistant import Assistant
from bot.programme.registration_fields import FIELDS
from bot.storage.tables import errands, inbox
from tests.imss.sandbox_process import Sandbox
from tests.registration.conftest import make_house
from tests.registration.house import Caller
from tests.registration.people import Answers

NONSENSE = st.sampled_from(
    [
        "asdf",
        "😀",
        "¿?",
        "<b>hola</b>",
        "'; DROP TABLE people; --",
        "0" * 30,
        "مرحبا",
        "-5",
        "1e309",
    ]
)
QUESTIONS = st.sampled_from(
    [
        "cuanto cuesta?", "que cubre el seguro?", "para que quieren eso?", "que es la curp?",
        "does it cover my mom?", "como pago?",
    ]
)  # fmt: skip
BREAKS = st.sampled_from(["cancelar", "luego le sigo", "adios", "quiero hablar con una persona"])
CORRECTIONS = st.sampled_from(
    [
        ("email", "me equivoque, mi correo es otro.correo@gmail.com"),
        ("postal_code", "esta mal mi codigo postal, es 44100"),
        ("phone", "mi telefono esta mal, es +1 213 555 0199"),
    ]
)
FAILURES = st.sampled_from([("status", {"status": 503}), ("lose_answer", {}), ("close", {})])


class Registering(RuleBasedStateMachine):
    """Somebody registers in fits and starts."""

    assistant: Assistant
    loop: asyncio.AbstractEventLoop
    sandbox: Sandbox

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.behave_well()
        self.folder = Path(tempfile.mkdtemp())
        url = f"sqlite:///{self.folder / 'pti.db'}"
        self.house = make_house(url, self.sandbox.url, self.assistant, self.loop)
        self.caller = Caller(self.house)
        self.answers = Answers()
        self.registered_before = self.sandbox.count("registrations")
        self.caller.says("me quiero inscribir")

    def teardown(self) -> None:
        self.house.database.dispose()
        shutil.rmtree(self.folder)

    @property
    def step(self) -> str | None:
        """The step that was asked in the last answer."""
        asked = [n for n in self.caller.answer.names if n.startswith("step_")]
        return asked[-1].removeprefix("step_") if asked else None

    def _given(self) -> dict[str, object]:
        draft = self.caller.record.draft
        return {f: v for f in FIELDS if (v := getattr(draft, f)) is not None}

    @rule()
    def answer(self) -> None:
        """The right answer to what was asked; where nothing is asked, they come back to it."""
        before = self._given()
        step = self.step
        known = step is not None and step not in ("person", "correct_which", "start_over_confirm")
        if known:
            self.caller.says(self.answers.of(str(step)))
        elif step in ("correct_which", "start_over_confirm"):
            self.caller.says("no")
        else:
            self.caller.says("quiero seguir con mi registro")
        lost = {field for field in before if field not in self._given()}
        assert lost <= {"income"}, self.caller.written()

    @rule(text=NONSENSE)
    def nonsense(self, text: str) -> None:
        before = self._given()
        self.caller.says(text)
        # What was given is there still; own words may be taken for an answer.
        assert all(field in self._given() for field in before), self.caller.written()

    @rule(text=QUESTIONS)
    def question(self, text: str) -> None:
        before, step = self.caller.record, self.step
        self.caller.says(text)
        assert self.caller.record.draft == before.draft, self.caller.written()
        if step is not None and step != "person":
            # The step is asked again, or the income first where the question is of the quota.
            asked = self.step or self.caller.answer.names[-1].startswith("ask_income_")
            assert asked, self.caller.written()

    @rule(text=BREAKS)
    def break_off(self, text: str) -> None:
        before = self.caller.record.draft
        self.caller.says(text)
        assert self.caller.record.draft == before, self.caller.written()

    @precondition(lambda self: self.step is not None and self.caller.record.consent is not None)
    @rule(correction=CORRECTIONS)
    def correct(self, correction: tuple[str, str]) -> None:
        field, text = correction
        before = self._given()
        self.caller.says(text)
        if field in before:
            now = self._given()
            assert set(before) <= set(now), self.caller.written()

    @rule(failure=FAILURES, times=st.integers(1, 3))
    def service_fails(self, failure: tuple[str, dict[str, int]], times: int) -> None:
        kind, details = failure
        self.sandbox.behave(kind, times=times, **details)

    @rule()
    def time_passes(self) -> None:
        self.sandbox.behave_well()
        self.house.make_due()
        self.house.settle()
        self.caller.looks()

    @invariant()
    def nobody_is_registered_twice(self) -> None:
        assert self.sandbox.count("registrations") <= self.registered_before + 1

    @invariant()
    def nothing_is_left_waiting(self) -> None:
        """Every message is answered; what waits is an errand that is to be tried again."""
        assert not [row for row in self.house.rows(inbox) if row.state == "waiting"]
        for row in self.house.rows(errands):
            assert row.state in ("done", "waiting", "cancelled")

    @invariant()
    def a_line_belongs_to_a_registration(self) -> None:
        record = self.caller.record
        assert record.line is None or record.registered is not None


@pytest.fixture
def machine(
    assistant: Assistant, loop: asyncio.AbstractEventLoop, sandbox: Sandbox
) -> type[Registering]:
    """The machine with what all its runs share."""
    Registering.assistant, Registering.loop, Registering.sandbox = assistant, loop, sandbox
    return Registering


def test_anything_goes(machine: type[Registering]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
