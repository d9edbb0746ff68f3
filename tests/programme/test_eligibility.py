"""Who can join: every combination of answers, the questions asked, and answers in words."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme import eligibility
from bot.programme.eligibility import (
    NOT_SURE,
    OPTIONS,
    QUESTIONS,
    EligibilityAnswers,
    Reason,
    StillToAsk,
    decide,
    next_question,
)
from bot.programme.eligibility_answers import read_eligibility_answer
from bot.programme.field_text import Problem
from bot.programme.table_files import table

MEXICAN = {"nationality": "mexican"}
ADULT = {**MEXICAN, "work": "employed_abroad", "adult": "adult"}
FULL = {**ADULT, "pension": "none", "wanted": "everything"}

# Answers, verdict, scheme, codes of the reasons.
CASES = [
    (FULL, "yes", None, ["works_abroad_without_mexican_employer", "employer_abroad_is_no_bar"]),
    (
        {**FULL, "work": "own_account_abroad"},
        "yes",
        None,
        ["works_abroad_without_mexican_employer", "works_on_own_account"],
    ),
    (
        {**FULL, "work": "both_countries"},
        "yes_but",
        None,
        ["works_in_both_countries", "works_on_own_account"],
    ),
    (
        {**FULL, "wanted": "medical_only"},
        "yes_but",
        "family_health_insurance",
        [
            "medical_cover_alone_exists",
            "works_abroad_without_mexican_employer",
            "employer_abroad_is_no_bar",
        ],
    ),
    (
        {**FULL, "wanted": NOT_SURE},
        "yes",
        None,
        ["works_abroad_without_mexican_employer", "employer_abroad_is_no_bar"],
    ),
    (
        {"nationality": "foreign"},
        "other_scheme",
        "independent_in_mexico",
        ["foreigner_needs_legal_stay_in_mexico"],
    ),
    (
        {**MEXICAN, "work": "employer_in_mexico"},
        "other_scheme",
        "employer_in_mexico",
        ["employer_in_mexico_must_register", "may_join_beside_a_job"],
    ),
    (
        {**MEXICAN, "work": "own_account_in_mexico"},
        "other_scheme",
        "independent_in_mexico",
        ["works_in_mexico"],
    ),
    (
        {**MEXICAN, "work": "not_working"},
        "other_scheme",
        "family_health_insurance",
        ["quota_is_of_income_from_work", "family_health_insurance_exists"],
    ),
    ({**ADULT, "adult": "minor"}, "ask_imss", None, ["no_rule_on_minimum_age_found"]),
    ({**ADULT, "pension": "pensioner"}, "ask_imss", None, ["pension_may_be_affected"]),
    ({"nationality": NOT_SURE}, "ask_imss", None, ["answer_not_sure"]),
    ({**MEXICAN, "work": NOT_SURE}, "ask_imss", None, ["answer_not_sure"]),
    ({**ADULT, "pension": NOT_SURE}, "ask_imss", None, ["answer_not_sure"]),
]


@pytest.mark.parametrize(("answers", "verdict", "scheme", "codes"), CASES)
def test_verdicts(
    answers: dict[str, str], verdict: str, scheme: str | None, codes: list[str]
) -> None:
    decided = decide(EligibilityAnswers(**answers))
    assert (decided.verdict, decided.scheme) == (verdict, scheme)
    assert [reason.code for reason in decided.reasons] == codes


def test_every_reason_names_its_article() -> None:
    reasons = [value for value in vars(eligibility).values() if isinstance(value, Reason)]
    assert len(reasons) == len({reason.code for reason in reasons}) == 14
    assert [reason.code for reason in reasons if not reason.article] == ["answer_not_sure"]


def test_no_question_is_of_migration_status_or_health() -> None:
    assert len(QUESTIONS) == 5
    told = f"{QUESTIONS} {OPTIONS} {table('eligibility')['questions'].keys()}".lower()
    for word in ("visa", "status", "legal", "document", "health", "illness", "disab", "invalid"):
        assert word not in told


def every_answer() -> list[EligibilityAnswers]:
    options = [[None, NOT_SURE, *OPTIONS[question]] for question in QUESTIONS]
    return [EligibilityAnswers(*combination) for combination in product(*options)]


def test_asking_ends_exactly_where_the_verdict_is_certain() -> None:
    for answers in every_answer():
        question = next_question(answers)
        if question is None:
            assert decide(answers).reasons
        else:
            assert getattr(answers, question) is None
            with pytest.raises(StillToAsk) as raised:
                decide(answers)
            assert raised.value.question == question


def test_a_later_answer_never_undoes_a_verdict() -> None:
    for answers in every_answer():
        if next_question(answers) is None:
            for question in QUESTIONS:
                if getattr(answers, question) is None:
                    for option in OPTIONS[question]:
                        assert decide(answers.with_answer(question, option)) == decide(answers)


@given(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6]), min_size=5, max_size=5))
def test_five_answers_are_enough(choices: list[int]) -> None:
    answers = EligibilityAnswers()
    for choice in choices:
        question = next_question(answers)
        if question is None:
            break
        options = [*OPTIONS[question], NOT_SURE]
        answers = answers.with_answer(question, options[choice % len(options)])
    assert next_question(answers) is None
    assert decide(answers).verdict


def test_an_answer_that_is_no_option_is_refused() -> None:
    with pytest.raises(ValueError, match="no answer to work"):
        EligibilityAnswers(work="mexican")


READ = [
    ("nationality", "sí", "mexican"),
    ("nationality", "soy mexicana", "mexican"),
    ("nationality", "👍", "mexican"),
    ("nationality", "no, soy de Guatemala", "foreign"),
    ("nationality", "no soy mexicano", "foreign"),
    ("nationality", "soy mexicano y americano", "mexican"),
    ("nationality", "doble nacionalidad", "mexican"),
    ("nationality", "no sé", NOT_SURE),
    ("nationality", "mexican", "mexican"),
    ("work", "trabajo en un restaurante en Chicago", "employed_abroad"),
    ("work", "por mi cuenta", "own_account_abroad"),
    ("work", "self-employed", "own_account_abroad"),
    ("work", "limpio casas", "own_account_abroad"),
    ("work", "trabajo en la construcción por mi cuenta", "own_account_abroad"),
    ("work", "por mi cuenta en México", "own_account_in_mexico"),
    ("work", "trabajo en México", "own_account_in_mexico"),
    ("work", "tengo un negocio en México", "own_account_in_mexico"),
    ("work", "tengo patrón en México", "employer_in_mexico"),
    ("work", "no trabajo", "not_working"),
    ("work", "ama de casa", "not_working"),
    ("work", "en los dos países", "both_countries"),
    ("work", "employed_abroad", "employed_abroad"),
    ("adult", "sí", "adult"),
    ("adult", "tengo 16", "minor"),
    ("adult", "18", "adult"),
    ("adult", "17", "minor"),
    ("adult", "más de 18", "adult"),
    ("adult", "soy menor de edad", "minor"),
    ("adult", "tengo treinta años", "adult"),
    ("pension", "no", "none"),
    ("pension", "todavía no", "none"),
    ("pension", "no tengo", "none"),
    ("pension", "sí, del IMSS", "pensioner"),
    ("pension", "soy pensionado", "pensioner"),
    ("pension", "nope", "none"),
    ("wanted", "solo doctor", "medical_only"),
    ("wanted", "only medical", "medical_only"),
    ("wanted", "doctor y pensión", "everything"),
    ("wanted", "todo", "everything"),
    ("wanted", "both", "everything"),
    ("wanted", "no sé", NOT_SURE),
]
UNREAD = [
    ("nationality", "¿por qué?", "question"),
    ("nationality", "", "empty"),
    ("work", "no tengo patrón en México", "unclear"),
    ("work", "sí", "unclear"),
    ("work", "por mi cuenta y para una compañía", "several_values"),
    ("wanted", "sí", "unclear"),
    ("pension", "sí y no", "several_values"),
    ("pension", "😀", "unclear"),
    ("adult", "пять", "other_alphabet"),
]


@pytest.mark.parametrize(("question", "text", "option"), READ)
def test_answers_in_words(question: eligibility.Question, text: str, option: str) -> None:
    assert read_eligibility_answer(question, text) == option


@pytest.mark.parametrize(("question", "text", "code"), UNREAD)
def test_answers_that_are_none(question: eligibility.Question, text: str, code: str) -> None:
    assert read_eligibility_answer(question, text) == Problem(code)


def test_the_table_has_words_for_every_option() -> None:
    for question in QUESTIONS:
        content = table("eligibility")["questions"][question]
        assert {*content["said"]} == {*OPTIONS[question]}
        assert {*content.get("weak", {})} <= {*OPTIONS[question]}
        assert {content.get("if_yes"), content.get("if_no")} <= {None, *OPTIONS[question]}
