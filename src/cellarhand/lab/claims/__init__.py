"""The claims of the lab's notes as functions that measure them; `check` runs them all."""
