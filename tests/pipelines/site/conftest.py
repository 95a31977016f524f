"""The site of the bundled release, built once for all tests of this folder, without the query engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from lxml import html as parser

from pipelines.site.build import BuiltSite, Options, build_site
from pipelines.site.load_release import Release, load_release
from tests.conftest import OnceARun

Element = parser.HtmlElement


@dataclass(frozen=True)
class BuiltPages:
    """What was built, and its pages parsed."""

    built: BuiltSite

    @property
    def folder(self) -> Path:
        return self.built.folder

    @cached_property
    def pages(self) -> dict[str, Element]:
        """Parsed pages by path from the folder of the site, both languages."""
        found = {}
        for path in sorted(self.folder.glob("*/**/*.html")):
            found[path.relative_to(self.folder).as_posix()] = parser.fromstring(path.read_bytes())
        return found

    @cached_property
    def ids(self) -> dict[str, list[str]]:
        return {path: [str(i) for i in page.xpath("//@id")] for path, page in self.pages.items()}

    def of(self, lang: str) -> Iterator[tuple[str, Element]]:
        return ((path, page) for path, page in self.pages.items() if path.startswith(f"{lang}/"))


@pytest.fixture(scope="session")
def release(release_dir: Path) -> Release:
    return load_release(release_dir)


@pytest.fixture(scope="session")
def site(release_dir: Path, once_a_run: OnceARun) -> BuiltPages:
    return BuiltPages(
        once_a_run("site", lambda folder: build_site(release_dir, folder, Options(engine=False)))
    )
