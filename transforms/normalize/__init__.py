"""Cells of one file to observations of the shared schema: whole columns at a time, no Python function a row.

**The problem.** A file of five million cells has some hundred different labels, areas and periods. Reading each
row in Python takes minutes; writing the reading in SQL leaves no room for spellings, sentences and two languages.

**The way.** Each column is dictionary-encoded, as in Arrow (and as a pandas ``Categorical``): its distinct texts
once, and for each row an index into them. Python reads the *dictionary*, once per distinct text; numpy moves the
*indices*; DuckDB does what differs from row to row: plain numbers, the key, the checks that look at the value.

**An example.** Three rows of a file of Kazakhstan, as a reader gives them (its indicator and year are constants of the
declaration)::

    df = pandas.DataFrame({
        "_locator": ["line 2", "line 3", "line 4"],
        "Region":   ["Astana", "Astana", "Atlantis"],
        "Sex":      ["Women", "Men", "Women"],
        "_value":   ["1 204", "…", "7"],
    })

1. *Encode* (``encoded_columns``). ``Sex`` becomes ``EncodedColumn(["Women", "Men"], [0, 1, 0])``. In pandas::

       sex = df["Sex"].astype("category")     # sex.cat.categories, sex.cat.codes

2. *Read the dictionary* (``codes_from_labels``, ``time_period``, ``attributes``). The declaration says Women = F and
   Men = M: the dictionary becomes ``["F", "M"]``, the indices stay. ``Region`` becomes ``["KZ-71", None]``; beside it a
   second dictionary on the same indices holds why a text could not be read: ``[None, unknown_area]``. In pandas::

       df["sex"] = df["Sex"].map({"Women": "F", "Men": "M"})
       df["ref_area"] = df["Region"].map({"Astana": "KZ-71"})
       df["refusal"] = df["Region"].map({"Atlantis": "unknown_area"})

3. *Read the numbers* (``numbers_and_status``). DuckDB reads the plain forms of ``_value`` for all rows: 1204, null,
   7; only what it leaves is read in Python, again once per distinct text: "…" is no number, status O (missing).

4. *Judge* (``row_checks``, ``verdicts``). A check of the contract that looks at one column is asked of its dictionary:
   "is KZ-71 an area of Kazakhstan?" once, not a million times. In pandas: ``df["ref_area"].map(verdict)``. DuckDB
   is asked one query a file, over dictionary columns, for what needs the whole row::

       SELECT 'k' || left(md5(concat_ws('|', ...)), 16) AS obs_key,
              CASE WHEN obs_value > range_max THEN 31 ... END AS verdict
       FROM judged_rows

   (``keys``: rows with equal keys say the same twice, or contradict each other.)

5. *Divide*. Rows 1 and 2 are observations::

       obs_key            ref_area  sex  obs_value  obs_status  published_value  raw_locator
       k524c1585564b053a  KZ-71     F    1204.0     A           1 204            line 2
       k39fd46a44779bb27  KZ-71     M    None       O           …                line 3

   Row 3 goes to quarantine (``quarantine``) with the rule unknown_area, the sentence 'The area "Atlantis" in column
   Region is unknown; declare the code of this label (__skip__ if it is no area), or add its spelling to
   data_contracts/codes/area_alias.csv.', its place and all that its row holds. The rest goes on.

**Where to look.** Callers of the package (``transforms.files_to_observations``, the tests, ``dvstats try``) use
``normalizer`` only.

``one_file``, ``in_parts``   the steps above in order; the same for a large file, part by part
``inputs_and_results``       what goes in and comes out; ``readings``: what reading one text gives
``lookups``, ``file_cells``  what all files share; what all steps of one file share
``scale``                    step 3: thousands and millions, declared or said by the file
``yes_or_no``                columns that say only yes or no of what they are called
``contradictions``           step 3: what the file says of its figures elsewhere, and its declaration does not read
``former_keys``, ``queries`` from earlier keys to present ones; SQL

How one text is read (a number, a period, an area) is in ``transforms.parse``; what a row must obey is in
``data_contracts``; how a file becomes cells in ``sources.readers``.
"""
