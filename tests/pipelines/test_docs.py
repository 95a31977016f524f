"""Generated pages are current, documented commands print what the documents say, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from pipelines import docs
from pipelines.published.query import topic_view_in
from tests.warm_command import WarmCommand

ROOT = docs.ROOT
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob(".github/**/*.yml"),
        ROOT / "CITATION.cff",
    )
)
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name in docs.WRITTEN
    for number, example in enumerate(docs.examples((ROOT / name).read_text(encoding="utf-8")), 1)
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Where somebody's home or a temporary folder shows through, and hosts of package registries.
FOREIGN = re.compile(
    r"(?<![\w.:/-])/(home|root|tmp|work|Users|var|mnt|private)/|[A-Z]:\\\\|file://|\blocalhost:\d"
    r"|\b(py"
    r"pi|pythonhosted|npm"
    r"js|anaconda|proxy\.golang)[.]",
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_generated_pages_are_current() -> None:
    stale = [name for name, page in docs.pages().items() if text_of(name) != page]
    assert not stale, "run `make docs` and commit what it writes"


def test_commands_do_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    made = docs.commands()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert docs.commands() == made


def test_every_command_has_its_example() -> None:
    page = docs.commands()
    for name in (
        "refresh",
        "add",
        "try",
        "query",
        "status",
        "list",
        "show",
        "trace",
        "why",
        "diff",
        "export",
        "request",
        "verify",
    ):
        section = page.split(f"\n## dvstats {name}\n")[1].split("\n## ")[0]
        assert f"```sh\ndvstats {name}" in section, name


def test_the_documents_have_examples() -> None:
    counts = {name: len(list(docs.examples(text_of(name)))) for name in docs.WRITTEN}
    assert counts["README.md"] >= 6
    assert counts["docs/questions.md"] >= 5
    marked = sum(text_of(name).count("<!-- run -->") for name in docs.WRITTEN)
    assert marked == sum(counts.values()), "a marked command has no output block below it"


def test_figures_of_the_readme_stand_beside_their_caution() -> None:
    of_views = [e for e in docs.examples(text_of("README.md")) if topic_view_in(e.command)]
    assert len(of_views) >= 4
    assert [e.command for e in of_views if "┃ caution" not in e.output] == []


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_documented_command_prints_what_the_document_says(
    name: str, example: docs.Example, release_dir: Path, warm: WarmCommand
) -> None:
    assert docs.run(example.command, release_dir, warm.folder) == docs.steady(example.output), (
        f"{name}: run `python -m pipelines.docs --examples data` after `make run`, and read what changed"
    )


def test_outputs_are_steady_over_releases() -> None:
    once = "rel 20261125T031500Z at 2026-11-25 03:15:00 and 2026-11-24T00:00:00.000Z  \n"
    assert docs.steady(once) == "rel RELEASE at TIME and TIME\n"
    assert docs.steady("2023-06-16/P6M16D\n") == "2023-06-16/P6M16D\n"


def test_examples_are_renewed_in_place(tmp_path: Path) -> None:
    block = "<!-- run -->\n```sh\necho {}\n```\n\n```text\n{}\n```\n"
    text = f"before\n{block.format('one', 'old')}between\n{block.format('two', 'two')}after\n"
    assert docs.renewed(text, tmp_path) == text.replace("old\n", "one\n")


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith(".md")])
def test_links_to_files_exist(name: str) -> None:
    folder = (ROOT / name).parent
    for target in LINK.findall(text_of(name)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (folder / path).resolve() if path else ROOT / name
        assert found.exists(), f"{name}: {target} does not exist"
        if anchor and found.suffix == ".md":
            assert anchor in _anchors(found.read_text(encoding="utf-8")), f"{name}: no heading {target}"


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_names_a_machine_or_a_registry(name: str) -> None:
    found = FOREIGN.search(text_of(name))
    assert found is None, f"{name}: {found and found.group()}"
