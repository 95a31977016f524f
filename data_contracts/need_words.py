"""A need in the words of both languages: ``sex=F+relationship=IPTN`` as "sex: Female, relationship: Intimate partner".

Not here: what a need means for a figure (``needs``) and the words themselves (``request_…`` in ``sentences/``,
code lists). Called by ``codebook``, the letter of a request and the pages of scorecards.
"""

from data_contracts.model import Contract, Text
from data_contracts.vocabulary import DIMENSIONS


def need_in_words(contract: Contract, need: str, lang: str) -> str:
    """One need, after the title of what it is a need of where that is named: ``EIGE-10A:sex=F``."""
    of, _, terms = need.rpartition(":")
    said = ", ".join(_term_in_words(contract, term, lang) for term in terms.split("+"))
    return f"{_asked_in_words(contract, of, lang)}: {said}" if of else said


def text_of(contract: Contract, key: str, lang: str) -> str:
    """A sentence ``request_<key>`` of the contract."""
    return _in(contract.sentences[f"request_{key}"], lang)


def _asked_in_words(contract: Contract, code: str, lang: str) -> str:
    """Title of a requirement or label of an indicator."""
    if code in contract.indicators:
        return _in(contract.indicators[code].label, lang)
    return next(row[f"title_{lang}"] for row in contract.coverage if row["requirement"] == code)


def _term_in_words(contract: Contract, term: str, lang: str) -> str:
    """Name and code of a term; a further breakdown has its own name in its code list."""
    name, _, code = term.partition("=")
    if name == "indicator":
        return f"{text_of(contract, name, lang)}: {_in(contract.indicators[code].label, lang)}"
    if code and name not in DIMENSIONS:
        known = contract.codelists["breakdown"][term]
        return f"{_in(known.description, lang)}: {_in(known.label, lang)}"
    named = text_of(contract, name, lang)
    return f"{named}: {_in(contract.codelists[name][code].label, lang)}" if code else named


def _in(text: Text, lang: str) -> str:
    return str(getattr(text, lang))
