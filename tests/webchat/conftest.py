"""What the chat page's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.service import Service
from tests.webchat.browser import Person, running_browser
from tests.webchat.replies import Replies


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests. It holds an event loop: no longer than it must."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def replies(service: Service) -> Iterator[Replies]:
    """Writes replies as the brain and the agents do."""
    writer = Replies(service)
    yield writer
    writer.close()


@pytest.fixture
def people(browser: Browser, service: Service) -> Iterator[Callable[..., Person]]:
    """Makes people; in the end none of their pages may have had anything to complain about."""
    made: list[Person] = []

    def person(**device: Any) -> Person:
        made.append(Person(browser, service.url, **device))
        return made[-1]

    yield person
    for one in made:
        one.close()
    assert [complaint for one in made for complaint in one.complaints.left] == []


@pytest.fixture
def person(people: Callable[..., Person]) -> Person:
    """Somebody who speaks Spanish, with a phone."""
    return people()
