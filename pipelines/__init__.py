"""Everything that runs: the Dagster graph, the state of a data directory, releases, exports, the command line.

``definitions``, ``assets/``, ``resources``, ``schedules``, ``parquet_io``   the graph (Dagster)
``inbox_sensor``, ``freshness_policies``, ``run_log``, ``run_storage``, ``deployment``   what else Dagster is given
``declarations``, ``data_directory``, ``staging``          what is declared; what is on the disk
``refresh``, ``data_versions``, ``outcome``                what there is to do, and what came of it
``carried_over``                                           what of the last release need not be made again
``dataset_states``, ``attempts``, ``state_groups``         how each dataset is; what the archive and its log say of it
``expectation_suites``, ``rows_to_check``                         Great Expectations and the rules of a whole release
``overview``, ``refusals``                                 what needs a person; refused rows, each reason once
``protect_release``, ``unprotected_counts``                disclosure control over the release; counts before it
``programme_template/``, ``programme_returns``, ``new_returns``   the form of a programme and its returns
``release/``, ``published/``                               writing a release; reading one
``export/``, ``site/``, ``brief/``, ``data_request/``      files, web pages, briefs, letters that are made of a release
``store/``, ``distributed/``                               a data directory in an object store; runs on several machines
``operations/``, ``alerts/``, ``deliveries/``              what leaves the machine by itself, and to whom
``cli/``, ``progress``                                     the command ``dvstats``; how far long work is
``try_declaration``, ``try_findings``                      one declaration without a data directory
``docs``                                                   the generated pages

Not here: how a file is fetched and read (``sources``), what becomes of its cells (``transforms``), what tables and
codes mean (``data_contracts``). Only this layer imports Dagster. Called by nothing but people: the command ``dvstats``
(``cli.main``) and Dagster (``definitions``) are the two ways in.
"""
