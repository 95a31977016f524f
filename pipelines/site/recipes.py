"""Recipes of the data page: the files of the site in tools that people use. ADDRESS is the address of the site.

Shown by ``templates/data.html.j2``; the Python one is run by a test.

Not here: the recipes of ``docs/recipes.md``. Called by ``build``.
"""

POWER_QUERY = """// Excel or Power BI: Data > Get data > Blank query > Advanced editor
let
  Site = "ADDRESS",
  File = Web.Contents(Site & "/latest/indicators/PROTECTION_ORDERS.csv"),
  Source = Csv.Document(File, [Delimiter=",", Encoding=65001]),
  Named = Table.PromoteHeaders(Source),
  Typed = Table.TransformColumnTypes(Named, {{"obs_value", type number}, {"whole_year", type logical}}, "en-US"),
  Totals = Table.SelectRows(Typed, each [sex] = "_T" and [age] = "_T" and [breakdown] = "_T")
in
  Totals
// a compressed table: Binary.Decompress(Web.Contents(Site & "/latest/tables/observations.csv.gz"), Compression.GZip)"""

JAVASCRIPT = """const answer = await fetch("ADDRESS/latest/indicators/PROTECTION_ORDERS.json.gz");
const plain = answer.body.pipeThrough(new DecompressionStream("gzip"));
const { same, columns, data } = await new Response(plain).json();
const rows = data.map((row) => ({ ...same, ...Object.fromEntries(columns.map((name, i) => [name, row[i]])) }));"""

SHEETS = """=IMPORTDATA("ADDRESS/latest/indicators/PROTECTION_ORDERS.csv")
=QUERY(IMPORTDATA("ADDRESS/latest/indicators/PROTECTION_ORDERS.csv"),
  "select Col2, Col3, Col12, Col16, Col18 where Col7 = '_T' and Col8 = '_T' and Col11 = '_T'", 1)"""

PYTHON = """import pandas as pd

site = "ADDRESS"
orders = pd.read_csv(f"{site}/latest/indicators/PROTECTION_ORDERS.csv")
totals = orders.query("sex == '_T' and age == '_T' and breakdown == '_T'")
print(totals[["area_en", "time_period", "obs_value", "obs_status", "source"]])"""
