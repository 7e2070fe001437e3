"""One render path: a template, who is looking, and how they like to read."""

import re
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from cellarhand.domain import Cycle, Kind, Role
from cellarhand.web import draw, show, told, worklist
from cellarhand.web.drawn import Drawn
from cellarhand.web.guard import ports_of
from cellarhand.web.ports import TankNow
from cellarhand.web.show import Taste

HERE = Path(__file__).parent
ICONS = {"▲": "warning", "■": "alarm", "◆": "note"}
ROLES = {"control": "leads", "guard": "stands guard", "watch": "only watches"}
_jinja = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_drawn = Drawn()
_in_turn = Lock()  # drawing is all computing: several at once finish no sooner, and posts wait for each of them


def taste_of(request: Request) -> Taste:
    """The viewer's zone and units."""
    caller = getattr(request.state, "caller", None)
    return Taste.of(caller.person if caller else None, dict(request.cookies))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page or a fragment of one."""
    ports, taste = ports_of(request), taste_of(request)
    caller = getattr(request.state, "caller", None)
    now = ports.cellar.now()
    context: dict[str, Any] = {
        "now": now,
        "taste": taste,
        "show": show,
        "told": told,
        "draw": draw,
        "worklist": worklist.worklist,
        "person": caller.person if caller else None,
        "by": caller.by if caller else "",
        "may": (lambda role: caller is not None and caller.may(Role(role))),
        "demo": ports.accounts.demo,
        "version": ports.version,
        "path": request.url.path,
        "mark_words": ICONS,
        "role_words": ROLES,
        "kind_words": (lambda kind: _short(next((words for name, words, _ in ports.kinds if name == kind), kind))),
        "kinds": list(Kind),
        "cycles": list(Cycle),
        "hour": timedelta(hours=1),
        "next_steps": next_steps,
    }
    roles = tuple(caller is not None and caller.may(role) for role in Role)

    def card(view: TankNow, *, fresh: bool) -> Markup:
        one = _jinja.get_template("_card.html")
        return _drawn.card(view, now, (taste, roles, fresh), lambda: one.render(view=view, fresh=fresh, **context))

    with _in_turn:
        html = _jinja.get_template(template).render(**context, card=card, **values)
    return HTMLResponse(html, status)


def _short(words: str) -> str:
    """The name at the head of a device kind's description, without its article."""
    return re.split(r"[,.]| by | on | or ", words)[0].removeprefix("An ").removeprefix("A ")


def next_steps(view: TankNow) -> list[tuple[str, str]]:
    """What usually comes next in the tank's cycle, first the likeliest: (state, words on the button)."""
    after: dict[Cycle, list[tuple[str, str]]] = {
        Cycle.EMPTY: [("CIP", "Start CIP"), ("out of service", "Out of service")],
        Cycle.CIP: [("sanitised", "Sanitised"), ("empty", "Clean, but not sanitised")],
        Cycle.SANITISED: [("CIP", "CIP again"), ("out of service", "Out of service")],
        Cycle.FILLING: [("in use", "Tank is full")],
        Cycle.IN_USE: [("emptying", "Start emptying"), ("empty", "It is empty")],
        Cycle.EMPTYING: [("empty", "It is empty"), ("in use", "Not yet: still in use")],
        Cycle.OUT_OF_SERVICE: [("empty", "Back in service")],
    }
    if view.batch is not None and view.tank.cycle not in (Cycle.FILLING, Cycle.IN_USE, Cycle.EMPTYING):
        return after[Cycle.IN_USE]
    return after[view.tank.cycle]
