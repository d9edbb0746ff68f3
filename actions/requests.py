"""What is asked of the institute, or of us, without a question in between."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import branch_label
from actions.line import line_errand, next_steps
from actions.registration.words import progress
from actions.tasks.talk import Talk
from bot.people.effects import CODE_MINUTES, cancelled, errand, link_code, new_code
from bot.programme.figures import print_pesos
from bot.programme.registration import RegistrationDraft
from bot.settings import environment, imss_is_configured


class Request(Action, ABC):
    """An action that works on what is known of the person. Its own kinds have names."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        talk = Talk(tracker, dispatcher)
        self.do(talk)
        return talk.events()

    @abstractmethod
    def do(self, talk: Talk) -> None:
        """Says and asks for what is wanted."""


class ActionIssueCaptureLine(Request):
    """Asks for the línea de captura of the person's own registration."""

    def name(self) -> str:
        return "action_issue_capture_line"

    def do(self, talk: Talk) -> None:
        if not imss_is_configured(environment()):
            talk.say("utter_no_service")
        elif talk.record.state == "sent":
            talk.say("utter_registration_under_way")
        elif talk.record.registered is None:
            talk.say("utter_line_needs_registration")
        else:
            talk.say("utter_line_requested")
            talk.effects.append(
                line_errand(talk.record, talk.record.registered.folio, talk.language)
            )


class ActionPaymentStatus(Request):
    """Asks whether the line was paid and the person is covered."""

    def name(self) -> str:
        return "action_payment_status"

    def do(self, talk: Talk) -> None:
        registered, line = talk.record.registered, talk.record.line
        if registered is None or line is None:
            talk.say("utter_check_payment_status")
            return
        talk.say("utter_payment_asking")
        request = {"folio": registered.folio, "capture_line": line.capture_line}
        talk.effects.append(errand("payment", request))


class ActionRegistrationStatus(Request):
    """Says where the registration stands."""

    def name(self) -> str:
        return "action_registration_status"

    def do(self, talk: Talk) -> None:
        record = talk.record
        if record.state == "sent":
            talk.say("utter_registration_under_way")
        elif record.registered is not None:
            talk.effects.append(errand("status", {"folio": record.registered.folio}))
        elif record.draft != RegistrationDraft():
            talk.say("utter_draft_status", progress=progress(record, talk.language))
        else:
            talk.say("utter_ask_registration_status")


class ActionNextSteps(Request):
    """The checklist after registering."""

    def name(self) -> str:
        return "action_next_steps"

    def do(self, talk: Talk) -> None:
        if talk.record.line is None:
            talk.say("utter_next_steps_none")
        else:
            next_steps(talk, talk.record.line)


class ActionLineBreakdown(Request):
    """The branches of the quota that the line is for."""

    def name(self) -> str:
        return "action_line_breakdown"

    def do(self, talk: Talk) -> None:
        line = talk.record.line
        if line is None or not line.branches:
            talk.say("utter_line_breakdown_none")
            return
        rows = (
            f"{branch_label(branch, talk.language)}: {print_pesos(amount)}"
            for branch, amount in line.branch_amounts()
        )
        talk.say(
            "utter_line_breakdown",
            branch_lines="\n".join(rows),
            amount=print_pesos(line.decimal_amount),
        )


class ActionLinkCode(Request):
    """Gives a code with which the person goes on in another channel."""

    def name(self) -> str:
        return "action_link_code"

    def do(self, talk: Talk) -> None:
        code = new_code()
        talk.effects.append(link_code(code))
        talk.say("utter_link_code", link_code=code, link_minutes=str(CODE_MINUTES))


class ActionOptOut(Request):
    """No more reminders."""

    def name(self) -> str:
        return "action_opt_out"

    def do(self, talk: Talk) -> None:
        talk.effects.append(cancelled("remind"))
        talk.say("utter_opt_out")
