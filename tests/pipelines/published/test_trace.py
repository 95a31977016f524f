"""A key leads to its cell; what cannot be shown is said in words."""

from pathlib import Path

import pytest

from data_contracts.errors import UserError
from pipelines.published import trace as module
from pipelines.published.query import query
from pipelines.published.trace import trace
from sources.dataset import Numbers
from sources.load_datasets import load_datasets


@pytest.fixture
def key(release_dir: Path) -> str:
    found = query(release_dir, "SELECT min(obs_key) AS k FROM observations").to_pylist()[0]["k"]
    return str(found)


def test_the_cell_has_the_published_text(release_dir: Path, key: str) -> None:
    found = trace(release_dir, key)
    assert found["cell"]["text"] == found["observation"]["published_value"]
    assert [cell["here"] for cell in found["cell"]["around"]].count(True) == 1
    assert found["history"][-1]["valid_to"] is None and found["releases"]


@pytest.mark.parametrize(
    ("figure", "words", "own"),
    [
        # The page states a dozen figures, and the register of sources quotes one of them.
        ("20.6%", "down from 20.6% a decade ago", True),
        ("1 миң 241", None, False),
    ],
)
def test_the_words_are_those_that_hold_this_figure(
    release_dir: Path, figure: str, words: str | None, own: bool
) -> None:
    sql = f"SELECT obs_key, quote FROM figures JOIN sources USING (source_id) WHERE published_value = '{figure}'"
    row = query(release_dir, sql).to_pylist()[0]
    found = trace(release_dir, row["obs_key"])["wording"]
    assert found["of_this_figure"] is own
    assert words in found["text"] if words else found["text"] == row["quote"]


def test_the_place_in_the_publication_is_shown_and_is_no_note(release_dir: Path) -> None:
    """The notes of 890 figures said "Place in the publication: …" alone."""
    sql = "SELECT obs_key, note FROM observations WHERE published_value = '1 миң 241'"
    [row] = query(release_dir, sql).to_pylist()
    assert row["note"] == "Registered facts of family violence."
    assert trace(release_dir, row["obs_key"])["cell"]["in_publication"] == 'text with "1 миң 241"'


def test_an_unknown_key(release_dir: Path) -> None:
    with pytest.raises(UserError, match="No observation has the key x"):
        trace(release_dir, "x")


def test_the_beginning_of_a_key_is_enough_where_it_is_that_of_one(release_dir: Path, key: str) -> None:
    for given in (key[:12], key[1:12], key.upper()):
        assert trace(release_dir, given)["observation"]["obs_key"] == key
    sql = """SELECT obs_key[:5] AS begun, list(obs_key ORDER BY obs_key) AS keys FROM observations
             GROUP BY begun HAVING count(*) > 1 ORDER BY begun LIMIT 1"""
    [several] = query(release_dir, sql).to_pylist()
    with pytest.raises(UserError, match=f"begin with {several['begun']}: {several['keys'][0]}, "):
        trace(release_dir, several["begun"])


def test_a_dataset_that_is_not_declared_any_more(
    release_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "load_datasets", dict)
    with pytest.raises(UserError, match="not declared any more"):
        trace(release_dir, key)


@pytest.mark.parametrize(
    ("multiply", "words"),
    [
        (None, ", status "),
        (1000, ", status "),
        ({"column": "UNIT_MULT"}, " by the factor in 'UNIT_MULT', status "),
    ],
)
def test_the_rule_says_what_the_text_was_multiplied_by(
    release_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch, multiply: object, words: str
) -> None:
    numbers = Numbers.model_validate({"multiply": multiply, "decimal": "grouped"})
    changed = {
        name: dataset.model_copy(update={"numbers": numbers}) for name, dataset in load_datasets().items()
    }
    monkeypatch.setattr(module, "load_datasets", lambda: changed)
    [missing] = query(
        release_dir, "SELECT obs_key FROM observations WHERE obs_value IS NULL LIMIT 1"
    ).to_pylist()
    assert f" read as no value{words[-9:]}" in trace(release_dir, missing["obs_key"])["rule"]
    found = trace(release_dir, key)
    assert f"read as {found['observation']['obs_value']}{words}" in found["rule"]
