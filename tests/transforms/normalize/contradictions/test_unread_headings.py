"""Headings between the rows: what they say of the rows below, in every layout with labels at the side."""

import re
from typing import Any

import pytest

from sources.readers.headings import Heading, headings_of
from sources.readers.protocol import read_cells
from tests.sources.readers.test_more_cases import GRID, declared, read, rules, said
from tests.workbooks import workbook
from transforms.normalize.contradictions.unread_headings import plain_headings

ABOVE, BELOW = ("KG-C", "2023", "_T", 12.0), ("KG-N", "2023", "_T", 7.0)
ALL = {12.0, 7.0}
RECORDS: dict[str, Any] = {"ref_area": {"column": "Область"}, "time_period": {"column": "column"}}
REFUSED = [
    "Доля, %",
    "на 100 000 населения",
    "тысяч человек",
    "из них женщины",
    "Мужчины",
    "оның ішінде әйелдер",
    "Дети до 18 лет",
    "Сельская местность",
    "Rural",
    *(
        "мужской",
        "қыз балалар",
        "еркектер",
        "уул балдар",
        "духтарбачагон",
        "хотин-қизлар",
        "o‘g‘il bolalar",
        "Ж",
    ),
    *(
        "18 жасқа дейін",
        "18 жаштан жогору",
        "аз 18 сола боло",
        "18 ёшгача",
        "voyaga yetmaganlar",
        "unter 18 Jahren",
    ),
    *(
        "60 и старше",
        "кәмелетке толмағандар",
        "өспүрүмдөр",
        "ноболиғон",
        "кексалар",
        "Jugendliche",
        "18 and over",
    ),
    *("қалалық жер", "ҷойҳои шаҳрӣ", "сельские населённые пункты", "villages", "ländliche Gebiete"),
    *("из которых повторно", "соның ішінде қайталама", "алардын ичинен кайталанган", "жумладан такроран"),
    "в том числе осуждено",
    "of which convicted",
    *("План", "Прогноз", "План на 2023 год"),
    *("Физикалык зомбулук", "Жисмоний зўравонлик", "Случаи сексуального насилия", "Körperliche Gewalt"),
    *("хушунати ҷисмонӣ", "Victims of psychological violence", "Қалалық әйелдер"),
    *("9 месяцев", "I полугодие", "январь–сентябрь 2023", "На 20 декабря"),
    *("2021 год", "Маалыматтар 2019-жыл үчүн берилди", "Schuljahr", "o‘quv yili", "H1", "чейрек боюнча"),
    *("направлено в суд", "соттолгондор", "со стороны партнёра"),
]


def table(*headings: str, first: bool = False) -> list[list[Any]]:
    rows: list[list[Any]] = [["Выданные ордера"], ["Область", "2023"], ["Чуйская область", 12]]
    place = 2 if first else 3
    rows[place:place] = [[heading, None] for heading in headings]
    return [*rows, ["Нарынская область", 7]]


def cross(*headings: str, first: bool = False, concepts: dict[str, Any] | None = None, **more: Any) -> Any:
    options = {"header_rows": [2], **more.pop("reader_options", {})}
    content = workbook(table(*headings, first=first))
    return read(content, "excel", {**GRID, **(concepts or {})}, reader_options=options, **more)


@pytest.mark.parametrize("heading", REFUSED)
def test_rows_below_a_heading_that_nobody_reads_are_refused(heading: str) -> None:
    """Read carelessly: seven per cent, or seven thousand, or seven women, as seven people."""
    result = cross(heading)
    assert (said(result), rules(result)) == ({ABOVE}, {"unread_heading"})
    (reason,) = result.refused["reason_en"].to_pylist()
    assert f'"{heading}" (Sheet!A4)' in reason and "sections: true" in reason
    unmapped = cross(heading, reader_options={"sections": True})
    assert said(unmapped) == {ABOVE}, "a section that no concept reads"
    skipped = cross(heading, reader_options={"skip_rows": f"^{re.escape(heading)}"})
    assert said(skipped) == {ABOVE}, "a heading that is skipped heads the rows below it all the same"


@pytest.mark.parametrize(
    "heading",
    [
        "человек",
        "в том числе:",
        "of which by region",
        "Области и города",
        "Выданные ордера",
        "Всего",
        "Юг",
        "Оба пола",
        "",
        "* оценка",
    ],
)
def test_a_heading_that_changes_nothing_refuses_nothing(heading: str) -> None:
    assert said(cross(heading)) == {ABOVE, BELOW}


@pytest.mark.parametrize(
    ("headings", "fine"),
    [
        (("Доля, %", "Юг"), False),
        (("Доля, %", "Человек"), True),
        (("Женщины", "Всего"), True),
        (("Женщины", "Доля, %", "Человек"), False),
        (("в том числе осуждено", "Юг"), True),
        (("Физическое насилие", "Все виды насилия"), True),
        (("Физическое насилие", "Юг"), False),
    ],
)
def test_a_heading_holds_until_one_of_its_kind(headings: tuple[str, ...], fine: bool) -> None:
    assert said(cross(*headings)) == ({ABOVE, BELOW} if fine else {ABOVE})


@pytest.mark.parametrize(
    ("heading", "more", "expected"),
    [
        ("Женщины", {"concepts": {"sex": {"const": "F"}}}, {("F", 12.0), ("F", 7.0)}),
        ("из них осуждено", {}, {("_T", 12.0), ("_T", 7.0)}),
        ("тысяч человек", {"numbers": {"multiply": 1000}}, {("_T", 12000.0), ("_T", 7000.0)}),
        ("тысяч человек", {}, set()),
        ("Женщины", {}, set()),
        *(
            (heading, {"concepts": {concept: {"const": code}}}, expected)
            for concept, code, headings, expected in (
                (
                    "sex",
                    "_T",
                    ("Аялдар", "Занон", "Victims (women)", "Männliche Opfer", "оның ішінде әйелдер"),
                    set(),
                ),
                ("sex", "F", ("Эркектер", "of whom men", "Осуждённые мужчины"), set()),
                ("sex", "_T", ("Women and men", "Насилие в отношении женщин", "Gewalt gegen Frauen"), ALL),
                ("age", "_T", ("Children", "18-29 лет", "Пожилые", "Jugendliche"), set()),
                ("age", "Y_GE18", ("18 и старше", "Adults"), ALL),
                ("age", "Y_GE18", ("до 18 лет", "Kinder", "Under 18"), set()),
                ("violence_form", "PHYSICAL", ("Körperliche Gewalt", "Случаи физического насилия"), ALL),
                ("violence_form", "PHYSICAL", ("Психологическое насилие", "Sexual violence"), set()),
            )
            for heading in headings
        ),
        *(
            (heading, {"breakdown": {"URBANISATION": {"const": "R"}}}, expected)
            for heading, expected in (
                ("Rural", ALL),
                ("Айыл", ALL),
                ("Urban", set()),
                ("Городские женщины", set()),
            )
        ),
    ],
)
def test_a_heading_above_all_rows_is_what_a_constant_says(
    heading: str, more: dict[str, Any], expected: set[Any]
) -> None:
    found = {row[2:] for row in said(cross(heading, first=True, **more))}
    assert ({figure for _, figure in found} if expected == ALL else found) == expected


def test_a_section_that_is_mapped_is_read() -> None:
    sex = {"column": "section", "values": {"из них женщины": "F"}, "empty": "_T"}
    read_as = cross("из них женщины", concepts={"sex": sex}, reader_options={"sections": True})
    assert said(read_as) == {ABOVE, ("KG-N", "2023", "F", 7.0)}
    urban = {"URBANISATION": {"column": "section", "values": {"Сельское население": "R"}, "empty": "_T"}}
    rural = cross("Сельское население", breakdown=urban, reader_options={"sections": True})
    assert sorted(rural.good["breakdown"].to_pylist()) == ["URBANISATION=R", "_T"]


@pytest.mark.parametrize("reader", ["delimited", "records"])
def test_a_section_of_a_file_of_records_is_read_where_it_is_mapped_and_refuses_where_it_is_not(
    reader: str,
) -> None:
    rows = table("из них женщины")[1:]
    rows.insert(2, ["Таласская область", "-"])
    lines = "\n".join(";".join("" if text is None else str(text) for text in row) for row in rows)
    content = lines.encode() if reader == "delimited" else workbook(rows)
    layout = {} if reader == "delimited" else {"layout": "records"}
    options = {"value_columns": ["2023"], "sections": True, **layout}
    sex = {"column": "section", "values": {"из них женщины": "F"}, "empty": "_T"}
    kind = "excel" if layout else reader
    mapped = read(content, kind, {**RECORDS, "sex": sex}, reader_options=options)
    gap = ("KG-T", "2023", "_T", None)
    assert (said(mapped), rules(mapped)) == ({ABOVE, gap, ("KG-N", "2023", "F", 7.0)}, set())
    unmapped = read(content, kind, RECORDS, reader_options=options)
    assert (said(unmapped), rules(unmapped)) == ({ABOVE, gap}, {"unread_heading"})


@pytest.mark.parametrize("line", ["Доля, %", "из них женщины", "Сельская местность", "Женщины"])
def test_a_heading_that_is_skipped_as_an_area_still_heads_the_rows_below(line: str) -> None:
    """The refusal of a line in a CSV file says "__skip__ if it is no area": so 7 women became everybody."""
    content = f"Область;2023\nЧуйская область;12\n{line};\nНарынская область;7\n".encode()
    area = {"ref_area": {"column": "Область", "values": {line: "__skip__"}}}
    result = read(content, "delimited", {**RECORDS, **area}, reader_options={"value_columns": ["2023"]})
    assert (said(result), rules(result)) == ({ABOVE}, {"unread_heading"})


@pytest.mark.parametrize("line", ["Доля, %", "из них женщины", "Сельская местность"])
@pytest.mark.parametrize("layout", ["csv", "short csv line", "records", "records with an id", "html"])
def test_other_layouts(layout: str, line: str) -> None:
    """The heading's own line may be refused as well; the rows below it are, in any case."""
    options: dict[str, Any] = {"value_columns": ["2023"]}
    if "csv" in layout:
        line = f"{line};" if layout == "csv" else line
        content = f"Область;2023\nЧуйская область;12\n{line}\nНарынская область;7\n".encode()
        result = read(content, "delimited", RECORDS, reader_options=options)
    elif layout == "html":
        rows = "".join(f"<tr><td>{a}</td><td>{b or ''}</td></tr>" for a, b in table(line)[1:])
        content = f"<html><meta charset='utf-8'><table>{rows}</table></html>".encode()
        result = read(content, "excel", GRID, reader_options={"header_rows": [1]})
    else:
        rows = table(line)[1:]
        if "id" in layout:
            rows = [["№", *rows[0]], [1, *rows[1]], [line, None, None], [2, *rows[3]]]
        result = read(workbook(rows), "excel", RECORDS, reader_options={"layout": "records", **options})
    assert {row for row in said(result) if row[3] is not None} == {ABOVE}
    assert "unread_heading" in rules(result)


def test_a_line_whose_label_has_a_code_is_a_row_without_a_value() -> None:
    labels = {"Женщины": "F", "Всего": "_T"}
    concepts = {
        "ref_area": {"const": "KG"},
        "time_period": {"column": "column"},
        "sex": {"column": "П", "values": labels},
    }
    content = "П;2023\nЖенщины;\nВсего;7\n".encode()
    result = read(content, "delimited", concepts, reader_options={"value_columns": ["2023"]})
    assert said(result) == {("KG", "2023", "F", None), ("KG", "2023", "_T", 7.0)}


@pytest.mark.parametrize(
    ("reader", "options"),
    [
        ("delimited", {"value_columns": ["2023"]}),
        ("excel", {"layout": "records", "value_columns": ["2023"]}),
        ("excel", {"header_rows": [1]}),
    ],
)
def test_a_line_at_the_end_heads_nothing(reader: str, options: dict[str, Any]) -> None:
    rows = [["Область", "2023"], ["Чуйская область", "12"], ["Женщины", ""]]
    content = "\n".join(map(";".join, rows)).encode() if reader == "delimited" else workbook(rows)
    dataset = declared(reader, RECORDS, reader_options=options)
    assert headings_of(read_cells(dataset, content)) == []


def test_plain_headings_are_told_of() -> None:
    dataset = declared("excel", GRID, reader_options={"header_rows": [2]})
    cells = read_cells(
        dataset, workbook(table("Юг", "Доля, %", "в том числе:", "по областям", "shu jumladan"))
    )
    assert plain_headings(cells, dataset) == [Heading("Sheet!A4", "Юг", first=False, column="row_1")]
