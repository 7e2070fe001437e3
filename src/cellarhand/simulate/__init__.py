"""Simulated beer. For now what the demo cellar shows; the forecaster never sees how it is made."""
