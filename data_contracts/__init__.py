"""The data contract: tables, columns, rules, code lists and indicators, as YAML and CSV, and the code that loads them.

``tables.yaml``, ``columns.yaml``   the published tables; a column is defined once, whatever table it is in
``codes/``, ``indicators/``         code lists; what is counted, by whom, under which law
``rules.yaml``, ``sentences/``       what a row must obey, and the sentences for people
``comparability.csv``, ``coverage.csv``, ``cascade.yaml``  what may be compared, the minimum set, the response chain
``database_views.yaml``             macros and views of the DuckDB file

``load``, ``load_indicators``, ``load_scorecard``   fill the classes of ``model`` from these files
``strict_files``, ``yaml_mistakes``, ``errors``   file and line in every complaint; the root of all errors
``arrow``, ``database_statements``, ``sql``   schemas, comments, quoting
``rows``, ``insert``                rows in files, in Arrow and in Python as tables of a query
``in_order``                        a large table sorted
``ahead``                           the next item of an iterator made in a thread
``replace_rows``, ``row_groups``    a sorted table with some of its rows replaced; row groups that are copied
``checks``, ``expressions``, ``needs``   rules and requirements as SQL
``codebook``, ``datapackage``, ``need_words``  what is said of the tables and of what is asked
``rendering``, ``spreadsheets``     published texts made safe in Markdown and in CSV files
``vocabulary``                      the few lists that code depends on

Not here: declarations of datasets (``sources``) and running the checks (``pipelines.expectation_suites``). Called by
all other layers.
"""
