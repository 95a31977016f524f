"""Words for people, declared in a YAML file in English and Russian: looked up by name and filled.

Not here: templates of whole documents (``data_contracts.rendering``). Called by ``figure_in_words``, the briefs, the
workbook, alerts and deliveries.

>>> words = Texts(Path("letter_words.yaml"), "en")  # women: {en: women, ru: женщины}
>>> words("more_than", value="400")
'more than 400'
"""

from functools import lru_cache
from pathlib import Path

from data_contracts.model import Lang, Text, text
from data_contracts.strict_files import load_yaml


@lru_cache
def load_texts(path: Path) -> dict[str, Text]:
    """All texts of a file; ``DeclarationError`` names the line where a language is missing."""
    declared = load_yaml(path)
    return {name: text(path, declared, name) for name in declared}


class Texts:
    """The texts of a file in one language."""

    def __init__(self, path: Path, lang: Lang) -> None:
        """``path``: a mapping of names to ``{en: …, ru: …}``."""
        self._texts = load_texts(path)
        self.lang: Lang = lang

    def __call__(self, name: str, /, **given: object) -> str:
        """The text of a name, its places filled; a name or place that nobody declared is an error."""
        return str(getattr(self._texts[name], self.lang)).format(**given)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a text."""
        return name in self._texts

    def of(self, words: Text) -> str:
        """A label in this language."""
        return words.en if self.lang == "en" else words.ru


def in_both(path: Path, name: str, /, **given: object) -> Text:
    """The text of a name in both languages, its places filled; a place may be filled in both languages, too."""
    english, russian = Texts(path, "en"), Texts(path, "ru")
    return Text(
        english(name, **{key: english.of(v) if isinstance(v, Text) else v for key, v in given.items()}),
        russian(name, **{key: russian.of(v) if isinstance(v, Text) else v for key, v in given.items()}),
    )
