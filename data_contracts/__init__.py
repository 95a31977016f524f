"""The one truth: tables, columns, rules, code lists and indicators, and everything that is derived from them."""
