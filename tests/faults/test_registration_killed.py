"""Registering and issuing through `kill -9` of brain, gateway and sandbox: one registration, one
line, one answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.crew import Somebody
from tests.faults.die_at import ERRAND_POINTS, POINTS
from tests.imss.sandbox_process import CONTROL_TOKEN, TOKEN, Sandbox
from tests.registration.people import STEPS, Answers
from tests.support.postgres import PostgresServer
from tests.support.service import Service

WAIT_SECONDS = 120.0
# Everything that is said once the summary is sent: sending, registered, the line in four messages,
# and the question how content they are.
SAID_AFTER = 7


@dataclass
class Household:
    """Gateway, sandbox and a brain that dies where it is told to."""

    service: Service
    sandbox: Sandbox
    folder: Path

    def __post_init__(self) -> None:
        self.armed = self.folder / "die-at"
        (self.folder / "go").touch()
        self.gateway = self.service.start("gateway")
        self.service.wait_until_ready(brains=False)
        self.start_brain()

    def start_brain(self) -> None:
        """Starts the brain."""
        program = ("-m", "tests.faults.die_at", str(self.armed), str(self.folder / "go"))
        self.brain = self.service.start("brain", program=program)

    def up_to_the_summary(self) -> tuple[Somebody, int]:
        """Somebody who has given everything; gives how many messages they have heard."""
        person, answers = Somebody(self.service.url), Answers()
        for text in ("me quiero inscribir", *(answers.of(step) for step in STEPS[:-1])):
            person.chat.replies(person.chat.send(text))
            person.wrote.append(text)
        return person, len(person.told(len(person.wrote)))

    def check(self, person: Somebody, before: int, registrations: int) -> None:
        """The person heard everything once, and the sandbox has one registration and one line."""
        said = person.told(len(person.wrote), at_least=before + SAID_AFTER)[before:]
        until = time.monotonic() + WAIT_SECONDS
        while sum(text.startswith("PRUEBA-NO-PAGAR-") for text in said) == 0:
            assert time.monotonic() < until, said
            said = person.told(len(person.wrote), at_least=before + SAID_AFTER)[before:]
        alone = [text for text in said if text.startswith("PRUEBA-NO-PAGAR-")]
        assert len(alone) == 1, said
        assert len(said) == len(set(said)), said
        assert self.sandbox.count("registrations") == registrations + 1
        assert self.sandbox.count("capture_lines") == registrations + 1


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def household(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Household]:
    """One for all tests of a database."""
    folder = tmp_path_factory.mktemp("household")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'pti.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.new_database()
    sandbox = Sandbox(folder)
    settings = {
        "PTI_CLAIM_SECONDS": "2",
        "PTI_IMSS_URL": sandbox.url,
        "PTI_IMSS_TOKEN": TOKEN,
        "PTI_SANDBOX_CONTROL_TOKEN": CONTROL_TOKEN,
        "PTI_IMSS_BREAKER_FAILURES": "1000",
    }
    service = Service(url, model, folder, **settings)
    try:
        yield Household(service, sandbox, folder)
    finally:
        service.stop()
        sandbox.stop()


@pytest.mark.parametrize("point", [*POINTS[2:], *ERRAND_POINTS])
def test_the_brain_is_killed(household: Household, point: str) -> None:
    """While the summary's yes is answered, and at each step of what is done for it."""
    household.sandbox.behave_well()
    registrations = household.sandbox.count("registrations")
    person, before = household.up_to_the_summary()
    household.armed.write_text(point, "utf-8")
    person.write("si")
    assert household.brain.wait(WAIT_SECONDS) == -9, household.service.logs()
    household.start_brain()
    household.check(person, before, registrations)


def test_the_gateway_is_killed_while_it_is_sent(household: Household) -> None:
    household.sandbox.behave_well()
    registrations = household.sandbox.count("registrations")
    person, before = household.up_to_the_summary()
    person.write("si")
    household.service.kill(household.gateway)
    household.gateway = household.service.start("gateway")
    household.service.wait_until_ready(brains=False)
    household.check(person, before, registrations)


@pytest.mark.parametrize("operation", ["register", "issueCaptureLine"])
@pytest.mark.parametrize("moment", ["inside", "after"])
def test_the_sandbox_is_killed_while_it_works(
    household: Household, operation: str, moment: str
) -> None:
    household.sandbox.behave_well()
    registrations = household.sandbox.count("registrations")
    person, before = household.up_to_the_summary()
    household.sandbox.behave("slow", operation=operation, seconds=60, moment=moment)
    person.write("si")
    household.sandbox.wait_for_pause(f"{operation} {moment}")
    household.sandbox.kill()
    household.sandbox.start()
    household.check(person, before, registrations)


def test_nothing_that_was_typed_is_in_the_logs(household: Household) -> None:
    logs = household.service.logs() + household.sandbox.log()
    assert "errand" in logs
    for secret in Answers().secrets()[2:-1]:
        assert secret not in logs
    assert "XEXX" not in logs
    assert "Traceback" not in logs
