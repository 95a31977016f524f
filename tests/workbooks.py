"""A small Excel workbook for a test, made of rows.

>>> content = workbook([["Region", 2022], ["Almaty", 40]], formats={"B2": "0.0%"}, merge=["A1:A2"])

``open_document`` makes one of OpenDocument of its XML; ``values`` reads any kind. Not here: the filled form of a
programme's return (``programme_samples``), the invented files of a publisher (``fixtures.make``).
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import openpyxl

from sources.readers import excel

Rows = Iterable[Iterable[Any]]
SHEET = "xl/worksheets/sheet1.xml"
ODS_STYLES = (
    '<number:date-style xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" style:name="N1">'
    "<number:year/></number:date-style>"
    '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><style:style style:name="ta2" style:family="table"><style:table-properties '
    'table:display="false"/></style:style>'
    '<style:style style:name="T9"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<number:number-style style:name="N9"><number:number number:display-factor="1000"/></number:number-style>'
    '<style:style style:name="ce9" style:data-style-name="N9"/>'
)


def workbook(
    rows: Rows = (),
    *,
    title: str = "Sheet",
    formats: Mapping[str, str] | None = None,
    merge: Iterable[str] = (),
    sheets: Mapping[str, Rows] | None = None,
    edit: Callable[[Any], object] | None = None,
) -> bytes:
    """An .xlsx file with the rows on its first sheet.

    ``formats``: number formats by cell. ``merge``: areas that are merged. ``sheets``: names of further sheets and their
    rows. ``edit``: is given the first sheet of openpyxl at the end, to do what only one test needs.
    """
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = title
    for name, content in {title: rows, **(sheets or {})}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    for place, code in (formats or {}).items():
        first[place].number_format = code
    for area in merge:
        first.merge_cells(area)
    if edit:
        edit(first)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(edit: Callable[[Any], None]) -> bytes:
    """An .xlsx with one sheet "T", as ``edit`` fills it."""
    return workbook(title="T", edit=lambda sheet: edit(sheet.parent))


def repacked(content: bytes, name: Callable[[str], str] = str, **changed: Callable[[bytes], bytes]) -> bytes:
    """The same archive with members renamed, or the sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            new.writestr(name(member), changed["sheet"](body) if member == SHEET and changed else body)
    return out.getvalue()


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for member, text in members.items():
            new.writestr(member.replace("__", "/").replace("_xml", ".xml"), text)
    return out.getvalue()


def values(content: bytes, **options: Any) -> dict[str, str | None]:
    """Text by place."""
    return {row["_locator"]: row["_value"] for row in excel.read(content, options).to_pylist()}


def open_document(body: str, manifest: str = "<manifest/>", styles: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    spaces += ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{ODS_STYLES}{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content_xml=content,
        **{"META-INF__manifest_xml": manifest},
    )


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def number(value: float, more: str = "") -> str:
    return cell(str(value), f'office:value-type="float" office:value="{value}" {more}')
