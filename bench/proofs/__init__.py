"""The proofs that every rung is held to: `make proofs` writes docs/forecast-proofs.md and build/proofs.json.

`limit`: against a particle filter that is given the true simulator. `second`: on beer by published kinetics that taught
nobody. `permuted`: pasts without information. `tamper`: readings after the hour of the forecast replaced by nonsense.
"""
