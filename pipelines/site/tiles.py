"""Regions as tile maps: one square a region, roughly where it lies, named by its ISO 3166-2 code.

No free boundary file knows Kazakhstan's regions of 2022, and a tile gives a small city and a large steppe the same
weight. The shade is a step of five; the number is in the tile, so that nothing hangs on colour. Positions are (column,
row). Not here: which figures may be shown by region (``tile_choice``). Called by ``build``.
"""

from collections.abc import Mapping

from markupsafe import escape

from data_contracts.model import Lang
from pipelines.site.colours import INK, MARK, NOTHING, PAPER, SHADES

_PLACES = {
    "KZ": "59:4,0 39:3,1 11:4,1 55:5,1 27:0,2 15:1,2 62:3,2 71:4,2 35:5,2 10:6,2 63:7,2 23:0,3 43:2,3 61:3,3 31:4,3 "
    "19:5,3 33:6,3 47:0,4 79:3,4 75:5,4",
    "KG": "T:0,0 C:1,0 GB:2,0 Y:3,0 J:1,1 N:2,1 B:0,2 GO:1,2 O:2,2",
    "TJ": "SU:0,0 DU:0,1 RA:1,1 GB:2,1 KT:0,2",
    "UZ": "QR:0,0 XO:0,1 NW:1,1 TO:4,0 TK:4,1 NG:5,0 AN:6,1 FA:5,1 BU:1,2 SA:2,2 JI:3,2 SI:4,2 QA:2,3 SU:3,3",
}
SIZE, GAP = 56, 4


def places(country: str) -> Mapping[str, tuple[int, int]]:
    """Column and row of each region of a country."""
    found = {}
    for entry in _PLACES.get(country, "").split():
        code, _, place = entry.partition(":")
        column, _, row = place.partition(",")
        found[f"{country}-{code}"] = (int(column), int(row))
    return found


def tile_map(
    country: str,
    values: Mapping[str, float],
    texts: Mapping[str, str],
    lang: Lang,
    *,
    shaded: bool,
    title: str,
) -> str:
    """The map of a country as SVG: values by area, and ``texts``, the same as printed.

    ``shaded`` False: counts without a population are printed, not shaded, since a shade would rank by size.
    """
    where = places(country)
    bounds = _bounds(sorted(values.values())) if shaded and values else ()
    parts = [
        _tile(area, place, values.get(area), texts.get(area, "–"), bounds) for area, place in where.items()
    ]
    width = (max(column for column, _ in where.values()) + 1) * (SIZE + GAP)
    height = (max(row for _, row in where.values()) + 1) * (SIZE + GAP)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Noto Sans, Segoe UI, Roboto, Arial, sans-serif" '
        f'text-anchor="middle" xml:lang="{lang}"><title id="t">{escape(title)}</title>'
    )
    return f"{head}{''.join(parts)}</svg>"


def _bounds(values: list[float]) -> tuple[float, ...]:
    """Upper bounds of five steps of equal width."""
    low, high = values[0], values[-1]
    return tuple(low + (high - low) * step / len(SHADES) for step in range(1, len(SHADES) + 1))


def shade(value: float | None, bounds: tuple[float, ...]) -> int | None:
    """Which of the five steps a value falls into."""
    if value is None or not bounds:
        return None
    return next((step for step, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)


def _tile(
    area: str, place: tuple[int, int], value: float | None, text: str, bounds: tuple[float, ...]
) -> str:
    x, y = place[0] * (SIZE + GAP), place[1] * (SIZE + GAP)
    step = shade(value, bounds)
    fill = NOTHING if step is None else SHADES[step]
    ink = PAPER if step is not None and step >= 3 else INK
    middle = x + SIZE // 2
    return (
        f'<rect x="{x}" y="{y}" width="{SIZE}" height="{SIZE}" rx="3" fill="{fill}" stroke="{MARK}"/>'
        f'<text x="{middle}" y="{y + 20}" font-size="12" fill="{ink}">{area.partition("-")[2]}</text>'
        f'<text x="{middle}" y="{y + 42}" font-size="15" font-weight="bold" fill="{ink}">{escape(text)}</text>'
    )
