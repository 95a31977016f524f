"""The seeded table of the benchmarks, as an office publishes it, with its declaration.

Eighteen areas under three spellings each, series of codes, periods in words, numbers as people write them; in the share
of the rows that ``UNREADABLE`` says a text that nobody can read. DuckDB makes it, from hashes of row numbers. Not here:
what is measured (``bench_normalize``, ``bench_release``, which call this).
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.model import Contract
from pipelines.published.numbers_and_periods_in_words import MONTHS
from sources.dataset import Dataset
from sources.load_datasets import load_dataset

REGIONS = {
    "KZ": ("Kazakhstan", "Казахстан", "Республика Казахстан"),
    "KZ-10": ("Abai region", "область Абай", "Абай облысы"),
    "KZ-11": ("Akmola region", "Акмолинская область", "Ақмола облысы"),
    "KZ-15": ("Aktobe region", "Актюбинская область", "Ақтөбе облысы"),
    "KZ-19": ("Almaty region", "Алматинская область", "Алматы облысы"),
    "KZ-23": ("Atyrau region", "Атырауская область", "Атырау облысы"),
    "KZ-27": ("West Kazakhstan region", "Западно-Казахстанская область", "Батыс Қазақстан облысы"),
    "KZ-31": ("Zhambyl region", "Жамбылская область", "Жамбыл облысы"),
    "KZ-35": ("Karaganda region", "Карагандинская область", "Қарағанды облысы"),
    "KZ-39": ("Kostanay region", "Костанайская область", "Қостанай облысы"),
    "KZ-43": ("Kyzylorda region", "Кызылординская область", "Қызылорда облысы"),
    "KZ-47": ("Mangystau region", "Мангистауская область", "Маңғыстау облысы"),
    "KZ-55": ("Pavlodar region", "Павлодарская область", "Павлодар облысы"),
    "KZ-59": ("North Kazakhstan region", "Северо-Казахстанская область", "Солтүстік Қазақстан облысы"),
    "KZ-61": ("Turkistan region", "Туркестанская область", "Түркістан облысы"),
    "KZ-63": ("East Kazakhstan region", "Восточно-Казахстанская область", "Шығыс Қазақстан облысы"),
    "KZ-71": ("Astana", "г. Астана", "Астана қаласы"),
    "KZ-75": ("Almaty city", "г. Алматы", "Алматы қаласы"),
}
SEXES = {"F": ("Женщины", "Female"), "M": ("Мужчины", "Male"), "_T": ("Всего", "Both sexes")}
FORMS = ("_T", "PHYSICAL", "SEXUAL", "PSYCHOLOGICAL", "ECONOMIC", "PHYSICAL_SEXUAL")
YEARS = range(1998, 2026)
# Texts that nobody can read, in this share of the rows each; a share of more than 100 % comes on top.
UNREADABLE = {"_value": 0.004, "Region": 0.002, "Sex": 0.002, "Series": 0.001, "Period": 0.001}


def series(contract: Contract, count: int) -> list[tuple[str, str, str, str]]:
    """Codes of an office's series with the indicator, form and unit that they mean."""
    pairs = [
        (i.code, form, i.unit)
        for form in FORMS
        for i in contract.indicators.values()
        if i.unit in ("NUMBER", "PERCENT") and i.range[0] == 0
    ]
    if count > len(pairs):
        raise SystemExit(f"{len(pairs)} series carry no more than {len(pairs) * cells_of_a_series()} rows.")
    return [(f"S{number:04d}", *pair) for number, pair in enumerate(pairs[:count], 1)]


def cells_of_a_series() -> int:
    """Rows of one series: each area, sex and period once."""
    return len(REGIONS) * len(SEXES) * len(periods())


def periods() -> list[tuple[str, str, str, dt.date, dt.date]]:
    """Printed period, its SDMX time and frequency, first and last day."""
    found = []
    for year in YEARS:
        found.append((f"{year} год", f"{year}", "A", dt.date(year, 1, 1), dt.date(year, 12, 31)))
        for number in range(1, 5):
            first = dt.date(year, number * 3 - 2, 1)
            found.append((f"{number} квартал {year} года", f"{year}-Q{number}", "Q", first, _last(first, 3)))
        for number, month in enumerate(MONTHS["ru"], 1):
            first = dt.date(year, number, 1)
            found.append((f"{month} {year}", f"{year}-{number:02d}", "M", first, _last(first, 1)))
    return found


def _last(first: dt.date, months: int) -> dt.date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


def meanings(contract: Contract, rows: int) -> dict[str, pa.Table]:
    """The small tables that the hand-written query joins."""
    count = -(-rows // cells_of_a_series())
    names = ("text", "time_period", "freq", "period_start", "period_end")
    return {
        "regions": _small(("text", "code"), [(t, code) for code, texts in REGIONS.items() for t in texts]),
        "sexes": _small(("text", "code"), [(t, code) for code, texts in SEXES.items() for t in texts]),
        "series": _small(("text", "indicator", "form", "unit"), series(contract, count)),
        "periods": _small(names, periods()),
    }


def _small(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def make_table(contract: Contract, rows: int, seed: int, path: Path) -> None:
    """The seeded table, as an office publishes it; DuckDB makes it, from hashes of row numbers."""
    con = duckdb.connect()
    for name, table in meanings(contract, rows).items():
        con.register(name, table)
    texts = {
        name: [list(spellings) for spellings in named.values()]
        for name, named in (("r", REGIONS), ("s", SEXES))
    }
    areas, sexes, times = len(REGIONS), len(SEXES), len(periods())

    def odd(column: str, text: str) -> str:
        place = list(UNREADABLE).index(column)
        share = int(UNREADABLE[column] * 1_000_000)
        return f"CASE WHEN hash(n, {seed}, 'odd {place}') % 1000000 < {share} THEN {text} ELSE"

    grouped = "regexp_replace(CAST(whole AS VARCHAR), '([0-9])([0-9]{{3}})$', '\\1' || {0} || '\\2')"
    con.execute(
        f"""COPY (
        WITH numbered AS (
          SELECT n, n % {areas} AS a, n // {areas} % {sexes} AS x, n // {areas * sexes} % {times} AS p,
            n // {areas * sexes * times} AS q, CAST(hash(n, {seed}, 'kind') % 1000 AS INT) AS kind,
            CAST(hash(n, {seed}, 'size') >> 1 AS BIGINT) AS size
          FROM range({rows}) t(n)),
        sized AS (
          SELECT n.*, s.text AS code, CASE WHEN s.unit = 'PERCENT' THEN size % 101 ELSE size % 200000 END AS whole,
            s.unit = 'PERCENT' AND size % 3000 = 7 AS beyond, size // 7 % 10 AS part, s.unit = 'PERCENT' AS share
          FROM numbered n JOIN (SELECT *, row_number() OVER (ORDER BY text) - 1 AS q FROM series) s USING (q)),
        printed AS (
          SELECT *, CASE
            WHEN beyond THEN '140'
            WHEN kind < 20 THEN '…' WHEN kind < 40 THEN '-' WHEN kind < 45 THEN ''
            WHEN share THEN whole - (whole > 99)::INT || ',' || part || CASE WHEN kind < 55 THEN '*' ELSE '' END
            WHEN kind < 55 THEN whole % 1000 || '*'
            WHEN kind < 250 THEN {grouped.format("' '")}
            WHEN kind < 350 THEN {grouped.format("chr(160)")}
            ELSE CAST(whole AS VARCHAR) END AS value
          FROM sized)
        SELECT {odd("Period", "'весна'")} m.text END AS Period,
          {odd("Region", "'Атлантида'")} {texts["r"]}[1 + a][1 + size % 3] END AS Region,
          {odd("Sex", "'?'")} {texts["s"]}[1 + x][1 + size % 2] END AS Sex,
          {odd("Series", "'S9999'")} code END AS Series,
          nullif({odd("_value", "['нет', '1,2,3', '12-15', '??'][1 + size % 4]")} value END, '') AS Value
        FROM printed JOIN (SELECT *, row_number() OVER (ORDER BY period_start, period_end) - 1 AS p FROM periods) m
        USING (p) ORDER BY n) TO '{path}' (FORMAT csv, DELIMITER ';', HEADER)"""
    )


def declared(
    contract: Contract, rows: int, folder: Path, name: str = "bench", collection: str = "portal"
) -> Dataset:
    """The dataset's declaration, written down and loaded as any other."""
    known = meanings(contract, rows)["series"].to_pylist()
    spec: dict[str, Any] = {
        "country": "KZ",
        "title": {"en": "Bench", "ru": "Bench"},
        "publisher": {"en": "Bench", "ru": "Bench"},
        "address": "https://example.org/",
        "licence": "CC-BY-4.0",
        "citation": "Bench",
        "cadence": "yearly",
        "collection": collection,
        "precedence": 1,
        "reader": "delimited",
        "reader_options": {"value_columns": ["Value"]},
        "hosts": ["example.org"] if collection == "portal" else [],
        "files": [{"name": "bench", "address": "https://example.org/bench.csv"}],
        "numbers": {"decimal": ","},
        "concepts": {
            "indicator": {"column": "Series", "values": {row["text"]: row["indicator"] for row in known}},
            "violence_form": {"column": "Series", "values": {row["text"]: row["form"] for row in known}},
            "ref_area": {"column": "Region"},
            "time_period": {"column": "Period"},
            "sex": {
                "column": "Sex",
                "values": {text: code for code, texts in SEXES.items() for text in texts},
            },
        },
    }
    path = folder / f"{name}.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    return load_dataset(path)
