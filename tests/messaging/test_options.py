"""Which of the offered options a typed message means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.contents import Option, Reply
from bot.messaging.options import A_PERSON, chosen_in, chosen_option

TITLES = ("Cuánto cuesta", "Qué cubre", "¿Cómo me inscribo?", "Hablar con persona")
OFFERED = [Option(f"7.0.{n}", title, f"intent_{n}", {}) for n, title in enumerate(TITLES, start=1)]

MEANT = {
    1: ["1", "1.", "1)", " 1 ", "#1", "uno", "Uno", "UNO", "la 1", "el 1", "opción 1", "opcion 1",
        "número 1", "numero 1", "no 1", "number 1", "option 1", "la primera", "primera",
        "el primero", "the first", "the first one", "first", "one", "la de arriba", "1️⃣", "１",
        "cuánto cuesta", "CUANTO CUESTA", "cuanto cuesta?", "¿Cuánto cuesta?", "cuanto   cuesta"],
    2: ["2", "dos", "two", "la segunda", "segunda", "el segundo", "la segunda opción",
        "la segunda por favor", "second", "the second one", "que cubre", "Qué cubre."],
    3: ["3", "tercera", "la tercera", "third", "three", "como me inscribo", "cómo me inscribo"],
    4: ["4", "cuatro", "la última", "ultima", "el último", "the last one", "last", "la de abajo",
        "hablar con persona"],
}  # fmt: skip
NOT_AN_OPTION = [
    "", " ", "?", "👍", "5", "9", "99", "100", "00", "1.5", "2 3", "1 y 2", "quinta", "fifth",
    "cuesta", "1500", "$1", "$ 2", "2k", "2 %", "somos dos personas", "tengo 2 hijos",
    "la segunda vez que pregunto", "primera vez", "ninguna", "sí", "/ask_cost", "7.0.1", "intent_1",
    "12 345",
]  # fmt: skip
A_PERSON_PLEASE = ["0", "persona", "Persona", "AGENTE", "agente.", "hablar", "Agent!", "person",
                   "human", "operador", "asesora", "representative"]  # fmt: skip


@pytest.mark.parametrize(("said", "number"), [(s, n) for n, all_ in MEANT.items() for s in all_])
def test_what_names_an_option_chooses_it(said: str, number: int) -> None:
    assert chosen_option(said, OFFERED) == OFFERED[number - 1]


@pytest.mark.parametrize("said", NOT_AN_OPTION)
def test_what_names_none_is_a_text(said: str) -> None:
    assert chosen_option(said, OFFERED) is None


@pytest.mark.parametrize("said", A_PERSON_PLEASE)
@pytest.mark.parametrize("offered", [OFFERED, []])
def test_a_person_is_one_word_away(said: str, offered: list[Option]) -> None:
    assert chosen_option(said, offered) == A_PERSON


@pytest.mark.parametrize("said", ["1", "uno", "la última", "Qué cubre"])
def test_where_nothing_was_offered_everything_is_a_text(said: str) -> None:
    assert chosen_option(said, []) is None


def test_a_title_that_is_a_number_goes_before_the_place() -> None:
    offered = [Option("1.0.1", "2", "two", {}), Option("1.0.2", "1", "one", {})]
    assert chosen_option("2", offered) == offered[0]


def test_an_empty_title_is_never_meant() -> None:
    offered = [Option("1.0.1", "¿?", "odd", {})]
    assert chosen_option("", offered) is None
    assert chosen_option("...", offered) is None


@given(st.text(max_size=40))
def test_any_text_is_an_option_that_was_offered_or_none(text: str) -> None:
    assert chosen_option(text, OFFERED) in [None, A_PERSON, *OFFERED]


def test_the_last_list_of_options_counts_first() -> None:
    earlier, last = (
        Reply(options=(Option(f"{n}.1", "Uno", f"topic_{n}", {}), Option(f"{n}.2", "Dos", "b", {})))
        for n in (1, 2)
    )
    chosen = chosen_in("1", [earlier, last, Reply(text="nothing to choose")])
    assert chosen is not None
    assert chosen.intent == "topic_2"


def test_an_option_of_an_earlier_list_is_still_known_by_its_title() -> None:
    earlier = Reply(options=(Option("1.1", "Ver el menú", "ask_menu", {}),))
    last = Reply(options=(Option("2.1", "Cómo pagar", "ask_how_to_pay", {}),))
    chosen = chosen_in("ver el menu", [earlier, last])
    assert chosen is not None
    assert chosen.intent == "ask_menu"
    assert chosen_in("algo muy distinto", [earlier, last]) is None


def test_a_person_can_be_asked_for_when_nothing_was_offered() -> None:
    chosen = chosen_in("persona", [])
    assert chosen is not None
    assert chosen.intent == "talk_to_agent"
