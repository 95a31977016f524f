"""Files that say the same in another form give the same observations: a metamorphic test of every reader.

The forms: rows in another order, columns (dimensions, attributes, keys) in another order, names that the declarations
and registers know for the same thing, the other languages' editions, figures written otherwise, other white space and
quotes. The files are the invented ones of ``tests/fixtures``.
"""

from collections.abc import Callable

import pytest

from pipelines.declarations import Declarations
from tests.faults.other_forms import (
    EDITIONS,
    LABELS,
    Form,
    areas_named,
    cube_sparse,
    cube_turned,
    delimited,
    document,
    editions,
    inside,
    lines_mixed,
    marked,
    message_turned,
    messages,
    objects,
    renamed,
    rows_at,
    same,
    sheet,
    shown_in_groups,
    table,
    turned,
    written_as_text,
    years_mixed,
    years_of_document_mixed,
    zipped,
)
from tests.faults.reading import DATASETS, body, observed, read

NUMBERED: Callable[[str], bool] = ("value", "Value").__contains__
FORMS: dict[str, dict[str, Form]] = {
    "ex_open_sdg": {**delimited(4), "synonym": table(renamed({"SEX": "Sex"}))},
    "ex_open_sdg_units": {name: form for name, form in delimited(2).items() if "edition" not in name},
    "ex_by_sex": {**delimited(3), "delimiter": table(same, written=";")},
    "ex_semicolon": delimited(3, LABELS, delimiter=";", encoding="cp1251"),
    "ex_tabs": delimited(2, delimiter="\t"),
    "ex_packed": inside(delimited(2)),
    "ex_sdmx_csv": delimited(4),
    "ex_open_sdg_json": objects(rows_at(), NUMBERED),
    "ex_paged": {**objects(rows_at(1), NUMBERED), **editions()},
    "ex_open_data": {**objects(rows_at("data"), NUMBERED), **editions(LABELS)},
    "ex_siat": {**objects(rows_at(0, "data"), str.isdecimal), **editions()},
    "ex_json_stat": {
        "columns": document(cube_turned),
        "rows": document(cube_sparse),
        "keys": document(turned),
        **editions(),
    },
    "ex_sdmx_json": {"columns": document(message_turned), "keys": document(turned), **editions()},
    "ex_sdmx_structured": messages(),
    "ex_sdmx_generic": messages(),
    "ex_sdmx_compact": messages(),
    "ex_workbook": {
        "rows": sheet(lines_mixed),
        "columns": sheet(years_mixed),
        "figures": sheet(written_as_text),
        "format": sheet(shown_in_groups),
        **{
            f"edition {number}": sheet(areas_named(names))
            for number, names in enumerate(EDITIONS)
            if names != LABELS
        },
    },
    "ex_ods": zipped(
        marked("<table:table-row>.*?</table:table-row>", "<table:table-cell.*?</table:table-cell>"),
        "content.xml",
    ),
    "ex_false_xls": marked("<tr>.*?</tr>", "<t[dh]>.*?</t[dh]>"),
    "ex_pdf": {"rows": years_of_document_mixed},
}


def test_every_reader_of_the_fixtures_is_there() -> None:
    assert FORMS.keys() == DATASETS.keys()


@pytest.mark.parametrize("name", FORMS)
def test_the_same_in_another_form_gives_the_same_observations(declared: Declarations, name: str) -> None:
    dataset, content = DATASETS[name], body(DATASETS[name])
    cells = read(dataset, content)
    assert cells is not None
    expected = observed(declared, dataset, cells)
    assert len(expected[0]) >= 8 and not expected[1]
    for what, form in FORMS[name].items():
        other = form(content)
        assert other != content, what
        cells = read(dataset, other)
        assert cells is not None, what
        assert observed(declared, dataset, cells) == expected, what
