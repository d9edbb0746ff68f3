"""`pti quota`, `pti curp` and `pti nss` as they are typed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.cli.programme import curp, nss, quota
from bot.programme.messages import load_messages

ROOT = Path(__file__).parents[2]


def run(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def as_json(command: Any, *arguments: str) -> dict[str, Any]:
    result = run(command, *arguments, "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_quota_as_json() -> None:
    quoted = as_json(quota, "--income", "12000", "--month", "2026-06")
    assert quoted["total"] == "2633.11"
    assert quoted["estimate"] is True
    assert quoted["notes"] == ["estimate"]
    assert (quoted["income"], quoted["zone"], quoted["risk_class"], quoted["infonavit"]) == (
        "12000.00",
        "general",
        "I",
        False,
    )
    (month,) = quoted["months"]
    assert (month["month"], month["days"], month["daily_base"], month["total"]) == (
        "2026-06",
        30,
        "400.00",
        "2633.11",
    )
    assert (month["floor"], month["cap"], month["income_considered"]) == (
        "9451.20",
        "87982.50",
        "12000.00",
    )
    fixed_fee = month["branches"][0]
    assert (fixed_fee["id"], fixed_fee["rate"], fixed_fee["amount"]) == (
        "eym_fixed_fee",
        "20.40",
        "717.94",
    )
    assert {source["section"] for source in quoted["sources"]} >= {"uma", "minimum_wage"}


def test_quota_of_several_months_with_every_option() -> None:
    period = ["--income", "1", "--month", "2025-11", "--months", "6"]
    options = [*period, "--zone", "zlfn", "--risk-class", "iv", "--infonavit"]
    quoted = as_json(quota, *options)
    assert [month["month"] for month in quoted["months"]] == [
        "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04",
    ]  # fmt: skip
    assert quoted["notes"] == ["estimate", "raised_to_minimum"]
    assert (quoted["zone"], quoted["risk_class"], quoted["infonavit"]) == ("zlfn", "IV", True)
    assert f"{sum(float(month['total']) for month in quoted['months']):.2f}" == quoted["total"]


def test_income_may_have_thousands_separators() -> None:
    assert as_json(quota, "--income", "$12,000.00", "--month", "2026-06")["total"] == "2633.11"


@pytest.mark.parametrize(
    ("language", "note"), [("en", "Estimate by law"), ("es", "Estimación conforme a la ley")]
)
def test_quota_for_people(language: str, note: str) -> None:
    result = run(quota, "--income", "12000", "--month", "2026-06", "--lang", language)
    assert result.exit_code == 0
    assert "2,633.11" in result.stdout
    assert note in result.stdout
    assert "línea de captura" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--income 0", "more than 0"),
        ("--income -5", "more than 0"),
        ("--income abc", "amount in pesos"),
        ("--income 1e309", "too large"),
        ("--income nan", "amount in pesos"),
        ("--income inf", "amount in pesos"),
        ("--income 1,2,3", "amount in pesos"),
        ("--income 12000 --months 3", "'3' is not one of"),
        ("--income 12000 --month 2026-13", "YYYY-MM"),
        ("--income 12000 --month june", "YYYY-MM"),
        ("--income 12000 --month 2027-01", "2027-01 yet"),
        ("--income 12000 --month 2026-11 --months 6", "2027-01 yet"),
        ("--income 12000 --month 2020-01", "2020-01"),
        ("--income 12000 --zone border", "'border' is not one of"),
        ("--income 12000 --risk-class VI", "'VI' is not one of"),
        ("", "--income"),
        ("--income 12000 --nonsense", "--nonsense"),
    ],
)
def test_bad_input_is_one_line_on_stderr(arguments: str, reason: str) -> None:
    result = run(
        quota, *arguments.split(), *([] if "--month " in arguments else ["--month", "2026-06"])
    )
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    assert reason in line


def test_errors_in_spanish() -> None:
    result = run(quota, "--income", "0", "--lang", "es")
    assert result.stderr == "Error: el ingreso debe ser mayor que 0\n"


def test_curp_as_json() -> None:
    assert as_json(curp, "sabc560626-mdflrn01") == {
        "valid": True,
        "curp": "SABC560626MDFLRN01",
        "problems": [],
        "birth_date": "1956-06-26",
        "sex": "M",
        "state": "DF",
        "state_name": "Ciudad de México",
    }
    checked = as_json(curp, "SABC56O626MDFLRN01")
    (problem,) = checked["problems"]
    assert checked["valid"] is False
    assert (problem["code"], problem["severity"], problem["suggestion"]) == (
        "letter_for_digit",
        "error",
        "SABC560626MDFLRN01",
    )
    assert "SABC560626MDFLRN01" in problem["message"]


def test_a_warning_leaves_it_valid() -> None:
    checked = as_json(curp, "SABC560626MDFLRNA1")
    assert checked["valid"] is True
    assert [problem["severity"] for problem in checked["problems"]] == ["warning"]


def test_nss_as_json() -> None:
    checked = as_json(nss, "7215-99-0456-3")
    assert (checked["valid"], checked["nss"], checked["problems"]) == (True, "72159904563", [])


@pytest.mark.parametrize("options", [[], ["--json"], ["--lang", "es"], ["--lang", "es", "--json"]])
def test_a_us_number_is_not_repeated(options: list[str]) -> None:
    result = run(nss, "123-45-6789", *options)
    assert result.exit_code == 0
    assert "6789" not in result.output
    assert "11" in result.output


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "key",
    [
        "SABC560626MDFLRN01",
        "LOHA040913MNEPRNA5",
        "",
        "[bold]x[/bold]",
        "BACA560626MDFLRN01",
        "SABC560230MZZLRN01",
        "SÁBC560626MDFLRN01",
    ],
)
def test_reports_for_people(key: str, language: str) -> None:
    for command in (curp, nss):
        result = run(command, key, "--lang", language)
        assert result.exit_code == 0, result.output
        assert result.stdout.strip()


def test_every_message_is_in_both_languages() -> None:
    texts = load_messages("problems")
    for key in ("curp", "nss"):
        for code, sentences in texts[key].items():
            assert set(sentences) == {"en", "es"}, code
    for name in load_messages("branches").values():
        assert set(name) == {"en", "es"}


def test_every_problem_code_has_a_message_and_no_message_is_left_over() -> None:
    # The codes are literals in the rules, so the source is the one place that lists them all.
    for key, pattern in (
        (
            "curp",
            r'(?:_error|_warning)\(\s*"([a-z_0-9]+)"|code = "([a-z_]+)" if meant else "([a-z_]+)"',
        ),
        ("nss", r'NssProblem\(\s*"([a-z_]+)"'),
    ):
        source = (ROOT / "bot" / "programme" / f"{key}.py").read_text(encoding="utf-8")
        codes = {code for found in re.findall(pattern, source) for code in _flat(found) if code}
        assert codes == set(load_messages("problems")[key])


def _flat(found: str | tuple[str, ...]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else found


def test_the_group_knows_its_commands() -> None:
    result = run(main, "--help")
    assert result.exit_code == 0
    assert all(name in result.output for name in ("quota", "curp", "nss"))
    assert run(main, "no-such-command").exit_code == 2


def test_as_a_real_process() -> None:
    command = [sys.executable, "-W", "error", "-m", "bot.cli", "quota"]
    done = subprocess.run(
        [*command, "--income", "12000", "--month", "2026-06", "--json"],
        capture_output=True, text=True, cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["total"] == "2633.11"
    assert done.stderr == ""
    failed = subprocess.run(
        [*command, "--income", "abc"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith("Error: ")
    assert len(failed.stderr.splitlines()) == 1
