"""The demo cellar: six simulated tanks that post through the same doors as real devices, an hour of beer a second."""

import asyncio
import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from cellarhand.app.accounts import DEMO_PERSON
from cellarhand.app.clocks import FastClock
from cellarhand.app.house import House
from cellarhand.domain import CellarhandError, Cycle, Reading
from cellarhand.people import hash_token, new_token
from cellarhand.simulate.demo import CELLAR, DemoTank, over_after, seen
from cellarhand.store import Txn, cellar, kept, lookup, readings, sensors
from cellarhand.store.times import moment
from cellarhand.units import f_from_c, plato_from_sg
from cellarhand.web.ports import Sample

SPEED = 3600.0
TICK_S = 0.5
EVERY = timedelta(minutes=30)
BY_HAND_EVERY_H = 12.0


def is_demo(path: Path) -> bool:
    """Whether this store is empty, or was furnished as a demo before."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
        try:
            marked = conn.execute("SELECT 1 FROM settings WHERE name = 'demo'").fetchone()
            used = conn.execute("SELECT 1 FROM tanks UNION SELECT 1 FROM persons").fetchone()
        except sqlite3.DatabaseError:
            return False
    return marked is not None or used is None


def demo_clock(path: Path) -> FastClock:
    """Goes on where the demo stopped, else begins now."""
    start = datetime.now(UTC)
    if path.exists() and path.stat().st_size:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
            try:
                last = conn.execute("SELECT max(at) FROM changes").fetchone()[0]
            except sqlite3.DatabaseError:
                last = None
        if last is not None:
            start = max(start, moment(last))
    return FastClock(start, SPEED)


@dataclass
class _Tokens:
    """Secrets of the demo's devices, made anew at every start."""

    by_tank: dict[str, str] = field(default_factory=dict)


_tokens = _Tokens()


def furnish(house: House) -> None:
    """Makes the six tanks with their past where there are none; gives each device a fresh token."""
    with house.store.read() as conn:
        fresh = kept.get_setting(conn, "demo") is None
    house.store.writer.run(_furnish_all if fresh else _new_tokens)


def _furnish_all(txn: Txn) -> None:
    kept.set_setting(txn, "demo", "1")
    rng = np.random.default_rng(1)
    for tank in CELLAR:
        tank_id = cellar.add_tank(txn, tank.name, area="Demo", volume_l=tank.volume_l)
        pitched = txn.now - timedelta(hours=tank.age_h)
        _fill(txn, tank, tank_id, pitched)
        step = BY_HAND_EVERY_H if tank.sensor == "hand" else EVERY / timedelta(hours=1)
        hours = np.arange(0.25, tank.age_h, step)
        sg, temp = seen(tank, hours, rng)
        if tank.sensor == "hand":
            source = txn.ids.hand(txn.conn, tank_id, None, "demo by hand")
        else:
            device = sensors.add_device(
                txn, kind=tank.sensor, name=f"{tank.sensor} {tank.name}", token_hash=None,
                gravity_unit="plato" if tank.sensor == "ispindel" else "sg",
            )  # fmt: skip
            sensors.place_device(txn, device, tank_id, moment(0))
            if tank.sensor == "tiltpi":  # a bridge: the float behind it is what speaks
                device = sensors.add_device(
                    txn, kind=tank.sensor, name="Tilt Blue", token_hash=None, parent_id=device, key="BLUE"
                )
                sensors.place_device(txn, device, tank_id, moment(0))
            source = txn.ids.device(txn.conn, device)
        past: list[Reading] = []
        for h, g, t in zip(hours, sg, temp, strict=True):
            at = pitched + timedelta(hours=float(h))
            past += [Reading(channel="sg", observed_at=at, value=round(float(g), 5)),
                     Reading(channel="temp_c", observed_at=at, value=round(float(t), 2))]  # fmt: skip
        readings.append_readings(txn, source, past, txn.now)
        txn.change("reading", tank_id)
    _new_tokens(txn)


def _new_tokens(txn: Txn) -> None:
    names = {t.id: t.name for t in lookup.list_tanks(txn.conn)}
    behind = {d.id for d in sensors.list_devices(txn.conn) if d.parent_id is not None}
    for device_id, place in sensors.places_at(txn.conn, txn.now).items():
        if device_id in behind:
            continue
        token = new_token()
        sensors.set_token(txn, device_id, hash_token(token))
        _tokens.by_tank[names[place.tank_id]] = token


def _fill(txn: Txn, tank: DemoTank, tank_id: int, at: datetime) -> None:
    words = {"name": tank.beer, "brand": tank.beer, "style": tank.style, "kind": tank.kind}
    cellar.start_batch(txn, tank_id, started_at=at, pitched_at=at, full_at=at, words=words, og=tank.og)
    cellar.set_cycle(txn, tank_id, Cycle.IN_USE, at, None)


async def feed(house: House) -> None:
    """Until cancelled: every half hour of beer each sensor posts, a hand types twice a day, tanks turn round."""
    rng = np.random.default_rng()
    typed: dict[str, datetime] = {}
    while True:
        began = asyncio.get_running_loop().time()
        now = house.clock.now()
        for tank in CELLAR:
            view = next((v for v in house.board.views() if v.tank.name == tank.name), None)
            if view is None or view.batch is None:
                continue
            age = (now - view.batch.hour_zero) / timedelta(hours=1)
            if age > over_after(tank):
                await asyncio.to_thread(
                    house.store.writer.run, lambda txn, t=tank, v=view: _turn_round(txn, t, v.tank.id)
                )
                continue
            sg, temp = seen(tank, np.array([age]), rng)
            try:
                await _report(house, tank, now, float(sg[0]), float(temp[0]), typed)
            except CellarhandError:
                continue  # a spike out of range: refused at the door, as it should be
        await asyncio.sleep(max(TICK_S - (asyncio.get_running_loop().time() - began), 0.05))


def _turn_round(txn: Txn, tank: DemoTank, tank_id: int) -> None:
    for hours, state in ((9, Cycle.EMPTYING), (6, Cycle.EMPTY), (5, Cycle.CIP), (3, Cycle.SANITISED)):
        cellar.set_cycle(txn, tank_id, state, txn.now - timedelta(hours=hours), None)
    _fill(txn, tank, tank_id, txn.now)


async def _report(
    house: House, tank: DemoTank, now: datetime, sg: float, temp: float, typed: dict[str, datetime]
) -> None:
    if tank.sensor != "hand":
        body, content_type = _body(tank, sg, temp)
        token = _tokens.by_tank.get(tank.name, "")
        await house.intake.receive(tank.sensor, token, body, content_type)
        return
    if now - typed.get(tank.name, now - timedelta(days=9)) < timedelta(hours=BY_HAND_EVERY_H):
        return
    typed[tank.name] = now
    values = {"sg": round(sg, 4), "temp_c": round(temp, 1)}
    raw = {"gravity": round(plato_from_sg(sg), 1), "gravity_unit": "plato", "instrument": "hydrometer"}
    sample = Sample(client_id=new_token(), at=now, precision_s=60.0, raw=raw, values=values)
    await asyncio.to_thread(house.ports.desk.sample, DEMO_PERSON, tank.name, sample)


def _body(tank: DemoTank, sg: float, temp: float) -> tuple[bytes, str]:
    """The reading as this kind of device would send it."""
    if tank.sensor == "tiltpi":
        form = f"Temp={f_from_c(temp):.1f}&SG={sg:.4f}&Beer={tank.beer.replace(' ', '+')}&Color=BLUE&Comment="
        return form.encode(), "application/x-www-form-urlencoded"
    bodies: dict[str, dict[str, Any]] = {
        "ispindel": {"name": tank.name, "ID": 1, "angle": 45.0, "temperature": round(temp, 2), "temp_units": "C",
                     "battery": 3.9, "gravity": round(plato_from_sg(sg), 3), "interval": 900, "RSSI": -60},
        "rapt": {"device_id": "demo", "device_name": tank.name, "temperature": f"{temp:.2f}",
                 "gravity": f"{1000 * sg:.2f}", "battery": "88", "rssi": "-60"},
        "gravitymon": {"name": tank.name, "ID": "2E6753", "temperature": round(temp, 2), "temp_units": "C",
                       "gravity": round(sg, 5), "gravity-unit": "G", "angle": 45.0, "battery": 3.9, "RSSI": -60},
        "json": {"sg": round(sg, 5), "temp_c": round(temp, 2)},
    }  # fmt: skip
    return json.dumps(bodies[tank.sensor]).encode(), "application/json"
