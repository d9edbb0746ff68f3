"""Which work belongs to which errand, with what it needs."""

from __future__ import annotations

from bot.errands.payment import Payments
from bot.errands.registration import change, find_clinic, read_status, register
from bot.errands.reminders import remind
from bot.imss.client import ImssClient
from bot.messaging.errand_runner import Result, Work
from bot.messaging.errands import Errand
from bot.people.erasure import Erasure
from bot.people.linking import Linking
from bot.settings import Settings
from bot.storage.database import Database

NO_SERVICE = Result("no_service")


def work_of(settings: Settings, database: Database) -> Work:
    """Does any errand, with the services that the settings name."""
    client = ImssClient.from_settings(settings)
    payments = Payments(settings, database)
    linking, erasure = Linking(database), Erasure(database)

    def work(errand: Errand) -> Result:
        if errand.kind == "remind":
            return remind(errand, client)
        if errand.kind == "link":
            return Result("done", inside=linking.of(errand.person_id, errand.request["code"]))
        if errand.kind == "erase":
            return Result("done", inside=erasure.of(errand.person_id, errand.address.channel))
        if client is None:
            return NO_SERVICE
        return _with_client(errand, client, payments)

    return work


def _with_client(errand: Errand, client: ImssClient, payments: Payments) -> Result:
    if errand.kind == "capture_line":
        return payments.issue(errand, client)
    if errand.kind == "payment":
        return payments.state(errand, client)
    works = {
        "register": register,
        "change": change,
        "status": read_status,
        "clinic": find_clinic,
    }
    return works[errand.kind](errand, client)
