"""The faults that the mirror puts into answers, for each format of the fixtures the ones that fit it."""

from collections.abc import Mapping, Sequence

from tests.share_of_cases import portion, slow

# Of every format of lines: a column to rename, one to double with a cell, the column of the values.
COLUMNS = {
    "ex_open_sdg": ("SEX=Gender", "Value=7", "Value"),
    "ex_open_sdg_units": ("Units=Unit", "Value=7", "Value"),
    "ex_semicolon": ("Пол=Гендер", "Число пострадавших=7", "Число пострадавших"),
    "ex_tabs": ("sex=gender", "2020=7", "2016,2017,2018,2019,2020,2021,2022,2023,2024"),
    "ex_by_sex": ("nature=kind", "victims=7", "victims"),
    "ex_sdmx_csv": ("SEX=GENDER", "OBS_VALUE=7", "OBS_VALUE"),
}
EIGHT = (
    "gzipcut",
    "cutlines:0.6",
    "renamecol",
    "doublecol",
    "droprows",
    "scale:1000",
    "errorrow",
    "newcol:Region=North",
)
# One of each kind, in the format where it is hardest to see.
VARIANTS = {
    "ex_open_sdg": (
        "cutlines:0.95", "scale:100", "scale:12", "scale:0.5", "scale:0.001", "dropcol:SEX", "newcol:Zone=1,2",
        "cutbytes:1", "truncate", "html", "empty", "status:503", "status:404",
    ),
    "ex_open_sdg_units": ("droprows:Percentage", "newcol:Age=15-49"),
    "ex_semicolon": ("newcol:Единица=тыс.", "droprows:Женщины"),
    "ex_tabs": ("dropcol:2019", "scale:0.5=2024"),
    "ex_by_sex": ("errorrow in women", "scale:0.5 in women", "status:503 in total", "dropcol:nature in women"),
    "ex_sdmx_csv": ("dropcol:OBS_STATUS",),
    "ex_packed": ("cutbytes:9",),
    "ex_paged": ("status:503 in page=2", "html in page=3"),
    "ex_sdmx_structured": ("cutbytes:40",),
    "ex_workbook": ("cutbytes:100",),
}  # fmt: skip
MORE_VARIANTS = {
    "ex_open_sdg": (
        "cutlines:0.99", "renamecol:GeoCode=Geo", "doublecol:Year=2020", "newcol:Zone=", "droprows:KG-T",
        "cutbytes:2", "gzipcut:0.98",
    ),
    "ex_open_sdg_units": ("dropcol:Units", "scale:0.5", "scale:100"),
    "ex_semicolon": ("scale:0.1", "cutlines:0.95", "cutbytes:2"),
    "ex_tabs": ("renamecol:2019=2025", "scale:0.001=2024", "dropcol:area"),
    "ex_by_sex": (
        "html in women", "cutlines:0.5 in women", "newcol:sex=M,F in total", "cutbytes:2 in women",
    ),
    "ex_sdmx_csv": ("renamecol:OBS_STATUS=STATUS", "scale:12", "scale:0.5", "newcol:AGE=Y18T29"),
    "ex_packed": ("gzipcut:0.9",),
    "ex_paged": ("truncate in page=2", "status:503"),
    "ex_sdmx_structured": ("gzipcut:0.9",),
}  # fmt: skip


def fault_of(dataset: str, kind: str) -> str:
    """One of the eight faults, with the columns of a dataset."""
    renamed, doubled, values = COLUMNS[dataset]
    filled = {
        "renamecol": f"renamecol:{renamed}",
        "doublecol": f"doublecol:{doubled}",
        "droprows": "droprows:KG-T" if dataset == "ex_tabs" else "droprows:2019",
    }
    return filled.get(kind, f"{kind}={values}" if kind.startswith("scale") else kind)


def variant_of(dataset: str, fault: str) -> str:
    """A variant; a factor without columns is that of the column of the values."""
    whole = fault.startswith("scale") and "=" not in fault and " in " not in fault
    return f"{fault}={COLUMNS[dataset][2]}" if whole else fault


def variants_of(variants: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, variant_of(name, fault)) for name, faults in variants.items() for fault in faults]


# All eight in the first format and in the one of several files; in the others the four that need its columns, of which
# each format has one in the short time.
ALL_EIGHT = [(name, fault_of(name, kind)) for name in COLUMNS for kind in EIGHT]
OF_COLUMNS = ("renamecol", "doublecol", "scale:1000", "newcol:Region=North")
FIRST, OTHERS = ("ex_open_sdg", "ex_by_sex"), ("ex_open_sdg_units", "ex_semicolon", "ex_tabs", "ex_sdmx_csv")
QUICK = [
    *((name, fault_of(name, kind)) for name in FIRST for kind in EIGHT),
    *((name, fault_of(name, kind)) for name, kind in zip(OTHERS, OF_COLUMNS, strict=True)),
]
LATER = [
    case for name in OTHERS for kind in OF_COLUMNS if (case := (name, fault_of(name, kind))) not in QUICK
]
CASES = portion(
    [*QUICK, *slow([*LATER, *variants_of(VARIANTS)])],
    [*(case for case in ALL_EIGHT if case not in LATER), *variants_of(MORE_VARIANTS)],
)
