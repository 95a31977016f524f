"""Words for parts of persons and cases, and columns of any name that hold nothing else."""

from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read, rules
from tests.workbooks import workbook
from transforms.normalize.contradictions.part_words import part_of, says_judged, says_registered

WORDS = {
    "education": "высшее|среднее специальное|Higher|SECONDARY|no education|жоғары|жогорку билим|олӣ|oliy|Hochschule",
    "marital": "в браке|разведена|Married|not married|verheiratet|үйленген|үй-бүлөлүү|оиладор|turmush qurgan",
    "wealth": "беднейшие|Poorest|second quintile|ärmste|ең кедей|эң жакыр|камбағалтарин|eng kambag‘al",
    "ethnicity": "кыргызы|русские|Kyrgyz|Russians|Kirgisen|қырғыздар|кыргыздар|қирғизҳо|qirg‘izlar|қирғизлар",
    "citizenship": "граждане|иностранцы|nationals|Ausländer|шетелдіктер|чет өлкөлүктөр|шаҳрвандон|chet elliklar",
    "disability": "с инвалидностью|without disability|ohne Behinderung|мүгедектігі бар|бе маъюбӣ|nogironligi yo‘q",
    "article": "ст. 177|Article 177|§ 177|177-бап|177-берене|моддаи 177|177-modda",
    "stage": "осуждено|Convicted|verurteilt|сотталған|соттолгон|маҳкумшуда|sudlangan|судланган",
    "": "Кыргызстан|Экономика|no|Economic|всего|2022|зарегистрировано|See the note|Нарын|177|Русский язык",
}


def test_whole_texts() -> None:
    assert {text: part_of(text) for words in WORDS.values() for text in words.split("|")} == {
        text: dimension for dimension, words in WORDS.items() for text in words.split("|")
    }
    assert says_judged("Число осуждённых лиц") and not says_judged("Выдано ордеров")
    assert says_registered("Рўйхатга олинган") and not says_registered("Convicted")


ONLY: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}


@pytest.mark.parametrize(
    ("column", "texts", "published", "more"),
    [
        ("grp", ("высшее", "среднее"), 0, {}),
        ("К1", ("Married", "Married"), 0, {}),
        ("dim3", ("Poorest", "Total"), 1, {}),
        ("F7", ("осуждено", "зарегистрировано"), 1, {}),
        ("grp", ("ст. 177", "ст. 178"), 0, {}),
        # Something else beside it, or in the name.
        ("grp", ("высшее", "срочно"), 2, {}),
        ("Вид документа", ("высшее", "среднее"), 2, {}),
        ("Источник", ("осуждено", "осуждено"), 2, {}),
        ("Language", ("русские", "кыргызы"), 2, {}),
        ("grp", ("осуждено", "осуждено"), 2, {"indicator": {"const": "DV_CONVICTED"}}),
        ("Stage", ("Registered", "тіркелген"), 2, {"indicator": {"const": "CRIMES_REGISTERED"}}),
        ("Stage", ("Registered", "Convicted"), 1, {"indicator": {"const": "CRIMES_REGISTERED"}}),
        ("Показатель", ("Осуждено лиц", "Осуждено лиц"), 0, {}),
        ("Показатель", ("Выдано ордеров", "Выдано ордеров"), 2, {}),
        ("Показатель", ("Осуждено лиц", "Осуждено лиц"), 2, {"indicator": {"const": "DV_CONVICTED"}}),
        # A number is a code where no column holds other figures.
        ("RELATIONSHIP", ("1", "2"), 0, {}),
        ("Relationship", ("1", "2"), 2, {}),
        ("Disability", ("Y", "N"), 0, {}),
        ("grp", ("ежемесячно", "ежегодно"), 1, {}),
    ],
)
def test_columns_of_any_name(
    column: str, texts: tuple[str, str], published: int, more: dict[str, Any]
) -> None:
    """Read carelessly: the figure of those with higher education, or of the convicted, as that of everybody."""
    rows = "".join(f"{year},{text},{72 + year}\n" for year, text in zip((2022, 2023), texts, strict=True))
    content = f"Year,{column},Value\n{rows}".encode()
    result = read(content, "open_sdg", {**ONLY, **more})
    assert (result.good.num_rows, bool(rules(result))) == (published, published < 2)
    assert read(content, "open_sdg", {**ONLY, **more}, expects={"columns": [column]}).good.num_rows == 2


def test_a_label_column_called_in_the_corner() -> None:
    rows = [["Область", "Education", "2022"], ["Naryn", "type A", 72], ["Talas", "type B", 18]]
    options = {"label_columns": "A:B", "header_rows": [1]}
    concepts = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
    assert rules(read(workbook(rows), "excel", concepts, reader_options=options)) == {"unread_dimension"}
    rows[0][1] = "№"
    assert not rules(read(workbook(rows), "excel", concepts, reader_options=options))
