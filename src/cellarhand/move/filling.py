"""The brewhouse's steps in a tank's volume: a rise between two plateaus is one brew."""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from cellarhand.move.stamps import HOUR, SECOND

_STILL_US = 1_800 * SECOND  # a level that stands for half an hour is between two brews
_STILL_SHARE = 0.005  # of the largest volume
_FINER = 5.0
_LEAST_SHARE = 0.2  # of the usual brew: less is yeast, hops in water, the end of a hose
_LEAST_OF_TANK = 0.02
_JOINS_US = 2 * HOUR


@dataclass(frozen=True, slots=True)
class Step:
    """One brew as the volume shows it; `ended_us` None where the volume still rises at the end of what is known."""

    volume_l: float
    started_us: int
    ended_us: int | None


def steps(us: Sequence[int], volume: Sequence[float | None]) -> list[Step]:
    """The brews in one filling. Rows from just before it until the beer leaves; both of shape (n,), litres.

    A plateau is a level that moves by no more than 0.5 % of the most in the tank over half an hour, so that a pause of
    a few minutes within a knock-out parts nothing. Brews that follow each other without such a pause count as one.

    >>> times = [i * 600 * SECOND for i in range(13)]
    >>> [round(s.volume_l) for s in steps(times, [0, 0, 0, 0, 70, 140, 140, 140, 140, 140, 210, 280, 280])]
    [140, 140]
    """
    levels = _smooth(volume)
    if len(levels) < 2:
        return []
    top = max(levels)
    still = _plateaus(us, levels, _STILL_SHARE * top)
    if not still or still[0][0] > 0:
        still.insert(0, (0, 0))
    found: list[Step] = []
    for (_, before), (after, _) in itertools.pairwise(still):
        found.append(Step(levels[after] - levels[before], us[before], us[after]))
    last = still[-1][1]
    if levels[-1] - levels[last] > _LEAST_OF_TANK * top:
        arrived = next((i for i in range(last, len(us)) if levels[i] >= levels[-1] - _STILL_SHARE * top), len(us) - 1)
        found.append(Step(levels[-1] - levels[last], us[last], us[arrived] if arrived < len(us) - 1 else None))
    return _whole([step for step in found if step.volume_l > _LEAST_OF_TANK * top])


def _smooth(volume: Sequence[float | None]) -> list[float]:
    """Missing levels carried on, and a single odd one taken out by the median of three."""
    carried: list[float] = []
    for v in volume:
        carried.append(v if v is not None else (carried[-1] if carried else 0.0))
    middle = [sorted(carried[i - 1 : i + 2])[1] for i in range(1, len(carried) - 1)]
    return [*carried[:1], *middle, *carried[-1:]] if len(carried) > 2 else carried


def _plateaus(us: Sequence[int], levels: Sequence[float], tolerance: float) -> list[tuple[int, int]]:
    """First and last row of every stretch that stands still for half an hour, or until the end."""
    found: list[tuple[int, int]] = []
    i = 0
    while i < len(levels):
        j = i
        while j + 1 < len(levels) and abs(levels[j + 1] - levels[i]) <= tolerance:
            j += 1
        if us[j] - us[i] >= _STILL_US:
            found.append(_settled(levels, i, j, tolerance / _FINER))
            i = j + 1
        else:
            i += 1
    return found


def _settled(levels: Sequence[float], first: int, last: int, tolerance: float) -> tuple[int, int]:
    """The rows of a plateau that are close to its level: the end of one rise and the start of the next cut off."""
    level = statistics.median(levels[first : last + 1])
    close = [i for i in range(first, last + 1) if abs(levels[i] - level) <= tolerance]
    return close[0], close[-1]


def _whole(found: list[Step]) -> list[Step]:
    """Small rises join the brew next to them; those that come hours later are no brews."""
    if not found:
        return []
    least = _LEAST_SHARE * statistics.median(step.volume_l for step in found)
    out: list[Step] = []
    waiting: Step | None = None
    for step in found:
        if step.volume_l >= least:
            volume = step.volume_l + (waiting.volume_l if waiting else 0.0)
            out.append(Step(volume, waiting.started_us if waiting else step.started_us, step.ended_us))
            waiting = None
        elif not out:
            waiting = step
        elif out[-1].ended_us is not None and step.started_us - out[-1].ended_us <= _JOINS_US:
            out[-1] = Step(out[-1].volume_l + step.volume_l, out[-1].started_us, step.ended_us)
    return out
