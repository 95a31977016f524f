"""The assets of the Dagster graph and their checks.

``datasets``          two assets a dataset: ``raw/<dataset>`` and ``observations/<dataset>``
``programmes``        the returns of programmes and their tables
``tables``            the other tables of the contract, in steps; ``lineage``: what each column is made of
``union_tables``, ``derived_tables``   the rows of these tables
``release``           all tables complete, then the release that readers see
``table_checks``      the contract's checks of these tables
``disclosure_check``  the check that withheld counts cannot be worked out from the others
``overview_checks``   what needs a person, and what to do: a check for all datasets and one for each country
``site``              the static site after the release, in a job of its own
``alerts``, ``deliveries``   what leaves after a run, and after a release

Not here: choosing what of the graph to run (``pipelines.refresh``). Called by ``pipelines.definitions``, which puts the
graph together.
"""
