"""Details, repetition, offers and starting over, each action alone."""

from __future__ import annotations

import pytest

from actions.steering import (
    ActionClarify,
    ActionMoreDetails,
    ActionRepeat,
    ActionStartOver,
)
from tests.actions.support import DOMAIN, bot_said, run, tracker

UNSURE = [("ask_benefits", 0.3), ("ask_medical_care", 0.2), ("ask_sick_pay", 0.1)]


@pytest.mark.parametrize(
    ("topic", "response"),
    [
        ("ask_requirements", "utter_ask_requirements_more"),
        ("ask_retirement_pension_more", "utter_ask_retirement_pension_more2"),
        ("ask_discounts", "utter_more_none"),
        ("", "utter_more_none"),
    ],
)
def test_more_details(topic: str, response: str) -> None:
    done = run(ActionMoreDetails(), tracker(entities={"topic": topic}))
    assert done.names == [response]


REPEATS = [
    ([], ["utter_ask_repeat_nothing"]),
    (["utter_ask_benefits"], ["utter_ask_repeat_lead", "utter_ask_benefits_simple"]),
    (["utter_ask_requirements_more"], ["utter_ask_repeat_lead", "utter_ask_requirements_simple"]),
    (
        ["utter_ask_retirement_pension_more2"],
        ["utter_ask_repeat_lead", "utter_ask_retirement_pension_simple"],
    ),
    (["utter_ask_benefits", "utter_ask_benefits_simple"], ["utter_ask_repeat_person"]),
    (["utter_greet"], ["utter_greet"]),
    (
        ["utter_ask_benefits", "utter_switch_language"],
        ["utter_ask_repeat_lead", "utter_ask_benefits_simple"],
    ),
]


@pytest.mark.parametrize(("before", "said"), REPEATS)
def test_repeat(before: list[str], said: list[str]) -> None:
    done = run(ActionRepeat(), tracker(before=[bot_said(name) for name in before]))
    assert done.names == said


def test_what_an_action_gave_is_given_again() -> None:
    told = bot_said(
        "utter_quota_periods_provisional", '/quota_detail{"quota_view": "pesos"}',
        first_month="diciembre", provisional_year="2027",
        quota_1="$1", quota_2="$2", quota_6="$6", quota_12="$12",
    )  # fmt: skip
    done = run(ActionRepeat(), tracker(before=[told]))
    assert done.names == ["utter_ask_repeat_lead", "utter_quota_periods_simple"]
    assert (done.said[1]["quota_1"], done.said[1]["quota_12"]) == ("$1", "$12")
    assert "quota_6" not in done.said[1]
    assert '/quota_detail{"quota_view": "branches"}' in done.payloads
    assert done.payloads[-1] == '/quota_detail{"quota_view": "pesos"}'


def test_an_answer_with_values_and_no_simple_words_is_said_as_it_was() -> None:
    told = bot_said("utter_curp_problem_length", "/check_curp", given_length="17")
    done = run(ActionRepeat(), tracker(before=[told]))
    assert done.names == ["utter_curp_problem_length"]
    assert done.said[0]["given_length"] == "17"
    assert done.payloads == []  # the response has that option of its own


def test_offers_that_were_made_up_are_made_again() -> None:
    told = bot_said("utter_clarify", "/ask_benefits", "/talk_to_agent")
    assert run(ActionRepeat(), tracker(before=[told])).payloads == [
        "/ask_benefits",
        "/talk_to_agent",
    ]


def test_options_are_repeated_in_the_language_of_now() -> None:
    told = bot_said("utter_ask_benefits", *())
    done = run(ActionRepeat(), tracker(before=[told], language="en"))
    assert "Doctor and hospital" in [button["title"] for button in done.said[1]["buttons"]]


@pytest.mark.parametrize(
    ("ranking", "offered"),
    [
        (UNSURE, ["/ask_benefits", "/ask_medical_care", "/ask_sick_pay"]),
        ([*UNSURE[:2], ("ask_afore", 0.01)], ["/ask_benefits", "/ask_medical_care"]),
        ([("greet", 0.4), *UNSURE[:2]], ["/ask_benefits", "/ask_medical_care"]),
        ([("out_of_scope", 0.4), ("talk_to_agent", 0.3), *UNSURE[:2]],
         ["/ask_benefits", "/ask_medical_care"]),
        ([*UNSURE, ("ask_afore", 0.09)], [f"/{topic}" for topic, _ in UNSURE]),
    ],
)  # fmt: skip
def test_clarify_offers_the_likeliest(ranking: list[tuple[str, float]], offered: list[str]) -> None:
    done = run(ActionClarify(), tracker(intent="nlu_fallback", ranking=ranking))
    assert done.names == ["utter_clarify"]
    assert done.payloads == [*offered, "/ask_menu", "/talk_to_agent"]


@pytest.mark.parametrize(
    ("ranking", "before"),
    [
        (UNSURE, ["utter_clarify"]),
        ([("greet", 0.9), ("insult", 0.1)], []),
        ([("inform", 1.0)], []),
        ([], []),
    ],
)
def test_a_second_miss_or_nothing_to_offer_is_for_a_person(
    ranking: list[tuple[str, float]], before: list[str]
) -> None:
    told = [bot_said(name) for name in before]
    done = run(ActionClarify(), tracker(intent="nlu_fallback", ranking=ranking, before=told))
    assert done.names == ["utter_clarify_person"]


def test_a_miss_after_an_answer_is_the_first_again() -> None:
    told = [bot_said("utter_clarify"), bot_said("utter_ask_benefits")]
    done = run(ActionClarify(), tracker(ranking=UNSURE, before=told))
    assert done.names == ["utter_clarify"]


@pytest.mark.parametrize(("language", "title"), [("es", "Otra cosa"), ("en", "Something else")])
def test_offers_in_the_language_of_now(language: str, title: str) -> None:
    done = run(ActionClarify(), tracker(ranking=UNSURE, language=language))
    assert title in [button["title"] for button in done.said[0]["buttons"]]


def test_start_over_forgets_all_but_the_language() -> None:
    """And what is known of the person, which is not the conversation's."""
    done = run(ActionStartOver(), tracker(income_amount="5", language="en"))
    assert done.events[0] == {"event": "active_loop", "timestamp": None, "name": None}
    assert set(DOMAIN["slots"]) - set(done.slots) == {"language", "person", "effects", "desk"}
    assert set(done.slots.values()) == {None}
