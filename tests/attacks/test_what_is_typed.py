"""What people type is text by every door: no command, no template, no line of the log."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest

from bot.channels.typed_text import readable
from bot.logs import set_up_logging
from bot.messaging.contents import Incoming
from tests.attacks.doors import DOORS, Gateway, newest
from tests.attacks.texts import COMMANDS, LOG_LINES, TEMPLATES
from tests.messaging.stand_in import process_logging

TEXTS = [*COMMANDS, *TEMPLATES, *LOG_LINES]
# Where a line of the log begins, as text.
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ brain ")


@pytest.fixture(scope="module")
def printed() -> Iterator[io.StringIO]:
    """All that is logged, at the level that says most."""
    with process_logging() as stream:
        yield stream


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", TEXTS)
def test_it_is_stored_as_the_text_that_it_is(
    gateway: Gateway, printed: io.StringIO, door: str, text: str
) -> None:
    before = printed.tell()
    response = DOORS[door](gateway, text)
    assert response.status_code in (200, 202), response.text
    stored = newest(gateway)
    assert stored == Incoming(readable(text))
    assert len(text) < 4 or text not in response.text
    logged = printed.getvalue()[before:]
    assert "forged" not in logged
    assert readable(text) not in logged or len(text) < 4
    assert all(LINE.match(line) for line in logged.splitlines())


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("text", LOG_LINES)
def test_whatever_a_library_logs_is_one_line_of_letters(log_format: str, text: str) -> None:
    with process_logging() as stream:
        set_up_logging("INFO", "gateway", log_format)
        logging.getLogger("bot.x").info("%s", text)
        logging.getLogger("asyncio").warning("%s", text)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
