"""The name of a column as a person reads it, in a file and in a declaration.

Headers are copied from files into declarations, line breaks, soft hyphens and zero-width spaces included; both sides
lose them here. Not here: names that stand twice, or not at all (``sources.readers.text.unique_names``). Called by
``sources.readers.text`` for headers, ``sources.incidents.columns`` for those of registers, and by
``sources.declared_values`` and ``sources.load_datasets`` for what is declared.
"""

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
# Within a word they are spelling.
_JOINERS = "\u200c\u200d \t\r\n\u00a0\u202f"


def visible_name(text: str) -> str:
    """A header without invisible characters, on one line, with single spaces."""
    return " ".join(text.translate(_UNSEEN).strip(_JOINERS).split())
