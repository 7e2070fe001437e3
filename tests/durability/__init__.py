"""Proofs, with the real server as a process, that no acknowledged reading is lost: kills, power cuts, failed writes."""
