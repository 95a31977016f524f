"""The data contract: tables, columns, rules, code lists and indicators, as YAML and CSV, and the code that loads them.

``tables.yaml``, ``columns.yaml``   the published tables; a column is defined once, whatever table it is in
``codes/``, ``indicators/``         code lists; what is counted, by whom, under which law
``rules.yaml``, ``sentences.yaml``  what a row must obey, and the sentences for people
``comparability.csv``, ``coverage.csv``, ``cascade.yaml``  what may be compared, the minimum set, the response chain
``database.yaml``                   macros and views of the DuckDB file

Schemas, checks, comments, codebook and package descriptors are derived from these files by the modules here. Not here:
declarations of datasets (``sources``) and running the checks (``pipelines.checks``). All other layers import this one.
"""
