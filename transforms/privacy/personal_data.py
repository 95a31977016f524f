"""Personal data in a file of an office: names, numbers, telephones, addresses, found before a figure is read.

Pure functions of every row, never of a sample: ``guard`` names the columns for which a file is refused and never quotes
a value. Two looks make that fast: RE2 (in Arrow or DuckDB, ``SUSPECT``) passes over the texts that cannot be personal,
then Python reads the few distinct ones that are left by the exact patterns, which RE2 does not know (look-around).

``transforms.observe`` calls it on files from the inbox and of restricted datasets, ``transforms.incidents`` on the rows
of a register. Small counts that could point to a person are not found here but in ``disclosure``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Finding:
    """A column that holds personal data; never quotes the value."""

    column: str
    kind: str
    reason_en: str
    reason_ru: str


# Words of a header: "=" the whole header, "*" an open end of a word; all others whole words inside it.
_HEADERS = {
    "name": """фамили*|отчеств*|фио|ф и о|=имя|имя отчество|имя потерпевш*|имя жертв*|имя ребенк*|
        имя заявител*|имя правонарушител*|аты жөні|тегі|=есімі|=аты|әкесінің аты|аты жөнү|
        атасынын аты|ному насаб|насаб|насаби|номи падар|f i sh|=fish|=f i o|=fio|familiya*|
        ism sharif*|ismi sharif*|otasining ismi|=ismi|=ism|ф и ш|=исми|шарифи|surname|full name|
        first name|last name|given name|given names|middle name|=family name|patronymic|maiden name|
        name of victim|name of the victim|name of perpetrator|name of the perpetrator|name of child|
        victim name|victims name|perpetrator name|applicant name|child name|person name""",
    "national_id": """иин|жсн|пин|инн|пинфл|жшшир|jshshir|pinfl|=рма|снилс|=паспорт|номер* паспорт*|
        паспортн* данн*|
                сери* паспорт*|паспорт сери*|паспорт рақами|=passport|passport no|passport number|
        passport series|=pasport|pasport raqami|pasport seriya*|=төлқұжат|төлқұжат нөмір*|=шиноснома|
        рақами шиноснома|удостоверени* личности|жеке куәлі*|жеке сәйкестендіру*|
        персональн* идентификац*|жеке идентификац*|national id|national id number|identity card|
        id card|personal identification number|personal id""",
    "phone": """=телефон|=тел|=телефоны|=phone|=phone no|=telephone|=mobile|=telefon|=tel|=сотовый|
        номер телефона|контактн* телефон*|мобильн* телефон*|сотов* телефон*|домашн* телефон*|
        телефон потерпевш*|телефон заявител*|phone number|telephone number|mobile number|
        mobile phone number|телефон нөмір*|телефон номери|телефон рақами|рақами телефон|telefon raqami""",
    "email": """=e mail|=email|=почта|e mail address|email address|эл почта|электронн* почт*|
        электрондық пошта*|электрондук почта*|почтаи электронӣ|elektron pochta*""",
    "address": """=адрес|=address|=улица|адрес прожив*|адрес пропис*|адрес регистрац*|домашн* адрес*|
        адрес потерпевш*|фактическ* адрес*|номер дома|номер квартиры|home address|residential address|
        street address|=мекенжай|=мекенжайы|тұрғылықты мекен*|=дарек|=дареги|жашаган дарег*|=суроға|
        суроғаи|=нишонӣ|=manzil|=manzili|=манзил|=манзили|яшаш манзил*|yashash manzil*|
        turar joy manzil*""",
    "birth_date": """дата рожд*|день рожд*|год рожд*|число рожд*|туған күн*|туған жыл*|туылған күн*|
        туулган күн*|туулган жыл*|санаи таваллуд|рӯзи таваллуд|соли таваллуд|tugilgan san*|tugilgan kun*|
        tugilgan yil*|туғилган сан*|туғилган кун*|туғилган йил*|date of birth|year of birth|
        birth date|birthdate|=dob|=birthday""",
}
_REASONS = {
    "name": ("names of persons", "имена людей"),
    "national_id": ("national identification or passport numbers", "личные номера или номера паспортов"),
    "phone": ("telephone numbers of persons", "номера телефонов"),
    "email": ("e-mail addresses", "адреса электронной почты"),
    "address": ("street addresses", "адреса проживания"),
    "birth_date": ("dates of birth", "даты рождения"),
}
_LETTERS = "А-ЯЁӘҒҚҢӨҰҮҺІҲҶӢӮЎA-Z"
_SEP = r"[\s()\-]*"
# In running text one hit is enough: no figure is written so.
_TEXT = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Zа-я]{2,}"),
    "phone": re.compile(
        rf"\+\s?(?:7(?:{_SEP}\d){{10}}|(?:996|992|998)(?:{_SEP}\d){{9}})(?!\d)"
        r"|(?<![\d.,-])8[\s-]?\(?7\d\d\)?[\s-]?\d{3}[\s-]\d\d[\s-]\d\d(?![\d.,-])"
        r"|(?<![\d.,-])0[2-9]\d\d[\s-]?(?:\d{3}[\s-]?\d{3}|\d\d[\s-]\d\d[\s-]\d\d)(?![\d.,-])"
        r"|(?<![\d.,-])\(?(?:9\d|33|50|55|71|77|88)\)?[\s-]\d{3}[\s-]\d\d[\s-]\d\d(?![\d.,-])"
    ),
    "national_id": re.compile(
        r"(?<![\w-])(?:[A-ZА-Я]{2}\d{7}|(?:A[A-DN]|ID|PE|F[AB]|KA)\s\d{7}"
        r"|[A-ZА-Я]{2}\s?№\s?\d{7}|[NН]\d{8})(?![\w-])"
    ),
    "name": re.compile(
        rf"^[{_LETTERS}][\w-]+ [{_LETTERS}][\w-]+ [{_LETTERS}]\w*"
        r"(?:ович|евич|овна|евна|ична|қызы|ұлы|кызы|ўғли|қизи|зода"
        r"| (?:қызы|ұлы|кызы|уулу|ўғли|қизи|o.?g.?li|qizi))$"
    ),
}
_HOUSE = r",?\s*(?:д|дом|үй|уй|uy|хонаи|№)?\.?\s*№?\s?\d+"
_ADDRESS = re.compile(
    rf"\b(?:ул|улица|пр-т|проспект|пер|переулок|бульвар|б-р)\b\.?\s*[^\d;:]{{2,40}}?{_HOUSE}"
    rf"|[^\W\d]{{3,}}\s(?:көшесi|даңғылы|көчөсү|көч|kochasi|кўчаси|кучаси|тор кўчаси){_HOUSE}"
    rf"|\b(?:кӯчаи|хиёбони|kocha|көшесi)\s[^\d;:]{{2,40}}?{_HOUSE}"
    r"|\b(?:д|дом)\.?\s?\d+[а-я]?,?\s*(?:кв|квартира)\.?\s?\d+|\b\d+[a-z]?\s[a-z]+\s(?:street|avenue)\b"
    r"|\b\d+-?(?:үй|уй|uy),?\s*\d+-?(?:пәтер|батир|хонадон|xonadon)\b"
)
_DIGITS = re.compile(r"(?<![\w/=.,-])\d{12}(?:\d\d)?(?![\w/.,-])")


# Texts that one of the patterns below could match, in RE2: wider than they are, and without their look-around.
_S, _D = r"[\s\p{Z}]", r"\p{Nd}"
_GAP = rf"(?:{_S}|-)"
SUSPECT = "|".join(
    (
        "@",
        rf"\+{_S}*(?:7|99[268])",
        rf"8{_GAP}*\(?7{_D}{_D}\)?{_GAP}*{_D}{{3}}{_GAP}+{_D}{_D}{_GAP}+{_D}{_D}",
        rf"0[2-9]{_D}{_D}(?:{_GAP}*{_D}){{6}}",
        rf"(?:9{_D}|33|50|55|71|77|88)\)?{_GAP}+{_D}{{3}}{_GAP}+{_D}{_D}{_GAP}+{_D}{_D}",
        rf"[A-ZА-Я]{{2}}(?:{_S}*№)?{_S}*{_D}{{7}}|[NН]{_D}{{8}}",
        # three words: a name
        rf"\p{{L}}\S*{_S}+\p{{L}}\S*{_S}+\p{{L}}",
        # a word, a mark between, a number: an address
        rf"\p{{L}}.*[^\p{{L}}\p{{Nd}}/_-].*{_D}",
        rf"(?i:(?:ул|улица|пр-т|проспект|пер|переулок|бульвар|б-р)[^\p{{L}}\p{{Nd}}_].*{_D})",
        rf"(?i:д(?:ом)?\.?{_S}*{_D}+\p{{L}}?,?{_S}*кв|street|avenue|(?:үй|уй|uy),?{_S}*{_D})",
        rf"{_D}{{12}}",
        rf"^{_S}*[78]7{_D}{{9}}{_S}*$",
    )
)
#: a hash or a UUID: what stands for a person whom nobody can read out of it, whatever digits follow one another in it
PSEUDONYM = "^[0-9a-fA-F-]{32,128}$"
#: a bare number long enough to be one of a person; most of a column's are needed to condemn it
BARE = rf"^{_S}*{_D}{{9,31}}{_S}*$"
#: numbers of files and days, as most columns of a register hold them: none of SUSPECT, PSEUDONYM and BARE matches one
HARMLESS = "|".join(
    (
        "^[0-9]{1,8}$",
        "^(?:[A-Za-z]{1,5}[-/_])?[12][0-9]{3}[-/_][0-9]{1,6}$",
        "^[A-Za-z]{1,5}[-/_][0-9]{1,9}$",
        "^[12][0-9]{3}-[01][0-9]-[0-3][0-9](?: [0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)?$",
        "^[0-3][0-9][.][01][0-9][.][12][0-9]{3}(?: [0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)?$",
    )
)
_HEXADECIMAL = b"0123456789abcdefABCDEF-"
_PASSES = f"^$|{PSEUDONYM}|{HARMLESS}"
# Texts that a guard looks at together.
_TOGETHER = 200_000


@dataclass
class Texts:
    """What one column holds: its suspect texts, each with its rows, and how many rows are long bare numbers."""

    suspect: Iterable[tuple[str, int]]
    bare: int = 0
    #: every text is an address of a page
    pages: bool = False


def texts_of(values: Sequence[object] | pa.ChunkedArray) -> Texts:
    """Those of a column in memory, each distinct text looked at once."""
    if not isinstance(values, pa.ChunkedArray):
        values = pa.chunked_array([[_text(value) for value in values]], pa.string())
    counted = values.drop_null().value_counts()
    texts, rows = counted.field("values"), counted.field("counts")
    filled = pc.not_equal(texts, "")
    texts, rows = texts.filter(filled), rows.filter(filled)
    if not len(texts):
        return Texts([])
    plain = pc.match_substring_regex(texts, PSEUDONYM)
    suspect = pc.and_not(pc.match_substring_regex(texts, SUSPECT), plain)
    bare = pc.sum(rows.filter(pc.match_substring_regex(texts, BARE))).as_py() or 0
    pages = bool(len(texts)) and bool(pc.all(pc.match_substring(texts, "://")).as_py())
    pairs = zip(texts.filter(suspect).to_pylist(), rows.filter(suspect).to_pylist(), strict=True)
    return Texts(pairs, bare, pages)


def guard(
    column_names: Sequence[str], values: Mapping[str, Sequence[object] | pa.ChunkedArray]
) -> list[Finding]:
    """Columns that hold personal data, by header or by values; the file is refused if there is any.

    ``values``: every value of each column. Long bare numbers count as personal when they pass the check digit or the
    date inside, and most long numbers of the column do.
    """
    return guard_texts({name: texts_of(values.get(name, ())) for name in (*column_names, *values)})


def kinds_of_each(texts: Iterable[str]) -> dict[str, list[str]]:
    """Kinds of personal data in each text by itself, by the texts that hold any.

    RE2 compiles its patterns anew for every call (some 40 ms): one call for all texts, not one a text.
    """
    written = list(texts)
    suspect = {text for text, _ in texts_of(written).suspect}
    of_one = {text: _value_kinds(Texts([(_text(text), 1)])) for text in written if _text(text) in suspect}
    return {text: kinds for text, kinds in of_one.items() if kinds}


def guard_texts(columns: Mapping[str, Texts]) -> list[Finding]:
    """As ``guard``, of columns of which only the suspect texts were fetched."""
    found = []
    for column, texts in columns.items():
        headed = _header_kinds(column)
        if texts.pages:
            headed = [kind for kind in headed if kind != "address"]  # of pages
        kinds = dict.fromkeys([*headed, *_value_kinds(texts)])
        found += [_finding(column, kind) for kind in kinds]
    return found


def _finding(column: str, kind: str) -> Finding:
    en, ru = _REASONS[kind]
    return Finding(
        column=column,
        kind=kind,
        reason_en=f"The column “{column}” seems to hold {en}.",
        reason_ru=f"Столбец «{column}», видимо, содержит {ru}.",
    )


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


_APOSTROPHES = re.compile("['`´ʻʼʽʹ‘’‛ʾʿ′ꞌ]")


def _plain(text: str) -> str:
    """One case, no apostrophes, and one letter for those that offices mix."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    return folded.replace("ё", "е").replace("і", "i")


def _words(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", _plain(text)).split())


@lru_cache(maxsize=1)
def _header_patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(map(_shape, terms.split("|")))) for kind, terms in _HEADERS.items()}


def _shape(term: str) -> str:
    words = (_words(word) + (r"\w*" if word.endswith("*") else "") for word in term.strip(" \n=").split())
    shape = " ".join(words)
    return f"^{shape}$" if "=" in term else rf"\b{shape}\b"


def _header_kinds(header: str) -> list[str]:
    plain = _words(header)
    return [kind for kind, pattern in _header_patterns().items() if pattern.search(plain)]


@dataclass
class _Seen:
    """What the suspect texts of one column have shown so far."""

    kinds: set[str] = field(default_factory=set)
    numbers: int = 0
    phones: int = 0

    def look(self, text: str, rows: int) -> None:
        if text.isdecimal():
            self.numbers += rows * _personal_number(text)
            self.phones += rows * (re.fullmatch(r"[78]7\d{9}|(?:996|992|998)\d{9}", text) is not None)
        elif any(map(_personal_number, _DIGITS.findall(text))):
            self.kinds.add("national_id")
        self.kinds |= {
            kind for kind, pattern in _TEXT.items() if kind not in self.kinds and pattern.search(text)
        }
        if "address" not in self.kinds and _ADDRESS.search(_plain(text)):
            self.kinds.add("address")

    def verdict(self, bare: int) -> list[str]:
        """Kinds of personal data in a column with so many long bare numbers."""
        kinds = {*self.kinds}
        if self.numbers and self.numbers * 2 >= bare:
            kinds.add("national_id")
        if self.phones > 1 and self.phones * 2 >= bare:
            kinds.add("phone")
        return [kind for kind in _REASONS if kind in kinds]


def _value_kinds(texts: Texts) -> list[str]:
    """Kinds of personal data; ends early where so much is found that the rest cannot change the verdict."""
    seen = _Seen()
    for text, rows in texts.suspect:
        seen.look(_text(text), rows)
        if seen.kinds and seen.numbers * 2 >= texts.bare:
            break
    return seen.verdict(texts.bare)


def _are_pseudonyms(texts: pa.Array) -> bool:
    """Whether all match PSEUDONYM, by one look at their bytes; of a sliced array it may say no."""
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    if not len(texts) or lengths["min"] < 32 or lengths["max"] > 128:
        return False
    return not texts.buffers()[2].to_pybytes().translate(None, _HEXADECIMAL)


class Guard:
    """As ``guard``, of columns that are shown batch by batch: every text of every row, in bounded memory.

    ::

        guard = Guard()
        guard.look("Номер", pa.array(["КУСП-1", "КУСП-2"]), None)
        guard.look("Пол", pa.array(["женский", "мужской"]), pa.array([410, 61]))
        guard.findings()            # of all that was shown
    """

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self._seen: dict[str, _Seen] = {}
        self._bare: dict[str, int] = {}
        # RE2 compiles its patterns anew for every call, so many texts of all columns are looked at together: shown
        # ones for what is harmless, what is left for what is suspect.
        self._shown: list[_Shown] = []
        self._left: list[_Shown] = []

    def look(self, column: str, texts: pa.Array, rows: pa.Array | None) -> None:
        """Show different texts of a column and the rows of each; None where each is that of one row."""
        self._seen.setdefault(column, _Seen())
        if _are_pseudonyms(texts):
            return
        self._shown.append(_Shown(column, texts, pa.repeat(1, len(texts)) if rows is None else rows))
        if sum(len(shown.texts) for shown in self._shown) >= _TOGETHER:
            self._pass()
        if sum(len(left.texts) for left in self._left) >= _TOGETHER:
            self._look_closely()

    def findings(self) -> list[Finding]:
        """Columns with personal data, by header or by values."""
        self._pass()
        self._look_closely()
        return [
            _finding(column, kind)
            for column, seen in self._seen.items()
            for kind in dict.fromkeys([*_header_kinds(column), *seen.verdict(self._bare.get(column, 0))])
        ]

    def _pass(self) -> None:
        """Let pass what is harmless."""
        for shown, harmless in _matching(self._shown, _PASSES):
            left = pc.invert(harmless)
            if pc.any(left).as_py():
                self._left.append(shown.only(left))
        self._shown.clear()

    def _look_closely(self) -> None:
        for shown, bare in _matching(self._left, BARE):
            rows = pc.sum(shown.rows.filter(bare)).as_py() or 0
            self._bare[shown.column] = self._bare.get(shown.column, 0) + rows
        for shown, suspect in _matching(self._left, SUSPECT):
            seen, few = self._seen[shown.column], shown.only(suspect)
            for text, rows in zip(few.texts.to_pylist(), few.rows.to_pylist(), strict=True):
                # The file is refused for one such column: the others of its texts need no look.
                if not seen.kinds:
                    seen.look(_text(text), rows)
        self._left.clear()


class _Shown(NamedTuple):
    """Different texts of a column, and the rows of each."""

    column: str
    texts: pa.Array
    rows: pa.Array

    def only(self, which: pa.Array) -> "_Shown":
        return _Shown(self.column, self.texts.filter(which), self.rows.filter(which))


def _matching(shown: Sequence[_Shown], pattern: str) -> Iterator[tuple[_Shown, pa.Array]]:
    """Which texts match, by one call for all."""
    if not shown:
        return
    matches, at = pc.match_substring_regex(pa.concat_arrays([own.texts for own in shown]), pattern), 0
    for own in shown:
        yield own, matches.slice(at, len(own.texts))
        at += len(own.texts)


def _personal_number(digits: str) -> bool:
    if len(digits) == 12:
        return _is_iin(digits)
    return len(digits) == 14 and (_is_pin(digits) or _is_pinfl(digits))


def _is_iin(digits: str) -> bool:
    """Kazakhstan: date of birth, century and sex, check digit modulo 11 with a second row of weights."""
    if not _is_date(digits[4:6], digits[2:4]) or digits[6] not in "123456":
        return False
    numbers = [int(digit) for digit in digits]
    check = sum(n * weight for n, weight in zip(numbers, range(1, 12), strict=False)) % 11
    if check == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        check = sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11
    return check == numbers[11]


def _is_pin(digits: str) -> bool:
    """Kyrgyzstan: sex, then the date of birth with the year in full."""
    return digits[0] in "12" and 1900 <= int(digits[5:9]) <= 2099 and _is_date(digits[1:3], digits[3:5])


def _is_pinfl(digits: str) -> bool:
    """Uzbekistan: century and sex, date of birth, district, number, check digit (7, 3, 1 modulo 10).

    Fourteen-digit area codes of Kyrgyzstan end in zeros, which is why a number of zeros is none.
    """
    if digits[0] not in "123456" or not _is_date(digits[1:3], digits[3:5]) or digits[7:13] == "000000":
        return False
    check = sum(int(digit) * (7, 3, 1)[i % 3] for i, digit in enumerate(digits[:13])) % 10
    return check == int(digits[13])


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= (29, 30, 31)[(int(month) != 2) + (int(month) in _LONG)]


_LONG = {1, 3, 5, 7, 8, 10, 12}
