"""Files for people who do not use SQL: CSV, workbook, SDMX-CSV, Data Package, and catalogue entries beside them.

``export`` is the entry, with the CSV files; ``selection`` holds which rows an export takes and what the formats share;
``workbook``, ``sdmx``, ``datapackage`` are the other formats; ``hdx``, ``zenodo``, ``ckan`` write what data portals
take, of what ``described`` says about the whole. Not here: reading with SQL (``pipelines.published``). Called by
``dvstats export``.
"""
