"""What exists outside: declarations of datasets, how files are fetched and archived, how bytes become cells.

``datasets/`` and ``bundled/`` hold the declarations and transcriptions; ``dataset``, ``load_datasets`` and
``registers`` read them; ``pull``, ``http`` and ``inbox`` get files, ``archive`` keeps them, ``readers`` turn their
bytes into the text cells of ``cells``.

Not here: what a cell means (``transforms``), and when anything is done (``pipelines``), which both call this.
"""
