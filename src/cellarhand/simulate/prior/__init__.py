"""The prior: a fermentation and its sensors as a random draw over breweries, brands and batches.

    from cellarhand.simulate.prior import draw
    f = draw(np.random.default_rng(1), breweries=100, brands=3, batches=8)
    f.truth.terminal_h, f.readings.of(17).sg

Tables of parameters with their ranges and sources: `beer`, `cellar_rows` (groups are kinds) and `sensors` (groups are
devices); `docs/prior.md` is written from them. `plan` draws who is whose sibling and every batch's parameters,
`kinetics.ferment` runs them (NumPy or JAX), `truth` reads the end off the course, `faults`, `habits` and `readings`
look at it as a brewery would.
"""

from cellarhand.simulate.prior.draw import Fermentations, draw
from cellarhand.simulate.prior.kinetics import ferment
from cellarhand.simulate.prior.plan import KINDS, Relatives, parameters, relatives
from cellarhand.simulate.prior.readings import Readings
from cellarhand.simulate.prior.sensors import DEVICES, Sensors
from cellarhand.simulate.prior.truth import Truth, terminal, truth
from cellarhand.simulate.prior.version import version

__all__ = [
    "DEVICES",
    "KINDS",
    "Fermentations",
    "Readings",
    "Relatives",
    "Sensors",
    "Truth",
    "draw",
    "ferment",
    "parameters",
    "relatives",
    "terminal",
    "truth",
    "version",
]
