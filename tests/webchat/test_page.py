"""The chat page in a real browser, with the real gateway and brain behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.service import Chat, Service
from tests.webchat.browser import DESKTOP, PHONE, Gate, Person
from tests.webchat.replies import Replies

People = Callable[..., Person]
GREEN_SQUARE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AE"
    "YBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC"
)
API = "**/chat/api/messages"
LONG_WORD = "Supercalifragilistico" * 12


def talking(person: Person, service: Service) -> Chat:
    """The person's conversation by the interface."""
    chat = Chat(service.url)
    chat.session = person.session
    return chat


def stored(person: Person, service: Service) -> list[dict[str, Any]]:
    """The person's conversation as the gateway has it."""
    return talking(person, service).messages()


def mine(person: Person, service: Service) -> list[str]:
    return [m["text"] for m in stored(person, service) if m["from"] == "user"]


def own_texts(person: Person) -> list[str]:
    return person.bubbles("user").locator(".text").all_text_contents()


def live_options(page: Page) -> Locator:
    return page.locator(".option:not([aria-disabled]):visible")


def begun(person: Person) -> Person:
    """Somebody who has greeted and was answered."""
    person.ask("hola")
    return person


# --- writing and being answered ---------------------------------------------------------------


def test_enter_sends_and_the_answer_is_shown(person: Person, service: Service) -> None:
    answer = person.ask("hola")
    expect(answer.locator(".text")).not_to_be_empty()
    expect(person.bubbles("user").locator(".text")).to_have_text(["hola"])
    expect(person.box).to_have_value("")
    assert mine(person, service) == ["hola"]


def test_the_button_sends(person: Person) -> None:
    person.box.fill("hola")
    person.page.get_by_role("button", name="Enviar").click()
    expect(person.bubbles().first).to_be_visible()
    # The keyboard of a phone stays open: the box keeps the focus.
    expect(person.box).to_be_focused()


def test_shift_and_enter_begin_a_new_line(person: Person, service: Service) -> None:
    person.box.press_sequentially("uno")
    height = person.box.bounding_box()
    person.box.press("Shift+Enter")
    person.box.press_sequentially("dos")
    assert person.bubbles("user").count() == 0
    grown = person.box.bounding_box()
    assert height
    assert grown
    assert grown["height"] > height["height"]
    person.box.press("Enter")
    expect(person.bubbles().first).to_be_visible()
    assert mine(person, service) == ["uno\ndos"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(person: Person, text: str) -> None:
    person.box.fill(text)
    person.box.press("Enter")
    person.page.locator("#send").click()
    assert person.bubbles("user").count() == 0
    assert person.page.evaluate("localStorage.getItem('pti-session')") is None


def test_enter_that_ends_a_composed_letter_does_not_send(person: Person) -> None:
    # As an input method for Chinese or an accent key does it.
    person.box.fill("hola")
    person.box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true}))"
    )
    assert person.bubbles("user").count() == 0


def test_a_message_has_its_time_and_a_mark_that_it_was_taken(person: Person) -> None:
    begun(person)
    sent = person.bubbles("user").locator("time.sent")
    expect(sent).to_have_text(re.compile(r"\d{1,2}:\d\d [ap]\.\s?m\."))
    expect(person.bubbles().first.locator("time")).to_have_attribute(
        "datetime", re.compile(r"^\d{4}-\d\d-\d\dT.*Z$")
    )


def test_writing_is_shown_until_the_answer_comes(person: Person, replies: Replies) -> None:
    begun(person)
    status, typing = person.page.locator("#status"), person.page.locator("#typing")
    expect(status).to_have_text("Asistente automático")
    expect(typing).to_be_hidden()
    gate = Gate(person.page, API)
    person.say("hola otra vez")
    expect(typing).to_be_visible()
    expect(status).to_have_text("escribiendo…")
    gate.open()
    expect(person.bubbles()).to_have_count(2)
    expect(typing).to_be_hidden()
    expect(status).to_have_text("Asistente automático")


def test_several_messages_in_a_row_arrive_in_their_order(person: Person, service: Service) -> None:
    texts = [f"mensaje {n}" for n in range(6)]
    for text in texts:
        person.say(text)
    expect(person.page.locator("time.sent")).to_have_count(6)
    assert mine(person, service) == texts


def test_a_message_over_the_limit_stays_in_the_box_with_a_notice(
    person: Person, service: Service
) -> None:
    person.box.fill("a" * 4097)
    person.box.press("Enter")
    notice = person.page.locator("#notice[role=alert]")
    expect(notice).to_contain_text("4097")
    assert person.bubbles("user").count() == 0
    person.box.fill("a" * 4096)
    expect(notice).to_be_empty()
    person.box.press("Enter")
    expect(person.page.locator("time.sent")).to_have_count(1)
    assert mine(person, service) == ["a" * 4096]


# --- options ----------------------------------------------------------------------------------


def test_a_tapped_option_is_sent_by_its_id(person: Person, service: Service) -> None:
    begun(person)
    options = live_options(person.page)
    title = options.first.text_content()
    with person.page.expect_request(API) as sent:
        options.first.click()
    body = json.loads(sent.value.post_data or "")
    assert set(body) == {"session", "key", "option"}
    expect(person.bubbles("user").locator(".text").last).to_have_text(title or "")
    expect(person.bubbles()).to_have_count(2)
    assert mine(person, service) == ["hola", title]


def test_a_starter_begins_the_conversation(person: Person, service: Service) -> None:
    person.page.get_by_role("button", name="¿Qué es este seguro?").click()
    expect(person.bubbles().first).to_be_visible()
    assert mine(person, service) == ["¿Qué es este seguro?"]
    chosen = person.page.locator("#welcome .option.chosen")
    expect(chosen).to_have_text("¿Qué es este seguro?")


def test_only_what_was_offered_last_can_be_tapped(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "¿Sí o no?", options=("Sí", "No"))
    replies.write(person.session, "Piénselo con calma.")
    expect(person.page.get_by_role("button", name="Sí", exact=True)).to_be_enabled()
    person.ask("mejor otra cosa")
    expect(person.page.get_by_text("No", exact=True)).to_have_attribute("aria-disabled", "true")
    before = person.bubbles("user").count()
    person.page.get_by_text("No", exact=True).click(force=True)
    person.ask("hola")
    assert person.bubbles("user").count() == before + 1


def test_an_option_tapped_twice_is_sent_once(person: Person, service: Service) -> None:
    begun(person)
    person.page.locator(".bot:not(#welcome) .option").first.dblclick()
    expect(person.bubbles()).to_have_count(2)
    assert len(mine(person, service)) == 2


# --- the conversation stays -------------------------------------------------------------------


def test_a_reload_resumes_the_conversation(person: Person) -> None:
    begun(person)
    before = person.page.locator(".message .text").all_text_contents()
    person.page.reload()
    expect(person.page.locator(".message .text")).to_have_text(before)
    expect(person.page.locator("#log")).to_have_attribute("aria-busy", "false")
    assert live_options(person.page).count() > 0
    person.ask("gracias")
    assert person.bubbles("user").count() == 2


def test_a_reload_while_an_answer_is_awaited_still_shows_writing(
    person: Person, service: Service
) -> None:
    begun(person)
    person.page.route(
        f"{API}?*",
        lambda route: route.fulfill(
            json={
                "messages": [
                    {**message, "at": person.page.evaluate("new Date().toISOString()")}
                    for message in stored(person, service)[:1]
                ]
                if "after=0" in route.request.url
                else []
            }
        ),
    )
    person.page.reload()
    expect(person.page.locator("#typing")).to_be_visible()
    person.page.unroute_all(behavior="ignoreErrors")


def test_a_new_conversation_is_begun_after_a_question(person: Person) -> None:
    begun(person)
    first = person.session
    person.page.get_by_role("button", name="Empezar otra conversación").click()
    question = person.page.get_by_role("dialog")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancelar").click()
    expect(question).to_be_hidden()
    assert person.bubbles("user").count() == 1

    person.page.get_by_role("button", name="Empezar otra conversación").click()
    question.get_by_role("button", name="Empezar").click()
    expect(person.bubbles("user")).to_have_count(0)
    expect(person.bubbles()).to_have_count(0)
    expect(person.page.locator("#welcome .option").first).not_to_have_attribute(
        "aria-disabled", "true"
    )
    begun(person)
    assert person.session != first
    person.page.reload()
    expect(person.bubbles("user")).to_have_count(1)


def test_escape_closes_the_question_and_keeps_the_conversation(person: Person) -> None:
    begun(person)
    person.page.locator("#new-chat").click()
    person.page.get_by_role("button", name="Empezar", exact=True).click()
    expect(person.bubbles("user")).to_have_count(0)
    begun(person)
    session = person.session
    person.page.locator("#new-chat").click()
    person.page.keyboard.press("Escape")  # it was answered with yes before: that counts no more
    expect(person.page.get_by_role("dialog")).to_be_hidden()
    person.ask("gracias")
    assert own_texts(person) == ["hola", "gracias"]
    assert person.session == session


def test_two_tabs_show_one_conversation(person: Person) -> None:
    second = person.open()
    begun(person)
    expect(second.locator(".message.user .text")).to_have_text(["hola"])
    expect(second.locator(".message.bot:not(#welcome)")).to_have_count(1)
    second.locator("#text").fill("desde la otra")
    second.locator("#text").press("Enter")
    expect(person.bubbles("user").locator(".text")).to_have_text(["hola", "desde la otra"])
    expect(person.bubbles()).to_have_count(2)
    assert second.locator(".message.user").count() == 2


def test_a_conversation_that_the_gateway_no_longer_has_is_begun_anew(
    person: Person, service: Service
) -> None:
    person.page.evaluate(f"localStorage.setItem('pti-session', '{'A' * 43}')")
    person.page.reload()
    person.ask("hola")
    person.forgive(r"404 \(Not Found\)")
    assert person.session != "A" * 43
    assert mine(person, service) == ["hola"]


def test_the_page_works_where_the_browser_keeps_nothing(people: People) -> None:
    person = people()
    blocked = "{ get() { throw new DOMException('blocked', 'SecurityError'); } }"
    for area in ("localStorage", "sessionStorage"):
        person.context.add_init_script(f"Object.defineProperty(window, '{area}', {blocked})")
    person.page.reload()
    person.ask("hola")
    expect(person.bubbles("user")).to_have_count(1)


# --- the connection goes away -----------------------------------------------------------------


def test_what_was_written_without_a_connection_goes_out_once_when_it_is_back(
    person: Person, service: Service
) -> None:
    begun(person)
    person.lose_connection()
    person.say("sin red uno")
    person.say("sin red dos")
    expect(person.page.locator("#status")).to_have_text("sin conexión, reintentando…")
    expect(person.page.locator(".sending")).to_have_count(2)
    expect(person.page.locator("#typing")).to_be_hidden()
    person.regain_connection()
    expect(person.page.locator("time.sent")).to_have_count(3)
    expect(person.bubbles()).to_have_count(3)
    expect(person.page.locator("#status")).to_have_text("Asistente automático")
    assert mine(person, service) == ["hola", "sin red uno", "sin red dos"]
    assert own_texts(person) == ["hola", "sin red uno", "sin red dos"]


def test_a_lost_connection_is_told_before_anything_is_written(person: Person) -> None:
    status = person.page.locator("#status")
    for _ in range(2):  # before the first message, and in a conversation
        person.lose_connection()
        expect(status).to_have_text("sin conexión, reintentando…")
        person.regain_connection()
        expect(status).to_have_text("Asistente automático")
        begun(person)


def test_what_was_not_sent_survives_a_reload(person: Person, service: Service) -> None:
    begun(person)
    person.page.route(API, lambda route: route.abort())
    person.say("que no se pierda")
    expect(person.page.locator(".sending")).to_have_count(1)
    person.page.unroute(API)
    person.page.reload()
    expect(person.page.locator("time.sent").last).to_be_visible()
    expect(person.bubbles()).to_have_count(2)
    assert own_texts(person) == ["hola", "que no se pierda"]
    assert mine(person, service) == ["hola", "que no se pierda"]
    person.forgive("ERR_FAILED")


def test_a_lost_acknowledgement_does_not_double_the_message(
    person: Person, service: Service
) -> None:
    begun(person)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    person.page.route(API, lose_the_first)
    person.say("una sola vez")
    expect(person.bubbles()).to_have_count(2)
    expect(person.page.locator(".sending")).to_have_count(0)
    assert lost == [202, 202]
    assert own_texts(person) == ["hola", "una sola vez"]
    assert mine(person, service) == ["hola", "una sola vez"]
    person.page.unroute_all(behavior="wait")
    person.forgive("ERR_FAILED")


def test_an_acknowledgement_that_comes_after_the_message_itself_changes_nothing(
    person: Person, service: Service
) -> None:
    begun(person)
    gate = Gate(person.page, API, answers=True)
    person.say("lenta")
    # The conversation comes by the other request, with the answer, before the acknowledgement.
    expect(person.bubbles()).to_have_count(2)
    gate.open()
    expect(person.page.locator(".sending")).to_have_count(0)
    assert own_texts(person) == ["hola", "lenta"]
    person.page.reload()
    expect(person.bubbles("user").locator(".text")).to_have_text(["hola", "lenta"])
    person.page.unroute_all(behavior="wait")


def test_a_message_is_never_seen_twice_while_its_acknowledgement_is_awaited(
    person: Person,
) -> None:
    begun(person)
    person.page.evaluate(
        """() => {
          window.most = 0;
          const count = () => document.querySelectorAll('.message.user').length;
          new MutationObserver(() => { window.most = Math.max(window.most, count()); })
            .observe(document.querySelector('#messages'), { childList: true });
        }"""
    )
    gate = Gate(person.page, API, answers=True)
    with person.page.expect_response(re.compile(r"/chat/api/messages\?.*after=2\b")):
        person.say("lenta")
    gate.open()
    expect(person.bubbles()).to_have_count(2)
    expect(person.page.locator(".sending")).to_have_count(0)
    assert person.page.evaluate("window.most") == 2


def test_a_database_that_is_away_is_waited_for(person: Person, service: Service) -> None:
    begun(person)
    refused: list[str] = []

    def away_twice(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) <= 2:
            route.fulfill(status=503, json={"error": "not stored, try again"})
        else:
            route.continue_()

    person.page.route(API, away_twice)
    person.say("hola de nuevo")
    expect(person.bubbles()).to_have_count(2)
    assert mine(person, service) == ["hola", "hola de nuevo"]
    person.forgive("503")


def test_too_many_messages_wait_their_turn(person: Person, service: Service) -> None:
    begun(person)
    refused: list[str] = []

    def too_fast_once(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) == 1:
            headers = {"Retry-After": "1"}
            route.fulfill(status=429, headers=headers, json={"error": "too many requests"})
        else:
            route.continue_()

    person.page.route(API, too_fast_once)
    person.say("rápido")
    expect(person.page.get_by_role("alert")).to_have_text(re.compile("Va muy rápido"))
    expect(person.bubbles()).to_have_count(2)
    expect(person.page.locator("#notice")).to_be_empty()
    assert mine(person, service) == ["hola", "rápido"]
    person.forgive("429")


def test_a_refused_message_can_be_sent_again(person: Person, service: Service) -> None:
    begun(person)
    person.page.route(API, lambda route: route.fulfill(status=400, json={"error": "no"}), times=1)
    person.say("otra vez")
    again = person.page.get_by_role("button", name="No se envió. Toque para reintentar.")
    again.click()
    expect(person.bubbles()).to_have_count(2)
    expect(again).to_have_count(0)
    assert own_texts(person) == mine(person, service) == ["hola", "otra vez"]
    person.forgive("400")


# --- what is shown ----------------------------------------------------------------------------

HOSTILE = [
    "<script>document.title='tomada'</script>",
    "<img src=x onerror=\"document.title='tomada'\">",
    "<b>negritas</b> &amp; &lt;",
    "</div></li></ol><h1>fuera</h1>",
    "{{ 7 * 7 }} ${7*7} {% raw %}",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_shown_as_the_text_that_it_is(
    person: Person, replies: Replies, text: str
) -> None:
    person.ask(text)
    replies.write(person.session, f"Eco: {text}", author="agent", options=(text,))
    agents = person.bubbles("agent").locator(".text")
    expect(agents).to_have_text(f"Eco: {text}")
    expect(person.bubbles("user").locator(".text")).to_have_text(text)
    expect(person.bubbles("agent").locator(".option")).to_have_text(text)
    assert person.page.locator(".message :is(script, b, h1, img)").count() == 0
    assert person.page.locator(".message a").count() == 0
    assert "tomada" not in person.page.title()


LINKS = [
    ("Vea https://www.imss.gob.mx/tramites.", "https://www.imss.gob.mx/tramites"),
    ("Entre a imss.gob.mx, ahí", "https://imss.gob.mx/"),
    ("(https://example.com/a?b=c&d=e#f)", "https://example.com/a?b=c&d=e#f"),
    ("gob.mx/curp y ya", "https://gob.mx/curp"),
    ("www.ssa.gov", "https://www.ssa.gov/"),
]
NO_LINKS = [
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "file:///etc/passwd",
    "ftp://example.org.x/a",
    "atencion@imss.gob.mx",
    "$2,633.11 al mes.Otra frase",
    "https://",
]


@pytest.mark.parametrize(("text", "address"), LINKS)
def test_addresses_become_safe_links(
    person: Person, replies: Replies, text: str, address: str
) -> None:
    begun(person)
    replies.write(person.session, text)
    bubble = person.bubbles().nth(1)
    link = bubble.get_by_role("link")
    assert link.evaluate("link => link.href") == address
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(bubble.locator(".text")).to_have_text(text)


@pytest.mark.parametrize("text", NO_LINKS)
def test_nothing_else_becomes_a_link(person: Person, replies: Replies, text: str) -> None:
    begun(person)
    replies.write(person.session, text)
    bubble = person.bubbles().nth(1)
    expect(bubble.locator(".text")).to_have_text(text)
    assert bubble.get_by_role("link").count() == 0


def test_links_in_what_the_person_wrote_stay_text(person: Person) -> None:
    person.ask("vea https://example.com/malo")
    assert person.bubbles("user").get_by_role("link").count() == 0


def test_a_file_is_a_card_that_opens_it(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Su línea", file="/slips/L%C3%ADnea%20PRUEBA.pdf")
    card = person.bubbles().nth(1).get_by_role("link")
    expect(card).to_contain_text("Línea PRUEBA.pdf")
    expect(card).to_contain_text("Abrir archivo")
    expect(card).to_have_attribute("rel", "noopener noreferrer")
    assert card.evaluate("card => card.href").endswith("/slips/L%C3%ADnea%20PRUEBA.pdf")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,hola", "http://[x"])
def test_a_file_or_image_elsewhere_than_on_the_web_is_not_linked(
    person: Person, replies: Replies, address: str
) -> None:
    begun(person)
    replies.write(person.session, "Tenga", file=address, image=address)
    bubble = person.bubbles().nth(1)
    expect(bubble.locator(".text")).to_have_text("Tenga")
    assert bubble.locator("a, img").count() == 0
    expect(bubble).to_contain_text("La imagen no se pudo mostrar.")


def test_an_image_is_shown_with_its_text(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Así se ve", image=GREEN_SQUARE)
    image = person.page.get_by_role("img", name="Imagen")
    expect(image).to_be_visible()
    expect(image).to_have_class(re.compile("loaded"))
    assert image.evaluate("image => image.naturalWidth") == 10
    expect(person.bubbles().nth(1).locator(".text")).to_have_text("Así se ve")


def test_an_image_that_does_not_load_says_so(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Así se ve", image="/static/nothing.png")
    expect(person.page.get_by_text("La imagen no se pudo mostrar.")).to_be_visible()
    person.forgive("404")


def test_a_message_without_text_is_shown(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, file="/slips/a.pdf")
    expect(person.bubbles().nth(1).get_by_role("link")).to_contain_text("a.pdf")


def test_an_agent_is_seen_to_be_a_person(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Soy Lupita, ¿en qué le ayudo?", author="agent")
    message = person.bubbles("agent")
    expect(message.locator(".author")).to_have_text("Agente: ")
    expect(message.locator(".author")).to_be_visible()
    colours = [
        one.locator(".bubble").evaluate("bubble => getComputedStyle(bubble).backgroundColor")
        for one in (message, person.bubbles().first)
    ]
    assert colours[0] != colours[1]
    expect(person.page.locator("#status")).to_have_text("Le atiende una persona")


def test_days_are_told_apart(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "de hace mucho", days_ago=500)
    replies.write(person.session, "de ayer", days_ago=1)
    replies.write(person.session, "de hoy")
    days = person.page.locator(".day")
    expect(days).to_have_text(
        ["Hoy", re.compile(r"^[A-ZÁ][\wáé]+, \d+ de \w+ de \d{4}$"), "Ayer", "Hoy"]
    )


def test_line_breaks_are_kept(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "uno\ndos\ntres")
    three, one = person.bubbles().nth(1).locator(".text"), person.bubbles("user").locator(".text")
    tall, low = three.bounding_box(), one.bounding_box()
    assert tall
    assert low
    assert tall["height"] > low["height"] * 2.5


def test_where_an_answer_comes_from_is_said_in_small_letters(
    person: Person, replies: Replies
) -> None:
    begun(person)
    text = "Le cubre a usted.\nFuente: LSS art. 84 (imss.gob.mx) · rev. nov 2026"
    replies.write(person.session, text)
    shown = person.bubbles().nth(1).locator(".text")
    expect(shown).to_have_text(text, use_inner_text=False)
    assert shown.text_content() == text
    source = shown.locator(".source")
    expect(source).to_have_text(re.compile(r"^Fuente: .*2026$"))
    sizes = [
        part.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") for part in (source, shown)
    ]
    assert 12 <= sizes[0] < sizes[1]


def test_right_to_left_writing_begins_at_the_right(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "مرحبا")
    text = person.bubbles().nth(1).locator(".text")
    expect(text).to_have_text("مرحبا")
    assert text.evaluate("text => getComputedStyle(text).direction") == "rtl"


# --- languages --------------------------------------------------------------------------------


def test_the_language_is_switched_before_anything_was_said(person: Person) -> None:
    page = person.page
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#welcome")).to_contain_text("Hello.")
    expect(page.get_by_role("button", name="What is this insurance?")).to_be_visible()
    expect(page.get_by_role("textbox", name="Write your message")).to_be_visible()
    expect(page.get_by_role("log", name="Conversation")).to_be_visible()
    assert person.bubbles("user").count() == 0
    page.reload()
    expect(page.locator("#welcome")).to_contain_text("Hello.")


def test_the_language_is_switched_in_a_conversation(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Soy Lupita", author="agent")
    expect(person.bubbles("agent")).to_be_visible()
    person.page.get_by_role("button", name="Switch to English").click()
    expect(person.page.locator(".day").first).to_have_text("Today")
    expect(person.bubbles("agent").locator(".author")).to_have_text("Agent: ")
    expect(person.bubbles().first.locator("time")).to_have_text(re.compile("[AP]M"))
    expect(person.page.locator("#status")).to_have_text("Automatic assistant")
    expect(person.bubbles("user").locator(".text").last).to_have_text("English please")
    expect(person.bubbles()).to_have_count(2)  # the assistant is told, and answers


def test_the_address_may_say_the_language(person: Person) -> None:
    page = person.open("/?lang=en")
    expect(page.locator("#welcome")).to_contain_text("Hello.")
    page.goto(f"{person.url}/?lang=es")
    expect(page.locator("#welcome")).to_contain_text("Buen día.")


def test_an_english_browser_gets_english(people: People) -> None:
    person = people(locale="en-US")
    expect(person.page.locator("#status")).to_have_text("Automatic assistant")
    assert person.page.title() == "Insurance for migrants · IMSS"


def test_both_languages_have_every_string(person: Person) -> None:
    strings = json.loads(person.page.locator("body").get_attribute("data-strings") or "")
    assert strings["es"].keys() == strings["en"].keys()
    assert len(strings["es"]["starters"]) == len(strings["en"]["starters"])
    for name, text in strings["es"].items():
        places = re.findall(r"\{\w+\}", str(text))
        assert places == re.findall(r"\{\w+\}", str(strings["en"][name])), name


# --- keyboard and screen reader ---------------------------------------------------------------


def test_everything_works_without_a_mouse(person: Person, service: Service) -> None:
    page = person.page
    seen: list[str] = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.locator(":focus").evaluate("e => e.id || e.textContent"))
    assert seen[:3] == ["new-chat", "language", "talk"]
    assert seen[3:7] == page.locator("#welcome .option").all_text_contents()
    assert seen[7:] == ["text", "send"]

    page.keyboard.press("Shift+Tab")
    page.keyboard.type("hola")
    page.keyboard.press("Enter")
    expect(person.bubbles()).to_have_count(1)
    first = live_options(page).first
    page.keyboard.press("Shift+Tab")  # from the box back to the last option
    expect(live_options(page).last).to_be_focused()
    for _ in range(live_options(page).count() - 1):
        page.keyboard.press("Shift+Tab")
    expect(first).to_be_focused()
    title = first.text_content()
    page.keyboard.press("Enter")
    expect(person.bubbles()).to_have_count(2)
    assert mine(person, service) == ["hola", title]
    # The focus is not lost: the next Tab goes on from the option that was chosen.
    assert page.evaluate("document.activeElement.textContent") == title
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement !== document.body")


def test_the_question_is_answered_by_keyboard_and_the_focus_comes_back(person: Person) -> None:
    begun(person)
    person.page.locator("#new-chat").focus()
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("dialog")).to_be_visible()
    expect(person.page.get_by_role("button", name="Cancelar")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(person.page.locator("#new-chat")).to_be_focused()
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    expect(person.box).to_be_focused()
    expect(person.bubbles("user")).to_have_count(0)


def test_where_the_focus_is_can_be_seen(person: Person) -> None:
    begun(person)
    outline = "() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
    style = "() => getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(8):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement === document.body"):
            continue
        assert person.page.evaluate(style) == "solid"
        assert person.page.evaluate(outline) >= 2


def test_new_messages_are_read_out_and_old_ones_are_not(person: Person) -> None:
    log = person.page.get_by_role("log", name="Conversación")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-relevant", "additions")
    begun(person)
    expect(log).to_have_attribute("aria-busy", "false")
    from_the_start = re.compile(r"/chat/api/messages\?.*after=0\b")
    gate = Gate(person.page, from_the_start)
    with person.page.expect_request(from_the_start):
        person.page.reload()
    expect(log).to_have_attribute("aria-busy", "true")
    gate.open()
    expect(person.bubbles()).to_have_count(1)
    expect(log).to_have_attribute("aria-busy", "false")


def test_who_speaks_is_told_to_those_who_only_hear(person: Person) -> None:
    begun(person)
    tree = person.page.get_by_role("log").aria_snapshot()
    assert "Usted" in tree
    assert tree.count("Asistente") >= 2
    assert person.page.get_by_role("log").get_by_role("listitem").count() >= 3


def test_everything_that_is_pressed_has_a_name(person: Person) -> None:
    begun(person)
    person.page.locator("#talk").evaluate("talk => talk.scrollTop = 0")
    nameless = person.page.evaluate(
        """() => [...document.querySelectorAll('button, a, textarea, img')]
            .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.alt
                || (e.tagName === 'IMG' && e.hasAttribute('alt'))))
            .map(e => e.outerHTML)"""
    )
    assert nameless == []
    assert person.page.locator("h1").count() == 1
    assert person.page.locator("main").count() == 1
    ids = person.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


CONTRASTS = """() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parts(getComputedStyle(at).backgroundColor);
      if (a > 0) layers.push([r, g, b, a]);
      if (a === 1) break;
    }
    return layers.reverse().reduce((under, [r, g, b, a]) =>
      [r, g, b].map((v, i) => v * a + under[i] * (1 - a)), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.offsetParent || element.closest('.visually-hidden, noscript')) continue;
    const style = getComputedStyle(element);
    const back = behind(element), [r, g, b] = parts(style.color);
    const [x, y] = [light([r, g, b]), light(back)].sort((p, q) => q - p);
    found.push([(x + 0.05) / (y + 0.05), element.className + ': ' + element.textContent.trim()]);
  }
  return found;
}"""


def test_all_text_has_enough_contrast(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write(person.session, "Vea imss.gob.mx", author="agent", file="/slips/a.pdf")
    replies.write(person.session, "x", image="javascript:no", options=("Sí",))
    expect(person.page.get_by_role("button", name="Sí")).to_be_visible()
    person.page.route(API, lambda route: route.fulfill(status=400, json={"error": "no"}))
    person.say("no sale")
    expect(person.page.locator(".failed")).to_be_visible()
    person.box.fill("a" * 4097)
    found = person.page.evaluate(CONTRASTS)
    assert len(found) > 15
    assert [text for contrast, text in found if contrast < 4.5] == []
    person.forgive("400")


# --- sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360, 412, 768, 1280])
def test_nothing_is_wider_than_the_screen(people: People, replies: Replies, width: int) -> None:
    person = begun(people(viewport={"width": width, "height": 740}))
    long = f"{LONG_WORD} https://www.gob.mx/{LONG_WORD}"
    replies.write(person.session, long, options=(LONG_WORD, "No"), file=f"/slips/{LONG_WORD}.pdf")
    replies.write(person.session, long, image=GREEN_SQUARE, author="agent")
    replies.write(person.session, "السلام" * 40)
    person.ask(LONG_WORD)
    expect(person.page.locator(".picture.loaded")).to_be_visible()
    wide = person.page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => !e.closest('.visually-hidden, noscript') && e.getClientRects().length)
            .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5
                || e.getBoundingClientRect().left < -0.5)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    scrolled = "e => e.scrollWidth > e.clientWidth"
    assert not person.page.locator("#talk").evaluate(scrolled)
    assert not person.page.locator("html").evaluate(scrolled)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_what_is_tapped_is_at_least_44_pixels(people: People, replies: Replies, width: int) -> None:
    person = begun(people(viewport={"width": width, "height": 740}))
    replies.write(person.session, "¿Sí?", options=("Sí", "No"), file="/slips/a.pdf")
    expect(person.page.get_by_role("button", name="Sí", exact=True)).to_be_visible()
    person.page.locator("#talk").evaluate("talk => talk.scrollTop = 0")
    expect(person.page.locator("#jump")).to_be_visible()
    person.page.locator("#new-chat").click()
    small = person.page.evaluate(
        """() => [...document.querySelectorAll('button:not([aria-disabled]), textarea, .file')]
            .filter(e => e.getClientRects().length)
            .map(e => [e.getBoundingClientRect(), e.id || e.textContent])
            .filter(([box]) => box.width < 43.9 || box.height < 43.9)
            .map(([box, name]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_letters_are_large_enough_that_a_phone_does_not_zoom(person: Person) -> None:
    size = person.box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)")
    assert size >= 16


def test_the_box_grows_to_a_limit_and_shrinks_again(person: Person) -> None:
    def height() -> float:
        box = person.box.bounding_box()
        assert box
        return box["height"]

    low = height()
    person.box.fill("\n".join(str(n) for n in range(40)))
    assert low * 2 < height() < 150
    person.box.press("Enter")
    expect(person.box).to_have_value("")
    assert height() == low


def test_the_keyboard_of_a_phone_does_not_hide_the_newest_message(
    person: Person, replies: Replies
) -> None:
    begun(person)
    replies.write_many(person.session, [f"mensaje {n}" for n in range(5)])
    newest = person.page.get_by_text("mensaje 4", exact=True)
    expect(newest).to_be_in_viewport()
    person.page.set_viewport_size({"width": PHONE["width"], "height": 400})
    expect(newest).to_be_in_viewport()
    expect(person.box).to_be_in_viewport(ratio=1)
    expect(person.page.locator("header")).to_be_in_viewport(ratio=1)
    person.page.set_viewport_size(PHONE)
    expect(newest).to_be_in_viewport()


def test_nothing_moves_when_the_keyboard_is_fitted_in(person: Person) -> None:
    assert "interactive-widget=resizes-content" in (
        person.page.locator("meta[name=viewport]").get_attribute("content") or ""
    )
    assert "user-scalable=no" not in person.page.content()
    begun(person)
    person.page.evaluate("window.scrollTo(0, 500)")
    assert person.page.evaluate("window.scrollY") == 0


def test_a_very_long_conversation_opens_at_its_end(person: Person, replies: Replies) -> None:
    begun(person)
    replies.write_many(person.session, [f"mensaje {n} con algo más de texto" for n in range(450)])
    person.page.reload()
    newest = person.page.get_by_text("mensaje 449 con algo más de texto", exact=True)
    expect(newest).to_be_in_viewport()
    jump = person.page.locator("#jump")
    expect(jump).to_be_hidden()
    expect(person.bubbles()).to_have_count(451)

    person.page.locator("#talk").hover()
    person.page.mouse.wheel(0, -3000)
    expect(jump).to_be_visible()
    expect(newest).not_to_be_in_viewport()
    # What comes meanwhile does not tear the reader away.
    top = person.page.locator("#talk").evaluate("talk => talk.scrollTop")
    replies.write_many(person.session, ["nuevo uno", "nuevo dos"])
    expect(jump).to_have_accessible_name("Ir a los mensajes nuevos: 2")
    assert person.page.locator("#talk").evaluate("talk => talk.scrollTop") == top
    jump.click()
    expect(person.page.get_by_text("nuevo dos", exact=True)).to_be_in_viewport()
    expect(jump).to_be_hidden()
    expect(person.page.locator("#count")).to_be_hidden()


def test_an_answer_taller_than_the_screen_is_shown_from_its_beginning(
    person: Person, replies: Replies
) -> None:
    begun(person)
    replies.write(person.session, "\n".join(f"Línea número {n} de muchas." for n in range(60)))
    bubble = person.bubbles().nth(1)
    bubble.wait_for()
    top = bubble.bounding_box()
    bar = person.page.locator("header").bounding_box()
    assert top
    assert bar
    assert bar["height"] <= top["y"] <= bar["height"] + 40
    expect(person.page.locator("#jump")).to_be_visible()


def test_a_short_question_stays_in_sight_above_a_tall_answer(
    person: Person, service: Service, replies: Replies
) -> None:
    begun(person)
    gate = Gate(person.page, re.compile(r"/chat/api/messages\?"))
    person.lose_connection()  # when it is back, the page asks anew
    expect(person.page.locator("#status")).to_have_text("sin conexión, reintentando…")
    person.regain_connection()
    person.say("¿y lo demás?")
    expect(person.page.locator("time.sent")).to_have_count(2)
    talking(person, service).replies(after=3)
    replies.write(person.session, "\n".join(f"Línea número {n}." for n in range(60)))
    gate.open()
    expect(person.page.get_by_text(re.compile(r"^Línea número 0"))).to_be_in_viewport()
    expect(person.page.get_by_text("¿y lo demás?", exact=True)).to_be_in_viewport(ratio=1)


def test_nothing_moves_for_those_who_asked_for_calm(people: People) -> None:
    person = begun(people(reduced_motion="reduce"))
    moving = """() => [...document.querySelectorAll('*')]
        .filter(e => getComputedStyle(e).animationName !== 'none').length"""
    assert person.page.evaluate(moving) == 0
    person.page.evaluate("document.querySelector('#typing').hidden = false")
    assert person.page.evaluate(moving) == 0


def test_a_desktop_begins_in_the_box(people: People) -> None:
    person = people(viewport=DESKTOP)
    expect(person.box).to_be_focused()
    person.page.keyboard.type("hola")
    person.page.keyboard.press("Enter")
    expect(person.bubbles()).to_have_count(1)
    width = person.page.locator(".app").bounding_box()
    assert width
    assert width["width"] < 800


# --- without script ---------------------------------------------------------------------------


def test_without_script_there_is_a_greeting_and_a_telephone_number(people: People) -> None:
    person = people(java_script_enabled=False)
    expect(person.page.locator("#welcome")).to_contain_text("Buen día.")
    expect(person.page.locator("noscript a, .no-script a")).to_have_attribute(
        "href", re.compile(r"^tel:\+?\d+$")
    )
    # What is typed into a form that no script serves does not end up in an address.
    person.box.fill("mi dato")
    person.page.locator("#send").click()
    assert "dato" not in person.page.url


def test_nothing_comes_from_another_host_and_the_policy_is_not_broken(people: People) -> None:
    asked: list[str] = []
    person = people()
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.evaluate(
        """() => document.addEventListener('securitypolicyviolation',
            (event) => console.error('policy: ' + event.violatedDirective))"""
    )
    begun(person)
    person.page.reload()
    expect(person.bubbles()).to_have_count(1)
    assert asked
    assert [url for url in asked if not url.startswith(person.url)] == []
