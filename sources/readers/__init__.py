"""Readers: the bytes of one file to long text cells, one module a wire format.

What a reader offers, and how a dataset gets its own, is in ``protocol``, the only module that other folders call for
reading. Formats: ``delimited``, ``excel``, ``pdf``, ``transcription``, ``open_sdg``, ``siat``, ``json_stat``,
``json_table``, ``sdmx_csv``, ``sdmx_json``, ``sdmx_ml``.

Shared: ``grid`` lays out tables made for the eye, ``workbook`` opens spreadsheets, ``packed`` gzip and ZIP; ``text``,
``json_text`` and ``delimited_records`` are what text formats share; ``json_rows``, ``json_envelope`` and ``json_said``
are rows of JSON, whether they are all, and what is said of them; ``sdmx_message`` reads the elements of SDMX-ML,
``sdmx_groups`` gives attributes of its groups to their series; ``options`` is what a declaration may say of a reader;
``unique_places`` checks that a place is one cell.

Not here: the meaning of the cells (``sources.cells``), numbers and periods (``transforms.parse``).
"""
