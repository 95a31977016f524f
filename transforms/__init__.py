"""Judgement: text cells to observations, and the tables derived from them; pure functions of their inputs.

``ingest`` leads one dataset through correcting, normalizing, merging, protecting and judging (``corrections``,
``normalize``, ``merge``, ``privacy``, ``judge``); ``parse`` reads single texts; ``derive`` makes tables of all
observations.

Not here: getting and reading files (``sources``), and writing releases (``pipelines``, which calls this).
"""
