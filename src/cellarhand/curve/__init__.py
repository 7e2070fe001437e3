"""Readings into what was known of a batch at `now`: cleaned gravity and how sure it is, rate, attenuation, plateau."""

from cellarhand.curve.build import Curve, build, lines
from cellarhand.curve.checks import Context
from cellarhand.curve.merge import Drift, Series, drifts
from cellarhand.curve.plateau import Stability, flat_for, stability

__all__ = ["Context", "Curve", "Drift", "Series", "Stability", "build", "drifts", "flat_for", "lines", "stability"]
