"""The problems that the sandbox answers with (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.imss.contract import Misfit

# code -> status and title
PROBLEMS: dict[str, tuple[int, str]] = {
    "request_not_valid": (400, "The request is not as the contract says"),
    "idempotency_key_missing": (400, "The header Idempotency-Key is missing"),
    "unauthorised": (401, "The bearer token is missing or wrong"),
    "folio_unknown": (404, "There is no such registration"),
    "capture_line_unknown": (404, "There is no such line of this registration"),
    "path_unknown": (404, "There is nothing at this path"),
    "method_not_allowed": (405, "This path does not have this method"),
    "already_registered": (409, "The CURP has a registration"),
    "cover_already_paid": (409, "The next period is paid"),
    "request_too_large": (413, "The body is too long"),
    "media_type_not_supported": (415, "The body is not application/json"),
    "idempotency_key_reused": (422, "The key was used for another call"),
    "curp_not_well_formed": (422, "The CURP is not well formed"),
    "curp_unknown": (422, "The CURP is not in the register"),
    "curp_cannot_change": (422, "The CURP of a registration cannot change"),
    "nss_not_well_formed": (422, "The NSS is not well formed"),
    "nss_unknown": (422, "The NSS is not in the register"),
    "nss_of_other_person": (422, "The NSS and the CURP belong to different people"),
    "income_not_positive": (422, "The income is not above zero"),
    "figures_not_published": (422, "The figures of the first month are not published"),
    "internal_error": (500, "The service failed"),
    "service_unavailable": (503, "The service is not available now"),
}
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that says no; `code` is one of PROBLEMS."""

    def __init__(self, code: str, fields: Sequence[Misfit] = ()) -> None:
        self.code = code
        self.fields = tuple(fields)
        super().__init__(code)


def problem_response(
    problem: Problem, headers: Mapping[str, str] | None = None, status: int | None = None
) -> Response:
    """The problem as an HTTP answer. Places of what does not fit are told, values never."""
    usual_status, title = PROBLEMS[problem.code]
    content: dict[str, Any] = {
        "type": f"urn:imss-pti:problem:{problem.code}",
        "title": title,
        "status": status or usual_status,
        "code": problem.code,
    }
    if problem.fields:
        content["fields"] = [field._asdict() for field in problem.fields]
    return JSONResponse(content, content["status"], dict(headers or {}), MEDIA_TYPE)
