"""The model lab: data sets, small networks over seeds, and the workbench that takes any table up the ladder.

Start at `experiment.run` for a net, at `fitting.fit_table` for a table, at `check.check` for what is claimed of both.
"""
