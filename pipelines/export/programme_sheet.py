"""The sheet of the workbook with what programmes for aggressors reported: a row a figure, withheld ones said to be so.

It is there where the selection holds a return. Not here: the other sheets (``sheets``), comparators and studies, which
go with the files of tables. Called by ``workbook``.
"""

from data_contracts.model import Column, Contract, Text
from data_contracts.sql import literal
from pipelines.export.sheets import COUNTRY, Field, Sheet
from transforms.programmes.tables import FIGURE_TABLES

#: columns that say of whom a figure is; the quarter of a return or of a cohort has a column of its own
_KEYS = (
    "referral_source",
    "sex",
    "age",
    "contact_point",
    "respondent",
    "outcome_domain",
    "outcome_instrument",
    "measure_unit",
    "reoffence_source",
    "reoffence_base",
    "clock_from",
)


def programme_sheet(contract: Contract) -> Sheet:
    """Its columns, and the rows of all tables of figures as SQL."""
    parts = " UNION ALL ".join(_figures(contract, number, name) for number, name in enumerate(FIGURE_TABLES))
    return Sheet(
        Text("Returns of programmes", "Отчёты программ"),
        (
            COUNTRY,
            Field("Programme", "Программа", "p.provider", 34),
            Field("Part", "Часть", "f.part_{lang}", 24),
            Field("Quarter or cohort", "Квартал или когорта", "f.period", 12),
            Field("Of whom", "О ком", "f.of_whom", 40),
            Field("Window, months", "Срок, месяцев", "f.months", 9, "number"),
            Field("What is counted", "Что считается", "f.counted_{lang}", 34),
            Field("Figure", "Число", "f.figure", 10, "number"),
            Field("Withheld", "Скрыто", "CASE WHEN f.hidden THEN yes() END", 10),
            Field("Return", "Отчёт", "f.return_id", 34, technical=True),
            Field("Column", "Столбец", "f.name", 24, technical=True),
        ),
        f"""FROM ({parts}) f JOIN programmes p USING (programme_id) LEFT JOIN areas a ON a.code = p.country
        ORDER BY p.country, f.programme_id, f.number, f.return_id, f.period, f.of_whom, f.months, f.place""",
    )


def _figures(contract: Contract, number: int, name: str) -> str:
    """Query: the figures of a table, one a row, those that were withheld empty."""
    table = contract.tables[name]
    figures = [c for c in table.columns if c.type in ("INTEGER", "DOUBLE") and c.nullable]
    period = "start_period" if "start_period" in table.names else "return_period"
    labels = ", ".join(
        f"({literal(c.name)}, {literal(c.label.en)}, {literal(c.label.ru)}, {n})"
        for n, c in enumerate(figures)
    )
    window = "window_months" if "window_months" in table.names else "CAST(NULL AS INTEGER)"
    names = ", ".join(c.name for c in figures)
    numbers = ", ".join(f"CAST({c.name} AS DOUBLE) AS {c.name}" for c in figures)
    wide = f"""SELECT programme_id, return_id, {period} AS period, withheld, {window} AS months,
      {_of_whom(table.columns)} AS of_whom, {numbers} FROM kept_{name}"""
    long = f"SELECT * FROM ({wide}) UNPIVOT INCLUDE NULLS (figure FOR name IN ({names}))"
    return f"""SELECT {number} AS number, programme_id, return_id, period, {literal(table.title.en)} AS part_en,
        {literal(table.title.ru)} AS part_ru, of_whom, months, counted_en, counted_ru, place, name, figure,
        coalesce(list_contains(string_split(withheld, ';'), name), false) AS hidden
      FROM ({long}) JOIN (VALUES {labels}) labels(name, counted_en, counted_ru, place) USING (name)
      WHERE figure IS NOT NULL OR hidden"""


def _of_whom(columns: tuple[Column, ...]) -> str:
    """Expression: the keys of a row in words; a total of all says nothing."""
    found = [
        f"CASE WHEN {c.name} <> '_T' THEN words({literal(c.codes or '')}, {c.name}) END"
        for c in columns
        if c.name in _KEYS
    ]
    return f"concat_ws(', ', {', '.join(found)})" if found else "''"
