"""A data directory in an object store (S3): the store, the working copy of it on this machine, and publishing.

Every command works on a folder. Where ``--data-dir`` is an address, that folder is a working copy, brought up to date
before the work and given back after it; what is published is decided by one object, ``latest.json``.

``client``        the store: reading, and its two conditional writes; ``pointer``: ``latest.json``
``session``       what a command does before and after; ``working_copy``, ``exchange``: the folder on this machine
``publication``   showing a release; ``transfer``: ``dvstats copy``; ``steps``: between the steps of one run

Not here: the work itself, which knows only folders. Called by ``pipelines.cli.main``, around each command, and by
``pipelines.data_directory``, around each step of a run.
"""
