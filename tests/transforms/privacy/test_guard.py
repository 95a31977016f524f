"""The guard that is shown columns batch by batch finds what the one of whole columns finds."""

import re

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.privacy.personal_data import BARE, HARMLESS, PSEUDONYM, SUSPECT, Guard, guard

# The patterns as Python reads them: RE2 writes classes of characters in another way.
_CLASSES = {r"[\s\p{Z}]": r"\s", r"\p{Nd}": r"\d", r"\p{L}": r"[^\W\d_]", r"[^[^\W\d_]\d/_-]": r"[^\w/-]"}
PERSON, IDENTITY = "Иванова Мария Петровна", "930112400138"


def python(pattern: str) -> re.Pattern[str]:
    for re2, own in _CLASSES.items():
        pattern = pattern.replace(re2, own)
    return re.compile(pattern.replace(r"[^[^\W\d_]\d_]", r"[\W]"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(re.compile(HARMLESS, re.ASCII), fullmatch=True))
def test_what_passes_unseen_could_not_be_suspect(text: str) -> None:
    for pattern in (SUSPECT, BARE, PSEUDONYM):
        assert not python(pattern).search(text), pattern


def shown(columns: dict[str, list[str]], size: int) -> set[tuple[str, str]]:
    watch = Guard()
    for name, texts in columns.items():
        for at in range(0, len(texts), size):
            watch.look(name, pa.array(texts[at : at + size]), None)
    return {(finding.column, finding.kind) for finding in watch.findings()}


COLUMNS = {
    "номер": [f"КУСП-{n:05d}" for n in range(500)],
    "служебное": ["отдел 5", "", "+996 555 123456", *["отдел 7"] * 497],
    "кто": [*["потерпевшая"] * 499, PERSON],
    "код": [*[f"{n:012d}" for n in range(300)], *[IDENTITY] * 200],
    "личный": [IDENTITY] * 300 + ["100000000001"] * 200,
    "дата рождения": [""] * 500,
    "псевдоним": [f"{n:032x}" for n in range(500)],
    "смешанный": [*[f"{n:032x}" for n in range(499)], PERSON],
}


@pytest.mark.parametrize(("size", "together"), [(7, 100), (500, 100), (1, 10_000), (500, 10_000)])
def test_batches_show_what_whole_columns_show(
    monkeypatch: pytest.MonkeyPatch, size: int, together: int
) -> None:
    monkeypatch.setattr("transforms.privacy.personal_data._TOGETHER", together)
    expected = {(finding.column, finding.kind) for finding in guard([], COLUMNS)}
    assert shown(COLUMNS, size) == expected
    assert ("смешанный", "name") in expected and ("псевдоним", "national_id") not in expected


def test_rows_of_a_text_count() -> None:
    """Long numbers condemn a column where they are most of its rows, whatever they are of its texts."""
    for persons, others, found in ((300, 200, True), (10, 500, False)):
        watch = Guard()
        watch.look("код", pa.array([IDENTITY, "100000000001"]), pa.array([persons, others]))
        assert bool(watch.findings()) is found
