"""Words in both languages, and fewer bytes without other content."""

import re

from lxml import html as parser

from pipelines.site.html import HERE, TEMPLATES, compact, texts


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in [*TEMPLATES.glob("*.j2"), *HERE.glob("*.py")])
    keys = set(texts()["en"])
    prefixes = ("menu_", "framework_", "message_", "per_100000_")
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
