"""Judging a dataset's new rows beside those of the last release, before anything is published.

``against_last_release``   the judgement: what vanished, appeared or changed, and whether the last rows stay
``changed_values``         series that moved as a whole: by one factor, to other labels, rounded, to zeros
``former_figures``         figures that went back to those of an earlier release
``suspicious_values``      values that only their neighbours show to be wrong: repeated, off their parts, off by a year
``suspicious_labels``, ``suspicious_periods``, ``suspicious_totals``   its questions about labels, periods and totals;
                           ``compared_cells`` what all of them ask

Not here: rows of one file that are refused (``transforms.normalize``), the last release itself
(``pipelines.release.last_release``). Called by ``transforms.ingest`` and by ``dvstats try``.
"""
