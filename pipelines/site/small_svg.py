"""A drawing of Vega in half the bytes: it looks the same, for what paints nothing goes and what repeats is said once.

::

    <g><path d="M0,0h200v170h-200Z"/><g>…</g></g>            a background without a fill, a plain group: gone
    <path transform="translate(9,5)" d="M3,0A3,3,0,1,1,…"/>  a point: <circle cx="9" cy="5" r="3"/>
    <line … stroke="#123"/><line … stroke="#123"/>           what all parts of a group share: <g stroke="#123">…</g>

Not here: what is drawn (``charts``). Called by ``charts``.
"""

import re
from typing import Any

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
# Presentation attributes that a group hands down to its parts.
_SHARED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor")
# Words of the drawing program that no reader of the picture gets, and values that hold anyway.
_NEEDLESS = ("class", "role", "pointer-events", "stroke-miterlimit", "font-family")
_DEFAULT = {"opacity": "1", "stroke-width": "1", "x2": "0", "y2": "0", "text-anchor": "start"}
_LONG = re.compile(r"(\d+\.\d)\d+")
_ZERO = re.compile(r"(\d)\.0(?=\D|$)")
_POINT = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")
_MOVED = re.compile(r"translate\(([-\d.]+),([-\d.]+)\)")


def smaller(drawing: str) -> str:
    """What is inside of the root of a drawing, as SVG text without the root itself."""
    root: Any = etree.fromstring(drawing.encode())
    for element in list(root.iter()):
        _tidy(element)
    for element in list(root.iter()):
        if _paints_nothing(element):
            element.getparent().remove(element)
    for group in reversed(list(root.iter(f"{{{SVG}}}g"))):
        _share(group)
        _unwrap(group)
    parts = "".join(etree.tostring(child, encoding="unicode") for child in root)
    return parts.replace(f' xmlns="{SVG}"', "").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def _tidy(element: Any) -> None:
    for name in list(element.attrib):
        value = _ZERO.sub(r"\1", _LONG.sub(r"\1", element.get(name)))
        if name in _NEEDLESS or name.startswith("aria-") or _DEFAULT.get(name) == value:
            del element.attrib[name]
        else:
            element.set(name, value)
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]
    point, moved = _POINT.fullmatch(element.get("d", "")), _MOVED.fullmatch(element.get("transform", ""))
    if point and moved:
        element.tag = f"{{{SVG}}}circle"
        del element.attrib["d"], element.attrib["transform"]
        for name, number in zip(("cx", "cy", "r"), (*moved.groups(), point[1]), strict=True):
            element.set(name, number)
    if element.get("stroke") is None and element.tag != f"{{{SVG}}}g":
        element.attrib.pop("stroke-width", None)


def _paints_nothing(element: Any) -> bool:
    """A path without a colour (the drawing's groups have none), or one that is hidden or has no extent."""
    if element.tag != f"{{{SVG}}}path":
        return False
    hidden = element.get("display") == "none" or element.get("d") == "M0,0h0v0h0Z"
    return hidden or not {"fill", "stroke"} & set(element.attrib)


def _share(group: Any) -> None:
    """What every part of a group says alike is said by the group."""
    for name in _SHARED:
        values = {part.get(name) for part in group}
        if len(group) > 1 and len(values) == 1 and None not in values and name not in group.attrib:
            group.set(name, values.pop())
            for part in group:
                del part.attrib[name]


def _unwrap(group: Any) -> None:
    """Put the parts of a group that says nothing in its place; an empty one goes."""
    parent = group.getparent()
    if parent is None or (group.attrib and len(group)):
        return
    place = parent.index(group)
    for part in reversed(list(group)):
        parent.insert(place, part)
    parent.remove(group)
