"""An entry shows every filled column; the coverage grid orders countries as the contract does and names the gaps."""

import json

import pytest

from pipelines.cli.terminal import codebook


def test_an_entry_shows_what_is_filled_and_what_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        "KZ": {"counts": {"en": "One order."}, "register": {"en": "Police register."}, "law": "Act 1"},
        "KG": {"counts": {"en": "One person."}, "register": {"en": "None."}},
    }
    row = {"code": "X", "note": None, "label_ru": "[b]Ордер\x1b[31m", "countries": json.dumps(counts)}
    published = [{"country": "KZ", "observations": 3, "first_year": 2019, "last_year": 2024}]
    codebook.show({"kind": "indicators", "rows": [row], "published": published})
    out = capsys.readouterr().out
    assert "code: X\n" in out and "note" not in out and "label_ru: [b]Ордер\n" in out
    assert "\n  KZ: One order. Police register. (Act 1)\n  KG: One person. None.\n" in out
    assert "published for KZ: 3 observations, 2019–2024" in out


def test_the_grid_shows_five_years_and_who_would_publish(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {
            "requirement": "R1",
            "framework": "F",
            "title_en": "Orders [x]",
            "country": country,
            "year": year,
            "coverage_status": status,
            "publisher_en": f"Office of {country}",
        }
        for country, status in (("DE", "partial"), ("TJ", "not_published"), ("KZ", "published"))
        for year in range(2018, 2025)
    ]
    codebook.show({"kind": "coverage", "rows": rows})
    out = capsys.readouterr().out
    header = out.splitlines()[0]
    assert header.index("KZ 2020–24") < header.index("TJ 2020–24") < header.index("DE 2020–24")
    assert "● ● ● ● ●" in out and "◐ ◐ ◐ ◐ ◐" in out and "TJ: Office of TJ" in out
    assert "Office of KZ" not in out and "R1 Orders [x]" in out
