"""What is the sandbox's own: tests everywhere, its people, its clock, paying."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.imss.contract import parse_instant
from bot.imss.errors import Rejected
from bot.imss.models import CaptureLine, RegistrationChange
from bot.imss.sandbox.capture_lines import CHARACTERS, PREFIX, pay_by
from bot.imss.sandbox.clinics import clinics_answer
from bot.imss.sandbox.clock import Clock
from bot.imss.sandbox.people import made_up_people
from bot.imss.sandbox.server import SandboxRefusedError, check_may_run
from bot.imss.sandbox.tables import metadata
from bot.programme.curp import check_curp
from bot.programme.month import Month
from bot.programme.nss import check_nss
from bot.programme.quota import CONTRIBUTION_PERIODS, ContributionPeriod, quota_by_period
from bot.programme.year_parameters import Zone
from bot.settings import read_settings
from bot.storage.database import Database
from bot.storage.encryption import Cipher
from tests.imss.contract.conftest import new_key
from tests.imss.made_up import INCOME, new_person
from tests.imss.sandbox_process import TOKEN, Sandbox
from tests.support.service import SECRETS


def registered(sandbox: Sandbox, **changes: Any) -> str:
    return sandbox.client().register(new_person().request(**changes), new_key()).folio


def issue(sandbox: Sandbox, folio: str) -> CaptureLine:
    return sandbox.client().issue_capture_line(folio, new_key())


# --- marked as a test ---


def test_a_line_says_that_it_is_a_test_and_looks_like_no_real_one(sandbox: Sandbox) -> None:
    line = issue(sandbox, registered(sandbox))
    assert line.test
    assert line.capture_line.startswith("PRUEBA-NO-PAGAR-")
    assert set(line.capture_line.removeprefix(PREFIX)) <= set(CHARACTERS)
    assert line.folio.startswith("PRUEBA-")


def test_every_answer_says_that_it_is_a_test(sandbox: Sandbox) -> None:
    """The client outside development refuses what does, so this holds the whole sandbox back."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for path, body in (
        ("/v1/curp-validations", {"curp": new_person().curp}),
        ("/v1/nss-validations", {"nss": new_person().nss, "curp": new_person().curp}),
    ):
        answer = requests.post(sandbox.url + path, json=body, headers=headers, timeout=30)
        assert answer.json()["test"] is True
    folio = registered(sandbox)
    for path in (f"/v1/registrations/{folio}", f"/v1/registrations/{folio}/cover"):
        answer = requests.get(sandbox.url + path, headers=headers, timeout=30)
        assert answer.json()["test"] is True


def test_nobody_in_it_exists() -> None:
    people = made_up_people()
    for person in people:
        assert check_curp(person.curp).valid, person.full_name
        report = check_nss(person.nss)
        assert report.valid, person.full_name
        assert report.subdelegation == "99", "no subdelegation of the institute"
    assert len({person.curp for person in people}) == len({p.nss for p in people}) == len(people)


@pytest.mark.parametrize("start", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
def test_its_clinics_say_that_they_are_made_up(start: str) -> None:
    for second in "0123456789":
        for clinic in clinics_answer(f"{start}{second}000")["clinics"]:
            assert "PRUEBA" in clinic["name"]
            assert int(clinic["umf"]) > 9000


def test_it_does_not_start_in_production(sandbox: Sandbox) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.cli", "imss-sandbox"],
        env={**os.environ, **sandbox.environment, "PTI_ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert "PTI_ENVIRONMENT is production" in run.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PTI_ENVIRONMENT", "production"),
        ("PTI_IMSS_TOKEN", ""),
        ("PTI_SANDBOX_CONTROL_TOKEN", TOKEN),
    ],
)
def test_what_it_needs_to_start(sandbox: Sandbox, variable: str, value: str) -> None:
    check_may_run(read_settings(sandbox.environment))
    with pytest.raises(SandboxRefusedError, match=variable):
        check_may_run(read_settings({**sandbox.environment, variable: value}))


# --- people ---


def test_the_registers_know_what_the_made_up_people_say(sandbox: Sandbox) -> None:
    client, people = sandbox.client(), made_up_people()
    for person in people:
        expected = "found" if person.curp_known else "unknown"
        assert client.validate_curp(person.curp).status == expected
        expected = "matches" if person.nss_known else "unknown"
        assert client.validate_nss(person.nss, person.curp).status == expected
    mixed = client.validate_nss(people[0].nss, people[1].curp)
    assert (mixed.status, mixed.warnings) == ("other_person", ("birth_year_differs",))
    stranger = new_person()
    assert client.validate_nss(stranger.nss, people[0].curp).status == "other_person"


# --- the quota ---


@pytest.mark.parametrize("months", CONTRIBUTION_PERIODS)
@pytest.mark.parametrize("infonavit", [False, True])
def test_the_quota_is_that_of_the_rules(
    sandbox: Sandbox, months: ContributionPeriod, infonavit: bool
) -> None:
    ours = quota_by_period(INCOME, Month(2026, 7), Zone.ZLFN, infonavit=infonavit)[months]
    theirs = sandbox.client().quota(INCOME, Zone.ZLFN, months, infonavit)
    assert (theirs.total, theirs.first_month) == (ours.total, Month(2026, 7))
    assert theirs.provisional == ours.provisional
    assert [month.total for month in theirs.months] == [month.total for month in ours.months]
    assert [branch.amount for branch in theirs.months[0].branches] == [
        branch.amount for branch in ours.months[0].branches
    ]


def test_a_line_of_a_month_without_figures_is_not_issued(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    sandbox.set_clock("2089-12-10T12:00:00-06:00")
    with pytest.raises(Rejected, match="figures_not_published"):
        issue(sandbox, folio)


# --- dates ---


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 6, 1), date(2026, 6, 20)),
        (date(2026, 6, 20), date(2026, 6, 20)),
        (date(2026, 6, 21), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2028, 2, 21), date(2028, 2, 29)),
    ],
)
def test_until_when_a_line_can_be_paid(today: date, last: date) -> None:
    assert pay_by(today) == last


def test_the_day_is_that_of_mexico_city(sandbox: Sandbox) -> None:
    sandbox.set_clock("2026-07-01T05:59:00+00:00")  # still 30 June there
    assert str(issue(sandbox, registered(sandbox)).first_month) == "2026-07"
    sandbox.set_clock("2026-07-01T06:01:00+00:00")
    assert str(issue(sandbox, registered(sandbox)).first_month) == "2026-08"


def test_a_line_expires_when_its_last_day_is_over(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    old = issue(sandbox, folio)
    sandbox.set_clock("2026-06-20T23:59:00-06:00")
    assert issue(sandbox, folio) == old
    sandbox.set_clock("2026-06-21T00:00:01-06:00")
    assert sandbox.client().capture_line(folio, old.capture_line).state == "expired"
    registration = sandbox.client().registration(folio)
    assert registration.capture_line is not None
    assert registration.capture_line.state == "expired"
    new = issue(sandbox, folio)
    assert (new.replaces, new.pay_by) == (old.capture_line, date(2026, 6, 30))
    assert new.capture_line != old.capture_line


def test_its_time_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "clock.db"
    cipher = Cipher([SECRETS["PTI_ENCRYPTION_KEYS"]], SECRETS["PTI_INDEX_KEY"])
    database = Database(f"sqlite:///{path}", cipher)
    metadata.create_all(database.engine)
    Clock(database).set(parse_instant("2026-06-10T12:00:00-06:00"))
    assert Clock(database).today() == date(2026, 6, 10)
    database.dispose()


# --- paying ---


def test_the_way_of_a_paid_line(sandbox: Sandbox) -> None:
    client, folio = sandbox.client(), registered(sandbox, contribution_period=2)
    line = issue(sandbox, folio)
    sandbox.set_line(line.capture_line, "paid")
    paid = client.capture_line(folio, line.capture_line)
    assert paid.state == "paid"
    assert paid.paid_at is not None
    cover = client.cover(folio)
    assert (cover.state, cover.valid_from, cover.valid_to, cover.renewable_from) == (
        "pending",
        date(2026, 7, 1),
        date(2026, 8, 31),
        date(2026, 8, 1),
    )
    with pytest.raises(Rejected, match="cover_already_paid"):
        issue(sandbox, folio)
    sandbox.set_clock("2026-07-31T12:00:00-06:00")
    assert client.cover(folio).state == "active"
    with pytest.raises(Rejected, match="cover_already_paid"):
        issue(sandbox, folio)
    sandbox.set_clock("2026-08-01T00:00:01-06:00")
    following = issue(sandbox, folio)
    assert (following.first_month, following.last_month) == (Month(2026, 9), Month(2026, 10))
    assert following.replaces is None
    assert client.cover(folio).state == "active"
    sandbox.set_line(following.capture_line, "paid")
    assert client.cover(folio).valid_to == date(2026, 10, 31)
    sandbox.set_clock("2026-11-01T12:00:00-06:00")
    assert client.cover(folio).state == "ended"


def test_a_gap_in_the_cover(sandbox: Sandbox) -> None:
    client, folio = sandbox.client(), registered(sandbox)
    sandbox.set_line(issue(sandbox, folio).capture_line, "paid")
    sandbox.set_clock("2026-09-10T12:00:00-06:00")
    assert client.cover(folio).state == "ended"
    sandbox.set_line(issue(sandbox, folio).capture_line, "paid")
    cover = client.cover(folio)
    assert (cover.state, cover.valid_from) == ("pending", date(2026, 10, 1))


def test_a_change_leaves_what_was_paid(sandbox: Sandbox) -> None:
    client, folio = sandbox.client(), registered(sandbox)
    line = issue(sandbox, folio)
    sandbox.set_line(line.capture_line, "paid")
    change = RegistrationChange(monthly_income=Decimal("20000"))
    changed = client.change_registration(folio, change, new_key())
    assert changed.monthly_income == Decimal("20000.00")
    assert client.capture_line(folio, line.capture_line).state == "paid"


def test_a_line_that_was_made_to_expire(sandbox: Sandbox) -> None:
    folio = registered(sandbox)
    line = issue(sandbox, folio)
    sandbox.set_line(line.capture_line, "expired")
    assert issue(sandbox, folio).replaces == line.capture_line
