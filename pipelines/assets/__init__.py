"""The assets of the Dagster graph: ``datasets`` (two a dataset), ``tables`` (the contract's tables and the release)."""
