"""Files for people who do not use SQL: CSV, workbook, SDMX-CSV, Data Package, and catalogue entries beside them.

``export`` is the entry; ``job`` holds what the formats share. Not here: reading with SQL (``pipelines.published``).
"""
