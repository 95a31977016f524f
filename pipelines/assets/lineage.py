"""Column lineage of the derived tables, as Dagster shows it: which column of which table a column is made of.

Three rules; the first that fits counts:

1. A computed column is listed in ``COMPUTED``.
2. A column that ``observations`` has under the same name comes from there.
3. So does a column of that name with a word in front: ``a_obs_key``, ``numerator_obs_key`` come from ``obs_key``.

Not here: the tables themselves (``transforms.derive``). Called by ``pipelines.assets.tables``.
"""

import dagster as dg

from data_contracts.model import Contract

OBSERVATIONS = "observations"
_VALUE = (OBSERVATIONS, "obs_value")
_PEOPLE = ("population", "population")
# Computed columns: table -> column -> what it is made of.
COMPUTED: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "observation_history": {"valid_from": (("releases", "release"),), "valid_to": (("releases", "release"),)},
    "revisions": {"old_value": (("observation_history", "obs_value"),), "new_value": (_VALUE,)},
    "population": {"population": (_VALUE,), "year": ((OBSERVATIONS, "time_period"),)},
    "rates": {
        "rate": (_VALUE, _PEOPLE),
        "numerator": (_VALUE,),
        "denominator": (_PEOPLE,),
        "denominator_sex": (("population", "sex"),),
        "denominator_dataset_id": (("population", "dataset_id"),),
        "denominator_obs_key": (("population", "obs_key"),),
        "year": ((OBSERVATIONS, "time_period"),),
        "preferred": (("best_observations", "obs_key"),),
    },
    "discrepancies": {
        "a_value": (_VALUE,),
        "b_value": (_VALUE,),
        "difference": (_VALUE,),
        "relative_difference": (_VALUE,),
    },
    "response_cascade": {
        "obs_value": (("best_observations", "obs_value"),),
        "share_of_previous": (("best_observations", "obs_value"),),
        "year": (("best_observations", "time_period"),),
    },
    "coverage": {
        "observations": ((OBSERVATIONS, "obs_key"),),
        "year": ((OBSERVATIONS, "time_period"),),
    },
}


def column_lineage(contract: Contract, name: str) -> dg.TableColumnLineage:
    """Lineage of the columns of a table; columns that come from no table have none."""
    carried = contract.tables[OBSERVATIONS].names
    computed = COMPUTED.get(name, {})
    found = {}
    for column in contract.tables[name].names:
        same = next((c for c in (column, column.partition("_")[2]) if c in carried), None)
        sources = computed.get(column) or (((OBSERVATIONS, same),) if same else ())
        found[column] = [
            dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=source) for table, source in sources
        ]
    return dg.TableColumnLineage(deps_by_column={column: deps for column, deps in found.items() if deps})
