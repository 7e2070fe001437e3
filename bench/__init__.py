"""Speed, as a table: each figure beside its limit, measured in one run on one machine. `make bench`."""
