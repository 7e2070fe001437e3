"""The pages, and the fragments that keep them live."""

from typing import Annotated, Any

from fastapi import Form, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from cellarhand.domain import CellarhandError, Role
from cellarhand.web import draw
from cellarhand.web.answers import problem
from cellarhand.web.guard import COOKIE, P, Routes, Who, caller_of
from cellarhand.web.render import HERE, page, taste_of

pages = Routes(include_in_schema=False)
V, B, A = Role.VIEWER, Role.BREWER, Role.ADMIN
MONTH_S = 30 * 24 * 3600


@pages.on("GET", "/", who=V)
def cellar(request: Request, ports: P) -> Response:
    """Every tank, a card each."""
    return page(request, "cellar.html", views=ports.cellar.tanks(), fresh=False, seq=ports.cellar.newest_change())


@pages.on("GET", "/cards", who=V)
def cards(request: Request, ports: P, tank: Annotated[list[str], Query(max_length=500)]) -> Response:
    """Some cards, fetched anew when their tanks change."""
    names, views = set(tank), ports.cellar.tanks()
    changed = [view for view in views if view.tank.name in names]
    return page(request, "_cards.html", views=views, changed=changed, fresh=True)


@pages.on("GET", "/tanks/{tank}", who=V)
def tank_page(tank: str, request: Request, ports: P) -> Response:
    """One tank: the large chart, what it said when, what can be done."""
    return page(request, "tank.html", seq=ports.cellar.newest_change(), **_tank(tank, ports))


@pages.on("GET", "/tanks/{tank}/now", who=V)
def tank_now(tank: str, request: Request, ports: P) -> Response:
    """What changes on the tank's page."""
    return page(request, "_tank.html", **_tank(tank, ports))


@pages.on("GET", "/tanks/{tank}/table", who=V)
def table(tank: str, request: Request, ports: P) -> Response:
    """The chart's table twin."""
    return page(request, "_table.html", view=ports.cellar.tank(tank))


def _tank(name: str, ports: P) -> dict[str, Any]:
    view = ports.cellar.tank(name)
    said = ports.cellar.said(view.batch.id) if view.batch else []
    devices = [d for d in ports.cellar.devices() if not d.device.revoked]
    return {
        "view": view,
        "said": draw.ladder_of(said, view.batch.hour_zero) if view.batch else [],
        "brews": ports.cellar.brews(view.batch.id) if view.batch else [],
        "events": ports.cellar.events(view),
        "corrections": ports.cellar.corrections(view),
        "here": [d for d in devices if d.tank == view.tank.name],
        "elsewhere": [d for d in devices if d.tank != view.tank.name],
    }


@pages.on("GET", "/start", who=B)
def start(request: Request, ports: P, tank: str = "") -> Response:
    """Beer goes into a tank."""
    views = ports.cellar.tanks()
    known = sorted({b.brand or b.name for b in ports.cellar.batches() if b.brand or not b.assumed})
    return page(request, "start.html", views=views, chosen=tank, known=known)


@pages.on("GET", "/round", who=B)
def round_(request: Request, ports: P) -> Response:
    """Tank by tank, with a wet thumb."""
    return page(request, "round.html", views=ports.cellar.tanks())


@pages.on("GET", "/round/sheet", who=B)
def sheet(request: Request, ports: P) -> Response:
    """The same round on paper."""
    return page(request, "sheet.html", views=ports.cellar.tanks())


@pages.on("GET", "/devices", who=V)
def devices(request: Request, ports: P) -> Response:
    """What posts readings."""
    return page(
        request, "devices.html", devices=ports.cellar.devices(), views=ports.cellar.tanks(), formats=ports.kinds
    )


@pages.on("GET", "/devices/{device_id}", who=V)
def device(device_id: int, request: Request, ports: P) -> Response:
    """One device: where it was, and what was refused of it."""
    return page(request, "device.html", now_=ports.cellar.device(device_id), views=ports.cellar.tanks())


@pages.on("GET", "/people", who=A)
def people(request: Request, ports: P) -> Response:
    """Who may do what."""
    return page(request, "people.html", persons=ports.accounts.persons())


@pages.on("GET", "/me", who=V)
def me(request: Request, who: Who, ports: P) -> Response:
    """Zone, units, and where one is signed in."""
    sessions = ports.accounts.sessions(who.id) if who.id else []
    return page(request, "me.html", sessions=sessions, chosen=taste_of(request))


@pages.on("GET", "/sign-in", who=None)
def sign_in_page(request: Request, ports: P, to: str = "/") -> Response:
    """Name and password."""
    caller_of(request)
    return page(request, "sign_in.html", to=_inside(to), failed="", anyone=ports.accounts.anyone())


@pages.on("POST", "/sign-in", who=None)
def sign_in(
    request: Request,
    ports: P,
    name: Annotated[str, Form(max_length=60)],
    password: Annotated[str, Form(max_length=1000)],
    to: Annotated[str, Form(max_length=200)] = "/",
) -> Response:
    """A session for the right password."""
    address = request.client.host if request.client else ""
    try:
        secret = ports.accounts.sign_in(name, password, address, request.headers.get("user-agent", ""))
    except CellarhandError as error:
        return page(request, "sign_in.html", status=403, to=_inside(to), failed=str(error), anyone=True)
    return _with_session(request, RedirectResponse(_inside(to), 303), secret)


@pages.on("POST", "/sign-out", who=None)
def sign_out(request: Request, ports: P) -> Response:
    """Ends the session."""
    secret = request.cookies.get(COOKIE)
    if secret:
        ports.accounts.sign_out(secret)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@pages.on("GET", "/welcome/{token}", who=None)
def welcome_page(token: str, request: Request, ports: P) -> Response:
    """Where a one-time link leads."""
    caller_of(request)
    person = ports.accounts.open_link(token)
    return page(request, "welcome.html", status=200 if person else 404, token=token, invited=person, failed="", name="")


@pages.on("POST", "/welcome/{token}", who=None)
def welcome(
    token: str,
    request: Request,
    ports: P,
    name: Annotated[str, Form(max_length=60)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """The person takes a name and a password, and is signed in."""
    try:
        secret = ports.accounts.accept_link(token, name, password, request.headers.get("user-agent", ""))
    except CellarhandError as error:
        person = ports.accounts.open_link(token)
        status, _ = problem(error)
        return page(request, "welcome.html", status=status, token=token, invited=person, failed=str(error), name=name)
    return _with_session(request, RedirectResponse("/", 303), secret)


def _with_session(request: Request, answer: Response, secret: str) -> Response:
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, secret, max_age=MONTH_S, httponly=True, samesite="lax", secure=secure, path="/")
    return answer


def _inside(path: str) -> str:
    """Only a path of our own: nobody is sent elsewhere after signing in."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@pages.on("GET", "/sw.js", who=None)
def service_worker(request: Request) -> Response:
    """The service worker must be served from the root that it works for."""
    return FileResponse(HERE / "static" / "sw.js", media_type="text/javascript")


@pages.on("GET", "/healthz", who=None)
def health(ports: P) -> dict[str, str]:
    """That the server is up, for whatever watches it from outside."""
    return {"status": "up", "version": ports.version}
