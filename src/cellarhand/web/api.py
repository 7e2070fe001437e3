"""The API for looking: the same as the pages, as JSON. OpenAPI at /api."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import numpy as np
from fastapi import Request
from starlette.responses import StreamingResponse

from cellarhand.domain import Batch, Role
from cellarhand.web import told
from cellarhand.web.draw import chart
from cellarhand.web.guard import P, Routes
from cellarhand.web.ports import TankNow
from cellarhand.web.render import taste_of

api = Routes(prefix="/api", tags=["cellar"])
V = Role.VIEWER


def _batch(batch: Batch) -> dict[str, Any]:
    names = ("id", "name", "tank", "kind", "brand", "style", "culture", "og", "expected_fg", "assumed")
    stamps = ("started_at", "pitched_at", "full_at", "ended_at")
    return {n: getattr(batch, n) for n in names} | {n: _iso(getattr(batch, n)) for n in stamps}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _summary(view: TankNow, now: datetime) -> dict[str, Any]:
    curve = view.curve
    return {
        "id": view.tank.id,
        "name": view.tank.name,
        "area": view.tank.area,
        "volume_l": view.tank.volume_l,
        "cycle": view.tank.cycle,
        "batch": None if view.batch is None else _batch(view.batch),
        "phase": view.phase,
        "sg": None if curve is None else told.finite(curve.level),
        "attenuation": None if curve is None else told.finite(curve.attenuation),
        "abv": None if curve is None else told.finite(curve.abv),
        "points_a_day": float(curve.rate[-1]) if curve is not None and len(curve.rate) else None,
        "temp_c": view.temp_c,
        "newest": _iso(view.newest),
        "silent": told.silent_for(view, now) is not None,
        "stable": view.stable,
        "sources": list(view.sources),
        "forecast": None if view.forecast is None else view.forecast.as_json(),
        "p_done_now": told.p_done_now(view, now),
        "notes": list(view.notes),
    }


@api.on("GET", "/tanks", who=V)
def tanks(ports: P) -> list[dict[str, Any]]:
    """Every tank as it stands."""
    now = ports.cellar.now()
    return [_summary(view, now) for view in ports.cellar.tanks()]


@api.on("GET", "/tanks/{tank}", who=V)
def tank(tank: str, ports: P) -> dict[str, Any]:
    """One tank, by name or id."""
    return _summary(ports.cellar.tank(tank), ports.cellar.now())


@api.on("GET", "/tanks/{tank}/readings", who=V)
def readings(tank: str, ports: P, channel: str | None = None, since: datetime | None = None) -> list[dict[str, Any]]:
    """Readings of what is in the tank, as received, oldest first."""
    found = ports.cellar.readings(ports.cellar.tank(tank), channel, since)
    return [{**row, "observed_at": _iso(row["observed_at"])} for row in found]


@api.on("GET", "/tanks/{tank}/curve", who=V)
def curve(tank: str, ports: P) -> dict[str, Any]:
    """The cleaned curve: cells of an hour, and what was set aside and why. Hours since the first pitch."""
    view = ports.cellar.tank(tank)
    c = view.curve
    if c is None:
        return {"hours": [], "sg": [], "set_aside": []}

    def numbers(values: Any) -> list[float | None]:
        return [None if not np.isfinite(v) else round(float(v), 6) for v in values]

    return {
        "zero": _iso(c.started_at),
        "as_of_hours": c.now,
        **{n: numbers(getattr(c, n)) for n in ("hours", "sg", "smooth", "se", "rate", "temp_c")},
        "og": c.og,
        "attenuation": c.attenuation,
        "abv": c.abv,
        "set_aside": [{"hours": a.hours, "sg": a.sg, "reason": a.reason, "source": a.source} for a in c.set_aside],
        "notes": list(c.notes),
    }


@api.on("GET", "/tanks/{tank}/forecast", who=V)
def forecast(tank: str, ports: P) -> dict[str, Any] | None:
    """What is expected: the record that `cellarhand forecast --json` prints; null without beer."""
    view = ports.cellar.tank(tank)
    return None if view.forecast is None else view.forecast.as_json()


@api.on("GET", "/tanks/{tank}/story", who=V)
def story(tank: str, ports: P) -> dict[str, Any]:
    """What happened to what is in the tank: brews, phases, events, and what was said when."""
    view = ports.cellar.tank(tank)
    if view.batch is None:
        return {"batch": None, "brews": [], "phases": [], "events": [], "said": []}
    brews = ports.cellar.brews(view.batch.id)
    return {
        "batch": _batch(view.batch),
        "brews": [{"volume_l": b.volume_l, "og": b.og, "started_at": _iso(b.started_at)} for b in brews],
        "phases": [
            {"name": p.name, "from_at": _iso(p.from_at), "to_at": _iso(p.to_at), "said_by": p.said_by}
            for p in ports.cellar.phases(view.batch.id)
        ],
        "events": [{**e, "at": _iso(e["at"])} for e in ports.cellar.events(view)],
        "said": [f.as_json() | {"as_of": _iso(f.as_of_at)} for f in ports.cellar.said(view.batch.id)],
    }


@api.on("GET", "/tanks/{tank}/chart", who=V)
def chart_data(tank: str, request: Request, ports: P) -> dict[str, Any]:
    """Series of the large chart, in the viewer's units."""
    view = ports.cellar.tank(tank)
    said = ports.cellar.said(view.batch.id) if view.batch else []
    return chart(view, said, ports.cellar.events(view), taste_of(request))


@api.on("GET", "/batches", who=V)
def batches(ports: P) -> list[dict[str, Any]]:
    """All batches, newest first."""
    return [_batch(b) for b in ports.cellar.batches()]


@api.on("GET", "/events", who=V, response_class=StreamingResponse)
async def events(request: Request, ports: P, since: int | None = None, but: str = "") -> StreamingResponse:
    """Server-sent events: one a change, id = its number in the sequence. A reconnect with Last-Event-ID misses none.

    `but` leaves out one kind: pages that show forecasts need not hear of each reading.
    """
    last = request.headers.get("last-event-id", "")
    start = int(last) if last.isdigit() else since

    async def lines() -> AsyncIterator[str]:
        yield "retry: 2000\n\n"
        begin = await asyncio.to_thread(ports.cellar.newest_change) if start is None else start
        async for change in ports.cellar.changes(begin):
            if change is None:
                yield ": still here\n\n"
            elif change.kind != but:
                data = json.dumps({"kind": change.kind, "tank": change.tank})
                yield f"id: {change.seq}\nevent: change\ndata: {data}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})
