"""What a requirement asks of a figure, compiled to SQL on one row of ``observations``.

A need is one term, or several joined by ``+`` that one and the same figure must meet::

    sex                      of one sex, beside the other or both sexes of the same series
    age                      of an age group, beside another of its series that it does not overlap, or all ages
    relationship             of one relationship, beside another or all relationships of the same series
    sex=F+relationship=IPTN  about women, by an intimate partner
    SANCTION=PRISON          this code of a further breakdown; SANCTION alone: any code of it
    region                   of a region, beside figures of at least half of the country's regions
    each_quarter             of a quarter or month of a year whose four quarters all have one
    regular                  beside a figure of the year before
    own_file                 read in the file of a body of the country itself, not a statement in the press
    own_file+machine_readable  … in a format for programs
    violence_form            of one form or an offence of it, beside another form of the same series
    domestic                 by a partner or relative; all relationships of an indicator of the family sphere
    any_relationship         all relationships of an indicator of all spheres, not a class of perpetrators
    with_women               of women, or of both sexes together
    every_centre             not of one named centre
    every_household          not of victims of one kind of household alone
    rape                     of rape, not of all sexual violence
    physical, psychological  of this form, or of an offence of it; killings are asked apart

Not here: the requirements (``coverage.csv``, ``scorecard.yaml``) and asking them of figures
(``transforms.derive.requirements``). Called by ``load_scorecard`` and the latter.
"""

from collections.abc import Collection

# Kinds of offence (codes of ``OFFENCE``) of a form of violence; those of sexual violence have indicators of their own.
OFFENCES = {
    "PHYSICAL": (
        "ASSAULT_CAUSING_DEATH",
        "BODILY_HARM",
        "DANGEROUS_ASSAULT",
        "GRAVE_HARM",
        "SIMPLE_ASSAULT",
        "TORTURE",
    ),
    "PSYCHOLOGICAL": ("COERCION", "STALKING", "THREAT", "THREAT_STALKING_COERCION"),
}
_BY_OFFENCE = {
    form: f"regexp_matches(breakdown, '(^|;)OFFENCE=({'|'.join(codes)})(;|$)')"
    for form, codes in OFFENCES.items()
}
_OF_FORM = {form: f"(violence_form = '{form}' OR {offence})" for form, offence in _BY_OFFENCE.items()}
# The form that a figure tells, by its code or by its kind of offence.
FORM = f"""CASE WHEN violence_form <> '_T' THEN violence_form {
    " ".join(f"WHEN {offence} THEN '{form}'" for form, offence in _BY_OFFENCE.items())
} ELSE '_T' END"""
_TERMS = {
    # Under 18: the code of an age names the first year beyond (Y_LT18), or the last one of it (Y15T17).
    "child": "(of_children OR coalesce(try_cast(regexp_extract(age, '^Y_LT([0-9]+)$', 1) AS INTEGER) <= 18, FALSE)"
    " OR coalesce(try_cast(regexp_extract(age, '^Y[0-9]+T([0-9]+)$', 1) AS INTEGER) < 18, FALSE))",
    "domestic": "(relationship = 'IPTN_FAM' OR relationship = '_T' AND of_family)",
    "any_relationship": "relationship = '_T' AND NOT of_family AND NOT contains(breakdown, 'PERPETRATOR=')",
    "with_women": "sex <> 'M'",
    "every_centre": "NOT contains(breakdown, 'CENTRE=')",
    "every_household": "NOT contains(breakdown, 'HOUSEHOLD_OF_VICTIM=')",
    "physical": _OF_FORM["PHYSICAL"],
    "psychological": _OF_FORM["PSYCHOLOGICAL"],
    "rape": "(indicator = 'RAPE_REGISTERED' OR contains(breakdown, 'OFFENCE=RAPE'))",
    "country": "length(ref_area) = 2",
    "within_quarter": "freq IN ('Q', 'M')",
    # Columns that the asker adds to a figure; see transforms.derive.requirements.
    "sex": "by_sex",
    "age": "by_age",
    "relationship": "by_relationship",
    "violence_form": "by_form",
    "each_quarter": "each_quarter",
    "regular": "regular",
    "region": "by_region",
    "own_file": "own_file",
    "machine_readable": "machine_readable",
}
_CODED = ("sex", "age", "relationship", "violence_form")
# Wider codes that hold a code: a figure of them is a part of what is asked, one of any other code is nothing of it.
_HOLDERS = {
    **dict.fromkeys(("IPTN", "FAM"), ("IPTN_FAM",)),
    **dict.fromkeys(("PHYSICAL", "SEXUAL"), ("PHYSICAL_SEXUAL",)),
}
# What a figure says by itself where the term requires its neighbours.
_ALONE = {
    "sex": "sex IN ('F', 'M')",
    "age": "age <> '_T'",
    "region": "length(ref_area) > 2",
    # In the family sphere, partners and relatives together are everybody.
    "relationship": "relationship NOT IN ('_T', CASE WHEN of_family THEN 'IPTN_FAM' ELSE '_T' END)",
    "violence_form": "form <> '_T'",
}
# The dimension that a term names; a term that is none of these names a further breakdown or no dimension.
_DIMENSION = {
    **{name: name for name in _CODED},
    **dict.fromkeys(("domestic", "any_relationship"), "relationship"),
    "child": "age",
    "region": "ref_area",
    "with_women": "sex",
    **dict.fromkeys(("rape", "physical", "psychological"), "breakdown"),
}


def condition(need: str, breakdowns: Collection[str]) -> str:
    """A need as a predicate; ValueError where a term is unknown. ``breakdowns``: codes ``NAME=CODE``."""
    return "(" + " AND ".join(_term(term, breakdowns) for term in need.split("+")) + ")"


def alone(need: str, breakdowns: Collection[str]) -> str:
    """The predicate of figures that a need limits an indicator to (``CODE/need``): they need no neighbours."""
    return _ALONE.get(need) or condition(need, breakdowns)


def distinguished(need: str) -> list[str]:
    """Predicates of figures that tell the dimensions of a need apart at all, whatever their code.

    None of a need that names no dimension (``own_file``): there a total is all that is asked.
    """
    names = [name for term in need.split("+") if _dimension(name := term.partition("=")[0])]
    return [_ALONE.get(name) or _TERMS.get(name, f"contains(breakdown, '{name}=')") for name in names]


def varied(needs: Collection[str]) -> set[str]:
    """The dimensions that needs name: figures of one series differ in these alone."""
    names = [term.partition("=")[0] for need in needs for term in need.split("+")]
    return {dimension for name in names if (dimension := _dimension(name))}


def _dimension(name: str) -> str | None:
    return _DIMENSION.get(name) or (None if name in _TERMS else "breakdown")


def of_one_form(needs: Collection[str], limits: Collection[str] = ()) -> bool:
    """Whether a form of violence or a kind of offence is what is asked: there one of them is no part of a whole."""
    names = {term.partition("=")[0] for need in (*needs, *limits) for term in need.split("+")}
    return bool(names & {"violence_form", "OFFENCE", "rape", "physical", "psychological"})


def outside(needs: Collection[str], limits: Collection[str] = ()) -> str:
    """Predicate of a figure of a group that no need asks for: it answers nothing, not even in part.

    Men killed by a partner are no part of the women killed, and men alone are none of all where no need asks for a sex.
    Raped minors are none of the women raped by a partner, unless a need asks for age or children.
    ``limits``: what an indicator answers only in part (``CODE/child``).
    """
    terms = [need.split("+") for need in needs]
    other = " AND ".join(_of_another_group(need) for need in terms) or "FALSE"
    asked = [*terms, *(limit.split("+") for limit in limits)]
    names = {term.partition("=")[0] for need in asked for term in need}
    groups = [
        *([] if names & {"age", "child"} else ["of_minors"]),
        *([] if names & {"sex", "with_women"} else ["sex = 'M'"]),
    ]
    return f"({' OR '.join([other, *groups])})"


def _of_another_group(terms: Collection[str]) -> str:
    coded = [term.split("=") for term in terms if term.partition("=")[0] in _CODED and "=" in term]
    allowed = [(name, ("_T", code, *_HOLDERS.get(code, ()))) for name, code in coded]
    tests = [f"{name} NOT IN ({', '.join(map(repr, codes))})" for name, codes in allowed]
    return f"({' OR '.join(tests)})" if tests else "FALSE"


def _term(term: str, breakdowns: Collection[str]) -> str:
    name, _, code = term.partition("=")
    if not code and name in _TERMS:
        return _TERMS[name]
    if code and name in _CODED:
        return f"{name} = '{code}'"
    if code and term in breakdowns:
        return f"list_contains(string_split(breakdown, ';'), '{term}')"
    if not code and any(known.startswith(f"{name}=") for known in breakdowns):
        return f"contains(breakdown, '{name}=')"
    raise ValueError(f"unknown need {term!r}")
