"""Needs in words: dimensions, codes, breakdowns, and whose need it is, in both languages."""

import pytest

from data_contracts.need_words import need_in_words
from pipelines.declarations import Declarations


@pytest.mark.parametrize(
    ("need", "en", "ru"),
    [
        ("sex=F", "sex: Female", "пол: Женский"),
        ("region+each_quarter", "region, every quarter of a year", "регион, каждый квартал года"),
        (
            "sex=F+relationship=IPTN",
            "sex: Female, relationship to the perpetrator: Intimate partner",
            "пол: Женский, отношение к лицу, совершившему насилие: Интимный партнёр",
        ),
        ("SANCTION", "sanction", "наказание"),
        ("SANCTION=PRISON", "Sanction: Imprisonment", "Вид наказания или взыскания: Лишение свободы"),
        (
            "EIGE-10A:sex=F",
            "Protection orders applied for, women: sex: Female",
            "Запрошенные охранные ордера, женщины: пол: Женский",
        ),
        (
            "PROTECTION_ORDERS:child",
            "Protection orders issued in domestic violence: children apart",
            "Защитные предписания и охранные ордера по домашнему насилию: дети отдельно",
        ),
        (
            "indicator=PROTECTION_ORDERS",
            "any figure: Protection orders issued in domestic violence",
            "любое число: Защитные предписания и охранные ордера по домашнему насилию",
        ),
    ],
)
def test_a_need_in_words(declared: Declarations, need: str, en: str, ru: str) -> None:
    assert [need_in_words(declared.contract, need, lang) for lang in ("en", "ru")] == [en, ru]
