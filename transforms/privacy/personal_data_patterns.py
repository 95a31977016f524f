"""What personal data looks like: words of headers, patterns of texts, in the languages of the four countries.

Two kinds of patterns. The wide ones (``SUSPECT``, ``PSEUDONYM``, ``BARE``, ``HARMLESS``) are for RE2, with which Arrow
looks at every text of a file. The exact ones (``TEXT``, ``ADDRESS``) are for Python, since they need look-around, which
RE2 does not know; they read the few texts that are left.

Not here: looking at a file with them (``personal_data_search``, the only caller), numbers with a check digit
(``personal_numbers``).
"""

import re
import unicodedata
from functools import lru_cache

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
REASONS = {
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
TEXT = {
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
ADDRESS = re.compile(
    rf"\b(?:ул|улица|пр-т|проспект|пер|переулок|бульвар|б-р)\b\.?\s*[^\d;:]{{2,40}}?{_HOUSE}"
    rf"|[^\W\d]{{3,}}\s(?:көшесi|даңғылы|көчөсү|көч|kochasi|кўчаси|кучаси|тор кўчаси){_HOUSE}"
    rf"|\b(?:кӯчаи|хиёбони|kocha|көшесi)\s[^\d;:]{{2,40}}?{_HOUSE}"
    r"|\b(?:д|дом)\.?\s?\d+[а-я]?,?\s*(?:кв|квартира)\.?\s?\d+|\b\d+[a-z]?\s[a-z]+\s(?:street|avenue)\b"
    r"|\b\d+-?(?:үй|уй|uy),?\s*\d+-?(?:пәтер|батир|хонадон|xonadon)\b"
)
DIGITS = re.compile(r"(?<![\w/=.,-])\d{12}(?:\d\d)?(?![\w/.,-])")


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
#: the first three of HARMLESS for kinds of characters: 1 is 1 or 2, 9 another digit, A a Latin letter
HARMLESS_KINDS = re.compile("[19]{1,8}|(?:A{1,5}[-/_])?1[19]{3}[-/_][19]{1,6}|A{1,5}[-/_][19]{1,9}")

_APOSTROPHES = re.compile("['`´ʻʼʽʹ‘’‛ʾʿ′ꞌ]")


def plain(text: str) -> str:
    """One case, no apostrophes, and one letter for those that offices mix."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    return folded.replace("ё", "е").replace("і", "i")


def _words(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", plain(text)).split())


@lru_cache(maxsize=1)
def _header_patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(map(_shape, terms.split("|")))) for kind, terms in _HEADERS.items()}


def _shape(term: str) -> str:
    words = (_words(word) + (r"\w*" if word.endswith("*") else "") for word in term.strip(" \n=").split())
    shape = " ".join(words)
    return f"^{shape}$" if "=" in term else rf"\b{shape}\b"


def header_kinds(header: str) -> list[str]:
    """Kinds of personal data that a header names."""
    words = _words(header)
    return [kind for kind, pattern in _header_patterns().items() if pattern.search(words)]
