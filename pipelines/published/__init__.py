"""Reading what is published: SQL, codebook, trace, differences, status. Nothing here writes a release.

``releases``                     the folders of releases
``query``, ``query_notes``       an answer to SQL, and what it does not show
``query_missing``, ``query_topics``   years and regions that it lacks; the condition of a statement, asked again
``codebook``, ``status``         what there is, and how each dataset is
``trace``, ``diff``              one observation back to its cell; what two releases say differently
``why``, ``figure_differences``  in what two figures differ, in words, and what changed in a series
``dataset_notices``, ``finding_in_words``   which datasets are stale, held or failed, and why
``key_figures``                  the figures that a country shows first
``figure_in_words``, ``numbers_and_periods_in_words``, ``texts``   figures, numbers and periods in English and Russian

Called by the command line, briefs, workbook and site. Not here: how an answer looks on a terminal
(``pipelines.cli.terminal``) and files for people who do not use SQL (``pipelines.export``).
"""
