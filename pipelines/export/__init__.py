"""Files for people who do not use SQL: CSV, workbook, SDMX-CSV, data package."""
