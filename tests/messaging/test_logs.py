"""Logs carry ids, names of things and places in the code; never what an error says."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import MovedIn20Warning

from bot.logs import describe
from tests.messaging.stand_in import process_logging

CURP = "GOMC960312HDFRRL04"


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    with process_logging() as stream:
        yield stream


def _fail() -> None:
    try:
        raise KeyError(CURP)
    except KeyError as error:
        raise ValueError(f"no {CURP}") from error


def test_an_exception_is_named_and_placed_not_quoted(printed: io.StringIO) -> None:
    try:
        _fail()
    except ValueError:
        logging.getLogger("bot.x").exception("message %s failed", 7)
    assert "ERROR brain bot.x: message 7 failed" in printed.getvalue()
    assert "ValueError at _fail:" in printed.getvalue()
    assert CURP not in printed.getvalue()


def test_describing_an_error_says_where() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        _fail()
    said = describe(caught.value)
    assert said.startswith("ValueError at _fail:")
    assert CURP not in said


def test_an_error_that_was_never_raised() -> None:
    assert describe(ValueError(CURP)) == "ValueError at "


def test_rasas_own_log_says_nothing_of_what_people_write(printed: io.StringIO) -> None:
    structlog.get_logger().debug("processor.message.parse", text=CURP)
    structlog.get_logger().info("processor.message.parse", text=CURP)
    logging.getLogger("rasa.core.processor").info("received %s", CURP)
    assert CURP not in printed.getvalue()


def test_each_event_is_one_line(printed: io.StringIO) -> None:
    logging.getLogger("bot.x").info("ready")
    assert printed.getvalue().count("\n") == 1


async def test_a_task_that_nobody_looked_at_does_not_quote(printed: io.StringIO) -> None:
    """asyncio prints the task with its exception when it is thrown away."""

    async def fail() -> None:
        raise ValueError(CURP)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    await asyncio.sleep(0)
    assert "Task exception was never retrieved" in printed.getvalue()
    assert CURP not in printed.getvalue()


def test_a_process_that_ends_with_an_error_does_not_quote_it(printed: io.StringIO) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        _fail()
    sys.excepthook(ValueError, caught.value, caught.tb)
    assert "ended by ValueError at _fail:" in printed.getvalue()
    assert CURP not in printed.getvalue()


@pytest.mark.filterwarnings("always")
def test_a_warning_of_pythons_is_one_line_and_does_not_quote(printed: io.StringIO) -> None:
    warnings.warn(f"no {CURP}", RuntimeWarning, stacklevel=1)
    (line,) = printed.getvalue().splitlines()
    assert "WARNING brain bot.logs: RuntimeWarning at " in line
    assert f"{__file__}:" in line
    assert CURP not in line


@pytest.mark.filterwarnings("always")
def test_what_libraries_say_of_old_ways_is_no_line_of_ours(printed: io.StringIO) -> None:
    for kind in (DeprecationWarning, PendingDeprecationWarning, MovedIn20Warning):
        warnings.warn("use another way", kind, stacklevel=1)
    assert printed.getvalue() == ""
