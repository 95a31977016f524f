"""Making a release: Parquet files, manifest, DuckDB file, notes, feed, citation. Reading it is in ``published``."""
