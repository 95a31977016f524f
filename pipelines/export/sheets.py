"""What the sheets of the workbook hold: headers, widths and the SQL of every column.

Not here: writing the file (``workbook``, which calls this).
"""

from dataclasses import dataclass

from data_contracts.sql import literal
from data_contracts.vocabulary import DIMENSIONS, sql_list
from pipelines.export.selection import COMPILATION


@dataclass(frozen=True)
class Field:
    """A column of a sheet: header, SQL, width in characters, kind (text, number, share, date, status, link)."""

    header: str
    sql: str
    width: int
    kind: str = "text"


_YES = "CASE WHEN {} THEN 'yes / да' ELSE 'no / нет' END"
TOPIC = (
    Field("Area", "area_en", 18),
    Field("Территория", "area_ru", 18),
    Field("Indicator", "indicator_en", 38),
    Field("Показатель", "indicator_ru", 38),
    Field("Period / Период", "time_period", 17),
    Field("From / С", "period_start", 11, "date"),
    Field("To / По", "period_end", 11, "date"),
    Field("Value / Значение", "obs_value", 12, "number"),
    Field("Unit / Единица", "words('unit_measure', unit_measure)", 22),
    Field("Status / Статус", "obs_status", 8, "status"),
    Field("Status in words / Статус словами", "words('obs_status', obs_status)", 30),
    Field("Counted / Что считается", "words('counting_unit', counting_unit)", 22),
    Field("Sphere / Сфера", "words('scope', scope)", 22),
    Field("Sex and age of / Пол и возраст кого", "words('subject', subject)", 20),
    Field("Sex / Пол", "words('sex', sex)", 18),
    Field("Age / Возраст", "words('age', age)", 18),
    Field("Form of violence / Вид насилия", "words('violence_form', violence_form)", 24),
    Field("Relationship / Отношение", "words('relationship', relationship)", 26),
    Field("Further detail", "coalesce(w.words_en, 'Total')", 34),
    Field("Прочие разрезы", "coalesce(w.words_ru, 'Всего')", 34),
    Field("Lower bound / Нижняя граница", "obs_lower", 11, "number"),
    Field("Upper bound / Верхняя граница", "obs_upper", 11, "number"),
    Field("Kind of data / Вид данных", "words('nature', nature)", 26),
    Field("Preferred of several / Предпочтительное из нескольких", _YES.format("preferred"), 14),
    Field("Comparator country / Страна сравнения", _YES.format("comparator"), 14),
    Field("Publisher / Издатель", "source_publisher", 30),
    Field("Stated by / Кто сообщил", "stated_by", 26),
    Field("Source / Источник", "source_title", 40),
    Field("Address / Адрес", "source_address", 40, "link"),
    Field("As published / Как опубликовано", "published_value", 14),
    Field("Note / Примечание", "concat_ws(' / ', note, note_ru)", 50),
    Field("Licence / Лицензия", "licence", 20),
    Field("Licence text / Текст лицензии", "licence_address", 30, "link"),
    Field("Dataset / Набор", "dataset_id", 18),
    Field("Area code / Код территории", "ref_area", 10),
    Field("Indicator code / Код показателя", "indicator", 26),
    Field("Observation key / Ключ наблюдения", "obs_key", 20),
)
_DISCREPANCIES = (
    Field("Area", "a.name_en", 18),
    Field("Территория", "a.name_ru", 18),
    Field("What disagrees", "topic_en", 40),
    Field("Что расходится", "topic_ru", 40),
    Field("Kind / Вид", "words('discrepancy_kind', discrepancy_kind)", 30),
    Field("Period A / Период A", "a_time_period", 17),
    Field("Value A / Значение A", "a_value", 12, "number"),
    Field("Counts A / Считает A", "words('counting_unit', a_counting_unit)", 20),
    Field("Source A / Источник A", "sa.publisher", 30),
    Field("Address A / Адрес A", "sa.address", 34, "link"),
    Field("Period B / Период B", "b_time_period", 17),
    Field("Value B / Значение B", "b_value", 12, "number"),
    Field("Counts B / Считает B", "words('counting_unit', b_counting_unit)", 20),
    Field("Source B / Источник B", "sb.publisher", 30),
    Field("Address B / Адрес B", "sb.address", 34, "link"),
    Field("Difference / Разность", "difference", 12, "number"),
    Field("Relative / Относительно", "relative_difference", 12, "share"),
    Field("Explanation", "explanation_en", 60),
    Field("Объяснение", "explanation_ru", 60),
    Field("Licence A / Лицензия A", "da.licence", 18),
    Field("Licence B / Лицензия B", "db.licence", 18),
    Field("Code / Код", "discrepancy_id", 18),
)
_LAWS = (
    Field("Country", "a.name_en", 16),
    Field("Страна", "a.name_ru", 16),
    Field("Kind / Вид", "words('law_kind', t.kind)", 26),
    Field("Title", "t.title_en", 50),
    Field("Название", "t.title_ru", 50),
    Field("Original title / В оригинале", "t.title_original", 50),
    Field("Number / Номер", "t.number", 14),
    Field("Adopted / Принят", "t.adopted", 12),
    Field("In force / В силе с", "t.in_force", 12),
    Field("Articles / Статьи", "t.articles", 20),
    Field("What it changes", "t.change_en", 60),
    Field("Что меняет", "t.change_ru", 60),
    Field("Series with a break / Рядов с разрывом", "t.series_with_break", 12, "number"),
    Field("Address / Адрес", "s.address", 40, "link"),
    Field("Note / Примечание", "t.note", 40),
    Field("Licence / Лицензия", literal(COMPILATION), 12),
    Field("Code / Код", "t.law_id", 22),
)
_SERVICES = (
    Field("Country", "a.name_en", 16),
    Field("Страна", "a.name_ru", 16),
    Field("Kind / Вид", "words('service_kind', t.kind)", 30),
    Field("Name", "t.name_en", 46),
    Field("Название", "t.name_ru", 46),
    Field("Original name / В оригинале", "t.name_original", 40),
    Field("State / Состояние", "words('service_state', t.service_state)", 22),
    Field("Since / С", "t.since", 12),
    Field("Until / До", "t.until", 12),
    Field("Operator / Кто ведёт", "t.operator", 36),
    Field("Reach", "t.coverage_en", 60),
    Field("Охват", "t.coverage_ru", 60),
    Field("Comparator country / Страна сравнения", _YES.format("t.comparator"), 14),
    Field("Address / Адрес", "s.address", 40, "link"),
    Field("Law / Акт", "t.law_id", 20),
    Field("Note / Примечание", "t.note", 40),
    Field("Licence / Лицензия", literal(COMPILATION), 12),
    Field("Code / Код", "t.service_id", 24),
)
_SOURCE_FIELDS = (
    Field("Code / Код", "source_id", 22),
    Field("Publisher / Издатель", "publisher", 34),
    Field("Stated by / Кто сообщил", "stated_by", 30),
    Field("Title / Название", "title", 60),
    Field("Address / Адрес", "address", 50, "link"),
    Field("Published / Опубликовано", "published", 12),
    Field("Seen / Просмотрено", "seen", 12),
    Field("Language / Язык", "language", 8),
    Field("Original wording / Дословно", "quote", 60),
    Field("Copies / Повторяет", "copies", 22),
    Field("Note / Примечание", "note", 40),
)
_INDICATOR_FIELDS = (
    Field("Code / Код", "code", 28),
    Field("Topic / Тема", "words('family', family)", 30),
    Field("Indicator", "label_en", 44),
    Field("Показатель", "label_ru", 44),
    Field("Definition", "definition_en", 60),
    Field("Определение", "definition_ru", 60),
    Field("Counted / Что считается", "words('counting_unit', counting_unit)", 20),
    Field("Sex and age of / Пол и возраст кого", "words('subject', subject)", 22),
    Field("Stage / Стадия", "words('stage', stage)", 24),
    Field("Sphere / Сфера", "words('scope', scope)", 24),
    Field("Unit / Единица", "words('unit_measure', unit_measure)", 22),
    Field("A rise means / Рост означает", "words('direction', direction)", 24),
    Field("Limitations", "limitations_en", 60),
    Field("Ограничения", "limitations_ru", 60),
    Field("Observations here / Наблюдений здесь", "coalesce(n.observations, 0)", 12, "number"),
)
_WITH_AREA_AND_SOURCE = (
    "FROM kept_{} t LEFT JOIN areas a ON a.code = t.country LEFT JOIN sources s ON s.source_id = t.source_id"
)
# A series reads down the column.
TOTAL_ORDER = (
    f"comparator, country, ref_area, indicator, unit_measure, nature, {sql_list(DIMENSIONS)}, "
    "dataset_id, period_start, period_end, obs_key"
)
TABLE_SHEETS = (
    (
        "Discrepancies",
        "Расхождения",
        _DISCREPANCIES,
        """FROM kept_discrepancies t LEFT JOIN areas a ON a.code = t.ref_area
        LEFT JOIN sources sa ON sa.source_id = a_source_id LEFT JOIN sources sb ON sb.source_id = b_source_id
        LEFT JOIN datasets da ON da.dataset_id = a_dataset_id LEFT JOIN datasets db ON db.dataset_id = b_dataset_id
        ORDER BY a.comparator, t.country, a_indicator, a_time_period, discrepancy_id""",
    ),
    (
        "Laws",
        "Правовая база",
        _LAWS,
        _WITH_AREA_AND_SOURCE.format("legal_framework")
        + " ORDER BY a.comparator, t.country, t.in_force, t.adopted, t.law_id",
    ),
    (
        "Services",
        "Службы",
        _SERVICES,
        _WITH_AREA_AND_SOURCE.format("response_services")
        + " ORDER BY t.comparator, t.country, t.kind, t.service_id",
    ),
    ("Sources", "Источники", _SOURCE_FIELDS, "FROM kept_sources ORDER BY source_id"),
    (
        "Indicators",
        "Показатели",
        _INDICATOR_FIELDS,
        """FROM indicators LEFT JOIN (SELECT indicator, count(*) AS observations FROM export_rows GROUP BY ALL) n
        ON n.indicator = code ORDER BY family, code""",
    ),
)
