"""A mistake in YAML gets the line that a person has to change, and what to do there; with either parser."""

from pathlib import Path

import pytest
import yaml

from data_contracts.strict_files import DeclarationError, load_yaml
from data_contracts.yaml_mistakes import mistake

INDENT = "the line is not indented like the lines it belongs with"
COLON = "a colon and a space are missing after the key"
QUOTES = "in quotes"
CASES = [
    # (text, line that must change, part of the sentence)
    ("country KG\ntitle: {en: a, ru: b}\nx: 1\n", 1, f"{COLON} 'country'"),
    ("a: 1\ncountry KG\ntitle: x\n", 2, f"{COLON} 'country'"),
    ("a: 1\ncountry KG\n", 2, f"{COLON} 'country'"),
    ("a: 1\ncountry:KG\nb: 2\n", 2, f"{COLON} 'country'"),
    ("country = KG\ntitle: x\n", 1, f"{COLON} 'country'"),
    ("files:\n- name orders\n  address: x\n", 2, f"{COLON} 'name'"),
    ("files:\n-name: orders\n  address: x\n", 2, "a space is missing after the dash"),
    ("a: 1\n  b: 2\nc: 3\n", 2, INDENT),
    ("concepts:\n    a: {const: X}\n  b: {const: Y}\nc: 1\n", 3, INDENT),
    ("files:\n- name: orders\n   address: x\n", 3, INDENT),
    ("files:\n  - name: a\n - name: b\n", 3, INDENT),
    ("files:\n  name: x\n- name: y\n", 3, INDENT),
    ("concepts:\n\ta: 1\n", 2, "indented with a tab; write spaces"),
    ("concepts:\n  a: 1\n\tb: 1\n", 3, "indented with a tab; write spaces"),
    ("a: {en: x, ru: y\nb: 2\nc: 3\n", 1, "the bracket '{' is opened here and not closed"),
    ("x: 1\na: [1, 2\nb: 2\n", 2, "the bracket '[' is opened here and not closed"),
    ("x: 1\na: 'x\nb: 2\nc: 3\n", 2, "a quotation mark is opened here and not closed"),
    ("x: 1\na: 'it's'\nb: 2\n", 2, "something follows a closed quotation mark"),
    ("x: 1\na: {en: 'it's', ru: x}\nb: 2\n", 2, "something follows a closed quotation mark"),
    ("a: {b: 1} c\nd: 2\n", 1, "something follows a closed quotation mark or bracket"),
    ("x: 1\ntitle: Orders: by region\nb: 2\n", 2, QUOTES),
    ("x: 1\ntitle: {en: Orders: by region, ru: x}\nb: 2\n", 2, QUOTES),
    ("x: 1\na: %x\n", 2, "begins with '%' needs quotes"),
    ("x: 1\na: @x\n", 2, "begins with '@' needs quotes"),
    ("x: 1\ncountry: *\n", 2, "begins with '*' needs quotes"),
    ("x: 1\ncountry: *x\n", 2, "begins with '*' needs quotes"),
    ("x: 1\na: & b\n", 2, "begins with '&' needs quotes"),
    ("x: 1\na: !x y\n", 2, "begins with '!' needs quotes"),
    ("x: 1\na: > x\n", 2, "begins with '>' needs quotes"),
    ('x: 1\na: "\\d+"\n', 2, "use single quotes"),
    ("a: 1\n---\nb: 2\n", 2, "one file holds one"),
    ("a: 1\nb: \x01\n", 2, "a character that no text has"),
    ("country:KG\n", 1, "lines of the form `key: value`"),
]


@pytest.mark.parametrize(("text", "line", "part"), CASES, ids=[repr(case[0])[:40] for case in CASES])
def test_a_mistake_names_the_line_to_change_and_the_remedy(
    tmp_path: Path, text: str, line: int, part: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_yaml(path)
    assert str(caught.value).startswith(f"x.yaml, line {line}: ")
    assert part in str(caught.value)


@pytest.mark.parametrize(("text", "line", "part"), CASES[:-1])
def test_the_parser_that_needs_no_compiler_says_the_same(text: str, line: int, part: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text, Loader=yaml.SafeLoader)
    found = mistake(caught.value, text)
    assert found.line == line
    assert part in found.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a0: &a0 [1]\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}*a{n}]\n" for n in range(9)),
            "1,000,000",
        ),
        ("a: " + "[" * 500 + "]" * 500, "nested too deeply"),
        ("a: " + "9" * 5000, "a number or a day is none"),
        ("a: 1\n#" + "x" * 2_000_000, "larger than 2,000,000 bytes"),
    ],
    ids=["aliases of aliases", "lists in lists", "digits", "bytes"],
)
def test_a_file_that_stands_for_a_large_one_or_is_one_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=f"x.yaml: .*{said}"):
        load_yaml(path)
