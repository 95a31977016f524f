"""Colours of figures that a legend explains: a comment on each figure of that colour.

::

    [yellow]  предварительные данные                     a legend beside a cell of the colour, or in one
    "Жёлтым цветом выделены предварительные данные"      one that names the colour
    C3 yellow, 201                                       comment on C3: "предварительные данные"

A legend stands above or below the figures, and says how good they are, or that nobody has counted them. Not here:
colours of letters and of conditional formats; which colour a cell has (``xlsx``, ``xls``, ``ods``, ``spreadsheet_xml``,
which call this); what the words mean (``transforms.normalize``).
"""

import colorsys
import re
from collections.abc import Callable, Iterable, Iterator

from sources.readers.workbook.sheet import MAX_TITLE, Content

_Place = tuple[int, int]
_QUALITY = re.compile(
    r"предварит|оператив|оцен[кои]|уточн|неполн|прогноз|расч[её]тн|ошибоч|недостовер|плановы|provis|prelim|estimat|"
    r"forecast|projected|incomplete|unreliab|to be revised|vorläuf|schätz|geschätzt|prognos|unvollst|алдын ала|"
    r"бағалау|баалоо|болжам|божомол|толық емес|толук эмес|дастлаб|dastlab|баҳолан|baholan|тўлиқ эмас|to.liq emas|"
    r"пешакӣ|арзёбӣ|нопурра",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[-−<>≈~]?\s?[0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\D{0,10}")
# Colours by their hue in degrees, and the beginnings of their names.
_HUES = (
    ((345, 375), r"красн|алым|розов|\bred|pink|\brot|rosa|қызыл|кызыл|qizil|қизил|сурх"),
    ((15, 50), r"оранж|рыж|orange|апельсин|сарғыш|zarg.aldoq|норинҷӣ|норанҷӣ"),
    ((40, 72), r"ж[её]лт|yellow|gelb|сары|sariq|сариқ|зард"),
    ((72, 170), r"зел[её]н|салат|green|grün|жасыл|жашыл|yashil|яшил|сабз"),
    ((170, 260), r"синим|синий|голуб|blue|blau|көк|ko.k|кўк|кабуд"),
    ((260, 345), r"фиолет|сирен|purple|violet|lila|күлгін|binafsha|бинафша|бунафш"),
)
_GREY = re.compile(r"\bсер(?:ым|ый|ая|ые)|gr[ae]y|grau|сұр|\bбоз|kulrang|кулранг|хокистар", re.IGNORECASE)
_ANY_COLOUR = re.compile(
    r"цвет|заливк|фоном|закраш|colou?r|shade|highlight|farb|hinterlegt|unterlegt|түс|rang|ранг", re.IGNORECASE
)
# What a legend says beside its meaning: "cells marked in yellow are …".
_BESIDE = re.compile(
    r"\b(?:(?:светло|т[её]мно|бледно|light|dark|hell|dunkel)-?)?(?:(?:"
    + "|".join(names for _, names in _HUES)
    + r"|сер(?:ым|ый|ая|ые)|gr[ae]y|grau|сұр|боз|kulrang|кулранг|хокистар)\w*|цвет\w*|заливк\w*|фоном?|ячейк\w*|"
    r"выделен\w*|отмечен\w*|обозначен\w*|закрашен\w*|помечен\w*|cells?|colou?r(?:ed)?|shad(?:ed|ing)|highlighted|marked|"
    r"indicates?|are|is|in|farb\w*|markiert\w*|hinterlegt\w*|unterlegt\w*|gefärbt\w*|zellen|sind|ist|түс\w*|менен|белгілен\w*|белгилен\w*|"
    r"боял\w*|rang\w*|bilan|belgilan\w*|ранг\w*|билан|белгилан\w*|бо|ишора|шуда(?:аст|анд)?)\b",
    re.IGNORECASE,
)
_SHORTEST = 5
_EDGES = " \t\n-–—:=.,;()■□▪"


def comment_on_colours(content: Content, fills: Callable[[], Iterable[tuple[_Place, str]]]) -> None:
    """Comment on the figures of a sheet whose colour it explains.

    ``fills``: the places of cells that are not white, with their colours; asked for only where a text may be a legend.
    """
    # Most texts are figures, and most labels are there often.
    texts = {
        text
        for text in content.texts.values()
        if _SHORTEST < len(text) <= MAX_TITLE and not text[0].isdigit()
    }
    legends = {text for text in texts if _QUALITY.search(text) and not _FIGURE.match(text)}
    if not legends:
        return
    said = {place: text for place, text in content.texts.items() if text in legends}
    painted = dict(fills())
    figures = [
        place
        for place in painted
        if (text := content.texts.get(place)) and _FIGURE.match(text) and not _YEAR.fullmatch(text)
    ]
    rows = [
        row for (row, _), text in content.texts.items() if _FIGURE.match(text) and not _YEAR.fullmatch(text)
    ]
    for place, text in said.items():
        if figures and not min(rows) <= place[0] <= max(rows):
            colours = set(_meant(content, place, text, painted, {painted[figure] for figure in figures}))
            words = " ".join(_BESIDE.sub(" ", text).split()).strip(_EDGES) or text
            for figure in (figure for figure in figures if painted[figure] in colours):
                before = content.comments.get(figure)
                content.comments[figure] = f"{before}; * {words}" if before else words


def _meant(
    content: Content, place: _Place, text: str, painted: dict[_Place, str], used: set[str]
) -> Iterator[str]:
    """Which of the colours of figures a legend is about: its own, that of the cell beside it, or the one it names."""
    row, column = place
    beside = [(row, column - 1), (row, column + 1)]
    keys = [place, *(other for other in beside if not content.texts.get(other, "").strip(" ■□▪–-"))]
    own = [painted[key] for key in keys if key in painted]
    if own:
        yield own[0]
        return
    hues = [hues for hues, names in _HUES if re.search(names, text, re.IGNORECASE)]
    grey = _GREY.search(text)
    for colour in used:
        hue = _hue(colour)
        if hue is None or not (hues or grey):
            # A colour of a theme, or one that the legend does not name.
            if len(used) == 1 and (hues or grey or _ANY_COLOUR.search(text)):
                yield colour
        elif (grey and hue < 0) or any(
            low <= turn <= high for low, high in hues for turn in (hue, hue + 360)
        ):
            yield colour


def _hue(colour: str) -> float | None:
    """The hue of a colour in degrees, below zero of a grey one; None where its parts are not known."""
    digits = re.fullmatch(r"(?:rgb )?([0-9A-F]{6})", colour)
    if digits is None:
        return None
    parts = (int(digits[1][place : place + 2], 16) / 255 for place in (0, 2, 4))
    hue, saturation, _ = colorsys.rgb_to_hsv(*parts)
    return hue * 360 if saturation > 0.12 else -1
