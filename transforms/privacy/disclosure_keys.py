"""The place of a figure in an additive table, and which places add up to which: areas, sexes, ages, spans, breakdowns.

``groups`` gives every total with its parts, as positions in a list of keys. Not here: the figures at these places
(``rows_as_cells``) and the equations that they make (``additive_equations``). Called by these two.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from data_contracts.vocabulary import TOTAL
from transforms.parse.read_ages import years_of_code

COUNTRY = re.compile(r"[A-Z]{2}")
SIMPLE = ("ref_area", "sex", "age", "violence_form", "relationship", "span")
_Code = Any


class Key(NamedTuple):
    """The place of a figure: its table and the dims inside it."""

    table: tuple[str, ...]
    ref_area: str
    sex: str
    age: str
    violence_form: str
    relationship: str
    breakdown: tuple[tuple[str, str], ...]
    span: tuple[int, int]


def _at(key: Key, dim: str, code: _Code) -> Key:
    """The key with another code of one dimension."""
    return key._replace(**{dim: code})


def below_country(key: Key) -> bool:
    """Whether the area lies below the country."""
    return COUNTRY.fullmatch(key.ref_area) is None


def totals_over(key: Key) -> list[tuple[str, Key]]:
    """The keys one dimension up, with the name of the dimension."""
    up = [(dim, _at(key, dim, TOTAL)) for dim in SIMPLE[1:5] if getattr(key, dim) != TOTAL]
    if below_country(key):
        up.append(("ref_area", key._replace(ref_area=key.ref_area[:2])))
    for name, code in key.breakdown:
        rest = tuple(pair for pair in key.breakdown if pair != (name, code))
        up.append((name, key._replace(breakdown=rest)))
    return up


def places_above(key: Key) -> set[Key]:
    """The place itself and every total over it."""
    found, todo = {key}, [key]
    while todo:
        for _, total in totals_over(todo.pop()):
            if total not in found:
                found.add(total)
                todo.append(total)
    return found


def groups(keys: Sequence[Key]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every (total, parts) that the dims give, as positions in ``keys``."""
    position = {key: i for i, key in enumerate(keys)}
    buckets: dict[tuple[str, Any], dict[_Code, int]] = defaultdict(dict)
    for i, key in enumerate(keys):
        for dim in SIMPLE:
            buckets[dim, _at(key, dim, "")][getattr(key, dim)] = i
        for name, code in key.breakdown:
            without = key._replace(breakdown=tuple(pair for pair in key.breakdown if pair[0] != name))
            bucket = buckets[name + "=", without]
            bucket[code] = i
            if without in position:
                bucket[TOTAL] = position[without]
    for (dim, _), codes in buckets.items():
        if len(codes) > 1:
            for total, parts in _splits(dim, frozenset(codes)):
                yield codes[total], tuple(codes[part] for part in parts)


@lru_cache(maxsize=4096)
def _splits(dim: str, codes: frozenset[_Code]) -> tuple[tuple[_Code, tuple[_Code, ...]], ...]:
    """How the codes of one dimension add up."""
    if dim == "span":
        found = _chains({code: code for code in codes})
    elif dim == "age":
        found = _age_splits(codes)
    elif dim == "ref_area":
        found = [(c, [r for r in codes if r != c and r[:2] == c]) for c in codes if len(c) == 2]
    else:
        found = _listed_splits(dim, codes)
    return tuple((total, tuple(sorted(parts))) for total, parts in found if parts)


def _listed_splits(dim: str, codes: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Sex, relationship, form, breakdown: all codes to the total; a union of two codes replaces the two."""
    union, pair = {
        "relationship": ("IPTN_FAM", {"IPTN", "FAM"}),
        "violence_form": ("PHYSICAL_SEXUAL", {"PHYSICAL", "SEXUAL"}),
    }.get(dim, ("", set()))
    found = []
    if TOTAL in codes:
        found.append((TOTAL, [c for c in codes if c not in {TOTAL, union}]))
    if union in codes:
        found.append((union, [c for c in codes if c in pair]))
        if TOTAL in codes:
            found.append((TOTAL, [c for c in codes if c != TOTAL and c not in pair]))
    return found


def _age_splits(codes: frozenset[str]) -> list[tuple[str, list[str]]]:
    spans = {code: span for code in codes if (span := years_of_code(code)) is not None}
    loose = [code for code in codes if code not in spans]
    found = _chains(spans)
    if loose and not any(total == TOTAL for total, _ in found):
        found.append((TOTAL, []))
    return [(total, [*parts, *(loose if total == TOTAL else [])]) for total, parts in found if total in codes]


def _chains(spans: Mapping[_Code, tuple[int, int]]) -> list[tuple[_Code, list[_Code]]]:
    """For every span the chains of disjoint spans inside it that leave no room for a further one.

    Only the coarsest: a chain in which two neighbours make up a span that exists follows from others.
    """
    found: list[tuple[_Code, list[_Code]]] = []
    order = sorted(spans, key=lambda code: (spans[code][0], -spans[code][1], str(code)))
    for total in order:
        low, high = spans[total]
        inside = [c for c in order if low <= spans[c][0] and spans[c][1] <= high and spans[c] != spans[total]]
        chains: list[list[_Code]] = []
        _extend(spans, inside, low, [], chains)
        found.extend((total, chain) for chain in chains)
    return found


_MOST_CHAINS = 64


def _extend(
    spans: Mapping[_Code, tuple[int, int]],
    inside: list[_Code],
    at: int,
    chain: list[_Code],
    out: list[list[_Code]],
) -> None:
    after = [code for code in inside if spans[code][0] >= at]
    if not after:
        out.extend([chain] if chain else [])
        return
    first_end = min(spans[code][1] for code in after)
    for code in after:
        if spans[code][0] < first_end and len(out) < _MOST_CHAINS:
            longer = [*chain, code]
            if not _merges(spans, inside, longer):
                _extend(spans, inside, spans[code][1], longer, out)


def _merges(spans: Mapping[_Code, tuple[int, int]], inside: list[_Code], chain: list[_Code]) -> bool:
    exist = {spans[code] for code in inside}
    low, high = spans[chain[-1]]
    for code in reversed(chain[:-1]):
        if spans[code][1] != low:
            return False
        low = spans[code][0]
        if (low, high) in exist:
            return True
    return False
