"""What keeps people unidentifiable in files that an office handed over without having published them.

``suppress_cells``     withholds small counts and what gives them away (statistical disclosure control)
``disclosure_keys``    which places of a table add up to which
``rows_as_cells``      observations as the cells at these places
``additive_equations``  the relations between cells, as equations
``disclosure_attack``  what an attacker can compute from the published rows
``disclosure_known``   what a reader knows beside the table: other datasets, earlier releases
``rules_per_dataset``  the rules of each dataset put to the engine, and the attack on a release
``personal_data_search``  finds names, identification numbers, telephones or addresses;
                       ``personal_data_patterns`` and ``personal_numbers`` say what counts
``discreet``           what may be said of a restricted file

Not here: which datasets are concerned (``restricted`` in the declaration). Called by
``transforms.files_to_observations``, ``transforms.ingest``, ``transforms.incidents``, ``transforms.programmes`` and
``pipelines.protect_release``.
"""
