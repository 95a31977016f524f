"""Files for people who do not use SQL: CSV, workbook, SDMX, Data Package, and catalogue entries beside them.

``export`` is the entry, with the CSV files; ``selection`` holds which rows an export takes and what the formats share;
``workbook``, ``sdmx``, ``sdmx_ml``, ``datapackage`` are the other formats; ``hdx``, ``zenodo``, ``ckan`` write what
data portals take, of what ``described`` says about the whole, and ``send`` sends it; ``catalogue`` writes DCAT and
schema.org; ``zip_file`` packs files.

Of the workbook: ``sheets`` and ``programme_sheet`` say what the sheets hold; ``front_sheet`` is the first one, with
``front_lines``, ``charts`` and ``cautions``; ``workbook_file`` is the file. Not here: reading with SQL
(``pipelines.published``). Called by ``dvstats export``.
"""
