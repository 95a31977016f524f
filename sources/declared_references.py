"""What a declaration refers to: codes of the contract, a reader and its options, hosts, sources, other datasets.

Each check gives the problems that it finds, each with its place in the declaration; ``sources.load_datasets``, the only
caller, turns the first into an error with file and line.

Not here: keys and types (``sources.dataset``), and what only the publisher's file can show (``transforms.normalize``).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from pydantic import ValidationError

from data_contracts.load import contract
from data_contracts.strict_files import did_you_mean, not_known
from sources.dataset import BOUNDS, BUNDLED, CONCEPTS, REQUIRED_CONCEPTS, Concept, Dataset
from sources.incidents.declared import SPANS
from sources.misplaced_keys import belongs
from sources.readers.protocol import READERS, declared_options
from sources.strict_model import Problem, complaints

#: a label with this code is not wanted
SKIP = "__skip__"
TOTAL = "_T"
#: longer code lists are named by their file instead of written out
_SHOWN = 12
#: statuses that a fraction of a counted thing may have (``fraction_of_count`` of the contract): estimates
OF_FRACTIONS = ("E", "I")
_NUMBER = r"-?[0-9]+([.][0-9]+)?"
#: these take one way, for the others are never looked at
_SINGLE = ("time_period", "source_id", *BOUNDS)
#: a bound is a number of the file: it has no codes
_OF_A_BOUND = {"columns", "absent", "empty"}

Place = tuple[str | int, ...]


def problems(dataset: Dataset) -> Iterator[Problem]:
    """Everything that one declaration can get wrong by itself."""
    yield from _header(dataset)
    yield from _reader(dataset)
    yield from _files(dataset)
    yield from _concepts(dataset)
    yield from _breakdowns(dataset)
    yield from _statuses(dataset)
    yield from _withdrawn(dataset)
    yield from _register(dataset)


def problems_among(
    dataset: Dataset, datasets: Mapping[str, Dataset], sources: Collection[str]
) -> Iterator[Problem]:
    """What a declaration says of other datasets and of registered sources (``sources``: their ids)."""
    if dataset.superseded_by and (
        dataset.superseded_by not in datasets or dataset.superseded_by == dataset.id
    ):
        hint = did_you_mean(dataset.superseded_by, [*datasets])
        yield Problem(("superseded_by",), f"superseded_by: no other dataset {dataset.superseded_by!r}{hint}")
    for place, code in _named_sources(dataset):
        is_dataset = code in datasets and not datasets[code].source_in_key
        if code not in sources and not is_dataset:
            what = f"source {code!r} is neither registered in sources/bundled/publications/ nor a dataset"
            yield Problem(place, what + did_you_mean(code, [*sources, *datasets]))


def missing_bundled_files(dataset: Dataset) -> Iterator[Problem]:
    """Bundled files that are not there."""
    for number, file in enumerate(dataset.files):
        if file.bundled and not (BUNDLED / file.bundled).is_file():
            yield Problem(("files", number, "bundled"), f"no file sources/bundled/{file.bundled}")


# -- codes -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def unknown_code(concept: str, code: str, ways: int = 1) -> str | None:
    """A sentence where a code is none of a concept's; None where it is one, or any text may be one.

    ``concept``: a column of the observations, or the name of a breakdown; ``ways``: how many are declared to read it,
    for with several, "total" leaves the word to the next one.
    """
    if code == SKIP or (code == TOTAL and (ways > 1 or concept in _breakdown_names())):
        return None
    if concept in _breakdown_names():
        return _not_in(concept, code, sorted(_breakdown_names()[concept]), "codes/breakdown.csv")
    column = contract().tables["observations"].column(concept)
    if column.codes == "indicator" or concept == "indicator":
        return _not_in(concept, code, contract().indicators, "indicators/")
    if column.codes and column.codes in contract().codelists:
        return _not_in(concept, code, contract().codelists[column.codes], f"codes/{column.codes}.csv")
    if column.pattern and concept == "age" and not re.fullmatch(column.pattern, code):
        return f"{concept}: {code!r} is no code of SDMX CL_AGE, such as Y15T49, Y_GE18 or _T"
    return None


def _not_in(name: str, code: str, known: Collection[str], where: str) -> str | None:
    if code in known:
        return None
    shown = (
        f" (known: {', '.join(known)})" if len(known) <= _SHOWN else f" (known: see data_contracts/{where})"
    )
    return f"{name}: {code!r} is no code{did_you_mean(code, [*known])}{shown}"


@lru_cache
def _breakdown_names() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for full in contract().codelists["breakdown"]:
        name, _, code = full.partition("=")
        names.setdefault(name, set()).add(code)
    return names


def _code(place: Place, concept: str, code: str) -> Iterator[Problem]:
    if sentence := unknown_code(concept, code):
        yield Problem(place, sentence)


# -- parts of a declaration ------------------------------------------------------------------------------------------


def _header(dataset: Dataset) -> Iterator[Problem]:
    countries = ["*", *(row["code"] for row in contract().areas if row["level"] == "country")]
    for name, known in (
        ("country", countries),
        ("cadence", contract().codelists["cadence"]),
        ("collection", contract().codelists["collection"]),
    ):
        value = getattr(dataset, name)
        meant = _two_letters().get(value) if name == "country" else None
        if meant:
            yield Problem((name,), f"country: {value!r} is the code of three letters; write {meant}")
        elif value not in known:
            yield Problem((name,), not_known(name, value, known))


@lru_cache
def _two_letters() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes of the countries by their alpha-3 codes."""
    return {row["alpha3"]: row["code"] for row in contract().areas if row["level"] == "country"}


def _reader(dataset: Dataset) -> Iterator[Problem]:
    if dataset.reader not in READERS:
        yield Problem(("reader",), not_known("reader", dataset.reader, READERS))
        return
    try:
        declared_options(dataset.reader).model_validate(dataset.reader_options)
    except ValidationError as error:
        for problem in complaints(error, dataset.reader_options, belongs):
            place = ("reader_options", *problem.place)
            yield problem._replace(place=place, sentence=f"reader_options: {problem.sentence}")


def _files(dataset: Dataset) -> Iterator[Problem]:
    if dataset.collection == "portal" and not dataset.hosts:
        what = "key 'hosts' is missing: a portal names the hosts that may be requested"
        yield Problem((), what, missing=True)
    if not dataset.seen and any(file.bundled for file in dataset.files):
        what = "key 'seen' is missing: a transcription says on which day its pages were read"
        yield Problem((), what, missing=True)
    names: set[str] = set()
    for number, file in enumerate(dataset.files):
        if file.name in names:
            yield Problem(("files", number, "name"), f"two files have the name {file.name!r}")
        names.add(file.name)
        needed = {"portal": ("address", file.address), "transcription": ("bundled", file.bundled)}
        key, value = needed.get(dataset.collection, ("", "none"))
        if not value:
            what = f"file {file.name!r} needs {key}: the collection is {dataset.collection}"
            yield Problem(("files", number), what, missing=True)
        addresses: list[tuple[Place, str]] = [(("files", number, "address"), file.address)]
        addresses += [
            (("files", number, "alternates", n), address) for n, address in enumerate(file.alternates)
        ]
        for place, address in addresses if dataset.hosts else ():
            host = urlsplit(address).hostname
            if host and host not in dataset.hosts:
                yield Problem(place, f"host {host} is not among hosts: {', '.join(dataset.hosts)}")
        if dataset.source_in_key and not {*file.constants, *dataset.concepts} & {"source_id"}:
            what = "source_in_key needs a source_id, in concepts or in set of each file"
            yield Problem(("files", number), what, missing=True)
        for concept, code in file.constants.items():
            yield from _constant(("files", number, "set", concept), concept, code)


def _constant(place: Place, concept: str, code: str) -> Iterator[Problem]:
    known = [name for name in CONCEPTS if name not in BOUNDS]
    if concept in known:
        yield from _code(place, concept, code)
    else:
        hint = did_you_mean(concept, known)
        what = f"set: {concept!r} is no concept{hint} (known: {', '.join(known)})"
        yield Problem(place, what + belongs(concept))


def _concepts(dataset: Dataset) -> Iterator[Problem]:
    for name, entries in dataset.concepts.items():
        place: Place = ("concepts", name)
        if name not in CONCEPTS:
            hint = did_you_mean(name, CONCEPTS)
            what = f"concepts: unknown concept {name!r}{hint} (known: {', '.join(CONCEPTS)})"
            yield Problem(place, what + belongs(name))
            continue
        if name in _SINGLE and len(entries) > 1:
            yield Problem(place, f"concepts: {name} takes one entry, the others would never be looked at")
        for number, entry in enumerate(entries):
            if entry.within and name != "time_period":
                yield Problem(
                    (*place, number, "within"), f"{name} has no parts of a year: within would do nothing"
                )
            said_too_much = entry.model_fields_set - _OF_A_BOUND if name in BOUNDS else set()
            if said_too_much:
                key = min(said_too_much)
                yield Problem(
                    (*place, number, key), f"{name} is a number of the file: {key} would do nothing"
                )
            elif name not in BOUNDS:
                yield from _entry((*place, number), name, entry, len(entries))
    for name in REQUIRED_CONCEPTS:
        if name not in dataset.concepts:
            yield Problem(("concepts",), f"concepts: {name} is missing", missing=True)


def _breakdowns(dataset: Dataset) -> Iterator[Problem]:
    if dataset.breakdown and dataset.breakdown_column:
        yield Problem(("breakdown_column",), "breakdown and breakdown_column exclude each other")
    for name, entries in dataset.breakdown.items():
        if name not in _breakdown_names():
            known = _breakdown_names()
            what = f"breakdown: {name!r} has no codes{did_you_mean(name, [*known])}"
            yield Problem(("breakdown", name), f"{what} (known: {', '.join(sorted(known))}){belongs(name)}")
            continue
        for number, entry in enumerate(entries):
            yield from _entry(("breakdown", name, number), name, entry, len(entries))


def _entry(place: Place, name: str, entry: Concept, ways: int) -> Iterator[Problem]:
    """The codes of one of the ways to read a concept; an empty one says nothing and is none."""
    codes: list[tuple[Place, str | None]]
    codes = [((*place, key), getattr(entry, key)) for key in ("const", "absent", "empty")]
    codes += [((*place, "values", label), code) for label, code in (entry.values or {}).items()]
    if entry.template and "{}" not in entry.template:
        codes.append(((*place, "template"), entry.template))
    for where, code in codes:
        if code and (sentence := unknown_code(name, code, ways)):
            yield Problem(where, sentence)


def _statuses(dataset: Dataset) -> Iterator[Problem]:
    numbers = dataset.numbers
    signs = {("numbers", "symbols", sign): meaning for sign, meaning in numbers.symbols.items()}
    missing: dict[Place, str] = {("numbers", "censored"): numbers.censored}
    missing |= {p: meaning for p, meaning in signs.items() if not re.fullmatch(_NUMBER, meaning)}
    for place, status in missing.items():
        yield from _status(place, status, sorted(contract().null_statuses), "a missing value")
    values = [code for code in contract().codelists["obs_status"] if code not in contract().null_statuses]
    yield from _status(("default_status",), dataset.default_status, values, "a value that is there")
    if numbers.fractions is not None:
        place = ("numbers", "fractions")
        yield from _status(place, numbers.fractions, OF_FRACTIONS, "a fraction of a count")


def _status(place: Place, status: str, allowed: Collection[str], what: str) -> Iterator[Problem]:
    """A status that is none, or is none of what it is declared for."""
    yield from _code(place, "obs_status", status)
    if status in contract().codelists["obs_status"] and status not in allowed:
        known = ", ".join(allowed)
        name = ".".join(map(str, place))
        yield Problem(place, f"{name}: {status!r} is no status of {what} (known: {known})")


def _withdrawn(dataset: Dataset) -> Iterator[Problem]:
    """Codes of what the publisher took back; a year is only a number, whose form its model knows."""
    for number, entry in enumerate(dataset.withdrawn):
        for name, text in entry.model_dump(exclude={"year"}, exclude_unset=True).items():
            place: Place = ("withdrawn", number, name)
            if name != "breakdown":
                yield from _code(place, name, text)
                continue
            for part in text.split(";"):
                known = (TOTAL, *contract().codelists["breakdown"])
                if sentence := _not_in(name, part, known, "codes/breakdown.csv"):
                    yield Problem(place, sentence)


def _named_sources(dataset: Dataset) -> Iterator[tuple[Place, str]]:
    for number, file in enumerate(dataset.files):
        if source := file.constants.get("source_id"):
            yield ("files", number, "set", "source_id"), source
    for number, entry in enumerate(dataset.concepts.get("source_id", ())):
        if entry.const:
            yield ("concepts", "source_id", number, "const"), entry.const


# -- registers -------------------------------------------------------------------------------------------------------


def _register(dataset: Dataset) -> Iterator[Problem]:
    """What a register needs, and what it cannot have: its rows are counted, no figure is read of them."""
    if (dataset.kind == "register") != (dataset.counting is not None):
        yield Problem(("kind",), "kind: register and counting go together")
        return
    if dataset.counting is None:
        return
    if not dataset.restricted or dataset.collection != "inbox":
        yield Problem(("kind",), "a register is restricted: true and collection: inbox")
    if dataset.country == "*":
        yield Problem(("country",), "country: a register is of one country; declare one for each")
    if dataset.expects.columns is None:
        what = "expects.columns is missing: a register names every column of its files, read or not"
        yield Problem(("expects",), what)
    unused = {"numbers", "where", "breakdown_column", "source_in_key"} & dataset.model_fields_set
    for key in sorted(unused):
        yield Problem((key,), f"{key} would do nothing: the rows of a register are counted, not read")
    for name in sorted({*dataset.concepts} & {*BOUNDS, "note", "obs_status", "unit_measure"}):
        yield Problem(("concepts", name), f"concepts: {name} would do nothing in a register")
    yield from _margins(dataset)


def _margins(dataset: Dataset) -> Iterator[Problem]:
    margins = dataset.counting.margins if dataset.counting else ()
    divided = {"ref_area", "sex", "age", "violence_form", "relationship"} & {*dataset.concepts}
    known = [*SPANS, *divided, *dataset.breakdown]
    for number, margin in enumerate(margins):
        for name in margin:
            if name not in known:
                what = f"margins: {name!r} is no dimension of this register{did_you_mean(name, known)}"
                yield Problem(("counting", "margins", number), f"{what} (known: {', '.join(sorted(known))})")
    if dataset.counting and dataset.counting.persons:
        place = ("counting", "persons", "indicator")
        yield from _code(place, "indicator", dataset.counting.persons.indicator)
