"""What people write under load: conversations of ten messages, mixed as in life. Six are questions,
two are answers to a form, one asks for a quota, one is nonsense."""

from __future__ import annotations

from dataclasses import dataclass

QUESTIONS_ES = (
    "que cubre el seguro",
    "cuanto cuesta el seguro para migrantes",
    "ke requisitos piden para entrar",
    "puedo asegurar a mi mama y a mi papa",
    "como saco mi curp desde estados unidos",
    "no me acuerdo de mi numero de seguro social",
    "donde puedo pagar la linea de captura",
    "el seguro cubre a mi esposa en mexico",
    "me atienden en estados unidos con este seguro",
    "cuando empieza a servirme el seguro",
    "que pasa si dejo de pagar un mes",
    "esto cuenta para mi pension",
    "como se cual clinica me toca",
    "puedo pagar todo el año de una vez",
    "hasta que edad cubren a mis hijos",
    "que enfermedades no cubren",
    "para que sirve el infonavit en este programa",
    "es seguro darles mis datos personales",
)
QUESTIONS_EN = (
    "what does the insurance cover",
    "how much does it cost for migrants",
    "what are the requirements to sign up",
    "can i insure my parents who live in mexico",
    "how do i get my curp from the united states",
    "where do i pay the payment line",
    "does it count toward my pension",
    "what happens if i stop paying for a month",
    "which clinic would my family go to",
)
NONSENSE = ("asdkjh qwpoeiu zzxcv", "blorp fnord 77 xqx", "jjjjjjj kkkkkkk lllllll", "☂☂☂ ¿¿¿ ☂☂☂")
QUOTA_ES, FORM_ES = "quiero calcular mi cuota", (("1500 dolares", "al mes"), ("400 dls", "semanal"))
QUOTA_EN, FORM_EN = "calculate my quota", (("1800 dollars", "a month"), ("450 usd", "a week"))
LENGTH = 10


@dataclass(frozen=True)
class Script:
    """One conversation. `comparable`: everybody who writes it is told the same."""

    name: str
    texts: tuple[str, ...]
    comparable: bool = True


def scripts(count: int) -> list[Script]:
    """Different conversations; every fourth is in English."""
    return [_script(number) for number in range(count)]


def _script(number: int) -> Script:
    english = number % 4 == 3
    pool = QUESTIONS_EN if english else QUESTIONS_ES
    questions = [pool[(number * 5 + place) % len(pool)] for place in range(6)]
    answers = (FORM_EN if english else FORM_ES)[number // 4 % 2]
    quota = QUOTA_EN if english else QUOTA_ES
    nonsense = NONSENSE[number % len(NONSENSE)]
    texts = (*questions[:2], nonsense, quota, *answers, *questions[2:])
    return Script(f"{'en' if english else 'es'}-{number}", texts)
