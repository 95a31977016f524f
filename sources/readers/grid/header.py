"""The header of a ``cross`` table: which rows it is, and what it says of each column.

::

    Region  2023          2024          merged 2023 covers its two columns
            women  men    women  men    -> column C: [2023, men]
    A       1      2      3      4      a row of column numbers ends the header

Not here: labels, data rows and values (``cross``). Called by ``cross`` and ``records``.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sources.cells import ReadError
from sources.counted_words import without_counted_word
from sources.currencies import without_currency
from sources.readers.grid.table import Grid, Labels

#: rows from the top in which a header is looked for; one further down is declared
SEARCHED_ROWS = 60
_NUMBER = re.compile(r"[-+−<>≤≥]?\s?\d[\d\s\u00a0\u202f.,:'’]*%?")
# What else holds the place of a figure in a row of data: a figure in brackets or with a mark, a sign for none.
_MARK = re.compile(r"(?:\s?(?:[*†⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]|\s\d{1,2}\)))+$")
_BEGINS = re.compile(r"[-+−<>≤≥~(]?\s?\d")
_YEAR = re.compile(r"\s*(19|20)\d\d\D{0,10}")
# What stands beside column numbers; other short labels are those of areas and sexes: "Чуй", "ж".
_NUMBERING = re.compile(r"|[абвгabcd]|[0-9]{1,3}|№|гр\.?")
NO_FIGURE = re.compile(
    r"#[^\W_][\w/]*[!?]?|[-–—−….:]+|\*+|[xх]|н/д|н\.? ?д\.|n[./]?a\.?|нет (?:данных|сведений|информации)|no data|"
    r"not available|"
    r"мәлімет жоқ|деректер жоқ|маалымат жок|маълумот (?:йўқ|нест)|ma.lumot yo.q|keine (?:daten|angaben?)",
    re.IGNORECASE,
)


def found_header(grid: Grid, labels: Sequence[int]) -> tuple[list[int], int | None, int]:
    """Header rows, row of column numbers and first data row, recognized by the layout; ReadError where none is."""
    filled = grid.merged_texts()
    seen_years = False
    for row in range(min(len(grid.rows), SEARCHED_ROWS)):
        if not _is_numeric(grid, row, labels):
            continue
        if _is_number_row(grid, row, labels):
            return _block_above(grid, row, filled, labels), row, row + 1
        if not seen_years and _is_year_row(grid, row, labels):
            seen_years = True
            continue
        block = _block_above(grid, row, filled, labels)
        first = next((above for above in block if _begins_data(grid, above, labels, block, filled)), row)
        header = [above for above in block if above < first]
        # Headings of rows may stand between the header and the first figures.
        _refuse_lost_row(grid, header, labels, filled)
        between = range(header[-1] + 1, first) if header else ()
        headings = (above for above in between if above not in grid.hidden_rows and any(grid.rows[above]))
        return header, None, next(headings, first)
    raise ReadError(
        "no row of numbers was found below a header", place=grid.place, remedy="Declare header_rows"
    )


def _block_above(grid: Grid, row: int, filled: Labels, labels: Sequence[int]) -> list[int]:
    """The rows above that hold more than one text: a title holds one, a gap none; a gap below the header is no end.

    Two cells with one text are a level of the header ("чел." below each year), and so is the year of the only column.
    """
    block: list[int] = []
    for above in range(row - 1, -1, -1):
        texts = {text_at(grid, filled, above, column) for column in range(grid.width)} - {""}
        if above in grid.hidden_rows or not (texts or block):
            continue
        own = [column for column in range(grid.width) if grid.at(above, column)]
        alone = not block and len(own) == 1 == len(_value_texts(grid, row, labels)) and own[0] not in labels
        year = alone and _YEAR.fullmatch(grid.at(above, own[0]))
        if len(texts) < 2 and len(own) < 2 and not year:
            if not block and own and own[0] in labels and above > 0:
                # A heading of the first rows, or a title of what has no header.
                continue
            break
        block.insert(0, above)
    if not block:
        raise ReadError(
            "no header was found above the numbers",
            place=f"{grid.place}, row {row + 1}",
            remedy="Declare header_rows",
        )
    return block


def _begins_data(grid: Grid, row: int, labels: Sequence[int], block: Sequence[int], filled: Labels) -> bool:
    """Whether a row above the numbers is data of another form: with a label of its own, ``120 тыс.`` or a date."""
    above = [other for other in block if other < row]
    own = any(
        grid.at(row, column)
        and (row, column) not in filled
        and any(grid.at(other, column) for other in above)
        for column in labels
    )
    texts = _value_texts(grid, row, labels)
    figures = sum(bool(_BEGINS.match(text.strip()) and not _YEAR.fullmatch(text)) for text in texts)
    return own and figures * 2 >= len(texts) > 0


def _refuse_lost_row(grid: Grid, header: Sequence[int], labels: Sequence[int], filled: Labels) -> None:
    """Refuse a header in which a row has another label than a full row above it: it may be data without a figure."""
    for number, row in enumerate(header):
        used = [column for column in range(grid.width) if column not in labels and grid.at(row, column)]
        for above in header[:number]:
            full = all(text_at(grid, filled, above, column) for column in used)
            named = [(grid.at(above, column).strip(), grid.at(row, column).strip()) for column in labels]
            if full and any(label and own and label != own for label, own in named):
                raise ReadError(
                    f"the row {grid.at(row, labels[0])[:80]!r} may be a part of the header, or data without a figure",
                    place=f"{grid.place}, row {row + 1}",
                    remedy="Declare header_rows",
                )


def _value_texts(grid: Grid, row: int, labels: Sequence[int]) -> list[str]:
    """The row's texts beside the labels."""
    first = max(labels, default=-1) + 1
    return [text for text in (grid.at(row, column) for column in range(first, grid.width)) if text]


def _is_numeric(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    texts = _value_texts(grid, row, labels)
    return bool(texts) and sum(map(_is_figure, texts)) * 2 >= len(texts)


def _is_figure(text: str) -> bool:
    plain, _ = without_currency(_MARK.sub("", text.strip()).removeprefix("(").removesuffix(")"))
    return bool(_NUMBER.fullmatch(without_counted_word(plain)) or NO_FIGURE.fullmatch(plain))


def _is_number_row(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    """1, 2, 3 … beside labels such as А, Б or nothing."""
    texts = [text.strip() for text in _value_texts(grid, row, labels)]
    numbers = [int(text) for text in texts if text.isdecimal()]
    rising = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    short = all(_NUMBERING.fullmatch(grid.at(row, column).strip().casefold()) for column in labels)
    return rising and short and numbers[0] <= 5 and len(texts) - len(numbers) <= 1


def _is_year_row(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    """Years, perhaps beside words such as Total; nothing else."""
    texts = [text.strip() for text in _value_texts(grid, row, labels)]
    return all(
        re.match(r"(19|20)\d\d(?!\d)|\D*[^\W\d_]{3}\D*$|[%‰±Δ]$|\+ ?/ ?[-–−]$", text) for text in texts
    )


def header_texts(
    grid: Grid, header: Sequence[int], columns: Sequence[int], filled: Labels
) -> dict[int, list[str]]:
    """The header levels of every value column; the last level is the column's own text.

    A merged text covers what it covers; an unmerged one also heads the blanks to its right
    that have a text of their own further down. A blank takes the text above, which may be that of its column alone.
    """
    named = [column for column in columns if text_at(grid, filled, header[-1], column)]
    for row in header[:-1]:
        refuse_inside([text_at(grid, filled, row, column) for column in named], f"row {row + 1}")
    levels: dict[int, list[str]] = {}
    guessed = set[tuple[int, int]]()
    for column in columns:
        own = [text_at(grid, filled, row, column) for row in header]
        left = levels.get(column - 1)
        for level, row in enumerate(header[:-1]):
            same_parent = left is not None and own[:level] == left[:level]
            free = (row, column - 1) not in filled
            if not own[level] and left is not None and same_parent and free and any(own[level + 1 :]):
                own[level] = left[level]
                guessed.add((column, level))
        levels[column] = own
    refuse_doubtful_groups(levels, guessed, grid.place)
    return {column: _down(own, _beside(levels, column)) for column, own in levels.items()}


def _beside(levels: Mapping[int, Sequence[str]], column: int) -> list[Sequence[str]]:
    """The levels of the columns at both sides."""
    return [levels[other] for other in (column - 1, column + 1) if other in levels]


def refuse_doubtful_groups(
    levels: Mapping[int, Sequence[str]], guessed: Collection[tuple[int, int]], place: str
) -> None:
    """ReadError where columns without a text above cannot be of the group to their left, whose text they took.

    ``guessed``: columns with the levels at which they did so::

        ;2022;;2023;;                      Total is of 2023, or of both years
        женщины;мужчины;женщины;мужчины;Total

        ;2022;2023;;2024;                  the men of 2022 are below 2023, and women and men of 2024 have a third one
        женщины;мужчины;женщины;мужчины;женщины;мужчины
    """
    for level in range(max(map(len, levels.values()), default=1) - 1):
        groups = _groups(levels, level)
        said = [[tuple(levels[column][level + 1 :]) for column in group] for group in groups]
        for group, texts in zip(groups, said, strict=True):
            again = [text for text, times in Counter(filter(any, texts)).items() if times > 1]
            if again and any((column, level) in guessed for column in group):
                words = "is there twice below it: which column begins the next group"
                raise _doubtful(again[0], levels[group[0]][level], words, place)
        *others, last = [group for group in said if any(map(any, group))] or [[]]
        if not others or others.count(others[0]) < len(others) or last[: len(others[0])] != others[0]:
            continue
        odd = [column for column in groups[said.index(last)][len(others[0]) :] if (column, level) in guessed]
        if odd:
            words = "no other group of columns has one like it: whether it belongs to them all"
            raise _doubtful(levels[odd[0]][level + 1 :], levels[odd[0]][level], words, place)


def _doubtful(texts: Sequence[str], above: str, words: str, place: str) -> ReadError:
    return ReadError(
        f"{' / '.join(filter(None, texts))!r} in the header stands behind {above!r}, and {words} is not known",
        place=place,
        remedy="Declare the last row of the header alone, and codes for its columns",
    )


def refuse_inside(texts: Sequence[str], place: str) -> None:
    """ReadError where texts above groups of columns stand inside their groups, so that blanks cannot take the text to
    their left::

        ;2022;;2023                    2022 is above the second column of its pair
        женщины;мужчины;женщины;мужчины
    """
    starts = [number for number, text in enumerate(texts) if text]
    steps = {after - before for before, after in itertools.pairwise(starts)}
    if len(steps) == 1 and 0 < starts[0] < (step := steps.pop()) == starts[0] + len(texts) - starts[-1]:
        named = ", ".join(repr(texts[number]) for number in starts[:3])
        raise ReadError(
            f"{named} in the header do not stand above the first of their {step} columns each",
            place=place,
            remedy="Declare the last row of the header alone, and codes for its columns",
        )


def _groups(levels: Mapping[int, Sequence[str]], level: int) -> list[list[int]]:
    """Columns that follow one another below the same texts down to a level."""
    above = {column: tuple(texts[: level + 1]) for column, texts in levels.items()}
    return [list(group) for _, group in itertools.groupby(above, above.__getitem__)]


def _down(texts: Sequence[str], beside: Sequence[Sequence[str]]) -> list[str]:
    """Blanks take the text above; not that of a group, of which a column at a side (``beside``) has a text of its own:
    below "2022" and beside "I quarter" the column without a text is no year."""
    result: list[str] = []
    for level, text in enumerate(texts):
        of_group = any(other[:level] == texts[:level] and other[level] for other in beside)
        result.append(text or ("" if of_group or not result else result[-1]))
    return result


def text_at(grid: Grid, filled: Labels, row: int, column: int) -> str:
    """The text that the reader of the table sees at this place."""
    return filled.get((row, column)) or grid.at(row, column)
