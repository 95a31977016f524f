"""The forms of ``test_other_forms``: for each file of the fixtures functions that give it in another form.

Not here: what has to be the same (``test_other_forms``).
"""

import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import openpyxl
from lxml import etree

Form = Callable[[bytes], bytes]
Rows = list[list[str]]
# What the register of areas knows for the areas of the fixtures, a tuple an edition.
EDITIONS = (
    ("Kyrgyzstan", "Bishkek city", "Chuy region", "Talas region"),
    ("Кыргызская Республика", "г. Бишкек", "Чуйская область", "Таласская область"),
    ("Кыргыз Республикасы", "Бишкек шаары", "Чүй облусу", "Талас облусу"),
    ("KGZ", "KG11", "KG08", "KG07"),
)
CODES = ("KG", "KG-GB", "KG-C", "KG-T")
LABELS = EDITIONS[1]
NO_BREAK = "\u00a0"


def mixed(items: Sequence[Any]) -> list[Any]:
    """The items in another order, the same one at every run."""
    other = random.Random(1).sample(items, len(items))
    return other if other != list(items) else other[::-1]


def grouped(figure: str) -> str:
    """A figure of four and more digits as people write it."""
    return f"{int(figure):,}".replace(",", NO_BREAK) if figure.isdecimal() else figure


# -- delimited text ---------------------------------------------------------------------------------------------------


def table(
    change: Callable[[Rows], Rows],
    delimiter: str = ",",
    encoding: str = "utf-8",
    written: str = "",
    **style: Any,
) -> Form:
    """A form of a delimited file by a change of its rows; ``written``: the delimiter afterwards."""

    def form(content: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(content.decode(encoding)), delimiter=delimiter))
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=written or delimiter, **{"lineterminator": "\n", **style}).writerows(
            change(rows)
        )
        return out.getvalue().encode(encoding)

    return form


def rows_mixed(rows: Rows) -> Rows:
    return [rows[0], *mixed(rows[1:])]


def columns_mixed(rows: Rows) -> Rows:
    order = mixed(range(len(rows[0])))
    return [[row[place] for place in order] for row in rows]


def same(rows: Rows) -> Rows:
    return rows


def figures_grouped(first: int) -> Callable[[Rows], Rows]:
    """Figures from that column on with a space between thousands."""
    return lambda rows: [
        rows[0],
        *([cell if place < first else grouped(cell) for place, cell in enumerate(row)] for row in rows[1:]),
    ]


def renamed(names: dict[str, str]) -> Callable[[Rows], Rows]:
    return lambda rows: [[names.get(cell, cell) for cell in row] for row in rows]


def delimited(first: int, known: Sequence[str] = CODES, **given: Any) -> dict[str, Form]:
    """The forms of a table whose figures begin with the column ``first``."""
    return {
        "rows": table(rows_mixed, **given),
        "columns": table(columns_mixed, **given),
        "figures": table(figures_grouped(first), **given),
        "quotes": table(same, quoting=csv.QUOTE_ALL, **given),
        "line ends": table(same, lineterminator="\r\n", **given),
        **{
            f"edition {number}": table(renamed(dict(zip(known, names, strict=True))), **given)
            for number, names in enumerate(EDITIONS)
            if names != known and (given.get("encoding") != "cp1251" or number != 2)
        },
    }


def inside(forms: dict[str, Form]) -> dict[str, Form]:
    """The same forms of a file that is packed with gzip."""
    return {
        name: lambda content, form=form: gzip.compress(form(gzip.decompress(content)))
        for name, form in forms.items()
    }


# -- JSON -------------------------------------------------------------------------------------------------------------


def document(change: Callable[[Any], Any], **style: Any) -> Form:
    """A form of a JSON file by a change of what is in it."""
    return lambda content: json.dumps(change(json.loads(content)), ensure_ascii=False, **style).encode()


def turned(node: Any) -> Any:
    """Every object with its keys in the opposite order."""
    if isinstance(node, dict):
        return {key: turned(node[key]) for key in reversed(node)}
    return [turned(part) for part in node] if isinstance(node, list) else node


def texts_of(names: Callable[[str], bool]) -> Callable[[Any], Any]:
    """Numbers below the keys of that name as grouped texts."""

    def change(node: Any, inside: bool = False) -> Any:
        if isinstance(node, dict):
            return {key: change(part, inside or names(key)) for key, part in node.items()}
        if isinstance(node, list):
            return [change(part, inside) for part in node]
        return grouped(str(node)) if inside and isinstance(node, int) else node

    return change


def rows_at(*place: str | int) -> Callable[[Any], Any]:
    """The list at a place in another order."""

    def change(node: Any) -> Any:
        holder = node
        for key in place[:-1]:
            holder = holder[key]
        if not place:
            return mixed(node)
        holder[place[-1]] = mixed(holder[place[-1]])
        return node

    return change


def named(known: Sequence[str], names: Sequence[str]) -> Form:
    """Names of areas in quotes, of JSON as of XML."""

    def form(content: bytes) -> bytes:
        text = content.decode()
        for one, other in zip(known, names, strict=True):
            text = text.replace(f'"{one}"', f'"{other}"')
        return text.encode()

    return form


def editions(known: Sequence[str] = CODES) -> dict[str, Form]:
    return {
        f"edition {number}": named(known, names) for number, names in enumerate(EDITIONS) if names != known
    }


def objects(rows: Callable[[Any], Any], figures: Callable[[str], bool]) -> dict[str, Form]:
    """The forms of a list of objects."""
    return {
        "rows": document(rows),
        "columns": document(turned),
        "figures": document(texts_of(figures)),
        "white space": document(lambda node: node, indent=2),
    }


def cube_turned(cube: Any) -> Any:
    """A JSON-stat cube with its dimensions in the opposite order."""
    sizes, total = cube["size"], len(cube["value"])
    values: dict[tuple[int, ...], Any] = {}
    for number, value in enumerate(cube["value"]):
        place, rest = [], number
        for size in reversed(sizes):
            place.append(rest % size)
            rest //= size
        values[tuple(place)] = value
    assert len(values) == total
    order = sorted(values)
    return {**cube, "id": cube["id"][::-1], "size": sizes[::-1], "value": [values[place] for place in order]}


def cube_sparse(cube: Any) -> Any:
    return {**cube, "value": {str(number): value for number, value in mixed(list(enumerate(cube["value"])))}}


def message_turned(message: Any) -> Any:
    """An SDMX-JSON message with its dimensions and the codes of each in the opposite order."""
    dimensions = message["data"]["structure"]["dimensions"]["series"]
    sizes = [len(dimension["values"]) for dimension in dimensions]
    for dimension in dimensions:
        dimension["values"].reverse()
    dimensions.reverse()
    series = message["data"]["dataSets"][0]["series"]
    message["data"]["dataSets"][0]["series"] = {
        ":".join(
            str(size - 1 - int(place)) for size, place in reversed([*zip(sizes, key.split(":"), strict=True)])
        ): found
        for key, found in mixed(list(series.items()))
    }
    return message


# -- XML, HTML, workbooks, PDF ----------------------------------------------------------------------------------------


def tree(change: Callable[[Any], None]) -> Form:
    def form(content: bytes) -> bytes:
        root = etree.fromstring(content)
        change(root)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

    return form


def series_mixed(root: Any) -> None:
    """Series, and the observations in each, in another order."""
    for parent in [root.find(".//{*}DataSet"), *root.iter("{*}Series")]:
        moved = mixed([part for part in parent if etree.QName(part).localname in ("Series", "Obs")])
        for part in moved:
            parent.append(part)


def attributes_turned(root: Any) -> None:
    for node in root.iter("{*}Series", "{*}Obs", "{*}SeriesKey"):
        attributes = list(node.attrib.items())
        node.attrib.clear()
        for name, value in reversed(attributes):
            node.set(name, value)
        if etree.QName(node).localname == "SeriesKey":
            node[:] = node[::-1]


def messages() -> dict[str, Form]:
    return {
        "rows": tree(series_mixed),
        "columns": tree(attributes_turned),
        "white space": lambda content: content.replace(b"><", b">\n  <"),
        **editions(),
    }


def marked(row: str, cell: str, known: Sequence[str] = CODES) -> dict[str, Form]:
    """The forms of rows and cells in a markup; the patterns find one of them with its marks."""

    def form(change: Callable[[Rows], Rows]) -> Form:
        def changed(content: bytes) -> bytes:
            text = content.decode()
            found = list(re.finditer(row, text))
            rows = change([re.findall(cell, match.group()) for match in found])
            for match, cells in reversed([*zip(found, rows, strict=True)]):
                inner = re.search(f"(?:{cell})+", match.group())
                assert inner
                start, end = match.start() + inner.start(), match.start() + inner.end()
                text = text[:start] + "".join(cells) + text[end:]
            return text.encode()

        return changed

    return {
        "rows": form(rows_mixed),
        "columns": form(columns_mixed),
        **{
            f"edition {number}": form(
                lambda rows, names=names: [
                    [
                        next((part.replace(f">{code}<", f">{name}<")
                              for code, name in zip(known, names, strict=True) if f">{code}<" in part), part)
                        for part in cells
                    ]
                    for cells in rows
                ]
            )
            for number, names in enumerate(EDITIONS)
        },
    }  # fmt: skip


def zipped(forms: dict[str, Form], name: str) -> dict[str, Form]:
    """The same forms of one file inside an archive."""

    def repacked(content: bytes, form: Form) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.infolist():
                part = old.read(entry)
                new.writestr(entry, form(part) if entry.filename == name else part)
        return out.getvalue()

    return {key: lambda content, form=form: repacked(content, form) for key, form in forms.items()}


def sheet(change: Callable[[Any], None]) -> Form:
    def form(content: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book.active)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return form


def figures_of(page: Any) -> Iterator[Any]:
    return (cell for row in page.iter_rows(min_row=5, min_col=2) for cell in row)


def lines_mixed(page: Any) -> None:
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
    for number, row in enumerate(mixed(rows), 5):
        for place, value in enumerate(row, 1):
            page.cell(number, place, value)


def years_mixed(page: Any) -> None:
    """The blocks of three columns below each year in another order."""
    starts = range(2, page.max_column + 1, 3)
    blocks = [[[page.cell(row, start + place).value for row in range(3, page.max_row + 1)] for place in range(3)]
              for start in starts]  # fmt: skip
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    for start, block in zip(starts, mixed(blocks), strict=True):
        for place, column in enumerate(block):
            for row, value in enumerate(column, 3):
                page.cell(row, start + place).value = value
        page.merge_cells(start_row=3, start_column=start, end_row=3, end_column=start + 2)


def written_as_text(page: Any) -> None:
    for cell in figures_of(page):
        cell.value = grouped(str(cell.value))


def shown_in_groups(page: Any) -> None:
    for cell in figures_of(page):
        cell.number_format = "#,##0"


def areas_named(names: Sequence[str]) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        for row, name in enumerate(names, 5):
            page.cell(row, 1, name)

    return change


def years_of_document_mixed(content: bytes) -> bytes:
    """Lines of equal length change places, so that every offset of the PDF stays right."""
    found = re.findall(rb"\((Year [^)]*)\)", content)
    assert len({len(line) for line in found}) == 1
    order = iter(mixed(found))
    return re.sub(rb"\(Year [^)]*\)", lambda _: b"(" + next(order) + b")", content)
