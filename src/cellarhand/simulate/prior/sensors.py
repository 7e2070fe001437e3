"""The sensors' rows: every fault that a gravity sensor or a hand with a glass is known for. Groups are devices."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.prior.plan import Relatives
from cellarhand.simulate.prior.rows import HOUSE, OWN, WEARER, Family, Ints, Law, Row, Shares, draw_rows

N, L, U, C, H = Law.NORMAL, Law.LOGNORMAL, Law.UNIFORM, Law.CHANCE, Law.HEAVY
INLINE, FLOAT, DENSITY, GLASS = "in-line", "float", "density meter", "hydrometer"
DEVICES = (INLINE, FLOAT, DENSITY, GLASS)
DEVICE_MIX = (0.15, 0.40, 0.30, 0.15)  # of breweries; own choice: every habit well seen
BY_HAND = (False, False, True, True)
INTERVALS_H: dict[str, tuple[float, ...]] = {
    INLINE: (1 / 6, 1 / 3, 1 / 3, 0.5, 0.5, 1.0),  # BrewIQ 20–30 min, Deschutes vessels 10 min
    FLOAT: (1 / 60, 0.25, 0.25, 0.25, 0.5, 1.0, 4.0, 12.0),  # Tilt, RAPT Pill 15 min; iSpindel 1 min to 12 h
    DENSITY: (24.0, 24.0, 24.0, 24.0, 24.0, 24.0, 12.0, 8.0),  # manual 8–24 h
    GLASS: (24.0, 24.0, 24.0, 48.0, 12.0),
}
"""Hours between readings, drawn with equal weight: from a minute to a day or two."""

SLOW = (
    Row("ar_points", "points", L, (0.4, 0.6), 0, 2.5, WEARER, "slow wander, sd", "Noise: 0.5–2",
        {INLINE: (0.10, 0.6), DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("ar_h", "h", L, (5, 0.6), 1, 24, OWN, "its memory", "Noise: 2–12 h"),
    Row("offset", "points", N, (0, 2), -8, 8, WEARER, "reads high or low throughout", "Noise; Bias; Hydrometers ± 3",
        {INLINE: (0, 0.6), DENSITY: (0, 0.4), GLASS: (0, 1.5)}),
    Row("slope", "ratio", N, (1, 0.03), 0.85, 1.15, WEARER, "points read per true point", "Noise: 1 ± 0.03",
        {INLINE: (1, 0.01), DENSITY: (1, 0.003), GLASS: (1, 0.005)}),
    Row("per_kelvin", "points/K", H, (0, 0.20), -1.5, 1.5, WEARER,
        "temperature error from the set temperature: the artefact of a cold crash", "BrewPiLess: −15 … +20 over 17 K",
        {INLINE: (0, 0.03), DENSITY: (0, 0.01), GLASS: (0, 0.03)}),
    Row("drift", "points/day", N, (0, 0.10), -0.5, 0.5, WEARER, "creeps off with time", "Bias: 5–10 points at the end",
        {INLINE: (0, 0.04), DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("hump", "chance", C, (0.3, 0), 0, 1, OWN, "early false rise: gas and krausen lift the float", "iSpindel; Noise",
        {INLINE: (0.05, 0), DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("hump_points", "points", L, (4, 0.7), 0.5, 15, OWN, "its height", "iSpindel: 1.055 → 1.070"),
    Row("hump_at", "h", U, (3, 22), 0, 30, OWN, "after the pitch", "iSpindel: 4–10 h; Noise: 4–24 h"),
    Row("hump_h", "h", L, (3, 0.4), 1, 10, OWN, "its half width", "iSpindel: gone by 10 h"),
    Row("lift", "points", N, (0, 1.5), -5, 5, OWN, "bias at the steepest fall, krausen and gas", "Noise; iSpindel",
        {INLINE: (0, 0.4), DENSITY: (0, 0.2), GLASS: (0, 0.5)}),
    Row("kicks", "1/day", L, (0.10, 0.8), 0, 0.5, OWN, "jumps that stay: moved, or at the wall", "Noise: 0.1–0.3 a day",
        {INLINE: (0.01, 0.8), DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("kick_points", "points", L, (1.8, 0.5), 0.5, 8, OWN, "their size, sd", "Noise: 1–8"),
    Row("crud", "points", H, (0.5, 1.5), -5, 10, OWN, "yeast and hops on it (high), sediment (low), after the peak",
        "Bias", {INLINE: (0, 0.2), DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("hop_blind", "points", N, (1.5, 3), -8, 12, OWN, "after a dry hop, fading over two days", "Bias: for days",
        {INLINE: (0, 0.5), DENSITY: (0, 0.2), GLASS: (0, 0.2)}),
)  # fmt: skip

QUICK = (
    Row("noise", "points", L, (0.5, 0.4), 0.03, 1.5, WEARER, "white noise when quiet, sd", "Noise: 0.3–1",
        {INLINE: (0.15, 0.5), DENSITY: (0.25, 0.4), GLASS: (0.7, 0.3)}),
    Row("froth", "ratio", U, (0, 3), 0, 4, OWN, "more of it at a fall of 1 point an hour", "Noise: 1–4 points",
        {INLINE: (0, 1.5), DENSITY: (0, 0.5), GLASS: (0, 0.5)}),
    Row("spikes", "share", L, (0.002, 1.0), 0, 0.03, OWN, "single readings far off", "Noise: 1e-3–1e-2",
        {INLINE: (0.001, 1.0), DENSITY: (0.006, 0.8), GLASS: (0.006, 0.8)}),
    Row("spike_points", "points", L, (12, 0.9), 2, 800, OWN, "their size", "BrewPiLess: 1.064 → 1.107, 1.002 → 1.843"),
    Row("quantum", "points", L, (1, 0), 0, 1, OWN, "resolution", "Tilt: whole points",
        {INLINE: (0.4, 0), DENSITY: (0.4, 0), GLASS: (1, 0)}),
    Row("coarse", "chance", C, (0.6, 0), 0, 1, HOUSE, "shown at that resolution, else to 0.1 point", "Tilt; iSpindel",
        {DENSITY: (1, 0), GLASS: (1, 0)}),
    Row("temp_offset", "K", N, (0, 0.5), -2, 2, WEARER, "thermometer off", "Own; DS18B20 is good to 0.5 K"),
    Row("temp_noise", "K", L, (0.06, 0.6), 0.01, 0.6, OWN, "its noise, sd", "Own"),
    Row("temp_quantum", "K", L, (0.1, 0.8), 0.01, 0.56, HOUSE, "its resolution", "Tilt: 1 °F; iSpindel: 12 bit"),
    Row("temp_missing", "chance", C, (0.06, 0), 0, 1, HOUSE, "no temperature at all", "Own",
        {DENSITY: (0.15, 0), GLASS: (0.3, 0)}),
)  # fmt: skip

LOGGING = (
    Row("late", "chance", C, (0.25, 0), 0, 1, HOUSE, "the log begins after the pitch", "Margins", {DENSITY: (0.1, 0),
        GLASS: (0.1, 0)}),
    Row("late_h", "h", L, (8, 1.0), 1, 72, OWN, "by how much", "Margins: hobby logs begin mid-way"),
    Row("cut", "chance", C, (0.18, 0), 0, 1, OWN, "the log stops before packaging", "Margins: some end on the way"),
    Row("cut_at", "share", U, (0.2, 1.0), 0, 1, OWN, "at this share of the stay", "Margins"),
    Row("gap", "1/week", L, (0.4, 0.9), 0, 2, HOUSE, "gaps", "Noise; Margins: six pilot series of 17",
        {DENSITY: (0, 0), GLASS: (0, 0)}),
    Row("gap_h", "h", L, (5, 1.8), 0.1, 120, OWN, "their length", "Noise: 5 min – 24 h; Margins: pilot 15–93 h"),
    Row("missed", "share", U, (0, 0.02), 0, 0.5, HOUSE, "single readings that never arrive", "Own; Calendar",
        {DENSITY: (0.05, 0.45), GLASS: (0.05, 0.45)}),
    Row("weekdays", "chance", C, (0, 0), 0, 1, Shares(brewery=0.9), "nobody reads at weekends", "Calendar",
        {DENSITY: (0.85, 0), GLASS: (0.6, 0)}),
    Row("date_only", "chance", C, (0, 0), 0, 1, Shares(brewery=0.9), "kept with a date only: noon ± 12 h", "Calendar",
        {DENSITY: (0.7, 0), GLASS: (0.5, 0)}),
    Row("hand_hour", "h", N, (10, 1.8), 5, 18, HOUSE, "hour of the day of a reading by hand", "Own"),
    Row("hand_jitter", "h", L, (0.8, 0.6), 0.05, 3, OWN, "give or take", "Own"),
    Row("checked", "chance", C, (0, 0), 0, 1, HOUSE, "a glass is read beside the sensor every few days", "Own",
        {INLINE: (0.2, 0), FLOAT: (0.25, 0)}),
)  # fmt: skip

SENSOR = SLOW + QUICK + LOGGING


@dataclass(frozen=True, kw_only=True, eq=False)
class Sensors:
    """One sensor a batch: `device` indexes `DEVICES`, shape (n,); `rows` holds each fault by name, shape (n,)."""

    device: Ints
    rows: dict[str, Floats]

    @property
    def by_hand(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """True where a person reads it."""
        return np.asarray(BY_HAND)[self.device]


def sensors(who: Relatives, rng: np.random.Generator, device: Ints | None = None) -> Sensors:
    """Draws a sensor for every batch; a brewery has its habit and breaks it one time in ten.

    >>> from cellarhand.simulate.prior.plan import relatives
    >>> rng = np.random.default_rng(0)
    >>> sensors(relatives(rng, breweries=2, brands=1, batches=3), rng).rows["noise"].shape
    (6,)
    """
    n = len(who.brewery)
    if device is None:
        house = rng.choice(len(DEVICES), size=int(who.brewery.max()) + 1, p=DEVICE_MIX)[who.brewery]
        device = np.where(rng.random(n) < 0.9, house, rng.choice(len(DEVICES), size=n, p=DEVICE_MIX))
    family = Family(brewery=who.brewery, culture=np.zeros(n, int), brand=who.brand)
    rows = draw_rows(SENSOR, family, DEVICES, device, rng)
    habit = rng.random(int(who.brewery.max()) + 1)[who.brewery]  # one habit a brewery and device
    rows["interval_h"] = np.select(
        [device == k for k in range(len(DEVICES))],
        [np.array(INTERVALS_H[d])[(habit * len(INTERVALS_H[d])).astype(int)] for d in DEVICES],
    )
    return Sensors(device=device, rows=rows)
