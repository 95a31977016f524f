"""A smaller drawing shows the same."""

from pipelines.site.small_svg import SVG, smaller


def drawing(body: str) -> str:
    return f'<svg xmlns="{SVG}" width="9" height="9"><g fill="none">{body}</g></svg>'


def test_what_paints_nothing_goes_and_what_paints_stays() -> None:
    made = smaller(drawing('<g><path d="M0,0h9v9h-9Z"/><g></g><path d="M1,2L3,4" stroke="#123"/></g>'))
    assert made == '<g fill="none"><path d="M1,2L3,4" stroke="#123"/></g>'


def test_a_point_is_a_circle_where_it_was() -> None:
    d = "M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0"
    point = f'<path transform="translate(10.24,7.0)" d="{d}" fill="#123" stroke-width="2"/>'
    assert '<circle fill="#123" cx="10.2" cy="7" r="3"/>' in smaller(drawing(point))
    ellipse = point.replace("A3,3", "A3,4")
    assert "<circle" not in smaller(drawing(ellipse))


def test_what_all_parts_share_is_said_by_their_group_and_nothing_else() -> None:
    lines = '<g transform="translate(1,1)"><line x2="5" y2="0" stroke="#123"/><line y2="5" stroke="{}"/></g>'
    shared = smaller(drawing(lines.format("#123")))
    assert shared.count("stroke") == 1 and '<g transform="translate(1,1)" stroke="#123">' in shared
    apart = smaller(drawing(lines.format("#456")))
    assert 'x2="5" stroke="#123"' in apart and 'y2="5" stroke="#456"' in apart
