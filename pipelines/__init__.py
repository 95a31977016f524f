"""Wiring: Dagster definitions, checks, publication, command line."""
