"""The assets of the Dagster graph and their checks.

``datasets``      two assets a dataset: ``raw/<dataset>`` and ``observations/<dataset>``
``tables``        the tables of the contract and the release, in steps
``site``          the static site after the release, in a job of its own
``table_checks``  the contract's checks of these tables

Not here: choosing what of the graph to run (``pipelines.refresh``). Called by ``pipelines.definitions``, which puts the
graph together.
"""
