"""Runs whose steps are worked off by several machines: the application of the workers, the executor of the runs."""
