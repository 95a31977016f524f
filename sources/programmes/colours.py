"""Colours of cells: of the empty form (``pipelines.programme_template.workbook``), and of its marks (``marked_copy``).

Not here: where each is used, and the other formats of cells. Imported by these two only.
"""

INPUT, REQUIRED, SUM = "FFF8DC", "FFE08A", "EDEDED"
FAULTY, FAULTY_TEXT = "FFC7CE", "9C0006"
