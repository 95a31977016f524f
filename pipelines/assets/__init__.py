"""The assets of the Dagster graph and their checks.

``datasets``      two assets a dataset: ``raw/<dataset>`` and ``observations/<dataset>``
``tables``        the tables of the contract and the release, in steps
``table_checks``  the contract's checks of these tables

Not here: putting the graph together (``pipelines.definitions``) and choosing what of it to run (``pipelines.refresh``).
"""
