"""Grammars of published text: numbers, periods, area names, labels. Text in, value or refusal out; no tables here."""
