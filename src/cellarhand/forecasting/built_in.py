"""What is assumed of a fermentation before anything of it, or of the brewery, is known: one row a kind.

Sources: durations and attenuations in the public record (IPA primary 3–5 days, O'Brien 2024; ale to SG 1.010 at 22 °C
in 3.3 days and Q10 ≈ 2.3 below that, Foster 2022; lager to SG 1.010 at 12 °C in 6.5–8.7 days; strain tables: ale
75.5 %, lager 74.9 %; hop creep 1–2 °P over weeks). Spreads are wide on purpose: the beer narrows them, not we.
"""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Curve, Kind


@dataclass(frozen=True, kw_only=True)
class Row:
    """Medians and log-spreads: attenuation, lag (h), run from lag to one point over the end (h), at `ref_c`."""

    attenuation: float = 0.77
    attenuation_sd: float = 0.06
    lag: float = 16.0
    run: float = 58.0
    run_sd: float = 0.45
    ref_c: float = 20.0
    creep: float = 0.9


ROWS: dict[Kind, Row] = {
    Kind.ALE: Row(),
    Kind.LAGER: Row(attenuation=0.76, lag=24.0, run=90.0, run_sd=0.55, ref_c=14.0),
    Kind.KVEIK: Row(lag=8.0, run=45.0, ref_c=32.0),
    Kind.KETTLE_SOUR: Row(attenuation=0.78, lag=20.0, run=90.0),
    Kind.MIXED: Row(attenuation=0.84, attenuation_sd=0.08, lag=20.0, run=110.0, run_sd=0.7, creep=2.5),
    Kind.STA1: Row(attenuation=0.86, attenuation_sd=0.07, run=80.0, creep=2.5),
    Kind.LOW_ALCOHOL: Row(attenuation=0.20, attenuation_sd=0.12, run=50.0, run_sd=0.7, creep=0.4),
    Kind.CIDER: Row(attenuation=0.98, attenuation_sd=0.04, lag=30.0, run=220.0, run_sd=0.6, creep=1.5),
    Kind.MEAD: Row(attenuation=0.95, attenuation_sd=0.07, lag=30.0, run=400.0, run_sd=0.6, creep=2.0),
}

MANUAL_CREEP = 4.0  # a log kept by hand runs on through dry hop and conditioning, so its end includes what creeps
MANUAL_LONGER, DENSE_LONGER = 1.65, 1.25
SPREAD_OF_DURATIONS, DENSE_SPREAD = 0.45, 0.4
USUAL_WORT = 50.0
_Q10, _COOLEST, _WARMEST = 2.3, 0.6, 2.5

_WORDS: tuple[tuple[str, Kind], ...] = (
    ("kveik", Kind.KVEIK),
    ("sans alcool", Kind.LOW_ALCOHOL),
    ("non-alc", Kind.LOW_ALCOHOL),
    ("alcohol-free", Kind.LOW_ALCOHOL),
    ("low alcohol", Kind.LOW_ALCOHOL),
    ("kettle sour", Kind.KETTLE_SOUR),
    ("gose", Kind.KETTLE_SOUR),
    ("berliner", Kind.KETTLE_SOUR),
    ("brett", Kind.MIXED),
    ("lambic", Kind.MIXED),
    ("mixed", Kind.MIXED),
    ("saison", Kind.STA1),
    ("cider", Kind.CIDER),
    ("mead", Kind.MEAD),
    ("lager", Kind.LAGER),
    ("pils", Kind.LAGER),
    ("helles", Kind.LAGER),
    ("bock", Kind.LAGER),
    ("märzen", Kind.LAGER),
    ("schwarzbier", Kind.LAGER),
)


def kind_of(curve: Curve) -> Kind:
    """The kind as stated, else as its style or brand says in words, else ale.

    >>> kind_of(Curve(now=0.0, style="Czech Pilsner"))
    <Kind.LAGER: 'lager'>
    """
    if curve.kind is not None:
        return curve.kind
    for text in (curve.style, curve.brand):
        low = (text or "").lower()
        for word, kind in _WORDS:
            if word in low:
                return kind
    return Kind.ALE


def wort_points(curve: Curve) -> float:
    """Original gravity in points: stated or read, else a usual 50; nothing that could not ferment.

    >>> wort_points(Curve(now=0.0, og=1.048)), wort_points(Curve(now=0.0, og=0.99))
    (48.0, 50.0)
    """
    points = 0.0 if curve.og is None else round((curve.og - 1) * 1000, 9)
    return points if points > 0.0 else USUAL_WORT


def warmth(curve: Curve, row: Row) -> float:
    """How much longer than at the row's reference temperature: Q10 2.3 below it, half as strong above."""
    temp = curve.temp_c[np.isfinite(curve.temp_c) & (curve.hours >= curve.pitched_at + 6.0)]
    if not len(temp):
        return 1.0
    apart = row.ref_c - float(np.median(temp[:72]))
    slow = _Q10 ** (apart / 10.0) if apart > 0 else _Q10 ** (apart / 20.0)
    return float(np.clip(slow, _COOLEST, _WARMEST))


def usual_duration(curve: Curve) -> float:
    """Median hours from pitch to terminal before anything is learnt, creep of a hand log included."""
    row = ROWS[kind_of(curve)]
    hours = (row.lag + row.run) * warmth(curve, row)
    return hours * (MANUAL_LONGER if curve.manual else DENSE_LONGER)
