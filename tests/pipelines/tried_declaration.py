"""A declaration of protection orders and its files, as the tests of ``dvstats try`` write them."""

from pathlib import Path

from pipelines.try_declaration import Tried

DECLARATION = """\
country: KG
title: {en: Protection orders, ru: Охранные ордера}
publisher: {en: Ministry of Internal Affairs, ru: Министерство внутренних дел}
address: https://stat.example.org/open/
licence: NOT-STATED
citation: Ministry of Internal Affairs, open data
cadence: quarterly
collection: COLLECTION
precedence: 1
hosts: [stat.example.org]
fetch: {expected: [csv]}
reader: READER
reader_options: OPTIONS
files:
- {name: orders, address: https://stat.example.org/open/orders.csv}
- {name: earlier, address: https://stat.example.org/open/archive.csv}
concepts:
  indicator: {const: PROTECTION_ORDERS}
  ref_area: {column: AREA}
  time_period: {column: PERIOD}
  sex: {column: SEX, values: {женщины: F, мужчины: M}}
"""
HEADER = "Область;Квартал;Пол;Выдано\n"


def declare(
    folder: Path,
    *,
    reader: str = "delimited",
    options: str = "{value_columns: [Выдано]}",
    columns: tuple[str, str, str] = ("Область", "Квартал", "Пол"),
    collection: str = "portal",
    more: str = "",
) -> Path:
    text = DECLARATION.replace("READER", reader).replace("OPTIONS", options)
    for name, column in zip(("AREA", "PERIOD", "SEX"), columns, strict=True):
        text = text.replace(name, column)
    path = folder / "kg_tried.yaml"
    path.write_text(text.replace("COLLECTION", collection) + more, encoding="utf-8")
    return path


def written(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows(tried: Tried) -> set[tuple[object, ...]]:
    names = ("ref_area", "time_period", "sex", "obs_value", "obs_status")
    return {tuple(row[name] for name in names) for row in tried.good.to_pylist()}


TWO = ("Чуйская область;2025-Q1;женщины;1 204", "Нарынская область;2025-Q1;мужчины;…")
