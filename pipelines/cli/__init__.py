"""The command line ``dvstats``."""
