"""A key in the wrong part of a declaration is named with the part where it belongs."""

from pathlib import Path

import pytest

from sources.strict_model import _place
from tests.sources.declaration_sample import declare, edited, refusal, refused_edit


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("  ref_area:\n", "  ref_aria:\n", "unknown concept 'ref_aria', did you mean 'ref_area'?"),
        ("hosts:\n", "host:\n", "unknown key 'host', did you mean 'hosts'?"),
        ("  address: https://stat.example.org/open/orders.csv\n", "  adress: https://x.org/\n", "'adress'"),
        ("precedence: 1\n", "precedence: 1\nsource_in_key: true\n", "unknown concept 'sourc_id'"),
    ],
)
def test_what_is_misspelt_is_named_before_what_is_missing_for_it(
    tmp_path: Path, old: str, new: str, part: str
) -> None:
    """`ref_area is missing` says nothing of the `ref_aria` beside it."""
    text = edited(old, new)
    if "source_in_key" in new:
        text = text.replace("  sex:\n", "  sourc_id: {const: kg_victims}\n  sex:\n")
    sentence = refusal(declare(tmp_path, text))
    assert part in sentence
    assert "missing" not in sentence


@pytest.mark.parametrize(
    ("old", "new", "found_by", "part"),
    [
        ("  min_rows: 8\n", "  lost_share: 0\nmin_rows: 8\n", "min_rows", "'min_rows' is a key of expects"),
        ("withdrawn:\n", "censored: O\nwithdrawn:\n", "censored", "'censored' is a key of numbers"),
        (
            "  expected: [csv]\n",
            "  retries: 1\nexpected: [csv]\n",
            "expected",
            "'expected' is a key of fetch",
        ),
        ("precedence: 1\n", "precedence: 1\nsex: {column: Пол}\n", "sex: {", "'sex' is a key of concepts"),
        ("precedence: 1\n", "precedence: 1\nheader_row: 2\n", "header_row", "is a key of reader_options"),
        ("precedence: 1\n", "precedence: 1\nset: {sex: F}\n", "set: {", "'set' is a key of each of files"),
        ("  sex:\n", "  URBANISATION: {column: x}\n  sex:\n", "N: {column", "is a key of breakdown"),
        ("  URBANISATION:\n", "  age:\n", "  age:", "'age' is a key of concepts"),
        ("breakdown:\n  URBANISATION:", "breakdown:\n  column:", "breakdown:", "{NAME: {column: …}}"),
        ("country: KG\n", "country: KGZ\n", "country:", "three letters; write KG"),
        (
            "  sex:\n",
            "  breakdown: {column: x}\n  sex:\n",
            "  breakdown: {",
            "a key of the declaration itself",
        ),
        ("    nature: C\n", "    values: C\n", "values: C", "'values' is a key of a concept"),
    ],
)
def test_a_key_in_the_wrong_part_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, found_by: str, part: str
) -> None:
    assert part in refused_edit(tmp_path, edited(old, new), found_by)


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        (("files", 1, "name"), ("files", 1, "name")),
        (("files", "tuple", 1, "SourceFile", "name"), ("files", 1, "name")),
        (("values", "2024", "str"), ("values", "2024")),
        (("files", 5, "name"), ("files",)),
        (("gone", "files"), ("files",)),
        ((), ()),
    ],
)
def test_the_steps_of_a_mistake_that_the_declaration_has(
    steps: tuple[str | int, ...], place: tuple[str | int, ...]
) -> None:
    declared = {"files": [{"name": "a"}, {"name": "b"}], "values": {2024: "x"}}
    assert _place(steps, declared) == place
