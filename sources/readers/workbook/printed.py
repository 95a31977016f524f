"""What is printed above and below every page of a sheet: texts of its table that are in no cell.

::

    &C&"Arial,Bold"Тыс. человек&RСтр. &P из &N      Тыс. человек              a header heads the table
    &LИсточник: МВД&R&D                              Источник: МВД             a footer is a line below it

Not here: where each format has them (``xlsx``, ``xls``, ``spreadsheet_xml``, ``html_tables``; ``ods`` has texts without
codes), how long such a text may be (``sheet.Content``). Called by these.
"""

import re

from sources.readers.workbook.sheet import MAX_TITLE, Content

#: elements of Office Open XML that hold them
HEADERS, FOOTERS = ("oddHeader", "evenHeader", "firstHeader"), ("oddFooter", "evenFooter", "firstFooter")
#: codes of a printed header: font, size, colour, left, page number …
HEADER_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|[A-Z&])')
# "Page 1 of 5", what is left of "page &P of &N", and of the name and day of a file: words for pages, numbers, signs.
_PAGE = re.compile(
    r"(?:[\W\d_]|(?<![^\W\d_])(?:стр(?:аниц\w{0,2})?|с|лист\w{0,2}|бет\w{0,4}|bet\w{0,3}|саҳифа\w{0,4}|sahifa\w{0,4}|"
    r"pages?|pp?|seiten?|blatt|s|no|nr|из|of|out|von|аз|(?:та)?дан|ден|тан|тен|(?:ta)?dan)(?![^\W\d_]))*",
    re.IGNORECASE,
)


def add_printed(content: Content, headers: list[str], footers: list[str], *, codes: bool = True) -> None:
    """Keep what headers and footers of the printed pages say beside their numbers.

    ``codes``: they are written as Excel does.
    """
    texts = (
        [HEADER_CODE.sub("\n", text) if codes else text for text in written] for written in (headers, footers)
    )
    above, below = ([line for text in kind for line in text.splitlines() if _says(line)] for kind in texts)
    content.head(above)
    content.add_foot(below)


def _says(line: str) -> bool:
    """Whether a line has more than numbers of pages, signs and days."""
    return bool(re.search("[%‰]", line)) or not _PAGE.fullmatch(line[:MAX_TITLE])
