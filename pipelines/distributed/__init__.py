"""Runs whose steps are worked off by several machines: the application of the workers, the executor of the runs.

Not here: the work of a step (``pipelines.assets``) and what its worker fetches and sends (``pipelines.store.steps``).
Loaded by the workers and by ``pipelines.definitions`` where ``DVSTATS_EXECUTOR`` is ``celery``.
"""
