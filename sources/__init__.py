"""What exists outside: declarations of datasets, how files are fetched and archived, how bytes become cells.

``datasets/`` and ``bundled/`` hold the declarations and transcriptions; ``dataset``, ``load_datasets`` and
``bundled_registers`` read them; ``pull``, ``http`` and ``inbox`` get files, ``archive`` keeps them, ``readers`` turn
their bytes into the text cells of ``cells``.

``declared_values``, ``declared_references``, ``misplaced_keys``, ``strict_model``   what a declaration may say;
``column_names``   how headers of files and names of a declaration are compared
``receipts``, ``receipt_log``, ``current_files``   what came when, and which files count
``judgements``   which files were held
``durable``   writes that survive a crash
``isolated``, ``isolated_worker``   files from outside are read in a process of their own
``incidents/``, ``programmes/``   registers of incidents; returns of programmes

Not here: what a cell means (``transforms``), and when anything is done (``pipelines``), which both call this.
"""
