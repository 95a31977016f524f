"""Two pages for a meeting table: what is published on a country or the region, what is not, and who would publish it.

``brief`` is the entry. ``figures`` chooses what is shown; ``blocks`` puts it into blocks of one language, by
``key_findings``, ``changes`` and ``gaps``, one a section, all writing with ``writer``; ``render`` lays the blocks out
as PDF.

Not here: the choice of key figures, which the workbook shows too (``pipelines.published.key_figures``). Called by
``dvstats brief``.
"""
