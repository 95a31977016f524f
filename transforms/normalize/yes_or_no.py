"""Columns whose name says something of a figure and whose cells say only whether that holds.

::

    provisional       true, false      "provisional" where it is true, nothing where it is not
    isConfidential    1, 0             "confidential"
    Прогноз           да, нет          "Прогноз"; so does predvaritelno "true": "предварительно"
    Черновик          x, blank         "Черновик"; marks and digits count where the column holds nothing else
    Отменено          3, 1, 0          nothing: a column of another count; nor does 1 alone
    final             no               "not final"; so with a name that says that a record is valid, or public

A cell that says yes is read as one that holds its column's name, by every rule that looks at texts. Not here: what the
texts mean (the package ``contradictions``), and a declaration that reads the column. Called by
``transforms.normalize.file_cells``; its words also by ``drafts`` and ``dividing_columns``.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from sources.column_names import own_key, words_of_name
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.parse.fold_labels import fold

# English, Russian, German, Kazakh, Kyrgyz, Tajik, Uzbek in both scripts.
_YES = re.compile(r"true|yes|истина|да|wahr|ja|иә|ия|ооба|бале|ҳа|ha")
_NO = re.compile(r"false|no|ложь|нет|falsch|nein|жоқ|жок|не|йўқ|yo'q")
# They say yes and no in a column that holds nothing else.
_YES_MARK = re.compile(r"1(?:\.0)?|[xх+✓✔☑vytjд]")
_NO_MARK = re.compile(r"0(?:\.0)?|[-✗✘☐nfн]")
_NUMBER = re.compile(r"[01](?:\.0)?")
_NEITHER = re.compile(r"|n/?a|null|none|unknown|неизвестно|\?|…|\.\.+|нет данных")
_SURE = re.compile(r"(?:is|was|has been|flag) |.* flag")
# Under such a name 1 alone may be how many there were; beside 0 or a blank it is a mark.
_COUNTED = re.compile(
    r"cancel|annul|revok|withdr|retract|reject|remov|void|delet|отмен|аннулир|отозван|удален|удалён|storn|gelöscht|"
    r"aufgehob|жойыл|жокко|бекор|bekor|activ|valid|publish|approv|verif|confirm|утвержд|опублик|провер|подтвержд|"
    r"действ|активн"
)
# A column with more different texts holds other things.
_MOST_TEXTS = 50
_AROUND = re.compile(
    r"^(?:is|was|are|has been|flag|является|являются|признак) (?=\w)|(?<=\w) (?:flag|indicator|yn|y n|да нет|yes no)$|"
    r" ?\?$",
    re.IGNORECASE,
)
# What Russian offices call keys in Latin letters.
_ROMANISED = {
    r"predvaritel'?n\w*|predv": "предварительно",
    r"operativn\w*": "оперативные",
    r"o(?:ts|c)en(?:k|och)\w*": "оценка",
    r"prognoz\w*": "прогноз",
    r"plan(?:ov\w*|iru\w*)": "план",
    r"konfiden[ct]s?ial'?n\w*": "конфиденциально",
    r"sekretn\w*": "секретно",
    r"dsp": "дсп",
    r"chernovi[ck]\w*": "черновик",
    r"udal[ey]n\w*": "удалено",
    r"annulirovan\w*": "аннулировано",
    r"otmenen\w*": "отменено",
    r"okonchatel'?n\w*": "окончательные",
    r"utver(?:zh|j)den\w*": "утверждено",
    r"opublikovan\w*": "опубликовано",
    r"dann(?:ye|ie|yh)": "данные",
}
_DATA = (
    r"(?: (?:data|figures?|values?|данн\w+|значени\w+|деректер|маалымат(?:тар)?|маълумот\w*|ma'lumot\w*|daten|"
    r"werte?))?"
)
_FINAL = (
    rf"(?:final|definitive|finali[sz]ed|окончательн\w+|endgültig\w*|түпк[іi]л[іi]кт[іi]|акыркы|ниҳоӣ|ниҳои|"
    rf"yakuniy|якуний){_DATA}"
)
_PUBLIC = (
    r"publishable|for (?:publication|public release)|public data|открытые данные|публикуется|для публикации|"
    r"(?:подлежит|разрешен[ао]?|можно) (?:публикации|публиковать|опубликованию|к публикации)"
)
#: names of columns that say that a record is one of those that hold
VALID = (
    r"active|valid(?:ated)?|published|approved|verified|confirmed|enabled|visible|in force|действует|действительн[ао]|"
    r"утвержд[её]н[ао]?|опубликован[ао]?|активн[ао]|проверен[ао]?|подтвержд[её]н[ао]?|"
    r"aktiv|gültig|freigegeben|veröffentlicht|geprüft|bestätigt"
)
#: what a "no" says under such a name
NOT_VALID = "not valid"
_DENIED = {
    re.compile(_FINAL): "not final",
    re.compile(_PUBLIC): "not for publication",
    re.compile(VALID): NOT_VALID,
}


def says_yes(text: str) -> bool:
    """Whether a cell is a word for yes."""
    return _YES.fullmatch(fold(text)) is not None


def says_no(text: str) -> bool:
    """Whether a cell is a word for no."""
    return _NO.fullmatch(fold(text)) is not None


@lru_cache(maxsize=10_000)
def name_in_words(column: str) -> str:
    """A column's name in single words: "is preliminary" of ``meta.isPreliminary``, "оценка" of ``otsenka``."""
    # With spaces it is no path: "Без г. Бишкек".
    words = words_of_name(column if " " in column.strip() else own_key(column))
    words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", words)
    for romanised, russian in _ROMANISED.items():
        words = re.sub(rf"(?<![\w'])(?:{romanised})(?![\w'])", russian, words, flags=re.IGNORECASE)
    return words


@lru_cache(maxsize=10_000)
def said_by_name(column: str) -> str:
    """What a name says of the rows where it holds: without "is" and "flag"."""
    words = name_in_words(column)
    while (bare := _AROUND.sub("", words)) != words:
        words = bare
    return words


def said_by_answers(name: str, texts: EncodedColumn, known: Collection[str] = ()) -> EncodedColumn | None:
    """What the cells of a column say that are a yes or no to its name; None where none of them says anything.

    ``known``: texts that somebody read and that change nothing.
    """
    if len(texts.dictionary) > _MOST_TEXTS:
        return None
    folded = {text: fold(text or "") for text in (texts.dictionary[place] for place in texts.used())}
    yes, no = _answers(name_in_words(name).casefold(), set(folded.values()))
    if not yes and not no:
        return None
    said = said_by_name(name)
    denied = next((words for names, words in _DENIED.items() if names.fullmatch(said.casefold())), None)
    by_text = {
        text: said if answer in yes else denied for text, answer in folded.items() if answer in yes | no
    }
    found = {text: words for text, words in by_text.items() if words and words not in known}
    return texts.recoded(found.get) if found else None


def _answers(name: str, texts: set[str]) -> tuple[set[str], set[str]]:
    """Of the texts of a column, folded, those that say yes and those that say no; a blank is none that says so."""
    yes, no = (set(filter(words.fullmatch, texts)) for words in (_YES, _NO))
    yes_marks, no_marks = (set(filter(marks.fullmatch, texts)) for marks in (_YES_MARK, _NO_MARK))
    others = texts - yes - no - yes_marks - no_marks
    is_count = (
        len(texts) == 1 and _NUMBER.fullmatch(min(texts)) and _COUNTED.search(name) and not _SURE.match(name)
    )
    if is_count or not all(map(_NEITHER.fullmatch, others)):
        return yes, no
    return yes | yes_marks, no | no_marks
