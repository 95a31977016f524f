"""Which attributes of SDMX-ML groups reach which series.

::

    <Group REF_AREA="KG" TITLE="Women in Kyrgyzstan"/>      reaches every series with REF_AREA="KG"

A group names some dimensions; its attributes hold for every series that has the same codes there. Generic messages say
which of a group's entries are dimensions, compact and structure-specific ones do not, so it is found out from the
series of the same dataset.

Not here: reading the message and merging what a series, an observation and a dataset say (``sources.readers.sdmx_ml``,
which calls this).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sources.cells import ReadError

#: keys and attributes by name
Attributes = dict[str, str]
#: attributes of an observation that hold words about it
FOOTNOTES = ("COMMENT_OBS", "OBS_COMMENT", "OBS_FOOTNOTE")
#: column of the annotations of an observation, its series, group or dataset
ANNOTATION = "ANNOTATION"
# Common attributes of SDMX, which are no dimensions wherever they are.
NO_DIMENSIONS = frozenset(
    (
        *FOOTNOTES,
        "OBS_STATUS",
        "CONF_STATUS",
        "UNIT_MULT",
        "DECIMALS",
        "TITLE",
        "TITLE_COMPL",
        "COMMENT_TS",
        ANNOTATION,
    )
)

# Each kind of group (the dimensions that it names) is looked up for every series.
MOST_KINDS = 256


class Group(NamedTuple):
    """One group of a message."""

    #: number of its dataset in the message, from 0
    dataset: int
    #: all that it says: dimensions and attributes by name
    found: Attributes
    #: names of those that are dimensions; empty: the message does not say
    keys: frozenset[str]


def look_up(
    groups: Sequence[Group], series: Iterable[tuple[int, Attributes]]
) -> Callable[[int, Attributes], Attributes]:
    """A function from a dataset's number and a series to what the groups give it: those whose shared keys all agree.

    ReadError where the groups are of more than ``MOST_KINDS``. ``series``: every series with the number of its dataset,
    in any order; the same one may come repeatedly.
    """
    named, known = _dimensions(groups, series)
    alike: dict[tuple[int, frozenset[str]], list[Attributes]] = {}
    everywhere: dict[int, Attributes] = {}
    for group in groups:
        if not group.keys and known[group.dataset].isdisjoint(group.found):
            # It names nothing that any series is placed by: what it says holds for all of its dataset.
            _add(everywhere.setdefault(group.dataset, {}), group.found)
            continue
        names = group.keys or named[group.dataset].intersection(group.found)
        alike.setdefault((group.dataset, frozenset(names)), []).append(group.found)
    if len(alike) > MOST_KINDS:
        raise ReadError(
            f"the message has groups of {len(alike)} kinds, more than {MOST_KINDS}",
            remedy="Look at the file: a structure of SDMX defines few kinds of groups",
        )
    indexes: dict[tuple[int, frozenset[str], tuple[str, ...]], dict[tuple[str, ...], Attributes]] = {}

    def given(dataset: int, one: Attributes) -> Attributes:
        result: Attributes = dict(everywhere.get(dataset, {}))
        for (owner, names), members in alike.items():
            shared = tuple(sorted(name for name in names if name in one))
            if owner != dataset or not shared:
                continue
            slot = (owner, names, shared)
            if slot not in indexes:
                indexes[slot] = _indexed(members, shared)
            _add(result, indexes[slot].get(tuple(one[name] for name in shared), {}))
        return result

    return given


def _indexed(members: Sequence[Attributes], names: tuple[str, ...]) -> dict[tuple[str, ...], Attributes]:
    index: dict[tuple[str, ...], Attributes] = {}
    for group in members:
        _add(index.setdefault(tuple(group[name] for name in names), {}), group)
    return index


def _add(known: Attributes, more: Attributes) -> None:
    """What a further group says of the same series; ReadError where it says an attribute otherwise."""
    for name in NO_DIMENSIONS & known.keys() & more.keys():
        if known[name] and more[name] and known[name] != more[name]:
            raise ReadError(
                f"two groups say {name} of the same series: {known[name]!r} and {more[name]!r}",
                remedy="Ask the publisher which of the two holds",
            )
    known.update({name: text for name, text in more.items() if text or name not in known})


def _dimensions(
    groups: Sequence[Group], series: Iterable[tuple[int, Attributes]]
) -> tuple[dict[int, frozenset[str]], dict[int, frozenset[str]]]:
    """For each dataset with groups the names that place them, where the message does not tell keys from attributes.

    A dimension is in every series, and what a group says of it some series says, too; a title is not. Also the names
    that are in any series.
    """
    by_dataset: dict[int, dict[int, Attributes]] = {group.dataset: {} for group in groups}
    for dataset, one in series:
        if dataset in by_dataset:
            by_dataset[dataset][id(one)] = one
    found: dict[int, frozenset[str]] = {}
    known: dict[int, frozenset[str]] = {}
    for dataset, unique in by_dataset.items():
        keys = list(unique.values())
        said: dict[str, set[str]] = {}
        for group in groups:
            for name, text in group.found.items() if group.dataset == dataset else ():
                said.setdefault(name, set()).add(text)
        names = set.intersection(*(set(key) for key in keys)) if keys else set[str]()
        known[dataset] = frozenset(set[str]().union(*keys)) - {ANNOTATION}
        found[dataset] = frozenset(
            name
            for name in names - NO_DIMENSIONS
            if not said.get(name, set()).isdisjoint(key[name] for key in keys)
        )
    return found, known
