"""What all files share while they are normalized: areas, units, sources, schemas and one DuckDB connection.

Made once by the ``Normalizer`` and handed to every step. What belongs to one file is in ``file_cells``. Not here:
reading anything.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import duckdb

from data_contracts import checks
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.vocabulary import TOTAL
from sources.bundled_registers import notes_in_russian
from sources.dataset import Dataset
from transforms.normalize.inputs_and_results import good_schema, quarantine_schema
from transforms.normalize.readings import Refusal
from transforms.normalize.verdicts import Verdicts
from transforms.parse.fold_labels import fold
from transforms.parse.read_areas import Areas


def create_tables(
    contract: Contract, countries: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    """Create what the derived columns of the contract's checks read; ``countries``: country by dataset."""
    # The answers of queries are set beside the rows that were asked about.
    connection.execute("SET preserve_insertion_order = true")
    contract.create_lookups(connection)
    connection.execute("CREATE OR REPLACE TEMP TABLE contract_datasets(dataset_id VARCHAR, country VARCHAR)")
    insert_rows(connection, "contract_datasets", [list(pair) for pair in countries.items()])


def labels_of_parts(contract: Contract) -> Mapping[str, frozenset[tuple[str, str]]]:
    """By folded label the codes that divide what is counted, each with the concept whose list has it."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for name in ("violence_form", "relationship", "breakdown"):
        for code in contract.codelists[name].values():
            for label in map(fold, (code.label.en, code.label.ru)):
                if code.code != TOTAL and len(label) > 2:
                    found[label] = found.get(label, frozenset()) | {(name, code.code)}
    return found


def labels_of_indicators(contract: Contract) -> Mapping[str, frozenset[str]]:
    """By folded label, and by folded code, the indicators that are called so."""
    found: dict[str, frozenset[str]] = {}
    for indicator in contract.indicators.values():
        for label in map(fold, (indicator.label.en, indicator.label.ru, indicator.code)):
            found[label] = found.get(label, frozenset()) | {indicator.code}
    return found


class LookUps:
    """The contract, and what is looked up in it for every file."""

    def __init__(
        self,
        contract: Contract,
        datasets: Mapping[str, Dataset],
        sources: Sequence[str],
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        """Create the look-up tables once; the contract's checks read them on this connection."""
        self.contract = contract
        self.connection = connection
        self.areas = Areas(contract)
        # The same names come in file after file.
        self.area = lru_cache(maxsize=100_000)(self.areas.resolve)
        # A dataset that names no source is its own.
        self.sources = frozenset(sources) | frozenset(datasets)
        self.part_labels = labels_of_parts(contract)
        self.indicator_labels = labels_of_indicators(contract)
        self.units = {indicator.code: indicator.unit for indicator in contract.indicators.values()}
        self.notes_ru = notes_in_russian()
        create_tables(contract, {name: dataset.country for name, dataset in datasets.items()}, connection)
        self.table = contract.tables["observations"]
        self.verdicts = Verdicts(contract, self.table, connection)
        self.good_schema = good_schema(contract)
        self.quarantine_schema = quarantine_schema(contract)

    def refusal(self, rule: str, *, sentence: str = "", **filled: str) -> Refusal:
        """A shared sentence of the contract, that of the rule unless another is named, with its places filled in.

        ``value`` is the text that is refused, ``place`` the column of the file.
        """
        said = checks.sentence(self.contract, sentence or rule, **filled)
        return Refusal(rule, said.en, said.ru)
