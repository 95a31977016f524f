"""Words in both languages, and fewer bytes without other content."""

import re
from types import SimpleNamespace

from lxml import html as parser

from pipelines.site.html import HERE, TEMPLATES, Words, compact, environment, texts


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in [*TEMPLATES.glob("*.j2"), *HERE.glob("*.py")])
    keys = set(texts()["en"])
    # Built of a beginning and the name of a column, a code or a framework.
    prefixes = ("menu_", "framework_", "message_", "per_100000_", "programmes_")
    unused = {key for key in keys if not key.startswith(prefixes) and not re.search(rf"\b{key}\b", code)}
    assert not unused
    named = set(re.findall(r"\bt\.(\w+)", code)) | set(re.findall(r"""\bt\["(\w+)"\]""", code))
    assert named - {"items"} <= keys


def test_places_for_numbers_are_the_same_in_both_languages() -> None:
    for key, english in texts()["en"].items():
        russian = texts()["ru"][key]
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", russian)), key


def test_compact_keeps_the_content() -> None:
    page = """<html><body><table>
      <tr><th scope="row">a</th> <td class="r">1 &lt; 2</td></tr>
      <tr><td>b</td><td>c</td></tr></table>
      <ul> <li>x</li> <li><a href="y z">y</a></li> </ul><pre>line

      two</pre></body></html>"""
    before, after = parser.fromstring(page), parser.fromstring(compact(page))
    assert [e.tag for e in before.iter()] == [e.tag for e in after.iter()]
    assert [dict(e.attrib) for e in before.iter()] == [dict(e.attrib) for e in after.iter()]
    assert [(e.text or "").strip() for e in before.iter()] == [(e.text or "").strip() for e in after.iter()]
    assert len(compact(page)) < len(page)


def test_what_a_publisher_wrote_is_text_on_a_page() -> None:
    text = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    shown = environment().from_string('<p title="{{ text }}">{{ text }}</p>').render(text=text)
    assert "<script" not in shown and "<img" not in shown and 'onerror="' not in shown
    source = {"publisher": text, "address": "javascript:alert(3)"}
    words = Words(SimpleNamespace(sources={"s": source, "t": {**source, "address": 'https://a/"x'}}), "en")
    assert "<script" not in words.source("s") and "href" not in words.source("s")
    assert "<script" not in words.source("t") and 'href="https://a/&#34;x"' in words.source("t")
