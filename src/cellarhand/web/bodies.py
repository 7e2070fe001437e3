"""What the API takes, as models: so that others can see it, and so that nonsense is refused by name."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class TankIn(BaseModel):
    """A new tank."""

    name: str = Field(min_length=1, max_length=40, examples=["FV3"])
    area: str = Field("", max_length=40)
    volume_l: float | None = Field(None, gt=0, le=1e7)


class StepIn(BaseModel):
    """The tank moves on in its cycle."""

    state: Literal["empty", "CIP", "sanitised", "filling", "in use", "emptying", "out of service"]
    at: datetime | None = None


class BatchIn(BaseModel):
    """Beer goes into a tank. Times with zone; gravities SG."""

    name: str | None = Field(None, max_length=80)
    brand: str | None = Field(None, max_length=80)
    style: str | None = Field(None, max_length=80)
    kind: str | None = Field(None, examples=["ale"])
    culture: str | None = Field(None, max_length=80)
    og: float | None = None
    expected_fg: float | None = None
    started_at: datetime | None = None
    pitched_at: datetime | None = Field(None, description="hour 0; absent: not pitched yet")


class BatchChange(BatchIn):
    """What was stated of a batch, stated anew; only what is given changes."""

    full_at: datetime | None = None
    ended_at: datetime | None = None


class BrewIn(BaseModel):
    """One brew into a batch's tank."""

    volume_l: float = Field(gt=0, le=1e7)
    og: float | None = None
    started_at: datetime
    ended_at: datetime | None = None
    name: str = Field("", max_length=80)


class EventIn(BaseModel):
    """Something that was done or tested."""

    kind: str = Field(examples=["dry hop"])
    at: datetime | None = None
    data: dict[str, str | float | bool | None] = Field(default_factory=dict, max_length=20)


class DeviceIn(BaseModel):
    """A device that will post."""

    kind: str = Field(examples=["ispindel"])
    name: str = Field("", max_length=60)
    tank: str | None = None
    gravity_unit: Literal["sg", "plato"] | None = None


class PlaceIn(BaseModel):
    """Where a device hangs from now on; no tank means that it is out."""

    tank: str | None = None
    at: datetime | None = None
    role: Literal["control", "guard", "watch"] = "control"
    height: str = Field("", max_length=20)


class CorrectionIn(BaseModel):
    """What becomes of a proposed correction."""

    state: Literal["accepted", "dismissed", "proposed"]


class StrikeIn(BaseModel):
    """A reading that no curve shall use."""

    source_id: int
    at: datetime
    why: str = Field(min_length=3, max_length=200)


class UndoIn(BaseModel):
    """What a command gave as `undo`."""

    what: str = Field(min_length=3, max_length=120)


class InviteIn(BaseModel):
    """A person to be let in."""

    name: str = Field(min_length=1, max_length=60)
    role: Literal["viewer", "brewer", "admin"] = "brewer"


class RoleIn(BaseModel):
    """Another role; none disables the person."""

    role: Literal["viewer", "brewer", "admin"] | None


class TokenIn(BaseModel):
    """A token for a script."""

    label: str = Field(min_length=1, max_length=120)


class Preferences(BaseModel):
    """Zone and units of the pages."""

    zone: str = Field("UTC", max_length=60)
    gravity_unit: Literal["sg", "plato"] = "sg"
    temperature_unit: Literal["C", "F"] = "C"
    volume_unit: Literal["hL", "bbl", "L", "gal"] = "hL"
    pressure_unit: Literal["bar", "psi"] = "bar"
