"""`kill -9` of the sandbox in the middle of its work: one registration, one line, one answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bot.imss.errors import ServiceUnavailable
from bot.imss.models import CaptureLine, Registration
from bot.imss.transport import Patience
from tests.imss.contract.conftest import new_key
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import Sandbox

# Longer than the pause is looked for, shorter than a test may take.
PATIENT = Patience(5, 60, 60)


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that is killed and started again."""
    sandbox = Sandbox(tmp_path_factory.mktemp("mortal"))
    yield sandbox
    sandbox.stop()


# inside: the work is done and not committed. after: it is committed and not answered.
@pytest.mark.parametrize(("moment", "kept"), [("inside", 0), ("after", 1)])
def test_killed_while_issuing(mortal: Sandbox, moment: str, kept: int) -> None:
    folio = mortal.client().register(new_person().request(), new_key()).folio
    key = new_key()

    def issue() -> CaptureLine:
        return mortal.client(PATIENT).issue_capture_line(folio, key)

    _killed_in(mortal, "issueCaptureLine", moment, issue)
    assert mortal.count("capture_lines", folio) == kept
    line = issue()
    assert mortal.count("capture_lines", folio) == 1
    assert issue() == line
    assert mortal.client().registration(folio).capture_line == line


@pytest.mark.parametrize(("moment", "kept"), [("inside", 0), ("after", 1)])
def test_killed_while_registering(mortal: Sandbox, moment: str, kept: int) -> None:
    before, key, request = mortal.count("registrations"), new_key(), new_person().request()

    def register() -> Registration:
        return mortal.client(PATIENT).register(request, key)

    _killed_in(mortal, "register", moment, register)
    assert mortal.count("registrations") == before + kept
    registration = register()
    assert mortal.count("registrations") == before + 1
    assert register() == registration


def _killed_in(sandbox: Sandbox, operation: str, moment: str, call: object) -> None:
    """Calls, kills the sandbox while it pauses there, and starts it again."""
    sandbox.behave("slow", seconds=60, moment=moment, operation=operation)
    failed: list[ServiceUnavailable] = []

    def try_it() -> None:
        try:
            call()  # type: ignore[operator]
        except ServiceUnavailable as error:
            failed.append(error)

    caller = threading.Thread(target=try_it)
    caller.start()
    sandbox.wait_for_pause(f"{operation} {moment}")
    sandbox.kill()
    caller.join(30)
    assert [error.reason for error in failed] == ["connection"]
    sandbox.start()
