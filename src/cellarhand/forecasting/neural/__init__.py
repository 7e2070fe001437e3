"""Rung `neural`: what it reads (`inputs`, `memory`), what it says (`heads`), the net, its lessons and its training."""

from cellarhand.forecasting.neural.rung import Neural

__all__ = ["Neural"]
