"""Series as small charts: Altair makes the specification, vl-convert the SVG, at build time and without a network.

One chart is one panel of small multiples, some 340 units wide, so that its letters are readable on 320 pixels;
wide screens set several side by side. The rules that keep it from lying are in ``series``: a line joins only what its
publisher joins. Here: the scale of counts begins at zero, a gap stays a gap, a break is a dashed line with a letter
that the caption explains, a value that is not validated is a hollow point, another definition a cross, and a published
interval is drawn. The same input gives the same bytes.

Not here: the words around a chart and its table (``templates/macros.html.j2``), tile maps (``tiles``). Called by
``build``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt
import vl_convert as vlc
from altair.utils.schemapi import debug_mode
from markupsafe import escape

from data_contracts.model import Lang
from data_contracts.vocabulary import TOTAL
from pipelines.site import words
from pipelines.site.colours import BLUE, GRID, INK, MUTED, ORANGE, PAPER
from pipelines.site.load_release import Figure, Release
from pipelines.site.series import Panel
from pipelines.site.small_svg import smaller

WIDTH, HEIGHT = 340, 220
# What axes and names beside the lines take.
MARGIN_X, MARGIN_Y = 140, 50
# Height of a line of text as a share of the highest value.
LINE_OF_TEXT = 0.09
VEGA_LITE = "6.4"
COLOURS = {TOTAL: INK, "F": BLUE, "M": ORANGE}
FONT = "Noto Sans, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
_HOLLOW = frozenset("UVPEFG")
_LOCALES: Mapping[Lang, Any] = {"en": "en-US", "ru": "ru-RU"}
_CONFIG = {
    "background": PAPER,
    "font": FONT,
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "labelColor": INK,
        "gridColor": GRID,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelLimit": 120,
    },
}


def letters(panel: Panel) -> list[str]:
    """A letter for each break of a chart, in order: A, B, C…"""
    return [chr(ord("A") + place) for place in range(len(panel.breaks))]


def mark(figure: Figure) -> str:
    """Shape of a point: a word of Vega for what the legend explains."""
    if figure.obs_status == "D":
        return "cross"
    return "diamond" if figure.obs_status == "B" else "circle"


def svg(release: Release, panel: Panel, lang: Lang, title: str, description: str) -> str:
    """The chart of a panel as SVG with title and description."""
    # What is drawn is fixed here, so Altair need not check each part against its schema (half of the time).
    with debug_mode(False):
        drawing = _Drawing(panel)
        layers = [*drawing.lines(), *drawing.intervals(), *drawing.breaks(), *drawing.points()]
        layers += drawing.ends(release, lang)
        chart = alt.layer(*layers).properties(width=WIDTH - MARGIN_X, height=HEIGHT - MARGIN_Y)
        spec = chart.to_dict(validate=False)
    spec["datasets"] = drawing.rows
    spec["config"] = _CONFIG
    spec["padding"] = {"left": 5, "right": 5, "top": 22, "bottom": 5}
    spec["autosize"] = {"type": "pad"}
    drawn = vlc.vegalite_to_svg(spec, vl_version=VEGA_LITE, format_locale=_LOCALES[lang])
    return _titled(drawn, title, description)


# -- layers ----------------------------------------------------------------------------------------------------


class _Drawing:
    """The layers of one chart, on the same scales.

    Altair's own types are loose, so what it makes is ``Any`` here.
    """

    def __init__(self, panel: Panel) -> None:
        """Scales and axes, shared by all layers: one that scales itself would stretch the others."""
        self.panel = panel
        # By name: Altair copies what stands inside a chart with each of its steps.
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.x, self.y = _x(panel), _y(panel)
        scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
        self.colour = alt.Color("sex:N", legend=None, scale=scale)
        self.stroke = alt.Stroke("sex:N", legend=None, scale=scale)

    def _chart(self, rows: list[dict[str, Any]]) -> Any:
        name = f"rows{len(self.rows)}"
        self.rows[name] = rows
        return alt.Chart(alt.NamedData(name=name))

    def lines(self) -> list[Any]:
        """Lines through neighbours that may be joined, a piece each, so that no gap is bridged."""
        rows = []
        for place, part in enumerate(self.panel.slices):
            for index, run in enumerate(_runs(part.joined(self.panel.breaks))):
                rows += [{**_row(figure), "joint": f"{place}-{index}"} for figure in run]
        if not rows:
            return []
        made = self._chart(rows).mark_line(strokeWidth=2)
        return [made.encode(x=self.x, y=self.y, color=self.colour, detail=alt.Detail("joint:N"))]

    def intervals(self) -> list[Any]:
        """Published intervals."""
        rows = [_row(figure) for figure in self.panel.figures if figure.bounds == "interval"]
        if not rows:
            return []
        made = self._chart(rows).mark_rule(strokeWidth=1.5, opacity=0.7)
        low = alt.Y("lower:Q", title=None, scale=self.y["scale"], axis=self.y["axis"])
        return [made.encode(x=self.x, y=low, y2=alt.Y2("upper:Q"), color=self.colour)]

    def breaks(self) -> list[Any]:
        """Dashed lines with letters, left of the first year that is counted the new way."""
        rows = [
            {"y": day.year - 0.5 + (day.timetuple().tm_yday - 1) / 366, "letter": letter}
            for day, letter in zip(
                [row["break_day"] for row in self.panel.breaks], letters(self.panel), strict=True
            )
        ]
        if not rows:
            return []
        base = self._chart(rows).encode(x=self.x)
        text = base.mark_text(baseline="bottom", y=0, dy=-4, fontSize=12, fontWeight="bold", color=INK)
        return [base.mark_rule(strokeDash=[4, 3], color=MUTED), text.encode(text=alt.Text("letter:N"))]

    def points(self) -> list[Any]:
        """A point a value, its shape and fill by status."""
        made = []
        for shape, hollow in (("circle", False), ("circle", True), ("diamond", False), ("cross", False)):
            rows = [
                _row(f) for f in self.panel.figures if (mark(f), f.obs_status in _HOLLOW) == (shape, hollow)
            ]
            if not rows:
                continue
            size = 70 if shape == "diamond" else 36
            if hollow:
                points = self._chart(rows).mark_point(
                    shape=shape, size=size, filled=True, fill=PAPER, strokeWidth=2, opacity=1
                )
                made.append(points.encode(x=self.x, y=self.y, stroke=self.stroke))
            else:
                points = self._chart(rows).mark_point(shape=shape, size=size, filled=True, opacity=1)
                made.append(points.encode(x=self.x, y=self.y, color=self.colour))
        return made

    def ends(self, release: Release, lang: Lang) -> list[Any]:
        """Value and name of each line beside its last point; names that would meet are set apart."""
        several = len(self.panel.slices) > 1
        rows: list[dict[str, Any]] = []
        for part in self.panel.slices:
            last = part.figures[-1]
            value = words.number(last.obs_value or 0.0, last.unit_measure, lang)
            name = f" {release.label('sex', last.sex, lang).lower()}" if several else ""
            rows.append({**_row(last), "text": value + name})
        top = max(f.obs_value or 0.0 for f in self.panel.figures) or 1.0
        rows.sort(key=lambda row: float(row["v"]))
        for before, after in zip(rows, rows[1:], strict=False):
            after["v"] = max(after["v"], before["v"] + top * LINE_OF_TEXT)
        base = self._chart(rows).mark_text(align="left", dx=8, fontSize=12, fontWeight="bold")
        return [base.encode(x=self.x, y=self.y, text=alt.Text("text:N"), color=self.colour)]


def _runs(pairs: Iterable[tuple[Figure, Figure]]) -> list[list[Figure]]:
    """Pairs that follow one another as one line: ``(a, b), (b, c), (e, f)`` is ``[a, b, c], [e, f]``."""
    runs: list[list[Figure]] = []
    for before, after in pairs:
        if runs and runs[-1][-1] is before:
            runs[-1].append(after)
        else:
            runs.append([before, after])
    return runs


def _x(panel: Panel) -> Any:
    years = [figure.period_start.year for figure in panel.figures]
    first, last = min(years), max(years)
    # Labels of years need 34 units each; first and last stay.
    room = (last - first + 1.6) * 34 / (WIDTH - MARGIN_X)
    kept = [first]
    for year in sorted({row["break_day"].year for row in panel.breaks}):
        if year - kept[-1] >= room and last - year >= room:
            kept.append(year)
    scale = alt.Scale(domain=[first - 0.8, last + 0.8], nice=False, zero=False)
    axis = alt.Axis(format="d", grid=False, values=sorted({*kept, last}), labelFlush=False)
    return alt.X("y:Q", title=None, scale=scale, axis=axis)


def _y(panel: Panel) -> Any:
    tops = [f.obs_upper if f.obs_upper is not None else f.obs_value for f in panel.figures]
    lows = [f.obs_lower if f.obs_lower is not None else f.obs_value for f in panel.figures]
    # Zero is always in sight, for changes that are all negative too.
    top = max(0.0, *(value for value in tops if value is not None))
    low = min(0.0, *(value for value in lows if value is not None))
    whole = panel.unit == "NUMBER" and top >= 4
    axis = alt.Axis(tickCount=4, format=",d" if whole else ",.1~f")
    return alt.Y("v:Q", title=None, scale=alt.Scale(domain=[low, top or 1], nice=True), axis=axis)


def _row(figure: Figure) -> dict[str, Any]:
    return {
        "y": figure.period_start.year,
        "v": figure.obs_value,
        "lower": figure.obs_lower,
        "upper": figure.obs_upper,
        "sex": figure.sex,
    }


# -- the file --------------------------------------------------------------------------------------------------

_ROOT = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def _titled(drawn: str, title: str, description: str) -> str:
    """With one role, title and description for the whole picture instead of Vega's for each part."""
    root = _ROOT.match(drawn)
    size = _SIZE.search(root[0]) if root else None
    if size is None:
        raise ValueError("vl-convert gave no SVG with a size")
    width, height = (round(float(value)) for value in size.groups())
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}">'
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(description)}</desc>'
    )
    return f"{head}{smaller(drawn)}</svg>"
