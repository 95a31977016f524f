"""Published words stay words inside Markdown; a template with a name that nobody gives fails."""

from pathlib import Path

import jinja2
import pytest

from data_contracts.rendering import cell, markdown, render


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain text, 5 % (2024)", "plain text, 5 % (2024)"),
        ("<script>", "&lt;script&gt;"),
        ("a & b", "a &amp; b"),
        ("[x](y)", r"\[x\](y)"),
        ("![x]", r"!\[x\]"),
        ("*a* _b_ `c` ~d~ # e", r"\*a\* \_b\_ \`c\` \~d\~ \# e"),
        ("\\*", r"\\\*"),
    ],
)
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


def test_a_cell_is_one_line_without_bars() -> None:
    assert cell("a | b\n\n c ") == r"a \| b c"
    assert cell(12) == "12"


def test_a_missing_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.j2").write_text("{{ given }} {{ forgotten }}", encoding="utf-8")
    with pytest.raises(jinja2.UndefinedError, match="forgotten"):
        render(tmp_path, "x.j2", given=1)


def test_a_text_ends_in_one_line_feed(tmp_path: Path) -> None:
    (tmp_path / "x.j2").write_text("{% for n in numbers %}\n- {{ n }}\n{% endfor %}\n\n\n", encoding="utf-8")
    assert render(tmp_path, "x.j2", numbers=[1, 2]) == "- 1\n- 2\n"


def test_templates_are_package_data() -> None:
    import tomllib

    root = Path(__file__).resolve().parents[2]
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = declared["tool"]["setuptools"]["package-data"]["*"]
    for package in ("data_contracts", "pipelines/release", "pipelines"):
        found = {path for pattern in patterns for path in (root / package).glob(pattern)}
        templates = set((root / package / "templates").glob("*"))
        assert templates and templates <= found, package
