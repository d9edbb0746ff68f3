"""Contract: one línea de captura at a time, its state, the cover, the clinics."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bot.programme.month import Month
from tests.imss.contract.conftest import Implementation, new_key, says_no


def test_a_line_is_issued_and_asking_again_gives_the_same(implementation: Implementation) -> None:
    folio = implementation.register(contribution_period=2)
    first = implementation.issue(folio)
    assert (first.status_code, first.json()["state"]) == (201, "issued")
    again = implementation.issue(folio)
    assert (again.status_code, again.json()) == (200, first.json())
    line = first.json()
    assert Month.parse(line["last_month"]) == Month.parse(line["first_month"]).plus(1)
    assert date.fromisoformat(line["pay_by"]) < Month.parse(line["first_month"]).first_day
    path = f"/v1/registrations/{folio}/capture-lines/{line['capture_line']}"
    assert implementation.call("GET", path).json() == line
    read = implementation.call("GET", f"/v1/registrations/{folio}").json()
    assert read["capture_line"] == line


def test_the_amount_is_the_quota_of_what_was_registered(implementation: Implementation) -> None:
    folio = implementation.register(monthly_income="12000.00")
    question = {
        "monthly_income": "12000.00",
        "zone": "general",
        "contribution_period": 1,
        "infonavit": False,
    }
    quota = implementation.call("POST", "/v1/quotas", question).json()
    assert implementation.issue(folio).json()["amount"] == quota["total"]


def test_the_same_key_gives_the_same_answer_as_it_was(implementation: Implementation) -> None:
    folio, key = implementation.register(), new_key()
    first = implementation.issue(folio, key)
    implementation.change(folio, infonavit=True)
    again = implementation.issue(folio, key)
    assert (again.status_code, again.json()) == (201, first.json())


def test_a_change_makes_the_unpaid_line_void_and_the_next_takes_its_place(
    implementation: Implementation,
) -> None:
    folio = implementation.register()
    old = implementation.issue(folio).json()
    assert implementation.change(folio, infonavit=True).json()["capture_line"]["state"] == "void"
    new = implementation.issue(folio)
    assert (new.status_code, new.json()["replaces"]) == (201, old["capture_line"])
    assert new.json()["capture_line"] != old["capture_line"]
    path = f"/v1/registrations/{folio}/capture-lines/{old['capture_line']}"
    assert implementation.call("GET", path).json()["state"] == "void"


def test_twenty_ask_at_once_and_there_is_one_line(implementation: Implementation) -> None:
    folio = implementation.register()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: implementation.issue(folio), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["capture_line"] for answer in answers}) == 1


def test_a_line_belongs_to_its_registration(implementation: Implementation) -> None:
    mine, other = implementation.register(), implementation.register()
    line = implementation.issue(other).json()["capture_line"]
    answer = implementation.call("GET", f"/v1/registrations/{mine}/capture-lines/{line}")
    says_no(answer, 404, "capture_line_unknown")
    says_no(implementation.issue("NO-SUCH-FOLIO"), 404, "folio_unknown")


def test_nobody_is_covered_who_has_not_paid(implementation: Implementation) -> None:
    folio = implementation.register()
    implementation.issue(folio)
    cover = implementation.call("GET", f"/v1/registrations/{folio}/cover").json()
    assert (cover["state"], cover["valid_from"], cover["valid_to"]) == ("none", None, None)
    missing = implementation.call("GET", "/v1/registrations/NO-SUCH-FOLIO/cover")
    says_no(missing, 404, "folio_unknown")


def test_the_clinics_of_a_postal_code(implementation: Implementation) -> None:
    found = implementation.call("GET", "/v1/clinics?postal_code=58000").json()["clinics"]
    assert found
    assert found[0]["registration_hours"]
    assert implementation.call("GET", "/v1/clinics?postal_code=00000").json()["clinics"] == []


def test_what_is_no_postal_code(implementation: Implementation) -> None:
    for query in ("", "?postal_code=", "?postal_code=5800", "?postal_code=58000&postal_code=1"):
        says_no(implementation.call("GET", f"/v1/clinics{query}"), 400, "request_not_valid")
