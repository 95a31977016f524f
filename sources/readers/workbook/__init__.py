"""Workbooks of every kind as sheets of shown texts; the reader ``excel`` lays them out as cells.

``sheet``        what a sheet is: texts, merged cells, what is hidden; and the limits that keep hostile files harmless
``hidden_rows``  a sheet's texts without its hidden rows and columns
``number_formats``  a stored number and its number format to the text that a person sees
``font_marks``   what is raised, struck out or of the colour behind it
``conditional_formats``  conditional formats that hide what a cell holds
``xlsx``         .xlsx and .xlsm (Office Open XML, transitional and strict); ``xlsx_styles`` its styles and texts,
                 ``beside_xlsx`` what is in none of its cells
``xls``          .xls (Excel 97 to 2003, and 5.0), by xlrd
``ods``          .ods and .fods (OpenDocument); ``ods_styles`` what their styles say
``html_tables``  files named .xls that are an HTML table; ``hidden_html`` what nobody sees of it
``spreadsheet_xml``  files named .xls that are XML Spreadsheet 2003

Not here: options of a declaration, headers, labels, footnotes (``excel``, ``grid``). Called by ``excel``, and by
``sources.programmes.read_return`` for filled forms.
"""
