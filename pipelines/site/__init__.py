"""The static site: pages, charts, data files and a query page, all from the latest release.

::

    build.py         puts everything together and swaps the finished folder in
    load_release.py  the release as Python values, loaded once
    words.py         numbers, periods and dimensions in words
    messages.py      the one sentence at the top of each page, made by rule
    series.py        which figures form one series, where it breaks, and the latest figure
    topics.py        subjects of the site (topics.yaml) and the lines of help
    published_values.py  rates, comparisons, response chain for pages
    colours.py       each colour once, for style sheet, charts and tile maps
    charts.py        series and dots as SVG (Altair)
    tiles.py         regions as tile maps; tile_choice.py: which figures
    programme_page.py  returns of programmes, and studies of such programmes
    scorecard_pages.py  what frameworks ask for and what of it is public
    shared_notes.py  what many notes of a table say, once
    small_svg.py     drawings in half the bytes
    page_facts.py    the release in one language, and the figures and charts that a page leads with
    pages.py         what each page shows; templates/ say how, site_words.yaml holds the words
    indicator_and_region_pages.py  pages of indicators and regions, with a row for every figure that is shown
    html.py          Jinja environment, links, numbers that lead to their cell
    data_files.py    the folder latest/: tables and indicators as CSV and JSON
    descriptions.py  what describes files and pages to programs: Data Package, CSV on the Web, schema.org, sitemap
    search_index.py  entries of the search page
    query_page.py    DuckDB in the page; recipes.py: the same from other tools
    serve.py         the site on this machine

Called by ``dvstats site`` and by the asset ``site``. Not here: the two-page briefs and the workbook.
"""
