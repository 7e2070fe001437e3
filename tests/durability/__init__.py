"""Proofs, with the real server as a process, that no acknowledged reading is lost: kills, crash images, failing writes."""
