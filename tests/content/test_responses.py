"""What people read: both languages, dated figures, plain length, honest options."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.labels import examples
from bot.nlg.catalogue import responses
from bot.nlg.generator import PLACEHOLDER
from bot.programme.figures import load_figures

ROOT = Path(__file__).resolve().parents[2]
TOPICS: dict[str, dict[str, str]] = yaml.safe_load(
    (ROOT / "tests" / "content" / "topics.yml").read_text("utf-8")
)
KINDS = {topic: kind for group in TOPICS.values() for topic, kind in group.items()}
# Done by an action or a form, which say several responses.
BY_ACTION = {
    *("compute_quota", "check_curp", "check_nss", "ask_repeat", "start_over"),
    *("issue_capture_line", "check_eligibility", "resume_registration", "delete_my_data"),
    *("request_callback", "complain", "set_reminder"),
}
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))

# Filled by actions when they say the response.
GIVEN_BY_ACTIONS = {
    "curp_birth_date",
    "curp_sex",
    "curp_state",
    "position",
    "suggestion",
    "given_length",
    "income_said",
    "monthly_income",
    "minimum_income",
    "maximum_income",
    "quota_month",
    "quota_total",
    "quota_total_usd",
    "exchange_rate",
    "exchange_date",
    "quota_1",
    "quota_2",
    "quota_6",
    "quota_12",
    "first_month",
    "provisional_year",
    "branch_lines",
    "infonavit_amount",
    "source",
    "reviewed",
    "amount",
    "amount_usd",
    "callback_slot",
    "capture_line",
    "clinic_address",
    "clinic_hours",
    "clinic_name",
    "clinic_phone",
    "clinic_registration_hours",
    "cover_from",
    "cover_until",
    "curp_masked",
    "curp_year",
    "folio",
    "heard",
    "highest",
    "link_code",
    "link_code_length",
    "link_minutes",
    "lowest",
    "notice_url",
    "nss_year",
    "numbered_fields",
    "paid_on",
    "pay_by",
    "period_covered",
    "period_label",
    "phone_masked",
    "postal_code",
    "progress",
    "registered_on",
    "relative",
    "relatives",
    "reminder_days",
    "renewable_from",
    "state_name",
    "summary_lines",
    "taken_fields",
    "test_mark",
    "topic_label",
    "tries_left",
    "valid_from",
    "valid_to",
    "word",
    "agent_name",
    "ahead_count",
    "office_closes",
    "office_opens",
    "office_place",
    "waiting_count",
    *examples("es"),
}
# Names of laws and schemes, in which a number is part of the name.
NAMES_WITH_DIGITS = re.compile(r"Ley (?:73|97)|Modalidad (?:10|40|44)")
NUMBER_WORDS = re.compile(
    r"\b(?:tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta"
    r"|cincuenta|sesenta|cien|ciento|quinientos|mil|mill[oó]n|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million)\b",
    re.IGNORECASE,
)
LONGEST = 450
LONGEST_SIMPLE = 170
LINES = 6
LONGEST_TITLE = 24


def variants() -> list[Any]:
    return [
        pytest.param(name, variant, id=f"{name}-{_language(variant)}")
        for name, both in responses().items()
        for variant in both
    ]


def _language(variant: dict[str, Any]) -> str:
    return str(variant["condition"][0]["value"])


def _shown(text: str, language: str) -> str:
    """The text with its figures, and with something of the usual length for what actions give."""
    figures = load_figures()
    return PLACEHOLDER.sub(
        lambda match: figures[match[1]].printed(language) if match[1] in figures else "X" * 10, text
    )


@pytest.mark.parametrize("name", responses())
def test_speaks_both_languages_in_the_same_order(name: str) -> None:
    both = responses()[name]
    assert [_language(variant) for variant in both] == ["es", "en"]
    spanish, english = both
    payloads = [[b["payload"] for b in variant.get("buttons", [])] for variant in both]
    assert payloads[0] == payloads[1]
    assert set(PLACEHOLDER.findall(spanish["text"])) == set(PLACEHOLDER.findall(english["text"]))
    grades = [variant.get("metadata", {}).get("grade") for variant in both]
    assert grades[0] == grades[1]


@pytest.mark.parametrize(("name", "variant"), variants())
def test_no_figure_is_typed_into_a_sentence(name: str, variant: dict[str, Any]) -> None:
    said = NAMES_WITH_DIGITS.sub("", PLACEHOLDER.sub("", variant["text"]))
    titles = " ".join(button["title"] for button in variant.get("buttons", []))
    assert not re.search(r"\d", said + NAMES_WITH_DIGITS.sub("", titles))
    assert not NUMBER_WORDS.search(said)


@pytest.mark.parametrize(("name", "variant"), variants())
def test_every_placeholder_is_given_by_somebody(name: str, variant: dict[str, Any]) -> None:
    given = GIVEN_BY_ACTIONS | set(load_figures())
    assert set(PLACEHOLDER.findall(variant["text"])) <= given
    assert "{" not in PLACEHOLDER.sub("", variant["text"])


@pytest.mark.parametrize(("name", "variant"), variants())
def test_is_short_enough_for_a_small_screen(name: str, variant: dict[str, Any]) -> None:
    shown = _shown(variant["text"], _language(variant))
    assert len(shown) <= (LONGEST_SIMPLE if name.endswith("_simple") else LONGEST)
    assert shown.count("\n") < LINES
    for button in variant.get("buttons", []):
        assert len(button["title"]) <= LONGEST_TITLE


@pytest.mark.parametrize(("name", "variant"), variants())
def test_options_lead_somewhere(name: str, variant: dict[str, Any]) -> None:
    for button in variant.get("buttons", []):
        match = re.fullmatch(r"/([a-z_]+)(\{.*\})?", button["payload"])
        assert match, button
        assert match[1] in DOMAIN["intents"]
        entities = json.loads(match[2]) if match[2] else {}
        assert set(entities) <= set(DOMAIN["entities"])
        if match[1] == "more_details":
            topic = entities["topic"]
            more = f"utter_{topic}2" if topic.endswith("_more") else f"utter_{topic}_more"
            assert more in responses()


@pytest.mark.parametrize(("name", "variant"), variants())
def test_what_is_said_as_fact_has_source_date_and_grade(name: str, variant: dict[str, Any]) -> None:
    metadata = variant.get("metadata") or {}
    topic = re.sub(r"^utter_|_(?:more2?|simple)$", "", name.removesuffix("_simple"))
    if KINDS.get(topic) == "answer" and topic not in ("ask_indigenous_language",):
        assert metadata, f"{name} states facts without a source"
    if metadata:
        assert metadata["source"].strip()
        assert re.fullmatch(r"20\d\d-(?:0[1-9]|1[0-2])", str(metadata["reviewed"]))
        assert metadata["grade"] in {"A", "B", "C", "D"}


@pytest.mark.parametrize(("name", "variant"), variants())
def test_what_only_the_press_reports_is_said_so(name: str, variant: dict[str, Any]) -> None:
    if (variant.get("metadata") or {}).get("grade") != "C":
        return
    words = {"es": ("prensa", "confirm"), "en": ("press", "confirm")}[_language(variant)]
    assert words[0] in variant["text"].lower()


def test_no_figure_is_better_graded_in_a_sentence_than_in_its_source() -> None:
    worse = {
        (name, figure)
        for name, both in responses().items()
        for figure in PLACEHOLDER.findall(both[0]["text"])
        if figure in load_figures()
        and (grade := (both[0].get("metadata") or {}).get("grade"))
        and grade < load_figures()[figure].grade
    }
    assert not worse


def test_every_topic_has_its_answer_or_its_action() -> None:
    expected = {f"utter_{topic}" for topic in KINDS if topic not in BY_ACTION}
    assert expected <= set(responses())
    simple = {f"utter_{topic}_simple" for topic, kind in KINDS.items() if kind == "answer"}
    assert simple <= set(responses())


def test_every_topic_is_an_intent_with_a_rule() -> None:
    assert set(KINDS) <= set(DOMAIN["intents"])
    ruled = set()
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            ruled |= {step["intent"] for step in rule["steps"] if "intent" in step}
    assert set(KINDS) <= ruled


def test_every_step_of_a_form_is_asked_in_words() -> None:
    for form in DOMAIN["forms"].values():
        for slot in form["required_slots"]:
            by_action = f"action_ask_{slot}" in DOMAIN["actions"]
            assert by_action or f"utter_ask_{slot}" in responses()


def test_every_topic_has_a_label_in_both_languages() -> None:
    labels = yaml.safe_load((ROOT / "data" / "labels" / "topics.yml").read_text("utf-8"))
    assert set(KINDS) <= set(labels)
    for label in labels.values():
        assert set(label) == {"es", "en"}
        assert all(0 < len(text) <= LONGEST_TITLE for text in label.values())


def test_figures_are_within_their_period_today() -> None:
    """Fails when a year's figures have ended: the assistant has fallen silent on them and waits for
    new ones."""
    ended = [
        figure.name
        for figure in load_figures().values()
        if not figure.may_be_said(datetime.now(tz=timezone.utc).date())
    ]
    assert not ended


def test_every_figure_is_used() -> None:
    used = {
        name
        for both in responses().values()
        for v in both
        for name in PLACEHOLDER.findall(v["text"])
    }
    used |= {"exchange_rate_usd", "exchange_rate_date"}
    notice = ROOT / "bot" / "channels" / "webchat" / "privacy.yml"
    used |= set(PLACEHOLDER.findall(notice.read_text("utf-8")))
    assert set(load_figures()) - used == set()
