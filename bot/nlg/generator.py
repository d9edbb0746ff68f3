"""Rasa's templated generator, with dated figures for placeholders and the source under each factual
answer."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain

from bot.nlg.catalogue import PLACEHOLDER
from bot.programme.exchange_rate import with_configured_rate
from bot.programme.figures import LOCALES, Figure, load_figures
from bot.settings import configured_rate, environment

EXPIRED_RESPONSE = "utter_figure_expired"
SOURCE_LINE_RESPONSE = "utter_source_line"
# Until somebody's language is known.
DEFAULT_LANGUAGE = "es"
# Where answers are heard: their short version is said, and not where it comes from.
SPOKEN_CHANNEL = "voice"
SIMPLE = "_simple"


class DatedAnswers(TemplatedNaturalLanguageGenerator):
    """Fills `{figure}` placeholders from the dated figures.

    An answer which needs a figure whose period has ended is not given: `utter_figure_expired` is
    given instead."""

    def __init__(self, endpoint_config: Any = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._figures = with_configured_rate(load_figures(), configured_rate(environment()))

    def generate_from_slots(
        self, utter_action: str, filled_slots: dict[str, Any], output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response in the person's language, with figures and source; None where there is no
        such response."""
        language = filled_slots.get("language") or DEFAULT_LANGUAGE
        filled_slots = {**filled_slots, "language": language}
        if output_channel == SPOKEN_CHANNEL and f"{utter_action}{SIMPLE}" in self.responses:
            utter_action = f"{utter_action}{SIMPLE}"
        variant = self._random_response_for(utter_action, output_channel, filled_slots)
        if variant is None:
            return None
        needed = self._figures_in(variant, kwargs)
        today = date.today()  # noqa: DTZ011  figures change with the calendar day where the service runs
        if any(not figure.may_be_said(today) for figure in needed):
            return self._expired(filled_slots, output_channel)
        values = {figure.name: figure.printed(language) for figure in needed}
        # Not chosen again: of several, that might be one whose figures nobody looked at. A copy,
        # because Rasa takes apart what it is given.
        answer = self._fill_response(deepcopy(variant), filled_slots, **{**values, **kwargs})
        return self._with_source(answer, filled_slots, output_channel)

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        """One of the variants that fit. Where that is one, as nearly always, none is drawn: NumPy
        takes longer for it than all else here."""
        if utter_action not in self.responses:
            return None
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if len(fitting) == 1:
            only: dict[str, Any] = fitting[0]
            return only
        drawn: dict[str, Any] | None = super()._random_response_for(
            utter_action, output_channel, filled_slots
        )
        return drawn

    def _fill_response(
        self,
        response: dict[str, Any],
        filled_slots: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The response with its placeholders filled. Raises KeyError for one that nobody gives.

        Rasa would send such a text raw, and would look for placeholders in the payloads of buttons
        too."""
        values = self._response_variables(filled_slots or {}, kwargs)
        text = PLACEHOLDER.sub(lambda match: str(values[match[1]]), response.get("text") or "")
        return {**response, "text": text}

    def _figures_in(self, variant: dict[str, Any], given: dict[str, Any]) -> list[Figure]:
        names = dict.fromkeys(PLACEHOLDER.findall(variant.get("text") or ""))
        return [
            self._figures[name] for name in names if name in self._figures and name not in given
        ]

    def _expired(self, filled_slots: dict[str, Any], output_channel: str) -> dict[str, Any] | None:
        answer = super().generate_from_slots(EXPIRED_RESPONSE, filled_slots, output_channel)
        # Rasa goes on under the name of what was asked for; reviewers see what was said.
        return answer and {**answer, "metadata": {"utter_action": EXPIRED_RESPONSE}}

    def _with_source(
        self, answer: dict[str, Any], filled_slots: dict[str, Any], output_channel: str
    ) -> dict[str, Any]:
        metadata = answer.get("metadata") or {}
        if not metadata.get("source") or output_channel == SPOKEN_CHANNEL:
            return answer
        line = super().generate_from_slots(
            SOURCE_LINE_RESPONSE,
            filled_slots,
            output_channel,
            source=metadata["source"],
            reviewed=_print_month(str(metadata["reviewed"]), filled_slots["language"]),
        )
        return {**answer, "text": f"{answer['text']}\n{line['text']}"} if line else answer


@lru_cache(maxsize=128)
def _print_month(month: str, language: str) -> str:
    """`2026-11` as `nov 2026` (es) or `Nov 2026` (en)."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "MMM y", locale=LOCALES[language]))
