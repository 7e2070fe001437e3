"""The API for doing: what people do, as JSON. Every answer says what was done and how to take it back."""

import asyncio
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse

from cellarhand.domain import Brew, CellarhandError, Role
from cellarhand.web import bodies
from cellarhand.web.answers import problem
from cellarhand.web.guard import P, Routes, Who
from cellarhand.web.inlet import TooLarge, body_of
from cellarhand.web.ports import DeviceNow, Done
from cellarhand.web.render import taste_of
from cellarhand.web.sheets import Entry, sample_of

acts = Routes(prefix="/api", tags=["doing"])
LARGEST_FILE = 64 * 1024 * 1024
MOST_ENTRIES = 500
V, B, A = Role.VIEWER, Role.BREWER, Role.ADMIN


def as_json(done: Done) -> dict[str, Any]:
    """What was done, how to take it back, and what else there is to tell."""
    return {"said": done.said, "undo": done.undo, **done.more}


@acts.on("POST", "/tanks", who=A, status_code=201)
def add_tank(body: bodies.TankIn, who: Who, ports: P) -> dict[str, Any]:
    """A new tank."""
    return as_json(ports.desk.add_tank(who, body.name, body.area, body.volume_l))


@acts.on("POST", "/tanks/{tank}/cycle", who=B, status_code=201)
def step(tank: str, body: bodies.StepIn, who: Who, ports: P) -> dict[str, Any]:
    """The tank moves on in its cycle."""
    return as_json(ports.desk.step(who, tank, body.state, body.at))


@acts.on("POST", "/tanks/{tank}/batches", who=B, status_code=201)
def start_batch(tank: str, body: bodies.BatchIn, who: Who, ports: P) -> dict[str, Any]:
    """Beer goes into the tank."""
    return as_json(ports.desk.start_batch(who, tank, body.model_dump()))


@acts.on("PATCH", "/batches/{batch_id}", who=B)
def change_batch(batch_id: int, body: bodies.BatchChange, who: Who, ports: P) -> dict[str, Any]:
    """What was stated of a batch, stated anew."""
    return as_json(ports.desk.change_batch(who, batch_id, body.model_dump(exclude_unset=True)))


@acts.on("POST", "/batches/{batch_id}/brews", who=B, status_code=201)
def add_brew(batch_id: int, body: bodies.BrewIn, who: Who, ports: P) -> dict[str, Any]:
    """One brew into the batch's tank."""
    return as_json(ports.desk.add_brew(who, batch_id, Brew(**body.model_dump())))


@acts.on("POST", "/tanks/{tank}/events", who=B, status_code=201)
def add_event(tank: str, body: bodies.EventIn, who: Who, ports: P) -> dict[str, Any]:
    """A pitch, dry hop, dose, test or note."""
    return as_json(ports.desk.event(who, tank, body.kind, body.at, body.data))


@acts.on("POST", "/round", who=B, status_code=201)
def keep_round(entries: list[Entry], request: Request, who: Who, ports: P) -> list[dict[str, Any]]:
    """What was measured on the round: each entry is kept or refused for itself. Sending it twice changes nothing."""
    taste, now, kept = taste_of(request), ports.cellar.now(), []
    for entry in entries[:MOST_ENTRIES]:
        try:
            view = ports.cellar.tank(entry.tank)
            og = view.curve.og if view.curve is not None else None
            sample = sample_of(entry, og=og, now=now, zone=taste.zone)
            kept.append({"client_id": entry.client_id, **as_json(ports.desk.sample(who, view.tank.name, sample))})
        except CellarhandError as error:
            status, told_ = problem(error)
            if status == 503:
                raise
            kept.append({"client_id": entry.client_id, "refused": told_})
    return kept


@acts.on("POST", "/undo", who=B)
def undo(body: bodies.UndoIn, who: Who, ports: P) -> dict[str, Any]:
    """Takes a command back."""
    return as_json(ports.desk.undo(who, body.what))


@acts.on("POST", "/tanks/{tank}/corrections/{correction_id}", who=B)
def correct(tank: str, correction_id: int, body: bodies.CorrectionIn, who: Who, ports: P) -> dict[str, Any]:
    """Accepts or dismisses a proposed drift correction."""
    return as_json(ports.desk.correct(who, tank, correction_id, body.state))


@acts.on("POST", "/tanks/{tank}/strikes", who=B, status_code=201)
def strike(tank: str, body: bodies.StrikeIn, who: Who, ports: P) -> dict[str, Any]:
    """Strikes out a reading: it stays, and no curve uses it."""
    return as_json(ports.desk.strike(who, tank, body.source_id, body.at, body.why))


@acts.on("POST", "/import", who=B, status_code=201)
async def import_log(
    request: Request, who: Who, ports: P, name: str, tank: str | None = None, zone: str | None = None
) -> JSONResponse:
    """Takes a log file in, whole or not at all: the body is the file, `name` its name, `zone` that of naive stamps."""
    try:
        content = await body_of(request, LARGEST_FILE)
    except TooLarge:
        return JSONResponse({"rule": "a log file has at most 64 MiB", "value": name, "cause": "cut it by year"}, 413)
    done = await asyncio.to_thread(ports.desk.import_log, who, tank, name[:120], content, zone)
    return JSONResponse(as_json(done), 201)


def _device(now: DeviceNow) -> dict[str, Any]:
    d = now.device
    return {
        "id": d.id,
        "kind": d.kind,
        "name": d.name,
        "behind": d.parent_id,
        "key": d.key,
        "gravity_unit": d.gravity_unit,
        "revoked": d.revoked,
        "tank": now.tank,
        "role": now.place.role if now.place else None,
        "height": now.place.height if now.place else None,
        "seen": now.seen.isoformat() if now.seen else None,
        "refused": now.refused,
        "refusals": [
            {**r, "first_at": r["first_at"].isoformat(), "last_at": r["last_at"].isoformat()} for r in now.refusals
        ],
    }


@acts.on("GET", "/devices", who=V)
def devices(ports: P) -> list[dict[str, Any]]:
    """All devices as they stand."""
    return [_device(d) for d in ports.cellar.devices()]


@acts.on("GET", "/devices/{device_id}", who=V)
def device(device_id: int, ports: P) -> dict[str, Any]:
    """One device, with what was refused of it."""
    return _device(ports.cellar.device(device_id))


@acts.on("POST", "/devices", who=B, status_code=201)
def add_device(body: bodies.DeviceIn, who: Who, ports: P) -> dict[str, Any]:
    """A device and its token, shown this once."""
    return as_json(ports.desk.add_device(who, body.model_dump()))


@acts.on("POST", "/devices/{device_id}/place", who=B)
def place(device_id: int, body: bodies.PlaceIn, who: Who, ports: P) -> dict[str, Any]:
    """Moves a device to a tank, or out."""
    return as_json(ports.desk.place(who, device_id, body.tank, body.at, body.role, body.height))


@acts.on("DELETE", "/devices/{device_id}", who=A)
def revoke(device_id: int, who: Who, ports: P) -> dict[str, Any]:
    """Refuses a device's token from now on."""
    return as_json(ports.desk.revoke_device(who, device_id))


@acts.on("GET", "/me", who=V)
def me(who: Who, ports: P) -> dict[str, Any]:
    """Who is asking."""
    sessions = ports.accounts.sessions(who.id) if who.id else []
    return {
        "name": who.name,
        "role": who.role,
        "zone": who.zone,
        "sessions": [{**s, "made_at": str(s["made_at"]), "seen_at": str(s["seen_at"])} for s in sessions],
    }


@acts.on("PUT", "/me/preferences", who=V)
def prefer(body: bodies.Preferences, who: Who, ports: P) -> dict[str, Any]:
    """Zone and units of the pages."""
    return as_json(ports.accounts.prefer(who, body.model_dump()))


@acts.on("POST", "/me/tokens", who=V, status_code=201)
def new_token(body: bodies.TokenIn, who: Who, ports: P) -> dict[str, Any]:
    """A token for a script that may do what this person may; shown this once."""
    return as_json(ports.accounts.new_token(who, body.label))


@acts.on("DELETE", "/me/sessions/{secret_id}", who=V)
def end_session(secret_id: int, who: Who, ports: P) -> dict[str, Any]:
    """Ends one of one's own sessions or tokens."""
    return as_json(ports.accounts.end_session(who, secret_id))


@acts.on("GET", "/persons", who=A)
def people(ports: P) -> list[dict[str, Any]]:
    """Everybody."""
    return [{"id": p.id, "name": p.name, "role": p.role} for p in ports.accounts.persons()]


@acts.on("POST", "/persons", who=A, status_code=201)
def invite(body: bodies.InviteIn, who: Who, ports: P) -> dict[str, Any]:
    """A person, and a one-time link to give them."""
    return as_json(ports.accounts.invite(who, body.name, Role(body.role)))


@acts.on("PUT", "/persons/{person_id}/role", who=A)
def set_role(person_id: int, body: bodies.RoleIn, who: Who, ports: P) -> dict[str, Any]:
    """Another role; none disables the person."""
    return as_json(ports.accounts.set_role(who, person_id, Role(body.role) if body.role else None))
