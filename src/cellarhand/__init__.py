"""Cellarhand watches every tank in a cellar, says when each phase will be done and how sure it is.

The public face, for scripts; loaded on first use, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["CellarhandError", "Curve", "Forecaster", "Refused", "forecast"]

if TYPE_CHECKING:
    from cellarhand.curve import Curve
    from cellarhand.domain import CellarhandError, Refused
    from cellarhand.face import forecast
    from cellarhand.forecasting import Forecaster

_HOMES = {
    "Curve": "cellarhand.curve",
    "Forecaster": "cellarhand.forecasting",
    "forecast": "cellarhand.face",
    "CellarhandError": "cellarhand.domain",
    "Refused": "cellarhand.domain",
}


def __getattr__(name: str) -> Any:
    """Loads a public name from where it lives (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cellarhand' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
