"""The nouns as frozen records, by the words of the glossary. Times are aware UTC datetimes, quantities SI-like."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What kind of beer it is; durations and tails differ by kind more than by anything else."""

    ALE = "ale"
    LAGER = "lager"
    KVEIK = "kveik"
    KETTLE_SOUR = "kettle sour"
    MIXED = "mixed"
    STA1 = "STA1-positive"
    LOW_ALCOHOL = "low-alcohol"
    CIDER = "cider"
    MEAD = "mead"


class Cycle(StrEnum):
    """A tank's own cycle, whatever beer comes and goes."""

    EMPTY = "empty"
    CIP = "CIP"
    SANITISED = "sanitised"
    FILLING = "filling"
    IN_USE = "in use"
    EMPTYING = "emptying"
    OUT_OF_SERVICE = "out of service"


class PhaseName(StrEnum):
    """What the beer does."""

    FILLING = "filling"
    LAG = "lag"
    FERMENTATION = "fermentation"
    FREE_RISE = "free rise"
    DIACETYL_REST = "diacetyl rest"
    COOLING = "cooling"
    MATURATION = "maturation"
    READY = "ready to transfer"
    EMPTYING = "emptying"


class Role(StrEnum):
    """What a person may do: each role includes those before it."""

    VIEWER = "viewer"
    BREWER = "brewer"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """True where this role may do what `other` may.

        >>> Role.ADMIN.includes(Role.BREWER), Role.VIEWER.includes(Role.BREWER)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(other)


class PlaceRole(StrEnum):
    """What a sensor in a tank is for."""

    CONTROL = "control"
    GUARD = "guard"
    WATCH = "watch"


class Quality(StrEnum):
    """How far a reading can be trusted, as known when it came."""

    GOOD = "good"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One observed value of one channel, as received, never edited. Either a number or a text, never a stand-in."""

    channel: str
    observed_at: datetime
    value: float | None = None
    text: str | None = None
    precision_s: float = 0.0
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, kw_only=True, slots=True)
class Tank:
    """The vessel; outlives batches."""

    id: int
    name: str
    area: str = ""
    volume_l: float | None = None
    cycle: Cycle = Cycle.EMPTY
    cycle_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Brew:
    """What the brewhouse makes at once, and when it went into the tank."""

    volume_l: float
    og: float | None
    started_at: datetime
    ended_at: datetime | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A lot's stay in one tank. Hour 0 is `pitched_at`, the first pitch; rates count from `full_at`.

    `assumed`: nobody has said a word of it; it began because beer showed up, and counts from its first reading.
    """

    id: int
    tank_id: int
    tank: str
    name: str
    started_at: datetime
    pitched_at: datetime | None = None
    full_at: datetime | None = None
    ended_at: datetime | None = None
    kind: Kind = Kind.ALE
    brand: str | None = None
    style: str | None = None
    culture: str | None = None
    og: float | None = None
    expected_fg: float | None = None
    lot_id: int | None = None
    assumed: bool = False

    @property
    def hour_zero(self) -> datetime:
        """The batch's own clock starts here."""
        return self.pitched_at or self.started_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something a person did or tested: pitch, dry hop, dose, sample, VDK, taste, note."""

    kind: str
    at: datetime
    tank_id: int
    batch_id: int | None = None
    data: dict[str, object] = field(default_factory=dict)
    precision_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A thing that posts readings. A bridge (`parent_id` of others) speaks for several floats."""

    id: int
    kind: str
    name: str
    parent_id: int | None = None
    key: str = ""
    gravity_unit: str = "sg"
    revoked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a device hangs, from when to when: half-open, `to_at` None while it is there."""

    device_id: int
    tank_id: int
    from_at: datetime
    to_at: datetime | None = None
    role: PlaceRole = PlaceRole.CONTROL
    height: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who signs in. The secret is kept elsewhere."""

    id: int
    name: str
    role: Role
    zone: str = "UTC"
    gravity_unit: str = "sg"
    temperature_unit: str = "C"
    volume_unit: str = "hL"
    pressure_unit: str = "bar"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """What the beer does from when to when, and who says so: a Status, a person or the curve."""

    name: PhaseName
    from_at: datetime
    to_at: datetime | None = None
    said_by: str = "curve"
