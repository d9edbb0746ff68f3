"""Who may do what: roles, permissions, and the mark on each endpoint that says what it needs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

LONGEST_NEXT = 1000


class Permission(Enum):
    """What an endpoint may ask for."""

    OWN = "own"
    READ = "read"
    UNMASK = "unmask"
    EXPORT = "export"
    EXPORT_UNMASKED = "export_unmasked"
    ACT = "act"
    REVIEW = "review"
    SETTLE = "settle"
    FIGURES = "figures"
    MANAGE = "manage"


_AGENT = frozenset({Permission.OWN, Permission.READ, Permission.UNMASK, Permission.ACT})
_REVIEWER = _AGENT | {Permission.REVIEW, Permission.FIGURES, Permission.EXPORT}
_SUPERVISOR = _REVIEWER | {Permission.SETTLE, Permission.EXPORT_UNMASKED}
PERMISSIONS = {
    "agent": _AGENT,
    "reviewer": _REVIEWER,
    "supervisor": _SUPERVISOR,
    "administrator": _SUPERVISOR | {Permission.MANAGE},
}
ROLES = tuple(PERMISSIONS)


class Stage(Enum):
    """How far somebody has come in. The value is the page that is next, where one is."""

    OUT = "/login"
    CODE = "/login/code"
    NEW_PASSWORD = "/login/password"  # noqa: S105 - a page
    SET_UP = "/login/second-step"
    IN = "/"


@dataclass(frozen=True)
class Account:
    """Somebody who works with the console."""

    id: int
    login: str
    name: str
    role: str
    language: str

    def may(self, permission: Permission) -> bool:
        """Whether the role has the permission."""
        return permission in PERMISSIONS[self.role]


@dataclass(frozen=True)
class Rule:
    """What an endpoint needs. Without a permission the stage is enough."""

    stages: frozenset[Stage]
    permission: Permission | None = None
    proven: bool = False


Endpoint = Callable[..., Any]


def needs(permission: Permission, *, proven: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint for accounts that have the permission; with `proven`, who did not give
    their password or code lately is asked for it first. The endpoint's last argument is the
    request."""
    return _guarded(Rule(frozenset({Stage.IN}), permission, proven))


def at_stage(*stages: Stage) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint for those who have come so far, whatever their role."""
    return _guarded(Rule(frozenset(stages)))


def anybody(endpoint: Endpoint) -> Endpoint:
    """Marks an endpoint that needs no account."""
    return at_stage(*Stage)(endpoint)


def proved_recently(request: Request) -> bool:
    """Whether the password or code was given lately enough for a delicate deed."""
    session = request.state.session
    minutes = request.state.house.settings.console.prove_minutes
    return session is not None and session.now - session.proved_at <= minutes * 60


def go(request: Request, address: str) -> Response:
    """Sends the browser to another page, also where HTMX asked."""
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def safe_next(address: str) -> str:
    """The address if it is a path of ours, else the first page."""
    parts = urlsplit(address) if len(address) <= LONGEST_NEXT and address.isprintable() else None
    ours = parts and not parts.scheme and not parts.netloc and address.startswith("/")
    return address if ours and not address.startswith("//") and "\\" not in address else "/"


def _guarded(rule: Rule) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def guarded(*arguments: Any) -> Response:
            refused = _refusal(rule, arguments[-1])
            if refused is not None:
                return refused
            if inspect.iscoroutinefunction(endpoint):
                answer: Response = await endpoint(*arguments)
                return answer
            return await run_in_threadpool(endpoint, *arguments)

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded

    return mark


def _refusal(rule: Rule, request: Request) -> Response | None:
    """What is answered in place of the endpoint; None where it may run."""
    stage: Stage = request.state.stage
    if stage not in rule.stages:
        return _to_their_stage(request, stage)
    if rule.permission is not None and not request.state.account.may(rule.permission):
        raise HTTPException(403)
    if rule.proven and not proved_recently(request):
        return go(request, f"/prove?next={quote(_came_from(request), safe='/')}")
    return None


def _to_their_stage(request: Request, stage: Stage) -> Response:
    if stage is not Stage.OUT:
        return go(request, stage.value)
    wanted = _came_from(request)
    return go(request, "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}")


def _came_from(request: Request) -> str:
    """The page to come back to: this one, or for a deed and for HTMX the one that it was on."""
    if request.method == "GET" and "hx-request" not in request.headers:
        parts = urlsplit(str(request.url))
    else:
        parts = urlsplit(
            request.headers.get("hx-current-url") or request.headers.get("referer", "")
        )
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))
