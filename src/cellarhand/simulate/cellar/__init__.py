"""The simulated cellar: beer by published kinetics, which the prior may not use.

    from cellarhand.simulate.cellar import draw
    d = draw(np.random.default_rng(1), breweries=20, brands=3, batches=4)
    log = d.logs[5]
    Curve.from_readings(log.hours, log.sg, log.temp_c, **d.words(5))        # against d.true.terminal_h[5]

`beer.step` is the beer inside a closed loop: a pure step by quarter hours that also tells the heat it gave off.
What examines a forecaster must not know what taught it: nothing here is imported by `simulate.prior`, nor the reverse.
"""

from cellarhand.simulate.cellar.beer import Beer, Law, pitched, step
from cellarhand.simulate.cellar.draw import Brewed, draw
from cellarhand.simulate.cellar.wort import Wort, usual

__all__ = ["Beer", "Brewed", "Law", "Wort", "draw", "pitched", "step", "usual"]
