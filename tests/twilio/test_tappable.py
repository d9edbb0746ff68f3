"""Options that are tapped in WhatsApp: what fits is shown as it was meant, by Twilio's rules; what
does not fit is numbered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.twilio.render_whatsapp import LONGEST_TEXT, whatsapp_parts
from bot.channels.twilio.tappable import LONGEST_BODY, MOST_LINES, cut_to_words, tappable
from bot.messaging.contents import Option, Reply
from bot.nlg.catalogue import responses
from tests.twilio.content_api import ContentApi, Seen
from tests.twilio.test_render import filled

# How many contents all the answers together need.
MOST_SHAPES = 40


def offering(text: str, *titles: str, language: str = "es") -> Reply:
    """A reply that offers options of these titles."""
    options = (Option(f"7.0.{n}", title, "x", {}) for n, title in enumerate(titles, start=1))
    return Reply(text, tuple(options), language=language)


def seen(reply: Reply, api: ContentApi | None = None) -> Seen | None:
    """What a person sees, if Twilio admits it; None where it does not fit."""
    found = tappable(reply)
    if found is None:
        return None
    api = api or ContentApi()
    content = api.create("application/json", json.dumps(found.shape.content()).encode())
    return api.seen(content["sid"], json.dumps(found.variables))


BUTTONS = {
    "one": ("¿Sigue?", ("Sí",)),
    "three of twenty": ("¿Cuál?", ("a" * 20, "b" * 20, "c" * 20)),
    "lines": ("Uno\nDos\n\nTres\nFuente: IMSS", ("Sí", "No")),
    "a long text": ("a" * LONGEST_BODY, ("Sí",)),
    "many lines": ("\n".join("a" * MOST_LINES), ("Sí",)),
    "percents and braces": ("50 % {de} lo", ("Sí",)),
    "words that look like JSON": ('{"a": "b"}', ('"', "\\")),
    "pictures": ("😀 ¿Listo?", ("👍 Sí", "👎 No")),
}


@pytest.mark.parametrize(("text", "titles"), BUTTONS.values(), ids=BUTTONS)
def test_up_to_three_short_titles_are_buttons(text: str, titles: tuple[str, ...]) -> None:
    ids = [f"7.0.{n}" for n in range(1, len(titles) + 1)]
    assert seen(offering(text, *titles)) == Seen(
        "buttons", text, tuple(zip(titles, ids, strict=True))
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("uno\n\n\n\ndos", "uno\n\ndos"),
        ("uno\tdos     tres", "uno dos tres"),
        ("  uno  \n  dos  \n \n tres ", "uno\ndos\n\ntres"),
        ("uno\u00a0\u00a0dos", "uno dos"),
    ],
)
def test_blanks_that_twilio_refuses_are_made_fewer(text: str, shown: str) -> None:
    found = seen(offering(text, "Sí"))
    assert found
    assert found.body == shown


def test_more_options_are_a_list() -> None:
    found = seen(offering("¿Qué?", "Uno", "Dos", "Tres", "Cuatro"))
    assert found == Seen(
        "list",
        "¿Qué?",
        (("Uno", "7.0.1"), ("Dos", "7.0.2"), ("Tres", "7.0.3"), ("Cuatro", "7.0.4")),
        ("Opción 1", "Opción 2", "Opción 3", "Opción 4"),
        "Ver opciones",
    )


def test_a_list_in_english() -> None:
    found = seen(offering("Which?", "A", "B", "C", "D", language="en"))
    assert found
    assert (found.button, found.descriptions[3]) == ("See options", "Option 4")


def test_a_title_too_long_for_a_button_is_a_row() -> None:
    found = seen(offering("¿Cuál?", "Por mi cuenta, en México", "Con patrón"))
    assert found
    assert found.kind == "list"
    assert [title for title, _ in found.options] == ["Por mi cuenta, en México", "Con patrón"]


def test_a_title_too_long_for_a_row_is_cut_and_stands_whole_under_it() -> None:
    title = "Trabajo por mi cuenta en Michoacán"
    found = seen(offering("¿Cuál?", title, "Otra cosa"))
    assert found
    assert found.options[0] == ("Trabajo por mi cuenta…", "7.0.1")
    assert found.descriptions == (title, "Opción 2")


NUMBERED = {
    "no text": ("", ("Sí",)),
    "too many lines": ("\n".join("a" * (MOST_LINES + 1)), ("Sí",)),
    "eleven options": ("¿Cuál?", tuple("abcdefghijk")),
    "a word that cannot be cut": ("¿Cuál?", ("Otorrinolaringologicamente", "b")),
    "a first word and one that cannot be cut": ("¿Cuál?", ("La Otorrinolaringologicamente", "b")),
    "titles alike": ("¿Cuál?", ("Sí", "sí ")),
    "titles alike when cut": (
        "¿Cuál?", ("Mi domicilio en Michoacán de Ocampo", "Mi domicilio en Michoacán de Hidalgo"),
    ),
    "a title too long to stand under it": ("¿Cuál?", ("palabra " * 10, "b")),
    "an empty title": ("¿Cuál?", ("", "b")),
    "what looks like a variable": ("Usted escribió {{1}}", ("Sí",)),
    "a title like a variable": ("¿Cuál?", ("{{2}}", "b")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "titles"), NUMBERED.values(), ids=NUMBERED)
def test_what_does_not_fit_is_numbered(text: str, titles: tuple[str, ...]) -> None:
    assert tappable(offering(text, *titles)) is None
    parts = whatsapp_parts(offering(text, *titles), [], taps=True)
    assert not any(part.options for part in parts)
    assert f"1. {titles[0]}".strip() in "\n".join(part.text for part in parts)


def test_a_text_too_long_for_one_message_is_none() -> None:
    assert tappable(offering("a" * (LONGEST_BODY + 1), "Sí")) is None


@pytest.mark.parametrize(
    ("title", "limit", "cut"),
    [
        ("Sí", 24, "Sí"),
        ("a" * 24, 24, "a" * 24),
        ("a" * 25, 24, None),
        ("Sí, quiero seguir con mi registro", 24, "Sí, quiero seguir con…"),
        ("Trabajo por mi cuenta, en EE. UU.", 24, "Trabajo por mi cuenta…"),
        ("Un electroencefalografista", 24, None),
        ("👨‍👩‍👧 Familia y beneficiarios todos", 24, "👨‍👩‍👧 Familia y…"),
    ],
)
def test_titles_are_cut_between_words(title: str, limit: int, cut: str | None) -> None:
    assert cut_to_words(title, limit) == cut


# --- parts -------------------------------------------------------------------------------------


def test_a_longer_text_goes_before() -> None:
    text = "\n\n".join(f"Párrafo {n}. " + "palabra " * 60 for n in range(4))
    *before, last = whatsapp_parts(offering(text, "Sí", "No"), [], taps=True)
    assert before
    assert not any(part.options for part in before)
    assert last.text.startswith("Párrafo")
    found = seen(last)
    assert found
    assert [title for title, _ in found.options] == ["Sí", "No"]
    shown = " ".join(part.text for part in (*before, last))
    assert shown.split() == text.split()


def test_files_come_first_and_what_is_tapped_last() -> None:
    reply = Reply("Ficha", (Option("7.0.1", "Sí", "x", {}),), image="file:x", file="file:y")
    parts = whatsapp_parts(reply, ["one", "two"], taps=True)
    assert [(part.text, part.file, len(part.options)) for part in parts] == [
        ("", "one", 0), ("", "two", 0), ("Ficha", None, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["¿Sigue?", "a" * 1025, "palabra " * 300])
@pytest.mark.parametrize("links", [[], ["one"]])
def test_plain_has_as_many_parts(text: str, links: list[str]) -> None:
    """Delivery counts them: a message that was not shown is sent again from where it was."""
    reply = Reply(text, (Option("7.0.1", "Sí", "x", {}),), image="file:x" if links else None)
    parts = whatsapp_parts(reply, links, taps=True)
    plain = whatsapp_parts(reply, links, taps=True, plain=True)
    assert len(plain) == len(parts)
    assert not any(part.options for part in plain)
    assert plain[-1].text.endswith("1. Sí")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_response_that_offers_something_can_be_tapped(language: str) -> None:
    shapes = set()
    for name in responses():
        reply = filled(name, language)
        if not reply.options:
            continue
        found = tappable(reply)
        assert found, name
        shown = seen(reply)
        assert shown, name
        assert [title for title, _ in shown.options] == [o.title for o in reply.options], name
        assert shown.body.split() == reply.text.split(), name
        shapes.add(found.shape)
    assert len(shapes) <= MOST_SHAPES


WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(WORDS, max_size=60).map("\n".join),
    st.lists(WORDS, min_size=1, max_size=12),
    st.booleans(),
)
def test_whatever_is_said_twilio_takes_it(text: str, titles: list[str], taps: bool) -> None:
    reply = offering(text, *titles)
    for part in whatsapp_parts(reply, [], taps):
        if part.options:
            found = seen(part)
            assert found
            assert len(found.options) == len(titles)
        else:
            assert 0 < len(part.text.encode("utf-16-le")) // 2 <= LONGEST_TEXT
