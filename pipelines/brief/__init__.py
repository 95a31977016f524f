"""Two pages for a meeting table: what is published on a country or the region, what is not, and who would publish it.

Not here: the choice of key figures, which the workbook shows too (``pipelines.published.key_figures``). Called by
``dvstats brief``.
"""
