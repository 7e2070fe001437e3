"""What an estimator says: when it will be done, how low it will go, and how sure it is."""

import math
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.domain.distribution import LEVELS, Distribution, Floats, weighted_quantiles

_KEPT_LEVELS = np.array([2.5, 10, 25, 50, 75, 90, 97.5]) / 100.0
_KEPT_TIMES = 24
_MAGIC = b"CF1"


@dataclass(frozen=True, eq=False)
class Fan:
    """Quantiles of gravity over the hours ahead: `times` (k,) from 0, `grid` (k, 99); constant after the last."""

    times: Floats
    grid: Floats

    def at(self, hours: ArrayLike) -> Distribution:
        """The gravity that many hours from `now`: a distribution with the shape of `hours` in front."""
        t = np.clip(np.asarray(hours, float), self.times[0], self.times[-1])
        k = np.clip(np.searchsorted(self.times, t, side="right") - 1, 0, len(self.times) - 2)
        share = ((t - self.times[k]) / (self.times[k + 1] - self.times[k]))[..., None]
        return Distribution(self.grid[k] * (1 - share) + self.grid[k + 1] * share)

    def crossing(self, sg: float) -> Distribution:
        """Hours until the gravity is at or below `sg`: P(crossing ≤ t) = P(gravity at t ≤ sg), made to rise in t.

        A share p has crossed when the p-quantile of gravity, a broken line in time, comes down to `sg`: no grid in time
        is needed, so the two agree between the times of the fan too.
        """
        below = np.maximum.accumulate(Distribution(self.grid).cdf(sg))
        already, never = float(below[0]), float(1.0 - below[-1])
        between = 1.0 - already - never
        if between < 1e-9:
            return Distribution(np.zeros(99), already=already, never=never)
        lines = np.minimum.accumulate(Distribution(self.grid).quantile(already + LEVELS * between), axis=0)
        return Distribution(np.maximum.accumulate(_reached(self.times, lines, sg)), already, never)


def _reached(times: Floats, lines: Floats, sg: float) -> Floats:
    """When each falling line (k, n) first comes down to `sg`; the last time for one that stays above by rounding."""
    down = lines <= sg
    k = np.where(down.any(0), down.argmax(0), len(times) - 1)
    before, column = np.maximum(k - 1, 0), np.arange(lines.shape[1])
    high, low = lines[before, column], lines[k, column]
    share = np.clip((high - sg) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    return np.asarray(times[before] + share * (times[k] - times[before]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """Distributions of hours left, final gravity, the crossing of any gravity, and gravity at any hour ahead.

    `as_of` is in hours on the curve's clock; `as_of_at` the same as a date where the clock has one. `rung` says who
    spoke, `notes` what a reader must know, in whole sentences.
    """

    as_of: float
    rung: str
    hours_left: Distribution
    final_gravity: Distribution
    fan: Fan
    as_of_at: datetime | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def p_done(self) -> float:
        """P(already terminal)."""
        return float(self.hours_left.cdf(0.0))

    def crossing(self, sg: float) -> Distribution:
        """Hours until gravity `sg` is reached; its `never` is the chance that it stays above."""
        return self.fan.crossing(sg)

    def gravity_at(self, hours: ArrayLike) -> Distribution:
        """Gravity that many hours from now; shape of `hours` in front of the quantiles."""
        return self.fan.at(hours)

    def done_at(self, share: float) -> datetime | None:
        """The date by which it is done with that probability; None for never, without a dated clock, or after the
        year 9999."""
        left = float(self.hours_left.quantile(share))
        if self.as_of_at is None or not math.isfinite(left):
            return None
        try:
            return self.as_of_at + timedelta(hours=left)
        except OverflowError:
            return None

    def as_json(self) -> dict[str, object]:
        """The record that `--json` prints: quantiles with null for never."""
        shares = {"p10": 0.1, "p50": 0.5, "p90": 0.9}

        def number(x: float, digits: int) -> float | None:
            return round(x, digits) if math.isfinite(x) else None

        done: dict[str, str | None] | None = None
        if self.as_of_at is not None:
            dates = {k: self.done_at(p) for k, p in shares.items()}
            done = {k: None if d is None else d.isoformat(timespec="seconds") for k, d in dates.items()}
        return {
            "hours_left": {k: number(float(self.hours_left.quantile(p)), 2) for k, p in shares.items()},
            "p_done": round(self.p_done, 4),
            "done_at": done,
            "final_gravity": {k: number(float(self.final_gravity.quantile(p)), 5) for k, p in shares.items()},
            "rung": self.rung,
            "as_of_hours": round(self.as_of, 4),
            "notes": list(self.notes),
        }

    def packed(self) -> bytes:
        """Under 2 kB: quantiles at 0.02 % of an hour and 0.01 points, the fan at 24 times and 7 levels."""
        pick = np.unique(np.linspace(0, len(self.fan.times) - 1, _KEPT_TIMES).round().astype(int))
        fan = Distribution(self.fan.grid[pick]).quantile(_KEPT_LEVELS)
        texts = "\n".join((self.rung, *self.notes)).encode()[:1000]
        head = struct.pack("<dffH", self.as_of, self.hours_left.already, self.hours_left.never, len(pick))
        parts = [_hours_code(self.hours_left.grid), _sg_code(self.final_gravity.grid)]
        parts += [_hours_code(self.fan.times[pick]), _sg_code(fan)]
        return _MAGIC + head + b"".join(parts) + texts

    @classmethod
    def unpacked(cls, blob: bytes, *, as_of_at: datetime | None = None) -> "Forecast":
        """The inverse of `packed`, to its precision."""
        if blob[:3] != _MAGIC:
            raise ValueError(f"a kept forecast starts with {_MAGIC!r}; got {blob[:3]!r}")
        as_of, already, never, k = struct.unpack_from("<dffH", blob, 3)
        at = 3 + struct.calcsize("<dffH")
        take = np.frombuffer(blob, "<u2", count=198 + k + k * len(_KEPT_LEVELS), offset=at).astype(float)
        rung, *notes = blob[at + 2 * len(take) :].decode(errors="ignore").split("\n")
        kept = _sg_value(take[198 + k :].reshape(k, len(_KEPT_LEVELS)))
        grid = np.stack([np.interp(LEVELS, _KEPT_LEVELS, row) for row in kept])
        return cls(
            as_of=as_of,
            as_of_at=as_of_at,
            rung=rung,
            notes=tuple(notes),
            hours_left=Distribution(_hours_value(take[:99]), already, never),
            final_gravity=Distribution(_sg_value(take[99:198])),
            fan=Fan(_hours_value(take[198 : 198 + k]), grid),
        )


def from_paths(
    *,
    as_of: float,
    rung: str,
    ahead: Floats,
    paths: Floats,
    left: Floats,
    final: Floats,
    weights: Floats | None = None,
    as_of_at: datetime | None = None,
    notes: tuple[str, ...] = (),
) -> Forecast:
    """A forecast from m sampled futures: `ahead` (k,) hours from 0, `paths` (m, k) gravities, `left`, `final` (m,)."""
    w = np.ones(len(left)) if weights is None else weights
    grid = np.stack([weighted_quantiles(column, w, LEVELS) for column in paths.T])
    return Forecast(
        as_of=as_of,
        as_of_at=as_of_at,
        rung=rung,
        notes=notes,
        hours_left=Distribution.of(left, w),
        final_gravity=Distribution.of_gravity(final, w),
        fan=Fan(ahead, grid),
    )


def _hours_code(hours: Floats) -> bytes:
    return bytes(np.clip(np.log1p(hours) * 6000, 0, 65535).round().astype("<u2").tobytes())


def _hours_value(code: Floats) -> Floats:
    return np.asarray(np.expm1(code / 6000))


def _sg_code(sg: Floats) -> bytes:
    return bytes(np.clip((sg - 0.9) * 1e5, 0, 65535).round().astype("<u2").tobytes())


def _sg_value(code: Floats) -> Floats:
    return np.asarray(code / 1e5 + 0.9)
