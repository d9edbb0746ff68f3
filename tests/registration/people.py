"""What made-up people answer at each step of a registration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.imss.made_up import MadeUp, new_person

if TYPE_CHECKING:  # who only wants the answers need not wait for Rasa
    from tests.registration.house import Caller


@dataclass
class Answers:
    """One person's data, as they would type them, by step."""

    who: MadeUp = field(default_factory=new_person)

    def of(self, step: str) -> str:
        """What is typed at a step."""
        return {
            "consent": "acepto todo",
            "curp": self.who.curp.lower(),
            "curp_confirmed": "si",
            "nss": self.who.nss,
            "name": "prueba xochitl inexistente",
            "phone": "+1 312 555 0143",
            "email": "prueba.inexistente@gmail.com",
            "postal_code": "58000",
            "address": "Morelos 1234, Centro, Morelia",
            "street": "Morelos 1234",
            "neighbourhood": "Centro",
            "municipality": "Morelia",
            "address_of": "de mi familia",
            "occupation": "jardinero en casas",
            "income_consent": "si",
            "income": "643 dolares a la semana",
            "zone": "no",
            "period": "cada mes",
            "infonavit": "no",
            "beneficiaries": "mi esposa de 34 y 2 hijos de 8 y 11",
            "beneficiary_ages": "34",
            "beneficiary_studies": "si",
            "summary": "si",
        }[step]

    def secrets(self) -> list[str]:
        """What may stand nowhere in clear."""
        return [
            self.who.curp,
            self.who.nss,
            "Inexistente",
            "inexistente",
            "3125550143",
            "prueba.inexistente",
            "Morelos 1234",
            "643",
        ]


STEPS = (
    "consent", "curp", "curp_confirmed", "nss", "name", "phone", "email", "postal_code",
    "address", "address_of", "occupation", "income", "period", "infonavit", "beneficiaries",
    "summary",
)  # fmt: skip


def asked_step(caller: Caller) -> str:
    """The step that was asked last in the last answer."""
    asked = [name for name in caller.answer.names if name.startswith("step_")]
    assert asked, caller.written()
    return asked[-1].removeprefix("step_")


def register(caller: Caller, answers: Answers | None = None, until: str = "") -> Answers:
    """Goes the whole way, or up to where a step is asked."""
    answers = answers or Answers()
    if not any(name.startswith("step_") for name in caller.answer.names):
        caller.says("me quiero inscribir")
    for _ in range(30):
        step = asked_step(caller)
        if step == until:
            break
        caller.says(answers.of(step))
        if step == "summary":
            break
    return answers
