"""Logs that programs read: one object a line, with the number of the message, not its text."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up_logging, traced

log = logging.getLogger("bot.of.this.test")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Handlers and level of the root, given back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "gateway", "json")
    log.info("two\nlines and “quotes”")
    (line,) = _lines(capsys)
    assert line["message"] == "two\\nlines and “quotes”"
    assert (line["level"], line["process"], line["where"]) == ("INFO", "gateway", log.name)
    assert "trace" not in line


def test_errors_are_told_without_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "brain", "json")
    try:
        raise ValueError("mi CURP es GOMC850101HDFRRL09")
    except ValueError:
        log.exception("it failed")
    (line,) = _lines(capsys)
    assert "ValueError" in line["message"]
    assert "GOMC" not in line["message"]


def test_each_message_has_its_own_number_also_side_by_side(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging("INFO", "brain", "json")

    async def work(number: int) -> None:
        with traced(number):
            await asyncio.sleep(0)
            log.info("about %s", number)

    async def both() -> None:
        await asyncio.gather(work(1), work(2))
        log.info("about none")

    asyncio.run(both())
    lines = {line["message"]: line.get("trace") for line in _lines(capsys)}
    assert lines == {"about 1": "m1", "about 2": "m2", "about none": None}


def test_as_text_the_number_stands_in_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "brain")
    with traced(12):
        log.info("done")
    assert "m12: done" in capsys.readouterr().err
