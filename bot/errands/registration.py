"""Errands about a registration: sending it, changing it, reading it; and finding the clinic."""

from __future__ import annotations

from typing import Any

from bot.imss.client import ImssClient, idempotency_key
from bot.imss.json_form import from_json, to_json
from bot.imss.models import Registration, RegistrationChange, RegistrationRequest
from bot.messaging.errand_runner import Result
from bot.messaging.errands import Errand


def register(errand: Errand, client: ImssClient) -> Result:
    """Registers; the errand's key goes with the call, so that it is done once."""
    request = from_json(RegistrationRequest, errand.request["registration"])
    return _registered(client.register(request, idempotency_key("errand", errand.key)))


def change(errand: Errand, client: ImssClient) -> Result:
    """Sends all data anew: what is as it was changes nothing."""
    request = from_json(RegistrationRequest, errand.request["registration"])
    wanted = RegistrationChange(
        **{name: getattr(request, name) for name in RegistrationRequest.__dataclass_fields__}
    )
    key = idempotency_key("errand", errand.key)
    return _registered(client.change_registration(errand.request["folio"], wanted, key))


def read_status(errand: Errand, client: ImssClient) -> Result:
    """The registration as the institute has it."""
    return _registered(client.registration(errand.request["folio"]))


def find_clinic(errand: Errand, client: ImssClient) -> Result:
    """The clinic in charge of a postal code."""
    postal_code = errand.request["postal_code"]
    clinics = client.clinics(postal_code)
    if not clinics:
        return Result("none", {"postal_code": postal_code})
    clinic: dict[str, Any] = to_json(clinics[0])
    return Result("done", {"clinic": clinic, "test": "PRUEBA" in clinics[0].name})


def _registered(registration: Registration) -> Result:
    answer = {
        "folio": registration.folio,
        "on": registration.registered_at.date().isoformat(),
        "period": registration.contribution_period,
        "test": registration.test,
    }
    return Result("done", answer)
