"""The nouns as frozen records, the algebra of distributions, the protocols that join parts, the base of all errors."""

from cellarhand.domain.curve import Curve, SetAside
from cellarhand.domain.distribution import LEVELS, Distribution, Floats
from cellarhand.domain.errors import (
    CellarhandError,
    Conflict,
    NotAllowed,
    NotFound,
    Refused,
    StoreUnavailable,
    TooFewBatches,
)
from cellarhand.domain.forecast import Fan, Forecast, from_paths
from cellarhand.domain.promise import Ledger, Outcome, Promise, Tally
from cellarhand.domain.protocols import Clock, Estimator
from cellarhand.domain.records import (
    Batch,
    Brew,
    Cycle,
    Device,
    Event,
    Kind,
    Person,
    Phase,
    PhaseName,
    Place,
    PlaceRole,
    Quality,
    Reading,
    Role,
    Tank,
)
from cellarhand.domain.rungs import Advised, Gate, Learned, Rungs, Said

__all__ = [
    "LEVELS",
    "Advised",
    "Batch",
    "Brew",
    "CellarhandError",
    "Clock",
    "Conflict",
    "Curve",
    "Cycle",
    "Device",
    "Distribution",
    "Estimator",
    "Event",
    "Fan",
    "Floats",
    "Forecast",
    "Gate",
    "Kind",
    "Learned",
    "Ledger",
    "NotAllowed",
    "NotFound",
    "Outcome",
    "Person",
    "Phase",
    "PhaseName",
    "Place",
    "PlaceRole",
    "Promise",
    "Quality",
    "Reading",
    "Refused",
    "Role",
    "Rungs",
    "Said",
    "SetAside",
    "StoreUnavailable",
    "Tally",
    "Tank",
    "TooFewBatches",
    "from_paths",
]
