"""The colours of the site, each written once: style sheet, charts and tile maps take them from here.

>>> style_variables()[:20]
':root{--ink:#1a1a1a;'

The style sheet (``assets/site.css``) and the scripts name them as ``var(--ink)``; ``build`` writes the variables above
it. Drawings hold the colours themselves, for a saved drawing has no style sheet. Not here: where a colour is used
(``charts`` and ``tiles``, the callers), and the shades of notes and borders that occur once, in the style sheet.
"""

INK = "#1a1a1a"
MUTED = "#595959"
LINE = "#c9c9c9"
GRID = "#e3e3e3"
MARK = "#8c8c8c"
PAPER = "#ffffff"
SOFT = "#f5f7f9"
WARNING = "#8a3600"
# Readable on white and apart from one another in grey print as well: ratio of contrast 4.5 or more.
BLUE = "#00538a"
ORANGE = "#b34700"
# Steps of a tile map, light to dark; letters are black on the first three and white on the last two: contrast 4.5 or
# more.
SHADES = ("#e8f1f8", "#bcd7ea", "#8fbcdc", "#1f6fa8", "#003d66")
NOTHING = "#f2f2f2"

_VARIABLES = {
    "ink": INK,
    "mute": MUTED,
    "line": LINE,
    "mark": MARK,
    "paper": PAPER,
    "soft": SOFT,
    "warn": WARNING,
    "blue": BLUE,
    "orange": ORANGE,
    "pale": SHADES[1],
    "none": NOTHING,
}


def style_variables() -> str:
    """The first rule of the style sheet."""
    return f":root{{{';'.join(f'--{name}:{colour}' for name, colour in _VARIABLES.items())}}}"
