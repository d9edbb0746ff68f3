"""The privacy notice and the answer to it, before the first datum (LGPDPPSO arts. 21-22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import cast

from actions.tasks.talk import TAKEN, Outcome, Talk, told, wrong
from bot.people.effects import Effect, Extent
from bot.people.effects import consent as consent_effect
from bot.people.notice import NOTICE_VERSION
from bot.people.record import Consent
from bot.programme.field_text import Problem, not_known
from bot.programme.phrases import phrases, words_of
from bot.programme.yes_no import read_yes_no
from bot.settings import environment, public_url

_EXTENTS: dict[str, Extent] = {"all": "all", "no_income": "without_income", "no": "none"}


def ask_for_consent(talk: Talk) -> None:
    """Says the simplified notice and where the whole one is."""
    suffix = "?lang=en" if talk.language == "en" else ""
    talk.say("utter_step_consent", notice_url=f"{public_url(environment())}/privacy{suffix}")


def read_consent(text: str) -> str | Outcome:
    """The option that an answer in words stands for. A mere yes is not the express consent that the
    income needs: that is asked for later."""
    if words_of(text) in phrases("consent", "all"):
        return "all"
    if words_of(text) in phrases("consent", "no_income"):
        return "no_income"
    said = read_yes_no(text)
    if not isinstance(said, Problem):
        return "no_income" if said else "no"
    return told("utter_why_consent") if not_known(text) else wrong("utter_problem_unclear")


def give(talk: Talk, value: str) -> Outcome:
    """Keeps what the person agreed to, when, where and to which text."""
    if value not in _EXTENTS:
        return wrong("utter_answer_late")
    talk.effects.append(proof(_EXTENTS[value]))
    if value == "no":
        return talk.end("refused")
    given = Consent(
        given_at=datetime.now(tz=timezone.utc).isoformat(timespec="seconds"),
        channel=talk.channel,
        notice_version=NOTICE_VERSION,
        financial=value == "all",
    )
    talk.record = replace(talk.record, consent=given)
    return TAKEN


def proof(extent: Extent) -> Effect:
    """The entry in the log of consents."""
    return consent_effect(NOTICE_VERSION, extent)


def earlier_text(talk: Talk) -> str:
    """What the person wrote before they were asked for consent: data in it need not be asked for
    again."""
    texts = [e.get("text") or "" for e in talk.tracker.events if e.get("event") == "user"]
    return cast(str, texts[-2]) if len(texts) > 1 else ""
