"""The shared vocabulary is the contract's: a word that no code list has is refused with file and line."""

from pathlib import Path

import pytest

from data_contracts import load, vocabulary
from data_contracts.strict_files import DeclarationError
from tests.contract_copy import contract_copy


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("total:", "totals:", "unknown key 'totals'"),
        ("dimensions:", "dimension:", "unknown key 'dimension'"),
        ("key:", "keys:", "unknown key 'keys'"),
        ("comparators:", "comparator:", "unknown key 'comparator'"),
        ("impersonal_units:", "impersonal:", "unknown key 'impersonal'"),
        ("overdue_after_days:", "overdue:", "unknown key 'overdue'"),
        ("[sex, age,", "[sex, gender,", "dimensions: gender is not among"),
        ("key: [dataset_id", "key: [dataset", "key: dataset is not among"),
        ("[DE]", "[FR]", "comparators: FR is not among KZ, KG, TJ, UZ, DE"),
        ("[service,", "[services,", "impersonal_units: services is not among"),
        ("{daily: 2, weekly: 10", "{daily: 2, fortnightly: 20", "fortnightly is not among"),
        ("weekly: 10, ", "", "no days for weekly"),
    ],
)
def test_a_word_that_is_not_declared_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = contract_copy(tmp_path, "vocabulary.yaml", lambda text: text.replace(old, new, 1))
    with pytest.raises(DeclarationError, match=rf"vocabulary.yaml, line \d+: .*{says}"):
        vocabulary.load_vocabulary(folder)


def test_the_words_fit_the_tables_of_the_contract() -> None:
    contract = load.contract()
    names = contract.tables["observations"].names
    assert set(vocabulary.DIMENSIONS) < set(vocabulary.KEY) < set(names)
    for dimension in ("sex", "violence_form", "relationship"):
        assert vocabulary.TOTAL in contract.codelists[dimension]
    assert contract.comparators == vocabulary.COMPARATORS
    assert set(vocabulary.COMPARATORS) < set(vocabulary.COUNTRIES)
    assert set(vocabulary.COUNTRIES) == {row["country"] for row in contract.areas if row["country"]}


def test_columns_for_sql() -> None:
    assert vocabulary.sql_list(("sex", "age"), "o") == "o.sex, o.age"
    assert vocabulary.sql_list(("sex", "age")) == "sex, age"


def test_the_code_list_of_each_column() -> None:
    lists = dict(vocabulary.CODE_LISTS)
    assert set(lists) == set(vocabulary.KEY) - {"dataset_id", "time_period"} and len(lists) > 8
    assert lists.pop("ref_area") == "area"
    assert all(column == codelist for column, codelist in lists.items())
