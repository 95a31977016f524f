"""Prepared questions are answered by the release; without its files the engine is left out and the page says so."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.site import query_page


@pytest.mark.parametrize("question", query_page.QUESTIONS, ids=lambda question: question.title["en"])
def test_a_prepared_question_has_an_answer(question: query_page.Question, release_dir: Path) -> None:
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        # DuckDB-WASM has neither ICU nor JSON.
        con.execute("SET autoload_known_extensions = false; SET autoinstall_known_extensions = false")
        assert con.execute(question.sql).fetchall()
    assert set(question.title) == {"en", "ru"} and all(question.title.values())


def test_there_are_twelve() -> None:
    assert len(query_page.QUESTIONS) == 12


def test_the_lock_pins_every_package_by_hash_and_names_no_address() -> None:
    lock = json.loads((query_page.LOCK / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages["node_modules/@duckdb/duckdb-wasm"]["version"] == "1.32.0"
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())


def test_without_npm_there_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_page, "npm", lambda: None)
    assert query_page.engine_files(tmp_path) is None


def test_where_npm_fails_there_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_page, "npm", lambda: ["/bin/false"])
    assert query_page.engine_files(tmp_path) is None


def test_a_changed_file_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_page, "npm", lambda: None)
    for name in query_page.FILES:
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("not what the hash says")
    assert query_page.engine_files(tmp_path) is None


def test_the_page_says_that_it_has_no_engine(site: Any) -> None:
    for lang, said in (("en", "without the query engine"), ("ru", "без механизма запросов")):
        page = site.pages[f"{lang}/query.html"]
        assert said in page.xpath("//main//p[@class='lead']")[0].text_content()
        assert not page.xpath("//textarea") and len(page.xpath("//pre")) == 12
    assert not site.built.engine and not (site.folder / "query").exists()


def test_the_release_in_the_page_has_its_rows_and_views(release_dir: Path, tmp_path: Path) -> None:
    own, made = release_dir / "dvstats.duckdb", tmp_path / "dv.duckdb"
    made.write_bytes(query_page._database(own))
    for sql in (
        "SELECT count(*) FROM observations",
        "SELECT count(*) FROM figures",
        "SELECT label('KG', 'ru')",
    ):
        answers = []
        for path in (own, made):
            with duckdb.connect(str(path), read_only=True) as con:
                answers.append(con.execute(sql).fetchall())
        assert answers[0] == answers[1]
