"""Texts of publishers in CSV files that people open in a spreadsheet: none of them is run as a formula.

A spreadsheet runs a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@`` (or their wide forms), also behind
a tab or a line break; an apostrophe in front keeps it a text. Numbers stay as they are, also as texts (``-22,7``).

>>> guarded("=HYPERLINK(1)"), guarded("-22,7"), guarded("- see note")
("'=HYPERLINK(1)", '-22,7', "'- see note")

One rule in two forms: the function, and ``GUARD``, the same as a macro of DuckDB; a test holds them together. Not here:
workbooks, which have a type for texts (``pipelines.export.workbook_file``), and answers of ``dvstats query``, which are
for programs and exact (``pipelines.cli.terminal.tables`` says so). Called where CSV files are written.
"""

import re

#: how such a text begins; for DuckDB, Arrow and Python alike
BEGINNING = "^[=+\\-@＝＋－＠\t\r\n]"
_NUMBER = "[+-]?[0-9][0-9 \u00a0]*([.,][0-9]+)?(e[+-]?[0-9]+)?%?"
_runs, _number = re.compile(BEGINNING), re.compile(_NUMBER)

#: ``guard(t)``: the guarded text, line breaks of Windows and of old Macs as line feeds
GUARD = f"""CREATE TEMP MACRO guard(t) AS replace(replace(
  CASE WHEN regexp_matches(t, '{BEGINNING}') AND NOT regexp_full_match(t, '{_NUMBER}')
       THEN '''' || t ELSE t END, chr(13) || chr(10), chr(10)), chr(13), chr(10))"""


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text, or take it for a number that it is not."""
    return bool(_runs.match(text)) and not _number.fullmatch(text)


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it."""
    shown = f"'{text}" if runs_as_formula(text) else text
    return shown.replace("\r\n", "\n").replace("\r", "\n")
