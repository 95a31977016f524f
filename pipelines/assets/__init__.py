"""The assets of the Dagster graph and their checks.

``datasets``      two assets a dataset: ``raw/<dataset>`` and ``observations/<dataset>``
``tables``        the tables of the contract and the release, in steps
``table_checks``  the contract's checks of these tables

Not here: choosing what of the graph to run (``pipelines.refresh``). Called by ``pipelines.definitions``, which puts the
graph together.
"""
