"""The estimators of a fermentation, and judging them by replay."""

from cellarhand.forecasting.forecaster import RUNGS, Forecaster, promoted

__all__ = ["RUNGS", "Forecaster", "promoted"]
