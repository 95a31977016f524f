"""What the sheets of the workbook hold: headers in two languages, widths, and the SQL of every column.

In SQL, ``{lang}`` is the language of the workbook, ``words`` gives the label of a code in it, ``site`` the name of the
host of an address. Columns marked as technical are kept for tracing and further work; they are grouped away and not
printed. Not here: writing the file (``workbook``, which calls this) and the first sheet (``front_sheet``).
"""

from dataclasses import dataclass

from data_contracts.model import Text
from data_contracts.sql import literal
from data_contracts.vocabulary import DIMENSIONS, sql_list
from pipelines.export.selection import COMPILATION


@dataclass(frozen=True)
class Field:
    """A column of a sheet.

    ``kind``: text; number; share; date; period (a list of first and last day); interval (a list of two bounds); status
    (a list of label and code, marked where it needs care); link (a list of text and address; some programs do not wrap
    it, so the text is short). ``width`` in characters.
    """

    en: str
    ru: str
    sql: str
    width: int
    kind: str = "text"
    technical: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet of one table."""

    #: its name, of which Excel takes 31 characters
    title: Text
    #: its columns
    fields: tuple[Field, ...]
    #: the rows as SQL, from FROM on
    source: str


def _technical(en: str, ru: str, sql: str, width: int = 18, kind: str = "text") -> Field:
    return Field(en, ru, sql, width, kind, technical=True)


#: the country of a row, whose area is joined as `a`
COUNTRY = Field("Country", "Страна", "a.name_{lang}", 14)


# Names of the sheets of topics: a label of the code list is too long for Excel.
TOPICS = {
    "reports": Text("Reports", "Обращения"),
    "victims": Text("Victims and aggressors", "Пострадавшие и агрессоры"),
    "orders": Text("Protection measures", "Меры защиты"),
    "administrative": Text("Administrative cases", "Административные дела"),
    "criminal": Text("Criminal cases", "Уголовные дела"),
    "courts": Text("Courts", "Суды"),
    "homicide": Text("Killings and grave harm", "Убийства и тяжкий вред"),
    "programmes": Text("Programmes for aggressors", "Программы для агрессоров"),
    "services": Text("Services for victims", "Услуги пострадавшим"),
    "prevention": Text("Prevention", "Профилактика"),
    "children": Text("Children", "Дети"),
    "survey": Text("Surveys", "Обследования"),
    "context": Text("Context", "Контекст"),
}
_YES = "CASE WHEN {} THEN yes() ELSE no() END"
_OF_WHOM = """nullif(concat_ws(', ', CASE WHEN sex <> '_T' THEN words('sex', sex) END,
  CASE WHEN age <> '_T' THEN words('age', age) END), '')"""
_DETAIL = """nullif(concat_ws('; ', CASE WHEN violence_form <> '_T' THEN words('violence_form', violence_form) END,
  CASE WHEN relationship <> '_T' THEN words('relationship', relationship) END, w.words_{lang}), '')"""
# The label of the status has a column of its own, and the first sheet says what it means; what was found by its id
# is in the sheets of laws and discrepancies.
_KNOW = """nullif(trim(plain_words(replace(replace(k.caution_{lang}, described('obs_status', obs_status), ''),
  described('nature', nature), words('nature', nature) || '.'))), '')"""


def _comparator(sql: str) -> Field:
    return _technical("Comparator country", "Страна сравнения", _YES.format(sql), 12)


TOPIC = (
    Field("Area", "Территория", "area_{lang}", 15),
    Field("What is counted", "Что считается", "indicator_{lang}", 32),
    Field("Of whom", "О ком", _OF_WHOM, 14),
    Field("Further detail", "Прочие разрезы", _DETAIL, 24),
    Field("Period", "Период", "[period_start, period_end]", 16, "period"),
    Field("Value", "Значение", "obs_value", 10, "number"),
    Field("Unit", "Единица", "words('unit_measure', unit_measure)", 11),
    Field("Interval", "Интервал", "[obs_lower, obs_upper]", 10, "interval"),
    Field("Status", "Статус", "[words('obs_status', obs_status), obs_status]", 15, "status"),
    Field("Know before use", "Что знать до использования", _KNOW, 46),
    Field("Publisher", "Издатель", "source_publisher", 19),
    Field("Page", "Страница", "[site(source_address), source_address]", 13, "link"),
    Field("Use first", "Брать первым", _YES.format("preferred"), 8),
    _technical("From", "С", "period_start", 11, "date"),
    _technical("To", "По", "period_end", 11, "date"),
    _technical("Period, SDMX", "Период, SDMX", "time_period"),
    _technical("Lower bound", "Нижняя граница", "obs_lower", 11, "number"),
    _technical("Upper bound", "Верхняя граница", "obs_upper", 11, "number"),
    _technical("Counting unit", "Единица счёта", "words('counting_unit', counting_unit)"),
    _technical("Sphere", "Сфера", "words('scope', scope)"),
    _technical("Sex and age of", "Пол и возраст кого", "words('subject', subject)"),
    _technical("Kind of data", "Вид данных", "words('nature', nature)"),
    _comparator("comparator"),
    _technical("Stated by", "Кто сообщил", "stated_by", 26),
    _technical("Source", "Источник", "source_title", 40),
    _technical("Address", "Адрес", "source_address", 40),
    _technical("As published", "Как опубликовано", "published_value", 14),
    _technical(
        "Note as recorded",
        "Примечание в записи",
        "CASE '{lang}' WHEN 'ru' THEN coalesce(note_ru, note) ELSE note END",
        50,
    ),
    _technical("Licence", "Лицензия", "licence", 20),
    _technical("Licence text", "Текст лицензии", "licence_address", 30),
    _technical("Dataset", "Набор", "dataset_id"),
    _technical("Area code", "Код территории", "ref_area", 10),
    _technical("Indicator code", "Код показателя", "indicator", 26),
    _technical("Status code", "Код статуса", "obs_status", 8),
    _technical("Observation key", "Ключ наблюдения", "obs_key", 20),
)
# A series reads down the column.
TOTAL_ORDER = (
    f"comparator, country, ref_area, indicator, unit_measure, nature, {sql_list(DIMENSIONS)}, "
    "dataset_id, period_start, period_end, obs_key"
)


def topic_sheet(family: str) -> Sheet:
    """The sheet of one family of indicators: a row an observation."""
    return Sheet(
        TOPICS[family],
        TOPIC,
        "FROM export_rows LEFT JOIN breakdown_words w USING (breakdown) LEFT JOIN cautions k USING (obs_key) "
        f"WHERE family = {literal(family)} ORDER BY {TOTAL_ORDER}",
    )


# Of the sheets of registers, whose rows are `t` and their sources `s`.
_PAGE = Field("Page", "Страница", "[site(s.address), s.address]", 14, "link")
_ADDRESS = _technical("Address", "Адрес", "s.address", 40)
_NOTE_AND_LICENCE = (
    _technical("Note as recorded", "Примечание в записи", "t.note", 40),
    _technical("Licence", "Лицензия", literal(COMPILATION), 12),
)
_DISCREPANCIES = Sheet(
    Text("Discrepancies", "Расхождения"),
    (
        Field("Area", "Территория", "a.name_{lang}", 14),
        Field("What disagrees", "Что расходится", "topic_{lang}", 30),
        Field("Kind", "Вид", "words('discrepancy_kind', discrepancy_kind)", 16),
        Field("Period A", "Период A", "[oa.period_start, oa.period_end]", 14, "period"),
        Field("Value A", "Значение A", "a_value", 10, "number"),
        Field("Source A", "Источник A", "sa.publisher", 18),
        Field("Period B", "Период B", "[ob.period_start, ob.period_end]", 14, "period"),
        Field("Value B", "Значение B", "b_value", 10, "number"),
        Field("Source B", "Источник B", "sb.publisher", 18),
        Field("Difference", "Разность", "difference", 10, "number"),
        Field("Relative", "Относительно", "relative_difference", 9, "share"),
        Field("Explanation", "Объяснение", "explanation_{lang}", 56),
        _technical("Counts A", "Считает A", "words('counting_unit', a_counting_unit)"),
        _technical("Counts B", "Считает B", "words('counting_unit', b_counting_unit)"),
        _technical("Address A", "Адрес A", "[sa.address, sa.address]", 40, "link"),
        _technical("Address B", "Адрес B", "[sb.address, sb.address]", 40, "link"),
        _technical("Licence A", "Лицензия A", "da.licence"),
        _technical("Licence B", "Лицензия B", "db.licence"),
        _technical("Key A", "Ключ A", "a_obs_key", 20),
        _technical("Key B", "Ключ B", "b_obs_key", 20),
        _technical("Code", "Код", "discrepancy_id"),
    ),
    """FROM kept_discrepancies t LEFT JOIN areas a ON a.code = t.ref_area
    LEFT JOIN observations oa ON oa.obs_key = a_obs_key LEFT JOIN observations ob ON ob.obs_key = b_obs_key
    LEFT JOIN sources sa ON sa.source_id = a_source_id LEFT JOIN sources sb ON sb.source_id = b_source_id
    LEFT JOIN datasets da ON da.dataset_id = a_dataset_id LEFT JOIN datasets db ON db.dataset_id = b_dataset_id
    ORDER BY a.comparator, t.country, a_indicator, a_time_period, discrepancy_id""",
)
_WITH_AREA_AND_SOURCE = (
    "FROM kept_{} t LEFT JOIN areas a ON a.code = t.country LEFT JOIN sources s ON s.source_id = t.source_id"
)
_BREAKS = """(SELECT string_agg(i.label_{lang}, '; ' ORDER BY i.code) FROM indicators i
  WHERE list_contains(string_split(t.breaks, ';'), i.code))"""
_LAWS = Sheet(
    Text("Laws", "Законы"),
    (
        COUNTRY,
        Field("Kind", "Вид", "words('law_kind', t.kind)", 14),
        Field("Title", "Название", "t.title_{lang}", 34),
        Field("Number", "Номер", "t.number", 10),
        Field("Adopted", "Принят", "t.adopted", 11),
        Field("In force", "В силе с", "t.in_force", 11),
        Field("Articles", "Статьи", "t.articles", 18),
        Field("What it changes", "Что меняет", "t.change_{lang}", 60),
        Field("Breaks the series", "Разрывает ряды", _BREAKS, 40),
        _PAGE,
        _technical("Original title", "В оригинале", "t.title_original", 50),
        _technical("Series with a break", "Рядов с разрывом", "t.series_with_break", 12, "number"),
        _ADDRESS,
        *_NOTE_AND_LICENCE,
        _technical("Code", "Код", "t.law_id", 22),
    ),
    _WITH_AREA_AND_SOURCE.format("legal_framework")
    + " ORDER BY a.comparator, t.country, coalesce(t.in_force, t.adopted) DESC NULLS LAST, t.law_id",
)
_SERVICES = Sheet(
    Text("Services", "Службы"),
    (
        COUNTRY,
        Field("Kind", "Вид", "words('service_kind', t.kind)", 18),
        Field("Name", "Название", "t.name_{lang}", 34),
        Field("State", "Состояние", "words('service_state', t.service_state)", 12),
        Field("Telephone", "Телефон", "t.phone", 14),
        Field("Hours", "Часы", "t.hours", 12),
        Field("Languages", "Языки", "t.languages", 12),
        Field("Checked on", "Проверено", "t.checked_on", 11),
        Field("Since", "С", "t.since", 11),
        Field("Operator", "Кто ведёт", "t.operator", 26),
        Field("Reach", "Охват", "t.coverage_{lang}", 56),
        _PAGE,
        _technical("Original name", "В оригинале", "t.name_original", 40),
        _technical("Until", "До", "t.until", 12),
        _comparator("t.comparator"),
        _ADDRESS,
        _technical("Law", "Акт", "t.law_id", 20),
        *_NOTE_AND_LICENCE,
        _technical("Code", "Код", "t.service_id", 24),
    ),
    _WITH_AREA_AND_SOURCE.format("response_services")
    + " ORDER BY t.comparator, t.country, t.kind, t.service_id",
)
_SOURCES = Sheet(
    Text("Sources", "Источники"),
    (
        Field("Publisher", "Издатель", "publisher", 30),
        Field("Stated by", "Кто сообщил", "stated_by", 26),
        Field("Title", "Название", "title", 50),
        Field("Published", "Опубликовано", "published", 13),
        Field("Seen", "Просмотрено", "seen", 12),
        Field("Original wording", "Дословно", "quote", 60),
        Field("Page", "Страница", "[site(address), address]", 16, "link"),
        _technical("Code", "Код", "source_id", 22),
        _technical("Address", "Адрес", "address", 50),
        _technical("Language", "Язык", "language", 8),
        _technical("Copies", "Повторяет", "copies", 22),
        _technical("Note as recorded", "Примечание в записи", "note", 40),
    ),
    "FROM kept_sources ORDER BY publisher, source_id",
)
INDICATORS = Sheet(
    Text("Indicators", "Показатели"),
    (
        Field("Topic", "Тема", "words('family', family)", 22),
        Field("What is counted", "Что считается", "label_{lang}", 34),
        Field("Definition", "Определение", "definition_{lang}", 54),
        Field("Limitations", "Ограничения", "limitations_{lang}", 54),
        Field("Counting unit", "Единица счёта", "words('counting_unit', counting_unit)", 16),
        Field("Sex and age of", "Пол и возраст кого", "words('subject', subject)", 18),
        Field("Sphere", "Сфера", "words('scope', scope)", 16),
        Field("Unit", "Единица", "words('unit_measure', unit_measure)", 14),
        Field("A rise means", "Рост означает", "words('direction', direction)", 18),
        Field("Figures here", "Чисел здесь", "n.observations", 9, "number"),
        _technical("Stage", "Стадия", "words('stage', stage)", 24),
        _technical("Code", "Код", "code", 28),
    ),
    """FROM indicators JOIN (SELECT indicator, count(*) AS observations FROM export_rows GROUP BY ALL) n
    ON n.indicator = code ORDER BY family, code""",
)
TABLE_SHEETS = (_DISCREPANCIES, _LAWS, _SERVICES, _SOURCES, INDICATORS)
