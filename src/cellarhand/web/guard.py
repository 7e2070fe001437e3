"""Who may: every route says it, by one decorator; unsafe requests must come from our own pages or carry a token."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cellarhand.domain import CellarhandError, Person, Role
from cellarhand.web.ports import Caller, Ports

COOKIE = "cellarhand"
SAFE = {"GET", "HEAD", "OPTIONS"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


class SignInFirst(CellarhandError):
    """Nobody is signed in."""


class RoleMissing(CellarhandError):
    """Somebody is, and may not."""


def ports_of(request: Request) -> Ports:
    """The parts behind this app."""
    ports: Ports = request.app.state.ports
    return ports


def caller_of(request: Request) -> Caller:
    """Who asks, found once a request. Blocking: runs in a thread."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" and bearer else None
        known = ports_of(request).accounts.caller(request.cookies.get(COOKIE), token)
        request.state.caller = known
    return known


def who_is(caller: Annotated[Caller, Depends(caller_of)]) -> Person:
    """The person; SignInFirst without one."""
    if caller.person is None:
        raise SignInFirst("sign in first")
    return caller.person


Who = Annotated[Person, Depends(who_is)]
P = Annotated[Ports, Depends(ports_of)]


def needs(role: Role) -> Callable[[Caller], None]:
    """The dependency that lets only this role pass."""

    def check(caller: Annotated[Caller, Depends(caller_of)]) -> None:
        if caller.person is None:
            raise SignInFirst("sign in first")
        if not caller.may(role):
            raise RoleMissing(f"this needs the role {role}; {caller.person.name} is {caller.person.role}")

    return check


class Routes(APIRouter):
    """A router on which every route states who may use it: a role, or None for anyone."""

    def on(self, method: str, path: str, *, who: Role | None, **more: Any) -> Callable[[Callable[..., Any]], Any]:
        """Like `.get` and its kin, with the role that is needed."""
        dependencies = [] if who is None else [Depends(needs(who))]
        extra = {**more.pop("openapi_extra", {}), "x-who": str(who or "anyone")}
        return self.api_route(path, methods=[method], dependencies=dependencies, openapi_extra=extra, **more)


class Guard:
    """Around everything: same-origin for unsafe methods, our own host in the open demo, headers on every answer."""

    def __init__(self, app: ASGIApp, *, ports: Ports) -> None:
        self.app, self._ports = app, ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/in/"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            body = {"rule": refusal, "value": scope["path"], "cause": "is another page sending this?"}
            await JSONResponse(body, 403, dict(_HEADERS))(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._ports.accounts.demo and host.rsplit(":", 1)[0] not in LOOPBACK and host not in LOOPBACK:
            return "the demo answers only to this machine's own name"
        if scope["method"] in SAFE or headers.get("authorization", "").lower().startswith("bearer "):
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site in ("same-origin", "none") or (origin is not None and origin.partition("://")[2] == host):
            return None
        return "what changes something must come from Cellarhand's own pages, or carry a token"
