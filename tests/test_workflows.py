"""The GitHub workflows: valid by GitHub's schema, pinned, and what they call exists; the issue of the live check."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner, Result

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


def check_schema(schema: str, *files: Path) -> Result:
    return CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *map(str, files)])


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_workflows_follow_the_schema_of_github(schema: str) -> None:
    done = check_schema(schema, *WORKFLOWS)
    assert done.exit_code == 0, done.output
    assert len(WORKFLOWS) == 3


def test_the_schema_refuses_a_wrong_workflow(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs-at:"), encoding="utf-8"
    )
    assert check_schema("vendor.github-workflows", wrong).exit_code == 1


def test_issue_forms_follow_the_schema_of_github() -> None:
    done = check_schema("vendor.github-issue-forms", *FORMS)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_make_verbs_exist(path: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = set()
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z/-]+@[0-9a-f]{40}", step["uses"]), step
        for line in re.findall(r"^make ([a-z -]+)", step.get("run", ""), re.MULTILINE):
            called |= set(line.split())
    assert called
    assert called <= verbs


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_from_outside_is_written_into_a_script(path: Path) -> None:
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}


def row(
    dataset: str, state: str, reason: str | None = None, refused: int = 0, critical: int = 0
) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "country": "*",
        "state": state,
        "refused_rows": refused,
        "critical_findings": critical,
        "last_success": "2026-11-20T03:00:00Z",
        "reason": reason,
    }


def issue_body(rows: list[dict[str, Any]]) -> str:
    return str(runpy.run_path(str(ROOT / ".ci" / "live_check.py"))["body"](rows))


def test_the_issue_names_what_needs_a_person_and_nothing_else() -> None:
    rows = [
        row("kg_victims", "held", "column `2025` of @office | is gone\nsee http://x"),
        row("de_bka", "bundled"),
        row("un_sdg_api", "fresh", refused=3),
        row("tj_victims", "fresh", "a file waits without a note", critical=1),
    ]
    text = issue_body(rows)
    assert text.startswith("3 of 4 datasets need attention.")
    assert "| `un_sdg_api` | several | fresh | 3 | 2026-11-20 |  |" in text
    # In a code span, on one line of the table.
    assert (
        "| `kg_victims` | several | held | 0 | 2026-11-20 | `column '2025' of @office / is gone see http://x` |"
        in text
    )
    assert "| `tj_victims` | several | fresh | 0 | 2026-11-20 | `a file waits without a note` |" in text
    assert "de_bka" not in text


def test_there_is_no_issue_if_nothing_needs_a_person() -> None:
    assert issue_body([row("de_bka", "bundled"), row("kg_sdg", "fresh")]) == ""


def test_a_body_longer_than_github_takes_is_cut_with_a_count() -> None:
    text = issue_body([row(f"d{number}", "failed", "x" * 500) for number in range(200)])
    assert len(text) < 65_536
    named = text.count("| failed |")
    assert f"and {200 - named} more" in text
