"""Texts of publishers in CSV files that people open in a spreadsheet: none of them is run as a formula.

A spreadsheet runs a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@`` (or their wide forms), also behind
a tab or a line break; an apostrophe in front keeps it a text. Where the system is Russian or German, Excel ends a cell
at a semicolon too, whatever the file has between its cells, so that an apostrophe stands behind it as well. Numbers
stay as they are, also as texts (``-22,7``).

>>> guarded("=HYPERLINK(1)"), guarded("-22,7"), guarded("- see note"), guarded("a;=1+1")
("'=HYPERLINK(1)", '-22,7', "'- see note", "a;'=1+1")

One rule in two forms: the function, and ``GUARD``, the same as a macro of DuckDB; a test holds them together. Not here:
workbooks, which have a type for texts (``pipelines.export.workbook_file``), and answers of ``dvstats query``, which are
for programs and exact (``pipelines.cli.terminal.tables`` says so). Called where CSV files are written.
"""

import re

_SIGNS = "=+\\-@＝＋－＠"
#: how such a text begins, and what it holds; for DuckDB, Arrow and Python alike
BEGINNING, INSIDE = f"^[{_SIGNS}\t\r\n]", f";([{_SIGNS}])"
_NUMBER = "[+-]?[0-9][0-9 \u00a0]*([.,][0-9]+)?(e[+-]?[0-9]+)?%?"
_FIRST = "=+-@＝＋－＠\t\r\n"
_runs, _number, _inside = re.compile(BEGINNING), re.compile(_NUMBER), re.compile(INSIDE)

#: ``guard(t)``: the guarded text, line breaks of Windows and of old Macs as line feeds
GUARD = f"""CREATE TEMP MACRO guard(t) AS replace(replace(regexp_replace(
  CASE WHEN regexp_matches(t, '{BEGINNING}') AND NOT regexp_full_match(t, '{_NUMBER}')
       THEN '''' || t ELSE t END, '{INSIDE}', ';''\\1', 'g'), chr(13) || chr(10), chr(10)), chr(13), chr(10))"""


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text, or take it for a number that it is not."""
    return _begins(text) or bool(_inside.search(text))


def _begins(text: str) -> bool:
    return bool(_runs.match(text)) and not _number.fullmatch(text)


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it."""
    # Hardly any text has something that has to be looked at.
    if text[:1] not in _FIRST and ";" not in text and "\r" not in text:
        return text
    shown = _inside.sub(r";'\1", f"'{text}" if _begins(text) else text)
    return shown.replace("\r\n", "\n").replace("\r", "\n")
