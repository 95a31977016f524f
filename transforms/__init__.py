"""Judgement: text cells to observations, and the tables derived from them; pure functions of their inputs.

``ingest`` leads one dataset to judged observations: ``files_to_observations`` reads, corrects, normalizes, merges and
protects (``apply_corrections``, ``normalize``, ``uncorrected_figures``, ``merge_files``, ``privacy``), ``judge``
compares with the last release.
``parse`` reads one text; ``incidents`` counts registers; ``programmes`` judges returns of programmes; ``derive`` makes
tables of all observations; ``findings`` puts findings into words, ``findings_of_files`` finds what a file hides or
nothing reads, ``texts_of_files`` what it says beside its figures.

Not here: getting and reading files (``sources``), and writing releases (``pipelines``, which calls this).
"""
