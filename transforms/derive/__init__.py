"""Tables that are made of observations, one module a table or a group of them.

``history``, ``breaks``, ``population``, ``rates``, ``best_observations``, ``discrepancies``, ``cascade``, ``coverage``,
``scorecard`` (both find their figures by ``requirements``, among ``requirement_figures``), ``comparability``,
``codebook``. Each takes Arrow tables and the contract and gives Arrow tables; none reads files or knows the clock.

Not here: observations themselves (``transforms.files_to_observations``), and views and comments of the database
(``data_contracts``). Called by ``pipelines.assets``.
"""
