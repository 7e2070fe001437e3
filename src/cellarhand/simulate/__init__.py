"""Simulated beer: what the demo cellar shows, and `prior`, the breweries that the neural rung learns from.

What examines the forecaster may not know what taught it: `prior` and the simulated cellar never import one another.
"""
