"""Stored files and the privacy notice as people see them: a gateway's process and a browser."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

from bot.channels.signed_links import SignedLinks
from bot.channels.webchat.privacy import privacy_notice
from bot.settings import read_settings
from bot.storage.database import Database
from tests.support.service import SECRETS, Chat, Service
from tests.webchat.browser import Person
from tests.webchat.replies import Replies
from tests.webchat.test_files_and_privacy import NAME, keep


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The gateway's process, which says all that it has to say. There is no brain."""
    folder = tmp_path_factory.mktemp("gateway")
    no_model = folder / "none"
    running = Service(f"sqlite:///{folder / 'pti.db'}", no_model, folder, PTI_LOG_LEVEL="DEBUG")
    try:
        running.start("gateway")
        running.wait_until_ready(brains=False)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def shelf(gateway: Service) -> Iterator[Database]:
    """The gateway's database."""
    variables = {**SECRETS, "PTI_DATABASE_URL": gateway.database_url}
    opened = Database.from_settings(read_settings(variables))
    yield opened
    opened.dispose()


def visitor(browser: Browser, gateway: Service, **device: Any) -> Iterator[Person]:
    """Somebody with a small phone whose pages had nothing to complain about."""
    person = Person(browser, gateway.url, **{"viewport": {"width": 320, "height": 640}, **device})
    yield person
    person.close()
    assert person.complaints.left == []


@pytest.fixture
def person(browser: Browser, gateway: Service) -> Iterator[Person]:
    """Who speaks Spanish."""
    yield from visitor(browser, gateway)


@pytest.fixture
def english(browser: Browser, gateway: Service) -> Iterator[Person]:
    """Who speaks English."""
    yield from visitor(browser, gateway, locale="en-US")


def test_a_stored_picture_is_seen_and_a_stored_page_opens(
    person: Person, gateway: Service, shelf: Database
) -> None:
    chat, writer = Chat(gateway.url), Replies(gateway)
    image, page = keep(shelf), keep(shelf, "linea-de-captura.txt", "text/plain", b"LINEA 12345")
    reference = f"file:{page}/linea-de-captura.txt"
    writer.write(chat.session, "Tenga", image=f"file:{image}/{NAME}", file=reference)
    writer.close()
    person.page.evaluate(f"localStorage.setItem('pti-session', '{chat.session}')")
    person.page.reload()
    expect(person.page.locator(".picture.loaded")).to_be_visible()
    card = person.page.locator(".file")
    expect(card).to_contain_text("linea-de-captura.txt")
    with person.context.expect_page() as opened:
        card.click()
    expect(opened.value.locator("body")).to_have_text("LINEA 12345")


def test_nothing_of_a_link_is_logged(gateway: Service, shelf: Database) -> None:
    links = SignedLinks(gateway.url, SECRETS["PTI_INDEX_KEY"])
    file_id, now = keep(shelf), time.time()
    good, old = links.link(file_id, NAME, now), links.link(file_id, NAME, now - 7200)
    for link, status in ((good, 200), (old, 410), (f"{good}x", 404)):
        assert requests.get(link, timeout=10).status_code == status
    said = gateway.logs()
    assert said
    for secret in (file_id, NAME, good.split("signature=")[1], old.split("signature=")[1]):
        assert secret not in said


PIECES = ["..", ".", "/", "\\", "%2e%2e", "%2F", "?", "&", "#", ";", "a", NAME, "\r\n", "\x00", "ñ"]
NAMES = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=6).map("".join))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(NAMES, NAMES)
def test_no_path_trick_reaches_anything(gateway: Service, file_id: str, name: str) -> None:
    """Not even with a right signature, asked by a program that leaves every dot where it is."""
    links = SignedLinks(gateway.url, SECRETS["PTI_INDEX_KEY"])
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("GET", links.path(file_id, name, time.time()))
    # 307: a slash at the end is dropped, and it is asked again without it.
    response = connection.getresponse()
    assert response.status in {404, 307}
    assert response.getheader("content-disposition") is None
    connection.close()


WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getClientRects().length && !e.closest('.visually-hidden, noscript'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
    .map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_notice_fits_the_screen_and_can_be_read_to_its_end(
    person: Person, width: int, language: str
) -> None:
    person.page.set_viewport_size({"width": width, "height": 640})
    person.page.goto(f"{person.url}/privacy?lang={language}")
    assert person.page.evaluate(WIDE) == []
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = "[...document.querySelectorAll('.who *')].filter(e => e.scrollWidth > e.clientWidth)"
    assert person.page.evaluate(f"{cut}.length") == 0
    person.page.keyboard.press("End")
    expect(person.page.locator("#changes")).to_be_in_viewport()
    size = person.page.locator("#changes p").evaluate(
        "p => parseFloat(getComputedStyle(p).fontSize)"
    )
    assert size >= 16


def test_the_chat_page_leads_to_the_notice_in_its_language(person: Person) -> None:
    link = person.page.get_by_role("link", name="Aviso de privacidad")
    expect(link).to_be_in_viewport(ratio=1)
    box = link.bounding_box()
    assert box
    assert box["height"] >= 24
    assert person.page.evaluate(WIDE) == []
    with person.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Aviso de privacidad")
    person.page.locator("#language").click()
    expect(person.page.get_by_role("link", name="Privacy notice")).to_have_attribute(
        "href", "/privacy?lang=en"
    )


def test_the_notice_changes_its_language_and_leads_back(english: Person) -> None:
    english.page.get_by_role("link", name="Privacy notice").evaluate("link => link.target = ''")
    english.page.get_by_role("link", name="Privacy notice").click()
    expect(english.page.get_by_role("heading", level=1)).to_have_text("Privacy notice")
    english.page.get_by_role("link", name="Cambiar a español").click()
    expect(english.page.get_by_role("heading", level=1)).to_have_text("Aviso de privacidad")
    english.page.get_by_role("link", name="Volver al chat").click()
    expect(english.box).to_be_visible()


def test_the_keyboard_of_a_phone_takes_the_links_line(person: Person) -> None:
    link = person.page.locator("#privacy")
    expect(link).to_be_visible()
    person.page.set_viewport_size({"width": 320, "height": 400})
    expect(link).to_be_hidden()
    expect(person.box).to_be_in_viewport(ratio=1)


def test_a_notice_without_script_is_the_same(browser: Browser, gateway: Service) -> None:
    person = Person(browser, gateway.url, java_script_enabled=False)
    person.page.goto(f"{gateway.url}/privacy")
    expect(person.page.locator("main h2")).to_have_count(len(privacy_notice("es")["sections"]) + 1)
    person.close()
    assert person.complaints.left == []
