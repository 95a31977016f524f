"""Names of columns that divide persons, cases and offences, beside sex, age and place.

::

    dimension_of("Вид насилия")          "violence_form"
    dimension_of("Relationship")         "relationship"
    dimension_of("Семейное положение")   "marital"
    dimension_of("Type of case")         "case"
    dimension_of("Источник")             ""                  says_nothing("Источник")           True

A name is a kind ("type of", "вид") and a subject ("violence", "дела"), or one word that says both ("education"). Not
here: the texts of such a column (``form_words``), sex, age, residence (``group_words``), labels of the codebook, and
what becomes of a row. Called by ``unread_breakdowns``, ``dividing_columns`` and ``unread_years``.
"""

import re
from functools import lru_cache

from sources.column_names import own_key, words_of_name
from transforms.normalize.contradictions.group_words import whole_words
from transforms.normalize.contradictions.note_codes import is_note_column
from transforms.parse.fold_labels import fold

FORM, RELATIONSHIP = "violence_form", "relationship"

_KIND = whole_words(
    r"forms?|types?|kinds?|nature|categor(?:y|ies)|class(?:es)?|groups?|status|state|levels?|degree|"
    r"вид\w*|форм[аы]|тип\w*|категори[яий]\w*|характер|степень|уровень|статус|положение|групп[аы]|состояние|состав|"
    r"түр[іиү]\w*|нысан\w*|санат\w*|топ|тоб[ыу]|деңгей\w*|деңгээл\w*|дәреже\w*|даража\w*|daraja\w*|tur[i]?|"
    r"shakl\w*|"
    r"тури?|шакл\w*|toifa\w*|тоифа\w*|guruh\w*|гуруҳ\w*|holat\w*|ҳолат\w*|абал\w*|жағдай\w*|мәртебе\w*|навъ\w*|"
    r"намуд\w*|"
    r"дараҷа\w*|сатҳ\w*|гурӯҳ\w*|вазъ\w*|art|form|typ|gruppe|kategorie|grad"
)
_VICTIM = (
    r"victims?|survivors?|жертв\w*|потерпевш\w*|пострадавш\w*|жәбірлен\w*|жабырлан\w*|жабир\w*|jabr\w*|жабр\w*|"
    r"ҷабр\w*|"
    r"qurbon\w*|opfer\w*"
)
_AGGRESSOR = (
    r"perpetrators?|aggressors?|offenders?|abusers?|suspects?|агрессор\w*|обидчик\w*|насильник\w*|виновн\w*|"
    r"правонарушител\w*|преступник\w*|подозреваем\w*|осужд[её]нн\w*|зорлық жасауш\w*|зордук кылган\w*|"
    r"tajovuzkor\w*|"
    r"тажовузкор\w*|таҷовузкор\w*|ҷинояткор\w*|täter\w*|tatverdächtig\w*"
)
_OFFENCE = (
    r"преступлени[яейю]\w*|правонарушени\w*|деяни\w*|проступк\w*|offen[cs]es?|crimes?|қылмыс\w*|кылмыш\w*|"
    r"jinoyat\w*|"
    r"жиноят\w*|ҷиноят\w*|құқық бұзушылық\w*|укук бузуу\w*|huquqbuzarlik\w*|ҳуқуқбузарлик\w*|ҳуқуқвайронкун\w*|"
    r"straftat\w*|delikt\w*|tat"
)
_PEOPLE = (
    r"лиц[ао]?|населени[яею]|граждан|клиент\w*|заявител\w*|обративш\w*|людей|persons?|people|populations?|clients?|"
    r"applicants?|"
    r"callers?|complainants?|respondents?|тұлға\w*|адам\w*|калк\w*|халық\w*|shaxs\w*|шахс\w*|aholi\w*|аҳоли\w*|"
    r"аҳол[ӣи]|"
    r"person(?:en)?"
)
# Of what a column says the kind; the first that fits is the dimension.
_SUBJECTS = {
    FORM: whole_words(
        r"(?:domestic |family )?violence|abuse|насили[яею]|зорлы[қк]\w*(?:-зомбылы[қк]\w*)?|"
        r"зордук\w*(?:-зомбулук\w*)?|"
        r"zo'ravonlik\w*|зўравонлик\w*|зӯровар\w*|хушунат\w*|gewalt"
    ),
    RELATIONSHIP: whole_words(_AGGRESSOR),
    "victim": whole_words(_VICTIM),
    "offence": whole_words(_OFFENCE),
    "people": whole_words(_PEOPLE),
    "household": whole_words(r"households?|famil(?:y|ies)|семь[ияей]+|домохозяйств\w*|haushalts?\w*"),
    "refugee": whole_words(r"refugees?|беженц\w*|asylum"),
    "case": whole_words(
        r"дел[оа]?|cases?|incidents?|случа[яейи]\w*|происшестви\w*|іс(?:тің)?|иш(?:тин)?|ish|parvanda\w*|"
        r"парванда\w*"
    ),
    "sanction": whole_words(
        r"наказани\w*|взыскани\w*|мер[аы]?|sanctions?|punishments?|penalt(?:y|ies)|measures? taken|жаза\w*|jazo\w*|"
        r"жазо\w*|ҷазо\w*|strafe\w*"
    ),
    "contact": whole_words(
        r"обращени[яейю]\w*|заявлени[яейю]\w*|жалоб\w*|вызов\w*|звонк\w*|appeals?|complaints?|calls?|"
        r"reports? to police|"
        r"өтініш\w*|кайрылуу\w*|murojaat\w*|мурожаат\w*|муроҷиат\w*|anzeige\w*"
    ),
    "help": whole_words(
        r"помощ[ьи]|услуг\w*|поддержк\w*|help|assistance|support|services?|көмек\w*|жардам\w*|yordam\w*|ёрдам\w*|"
        r"кӯмак\w*|"
        r"hilfe\w*"
    ),
    "order": whole_words(r"ордер\w*|предписани\w*|protection orders?|orders?|нұсқама\w*|order(?:i|lar)\w*"),
}
# Names that say a dimension without a word for a kind.
_ALONE = {
    FORM: whole_words(r"gewalt(?:form|art)\w*"),
    RELATIONSHIP: whole_words(
        rf"relation(?:ship)?s?(?: (?:to|with|of|between)(?: .*)?)?|кем (?:приходи\w*|являет\w*|доводит\w*).*|"
        rf"(?:взаимо)?отношени[ея] (?:к|с|между|пострадавш\w*|потерпевш\w*|жертв\w*)(?: .*)?|родств\w*|"
        rf"кто (?:совершил|применил|является).*|^(?:{_AGGRESSOR})$|туыст\w*|кім болып.*|тууганчыл\w*|тууганды\w*|"
        rf"ким болот.*|"
        rf"мамилеси|қатынасы?|қатысы|qarindosh\w*|қариндош\w*|kim bo'l\w*|ким бўл\w*|munosabat\w*|муносабат\w*|"
        rf"муносибат\w*|хешутабор\w*|хешованд\w*|кӣ мешав\w*|beziehung\w*|verhältnis|(?:täter-opfer-|"
        rf"opfer-täter-)\w+|"
        rf"verwandtschaft\w*|tatverdächtig\w*-opfer.*"
    ),
    "education": whole_words(
        r"educat(?:ion|ional)(?: .*)?|schooling|образовани[ея]|образовательн\w+ (?:уров\w*|статус)|бiлiм\w*|"
        r"билим\w*|"
        r"ma'lumoti|ma'lumot darajasi|маълумоти|маълумот даражаси|ta'lim\w*|таълим\w*|маълумотнок\w*|"
        r"таҳсил\w*|(?:schul)?bildung\w*|(?:schul|bildungs)abschluss\w*"
    ),
    "marital": whole_words(
        r"marital(?: .*)?|civil status|семейн\w+ (?:положени\w*|статус\w*|состояни\w*)|брачн\w+ \w+|"
        r"отбасы\w* (?:жағдай|мәртебе|статус)\w*|"
        r"неке\w* \w+|үй-бүлө\w* (?:абал|статус)\w*|нике\w* \w+|oilaviy (?:hol\w*|ahvol\w*)|оилавий (?:ҳол\w*|"
        r"аҳвол\w*)|"
        r"(?:вазъ\w*|ҳолат\w*) оилав\w*|familienstand\w*"
    ),
    "article": whole_words(
        r"стать[яи](?! (?:расход|доход|бюджет)\w*)|ст (?:ук|коап|кодекс\w*|закон\w*)|"
        r"articles? (?:of|number|code|cc)(?: .*)?|(?:code|law) articles?|бап(?:тар\w*|тың|ы)?|берене\w*|modda\w*|"
        r"модда\w*|"
        r"artikel|paragra(?:ph|f)\w*|квалификаци\w*|iccs|tatbestand\w*"
    ),
    "offence": whole_words(r"(?:straftat(?:en)?|delikts?)(?:art|gruppe)\w*|тяжесть|severity|gravity"),
    "ethnicity": whole_words(
        r"nationalit(?:y|ies)|citizen(?:ship)?|ethnic\w*(?: .*)?|race|национальност\w*|гражданств\w*|этн(?:ос|"
        r"ич)\w*(?: \w+)?|"
        r"ұлт[ы]?|ұлт тобы|азаматты\w*|улут\w*|жаранды\w*|millat\w*|миллат\w*|fuqaroli\w*|фуқароли\w*|шаҳрванд\w*|"
        r"staatsangehörigkeit\w*|nationalität\w*|ethni\w*|migrationshintergrund|migra(?:tion|nt|"
        r"tory)\w* (?:status|background)"
    ),
    "religion": whole_words(
        r"religion\w*|religious.*|вероисповедани\w*|религи\w*|дiнi?|дин[иӣ]?|dini?|konfession"
    ),
    "wealth": whole_words(
        r"wealth(?: .*)?|income(?: (?:level|status))?|доход(?:ы|а)?|(?:income|expenditure|consumption) \w+|"
        r"quin?tiles?|quantiles?|"
        r"deciles?|"
        r"квинтил\w*|децил\w*|благосостояни\w*|уровень (?:доход\w*|достатка|жизни)|доходн\w+ групп\w*|әл-ауқат\w*|"
        r"бакубат\w*|kvintil\w*|daromad\w*|даромад\w*|wohlstand\w*|einkommens\w*"
    ),
    "disability": whole_words(
        r"disabilit(?:y|ies)(?: \w+)?|инвалидност\w*|мүгедекті\w*|мүгедектик|майыпты\w*|nogironlig\w*|nogironlik|"
        r"ногиронли\w*|маъюб\w*|behinderung\w*"
    ),
    "activity": whole_words(
        r"employment(?: \w+)?|occupation\w*(?: \w+)?|profession|activity(?: status)?|"
        r"labou?r (?:force )?(?:market )?status|"
        r"work(?:ing)? status|(?:трудов\w+ |социальн\w+ )?занятост\w*|род занятий|вид (?:занятий|деятельности)|"
        r"професси\w*|"
        r"социальн\w+ (?:положени\w*|статус\w*|групп\w*)|кәсi[бп]\w*|жұмысп\w+ қамт\w*|кеси[бп]\w*|"
        r"жумуш\w*(?: \w+)?|"
        r"bandli\w*|kas[bp]i?\w*|бандли\w*|кас[бп]\w*|шуғл\w*|машғул\w*|erwerbs\w*|beruf\w*|beschäftigung\w*"
    ),
    "course": whole_words(
        r"повторност\w*|рецидив\w*|recidivis\w*|инстанци\w*|(?:court )?instance|стади[яи](?: .*)?|stage of .*|"
        r"(?:case )?stage|bosqich\w*|босқич\w*|марҳила\w*|саты(?:сы)?|стадиясы|verfahrensst\w+|stand des verfahrens|"
        r"мест[оа] (?:совершени|происшестви|преступлени)\w*|place of (?:occurrence|offen[cs]e|crime|incident)|"
        r"орудие\w*|"
        r"weapons?|способ (?:обращени|совершени|убийств)\w*|канал\w*|channels?|referr\w*|кем направлен\w*"
    ),
    "applicant": whole_words(
        r"заявител[ьи]|applicants?|callers?|complainants?|кто (?:обратил|сообщил|заявил)\w*|who (?:called|applied)|"
        r"беременност\w*|pregnan\w*|orientation|ориентаци\w*|housing"
    ),
    "cause": whole_words(
        r"motives?|мотив\w*|причин[аы](?! (?:отсутств|пропуск|корректир|исправл|измен|обновл)\w*)|causes?|"
        r"reasons? for (?:contact|"
        r"appeal|violence|death)\w*|повод|исход[аы]?|outcomes?|опьянени\w*|alcohol.*"
    ),
}
# The whole name is a word for a part; of what it is a part, the texts say. A bare "type" may be that of a figure.
_ANY_KIND = whole_words(
    r"(?:под)?категори[яи]|(?:под)?групп[аы]|разрез\w*|срез|контингент|(?:sub[- ]?)?categor(?:y|ies)|"
    r"(?:sub[- ]?)?groups?|"
    r"break-?down|disaggregation|санат\w*|топ|топтар\w*|тоб[ыу]|категориясы|toifa\w*|тоифа\w*|guruh\w*|гуруҳ\w*|"
    r"гурӯҳ\w*|категория\w*|kategorie\w*|gruppe\w*"
)
# Columns that say where figures come from, how they are written and sorted: no part of what is counted.
_NOTHING = whole_words(
    r"источник\w*|source\w*|издател\w*|publish\w*|(?:о?публик|жариялан|нашр|nashr|veröffentlich)\w*|ministr\w*|"
    r"министерств\w*|ведомств\w*|agenc\w*|"
    r"organi[sz]ation\w*|организаци\w*|учреждени\w*|institution\w*|institut\w*|орган\w*|office|department\w*|"
    r"департамент\w*|управлени\w*|provider\w*|contact|контакт\w*|адрес\w*|address\w*|url|links?|ссылк\w*|web\w*|"
    r"site|"
    r"сайт|e-?mail|телефон\w*|phone\w*|сноск\w*|foot-?notes?|примечани\w*|прим|notes?|comments?|remarks?|"
    r"коммент\w*|"
    r"дат[аы]|date\w*|обновл\w*|updat\w*|modified|licen[cs]e\w*|лиценз\w*|language|lang|язык|тіл|тил|til|забон|sprache|unit\w*|"
    r"единиц\w*|ед|"
    r"изм|өлшем\w*|бирлик\w*|birlik\w*|measure(?:ment)?|decimals|series|серии?|indicator\w*|показател\w*|"
    r"көрсеткiш\w*|"
    r"көрсөткүч\w*|ko'rsatkich\w*|кўрсаткич\w*|нишондиҳанда\w*|variable|мета\w*|meta\w*|dataset\w*|набор\w*|"
    r"dataflow|"
    r"министрл\w*|vazirlig\w*|вазирлиг\w*|вазорат\w*|ministerium|отчет\w*|reports?|goals?|targets?|цел[ьи]|"
    r"задач\w*|таблиц\w*|table\w*|жадвал\w*|jadval\w*|file\w*|файл\w*|version|верси\w*|reporting|"
    r"custodian\w*|compil\w*|method\w*|методик\w*|методолог\w*|survey\w*|обследовани\w*|опрос\w*|rounds?|wave|"
    r"freq\w*|периодичн\w*|id|uuid|номер(?! стать\w*)|number|№|nr|число|количество|count|sort\w*|"
    r"priority|rank|latest|geo|precision|reference|ответственн\w*|исполнител\w*|responsible|author\w*|"
    r"автор\w*|состав(?:ил|итель)|quality|достоверност\w*|доступ\w*|access|visib\w*|free|confidential\w*|conf|obs|observation|trend\w*|progress|rating|"
    r"data|данны[ех]|данных|deriv\w*|оценк\w*|estimat\w*|adjust\w*|quelle\w*|herausgeber\w*|stand|einheit\w*|"
    r"манба\w*|manba\w*|булак\w*|булагы|дереккөз\w*|сарчашма\w*|название|наименование|name|title|label|value\w*|"
    r"значени\w*|locations?|areas?|regions?|countr\w*|period\w*|период\w*|period|chart|image|tags?|keywords?|"
    r"format|"
    r"economy"
)
# The whole name is a word for an attribute of a figure, or of a country.
_ATTRIBUTE = whole_words(r"nature|order|no|n|index|status|state|статус|income group|lending category")
# What is looked at elsewhere, of whomever it is.
_SEX_OR_AGE = whole_words(
    r"sex|gender|age|пол|гендер|возраст\w*|жыныс\w*|жас|жаш|jins\w*|жинс\w*|yosh\w*|ёш\w*|ҷинс\w*|син\w*|"
    r"geschlecht|alter\w*"
)
_LONGEST_NAME = 6


# What a whole catalogue of figures is about; of offences against the family "crime" is no part.
_TOPIC = whole_words(
    r"crimes?(?: and justice)?|justice|offences|преступност[ьи]|преступления|правонарушения|правосудие|қылмыс\w*|"
    r"кылмыш\w*|"
    r"jinoyat\w*|жиноят\w*|ҷиноят\w*|straftaten|kriminalität|gender(?: statistics| equality)?|гендерн\w+ \w+|"
    r"гендер|"
    r"population|demograph\w*|население|демограф\w*|society|общество|social(?: \w+)?|социальн\w+ \w+|statisti\w*|"
    r"статистик\w*|health|здравоохранение|bevölkerung"
)
_DOMESTIC_TOPIC = whole_words(
    r"(?:(?:domestic|family|gender-based) )?violence(?: against women)?|"
    r"(?:(?:домашнее|семейное|бытовое|семейно-бытовое|гендерное) )?насилие(?: в семье| в отношении женщин)?|"
    r"семейно-бытовая сфера|häusliche gewalt|тұрмыстық зорлық(?:-зомбылық)?|үй-бүлөлүк зомбулук|"
    r"oilaviy zo'ravonlik|"
    r"оилавий зўравонлик|хушунати оилавӣ"
)


def says_topic(text: str, *, domestic: bool) -> bool:
    """Whether a text is a topic of a catalogue, no part of what is counted; ``domestic``: that is violence at home."""
    folded = fold(text)
    return bool(_TOPIC.fullmatch(folded) or (domestic and _DOMESTIC_TOPIC.fullmatch(folded)))


@lru_cache(maxsize=10_000)
def plain_name(column: str) -> str:
    """A name in small letters and single words: ``VIOLENCE_TYPE``, ``violence.type``, ``violenceType (code)``."""
    words = re.sub(r"^(?:name of(?: the)?|название|наименование|код) (?=\w)", "", fold(words_of_name(column)))
    return re.sub(r" (?:code|name|label|desc|description|text|id|код)$", "", words)


def says_nothing(column: str) -> bool:
    """Whether a column is called a source, a note, a date, a unit and the like: it divides nothing."""
    name = plain_name(column)
    return bool(_NOTHING.search(name) or _ATTRIBUTE.fullmatch(name) or is_note_column(column))


@lru_cache(maxsize=10_000)
def dimension_of(column: str) -> str:
    """What a column divides by its name: a concept, a word of this module; "" of names that say nothing of the kind."""
    name = plain_name(column)
    if len(name.split()) > _LONGEST_NAME or "?" in column or _SEX_OR_AGE.search(name):
        return ""
    if says_nothing(column):
        return ""
    if re.fullmatch("(?:[A-Z]+_)*ARTICLE", own_key(column)):
        return "article"
    named = _SUBJECTS if _KIND.search(name) else {}
    for dimension, words in (*named.items(), *_ALONE.items()):
        if words.search(name):
            return dimension
    return "category" if _ANY_KIND.fullmatch(name) else ""


@lru_cache(maxsize=10_000)
def says_kind(column: str) -> bool:
    """Whether the numbers in such a column may be codes: "violence type" 2, "wealth quintile" 5, "article" 73."""
    name = plain_name(column)
    return bool(_KIND.search(name) or _NUMBERED.search(name) or _ALONE["article"].search(name))


@lru_cache(maxsize=10_000)
def says_other_kind(column: str) -> bool:
    """Whether a column is called a kind of something that is no dimension: "Вид документа"."""
    name = plain_name(column)
    return bool(_KIND.search(name)) and len(name.split()) > 1 and not dimension_of(column)


_NUMBERED = whole_words(r"\w*quin?tile?s?\w*|\w*quantile\w*|\w*decile\w*|квинтил\w*|децил\w*|kvintil\w*")
