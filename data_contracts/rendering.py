"""Texts for people from Jinja templates, and published words made safe inside Markdown.

Templates lie in a folder ``templates/`` beside the module that fills them: codebook pages here, notes and citation of a
release in ``pipelines/release/templates``, generated documents in ``pipelines/templates``. Not here: the words (they
are in the templates) and XML (``pipelines.release.feed`` builds it with lxml). A name that a template uses and nobody
gives is an error, not an empty place. Called by every module that fills a template.

>>> markdown("<b>1*</b> [2] | 3")
'&lt;b&gt;1\\\\*&lt;/b&gt; \\\\[2\\\\] | 3'
>>> cell("a | b\\nc")
'a \\\\| b c'
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

_MARKDOWN = re.compile(r"([\\`*_\[\]#~])")


def markdown(text: str) -> str:
    """A published text as Markdown shows it: neither HTML nor links nor emphasis. ``|`` is left to ``cell``."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell(value: Any) -> str:
    """A value on one line that does not break the row of a Markdown table."""
    return " ".join(str(value).replace("|", "\\|").split())


@lru_cache
def _environment(folder: Path) -> jinja2.Environment:
    # Escaping is by the two functions above.
    environment = jinja2.Environment(  # noqa: S701 - Markdown and YAML are written, no HTML
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    environment.filters["markdown"] = markdown
    return environment


def render(folder: Path, template: str, **given: Any) -> str:
    """Text of a template of a folder with what is given, ending in one line feed."""
    return _environment(folder).get_template(template).render(**given).rstrip() + "\n"
