"""Everything that runs: the Dagster graph, the state of a data directory, releases, exports, the command line.

``definitions``, ``assets/``, ``resources``, ``schedules``, ``parquet_io``, ``run_storage``   the graph (Dagster)
``refresh``, ``data_versions``, ``dataset_states``, ``data_directory``, ``staging``           what to do, what is known
``release/`` writes a release, ``published/`` reads one, ``export/`` makes files of one
``cli/`` the command ``dvstats``; ``try_declaration``, ``try_findings`` one declaration without a data directory;
``refusals`` refused rows as people are told of them; ``docs`` generated pages

Not here: how a file is fetched and read (``sources``), what becomes of its cells (``transforms``), what tables and
codes mean (``data_contracts``). Only this layer imports Dagster.
"""
