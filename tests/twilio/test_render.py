"""Texts as SMS and WhatsApp take them; what the responses cost as SMS."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bot.channels.opt_out import Word, answer_to
from bot.channels.twilio.render_sms import (
    BASIC,
    EXTENDED,
    MOST_SEGMENTS,
    gsm_text,
    is_gsm,
    segments,
    septets,
    sms_texts,
)
from bot.channels.twilio.render_whatsapp import LONGEST_TEXT, whatsapp_parts
from bot.messaging.contents import Option, Reply
from bot.nlg.catalogue import PLACEHOLDER, responses, variant
from bot.programme.figures import load_figures

LINK = (
    "https://imss.example.org/files/"
    + "x" * 43
    + "/ficha.png?until=1790000000&signature="
    + ("y" * 43)
)
# What an answer costs in the middle and at most, in segments, over all responses with their figures
# and sources. Whoever makes the answers longer sees here what it costs.
IN_THE_MIDDLE = {"es": 1.92, "en": 1.9}
MOST = 4


def option(title: str, number: int = 1) -> Option:
    return Option(f"1.0.{number}", title, "x", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("día cómo tú así más", "dia como tu asi mas"),
        ("ÁREA ÍNDICE ÓPTIMO ÚTIL", "AREA INDICE OPTIMO UTIL"),
        ("¿Qué? ¡Sí! ñandú pingüino É Ü Ñ", "¿Qué? ¡Si! ñandu pingüino É Ü Ñ"),
        ("“comillas” ‘así’ «otra»", '"comillas" \'asi\' "otra"'),
        ("lunes – viernes — ya…", "lunes - viernes - ya..."),
        ("• uno · dos", "- uno - dos"),
        ("1ª y 2º", "1a y 2o"),
        ("hola 😀 amigo 👨‍👩‍👧", "hola amigo"),
        ("$1,000 €5 [x] {y} ~ ^ | \\", "$1,000 €5 [x] {y} ~ ^ | \\"),
        ("ç ã ê ő", "c a e o"),
        ("a\u00a0b\tc", "a b c"),
        ("a\u0301e\u0301", "aé"),
        ("uno\n\n\n\ndos  tres ", "uno\n\ndos tres"),
        ("½ ² ℃", "1/2 2 oC"),
        ("`x´", "'x'"),
        ("王 Иван", "王 Иван"),
        ("a × b → c", "a x b > c"),
        ("\u200babc\ufeff", "abc"),
        ("✅ Listo", "Listo"),
    ],
)
def test_gsm_text(text: str, expected: str) -> None:
    assert gsm_text(text) == expected


def test_gsms_alphabet() -> None:
    """GSM 03.38: 128 places, one of which is the escape to the second table."""
    assert len(BASIC) == 127
    assert set("éñÑüÜÉ¿¡àèìòù") <= BASIC
    assert not set("áíóúÁÍÓÚªº“”–…•") & BASIC
    assert len(EXTENDED) == 10


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1),
        ("€" * 81, 2), ("a" * 159 + "€", 2), ("a" * 152 + "€" + "a" * 152, 3), ("í" * 70, 1),
        ("í" * 71, 2), ("í" * 134, 2), ("í" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_the_reminder_of_the_facts() -> None:
    """One accent costs more than the whole message."""
    text = "Recordatorio: su pago vence el día 17. " * 4
    assert (segments(text), segments(gsm_text(text))) == (3, 1)


def test_options_are_numbered_and_links_are_whole() -> None:
    reply = Reply("¿Cómo sigue?", (option("Sí, pagar"), option("No", 2)), image="file:x")
    assert sms_texts(reply, []) == ("¿Como sigue?\n1. Si, pagar\n2. No",)
    texts = sms_texts(reply, [LINK, LINK])
    assert sum(LINK in text for text in texts) == 2


def test_a_long_text_is_cut_at_its_pauses() -> None:
    sentences = [f"Esta es la frase numero {number} de un texto largo." for number in range(30)]
    texts = sms_texts(Reply(" ".join(sentences)), [])
    assert len(texts) > 3
    assert all(segments(text) <= MOST_SEGMENTS for text in texts)
    assert all(text.endswith(".") for text in texts)
    assert " ".join(texts) == " ".join(sentences)


@pytest.mark.parametrize("character", ["a", "€", "王", "😀", "ñ", "["])
@pytest.mark.parametrize("length", [1, 66, 67, 68, 133, 134, 135, 152, 153, 305, 306, 307, 2000])
def test_no_text_is_longer_than_two_segments(character: str, length: int) -> None:
    reply = Reply("a" + character * length)
    texts = sms_texts(reply, [])
    kept = gsm_text(reply.text)
    assert "".join(texts) == kept
    assert all(segments(text) <= MOST_SEGMENTS for text in texts)


def test_a_reply_without_content_has_no_parts() -> None:
    assert sms_texts(Reply(), []) == ()
    assert whatsapp_parts(Reply(), []) == ()


@cache
def filled(name: str, language: str) -> Reply:
    """A response with its figures; other placeholders with a word of usual length."""
    figures = {key: figure.printed(language) for key, figure in load_figures().items()}
    written = variant(name, language)
    lines = [written.get("text") or ""]
    if (written.get("metadata") or {}).get("source"):
        lines.append(variant("utter_source_line", language)["text"])
    values = {**figures, **(written.get("metadata") or {})}
    text = PLACEHOLDER.sub(lambda m: str(values.get(m[1], "12345678")), "\n".join(lines))
    buttons = enumerate(written.get("buttons") or (), start=1)
    return Reply(text, tuple(option(b["title"], number) for number, b in buttons))


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_the_responses_cost(language: str) -> None:
    """Printed with `pytest -s`: segments, name."""
    costs = {}
    for name in responses():
        texts = sms_texts(filled(name, language), [])
        assert all(is_gsm(text) for text in texts), name
        assert all(segments(text) <= MOST_SEGMENTS for text in texts), name
        costs[name] = sum(segments(text) for text in texts)
    for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
        print(f"{cost:3d} {language} {name}")  # noqa: T201
    print(f"{sum(costs.values())} segments, {len(costs)} responses, {language}")  # noqa: T201
    assert sum(costs.values()) / len(costs) <= IN_THE_MIDDLE[language]
    assert max(costs.values()) <= MOST


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_response_fits_whatsapp(language: str) -> None:
    for name in responses():
        for part in whatsapp_parts(filled(name, language), []):
            assert 0 < len(part.text) <= LONGEST_TEXT, name


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ["stop", "start", "help"])
def test_the_answers_to_the_words_fit_two_segments(kind: str, language: str) -> None:
    text = answer_to(Word(kind, language))  # type: ignore[arg-type]
    (found,) = sms_texts(Reply(text), [])
    assert segments(found) <= MOST_SEGMENTS
    assert text.startswith("IMSS")


# --- WhatsApp ------------------------------------------------------------------------------------


def test_whatsapp_keeps_accents_and_numbers_options() -> None:
    (part,) = whatsapp_parts(Reply("¿Cómo?", (option("Sí"), option("No", 2))), [])
    assert part == Reply("¿Cómo?\n\n1. Sí\n2. No")


def test_a_short_text_stands_under_its_picture() -> None:
    reply = Reply("Su ficha", (option("Sí"),), image="file:x")
    assert whatsapp_parts(reply, [LINK]) == (Reply("Su ficha\n\n1. Sí", file=LINK),)


def test_files_stand_before_a_long_text() -> None:
    reply = Reply("a" * 1100, image="file:x", file="file:y")
    parts = whatsapp_parts(reply, ["one", "two"])
    assert parts == (Reply(file="one"), Reply(file="two"), Reply("a" * 1100))
    assert whatsapp_parts(Reply("a" * 1100, image="file:x"), ["one"])[0] == Reply(file="one")


def test_a_document_has_its_text_apart() -> None:
    assert whatsapp_parts(Reply("Hoja", file="file:y"), ["one"]) == (
        Reply(file="one"),
        Reply("Hoja"),
    )


@pytest.mark.parametrize("length", [1599, 1600, 1601, 4096])
def test_whatsapps_limit(length: int) -> None:
    parts = whatsapp_parts(Reply("palabra " * (length // 8)), [])
    assert all(len(part.text) <= LONGEST_TEXT for part in parts)
    assert re.sub(r"\s", "", "".join(p.text for p in parts)) == "palabra" * (length // 8)


def test_septets() -> None:
    assert septets("a€[") == 5
