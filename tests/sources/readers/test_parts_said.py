"""Words of a file that say that it is a part of something."""

import pytest

from sources.cells import LOCATOR, REMARKS, TITLE, VALUE, cells_table
from sources.readers.parts_said import PartShown, goes_on, missing_parts, part_shown, says_it_goes_on


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Показано записей с 1 по 2 из 9", (1, 2, 9)),
        ("Записи с 11 до 20 из 1 057 записей", (11, 20, 1057)),
        ("Showing 1 to 10 of 1,057 entries (filtered from 2,000 total entries)", (1, 10, 1057)),
        ("1 bis 10 von 57 Einträgen", (1, 10, 57)),
        ("57 жазбалардың 1 бастап 10 дейінгі жазбалар", (1, 10, 57)),
        ("Жалпы 57 саптын ичинен 1-саптан 10-сапка чейинкилер", (1, 10, 57)),
        ("Umumiy 57 yozuvlarlardan 1 dan 10 gachasi ko'rsatilmoqda", (1, 10, 57)),
        ("Сабтҳо аз 1 то 10 аз 57", (1, 10, 57)),
        ("Показано 2 из 9 записей", (1, 2, 9)),
        ("Showing 2 of 9", (1, 2, 9)),
        ("Showing 1 to 9 of 9 entries", None),
        ("Showing 0 to 0 of 0 entries", None),
        ("Записи актов с 2015 по 2020 год", None),
        ("Показаны преступления за 2022 и 2023 годы", None),
        ("Districts 1 to 5 of 9", None),
        ("Records " + "of the register " * 20 + "1 to 2 of 9", None),
    ],
)
@pytest.mark.parametrize("name", [TITLE, REMARKS])
def test_how_many_records_a_file_says_that_it_shows(text, shown, name):
    """Read carelessly: two of nine regions as the whole country."""
    around = f"Orders\n{text}" if name == REMARKS else f"Orders / {text}"
    cells = cells_table({VALUE: ["1", "2"], LOCATOR: ["a", "b"], name: [None, around]})
    part = part_shown(cells)
    assert (part and part[:3]) == shown
    bare = cells.drop_columns([name]).replace_schema_metadata({name.encode(): around.encode()})
    assert (found := part_shown(bare)) == part and (found is None or found.words == text)


@pytest.mark.parametrize(
    ("spans", "missing"),
    [
        ([(1, 10, 15), (11, 15, 15)], []),
        ([(11, 15, 15), (1, 12, 15)], []),
        ([(1, 10, 15)], [(1, 10, 15)]),
        ([(1, 5, 15), (7, 15, 15)], [(1, 5, 15), (7, 15, 15)]),
        ([(1, 10, 15), (11, 15, 15), (1, 2, 9)], [(1, 2, 9)]),
    ],
)
def test_parts_that_are_the_whole_together(spans, missing):
    found = missing_parts([PartShown(*span, words="x") for span in spans])
    assert [part[:3] for part in found] == missing


@pytest.mark.parametrize(
    ("line", "more"),
    [
        *((text, True) for text in (
            "Fortsetzung der Tabelle auf Seite 2", "Fortsetzung folgt", "(Fortsetzung nächste Seite)",
            "Продолжение на следующей странице", "Продолжение таблицы 3 на стр. 15", "Окончание см. на обороте",
            "Table 2 continued on next page", "(continues overleaf)", "to be continued", "жалғасы келесі бетте",
            "уландысы кийинки бетте", "davomi keyingi betda", "давоми кейинги саҳифада", "идомааш дар саҳифаи оянда",
        )),
        *((text, False) for text in (
            "Продолжение таблицы 3", "Table 2 (continued)", "Fortsetzung", "continued violence on page 2", "page 2",
            "Продолжение насилия на следующей неделе", "", "Fortsetzung folgt " * 20,
        )),
    ],
)  # fmt: skip
def test_lines_that_say_that_a_table_goes_on(line, more):
    """A heading "Table 2 (continued)" is above the rest of a table, which is here."""
    assert says_it_goes_on(line) is more
    columns = {VALUE: ["1", "2"], LOCATOR: ["a", "b"]}
    assert goes_on(cells_table({**columns, REMARKS: [None, f"Source: x\n{line}"]})) == (line if more else "")
    assert goes_on(cells_table({**columns, REMARKS: [line, None]})) == ""
