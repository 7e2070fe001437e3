"""A round's entry as typed, into the readings that follow from it: units, instrument and alcohol taken into account."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from cellarhand.domain import Refused
from cellarhand.units import (
    BAR_PER_PSI,
    GRAVITY,
    PH,
    PRESSURE,
    TEMPERATURE,
    Range,
    c_from_f,
    hydrometer_at,
    plato_from_sg,
    refractometer_sg,
    sg_from_plato,
)
from cellarhand.web.ports import Sample

HALF_A_DAY_S = 43_200.0
WORT_FACTOR = 1.04
REFRACTOMETER_FROM = 0.97  # a refractometer needs no alcohol correction while this share of the extract is there


class Entry(BaseModel):
    """One tank on the round. Raw numbers as read, with their units and instruments; what was not measured is absent."""

    client_id: str = Field(
        min_length=8, max_length=40, description="made by the phone; sending it twice changes nothing"
    )
    tank: str
    at: datetime | None = Field(None, description="with zone; absent means `day`, or now")
    day: date | None = Field(None, description="only the day is known: noon, ± 12 h")
    gravity: float | None = None
    gravity_unit: Literal["sg", "plato", "brix"] = "sg"
    instrument: Literal["hydrometer", "refractometer", "density meter"] = "hydrometer"
    sample_c: float | None = Field(None, description="temperature of the sample under a hydrometer marked for 20 °C")
    degassed: bool = True
    temp: float | None = None
    temp_unit: Literal["C", "F"] = "C"
    ph: float | None = None
    pressure: float | None = None
    pressure_unit: Literal["bar", "psi"] = "bar"
    vdk_ppb: float | None = Field(None, ge=0, le=5000)
    taste: str = Field("", max_length=300)


def sample_of(entry: Entry, *, og: float | None, now: datetime, zone: ZoneInfo) -> Sample:
    """The sample that an entry stands for. Raises Refused on what can't be."""
    at, precision = _when(entry, now, zone)
    values: dict[str, float] = {}
    if entry.gravity is not None:
        values["sg"] = _checked(GRAVITY, _gravity(entry, og), entry.gravity)
    if entry.temp is not None:
        celsius = c_from_f(entry.temp) if entry.temp_unit == "F" else entry.temp
        values["temp_c"] = _checked(TEMPERATURE, celsius, entry.temp)
    if entry.ph is not None:
        values["ph"] = _checked(PH, entry.ph, entry.ph)
    if entry.pressure is not None:
        bar = entry.pressure * BAR_PER_PSI if entry.pressure_unit == "psi" else entry.pressure
        values["pressure_bar"] = _checked(PRESSURE, bar, entry.pressure)
    if entry.vdk_ppb is not None:
        values["vdk_ppb"] = entry.vdk_ppb
    if not values and not entry.taste.strip():
        raise Refused("an entry has at least one value", "nothing", "skip the tank instead")
    raw = entry.model_dump(mode="json", exclude_none=True, exclude={"client_id", "tank"})
    return Sample(
        client_id=entry.client_id, at=at, precision_s=precision, raw=raw, values=values, taste=entry.taste.strip()
    )


def _when(entry: Entry, now: datetime, zone: ZoneInfo) -> tuple[datetime, float]:
    if entry.day is not None and entry.at is None:
        noon = datetime.combine(entry.day, time(12), tzinfo=zone)
        if entry.day > now.astimezone(zone).date():
            raise Refused("a round is not in the future", entry.day.isoformat(), "is the day or the month swapped?")
        return min(noon, now) if noon > now else noon, HALF_A_DAY_S
    at = entry.at or now
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    if at > now + timedelta(minutes=10):
        raise Refused("a round is not in the future", at.isoformat(), "is the phone's clock right?")
    return at, 60.0


def _gravity(entry: Entry, og: float | None) -> float:
    """SG at 20 °C without alcohol's error, from what the instrument showed.

    >>> e = Entry(client_id="12345678", tank="FV1", gravity=12.0, gravity_unit="plato")
    >>> round(_gravity(e, None), 4)
    1.0484
    """
    assert entry.gravity is not None
    if entry.instrument == "refractometer":
        return _refractometer(entry, og)
    if entry.gravity_unit == "brix":
        raise Refused("°Bx is what a refractometer shows", entry.gravity, "choose refractometer, or °P")
    sg = sg_from_plato(entry.gravity) if entry.gravity_unit == "plato" else entry.gravity
    if entry.instrument == "hydrometer" and entry.sample_c is not None:
        if not 0.0 <= entry.sample_c <= 60.0:
            raise Refused("a hydrometer is read between 0 and 60 °C", entry.sample_c, "is it in °F?")
        sg = hydrometer_at(sg, entry.sample_c)
    return sg


def _refractometer(entry: Entry, og: float | None) -> float:
    assert entry.gravity is not None
    shown = entry.gravity if entry.gravity_unit != "sg" else plato_from_sg(entry.gravity) * WORT_FACTOR
    now_plato = shown / WORT_FACTOR
    if og is None:
        raise Refused(
            "a refractometer in fermenting beer needs the original gravity",
            entry.gravity,
            "state it for the batch, or read this one with a hydrometer",
        )
    wort = plato_from_sg(og)
    if now_plato >= REFRACTOMETER_FROM * wort:
        return sg_from_plato(now_plato)
    return refractometer_sg(shown, wort * WORT_FACTOR, WORT_FACTOR)


def _checked(limits: Range, value: float, typed: float) -> float:
    if not limits.holds(value):
        raise Refused(limits.rule, typed, limits.cause(typed), field=limits.name)
    return value
