"""What people do with the page of two models, in a real browser: compare, copy, save, print."""

import csv
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.run.readback import load
from bench.show.page import write
from tests.support import webdriver
from tests.support.made import CODE, PARITY, SHA, failing, search
from tests.support.made import write as write_run

OTHER = CODE.replace("return", "odd = '=1+1</script>'\n    return")
_CLIPBOARD = ["clipboardReadWrite", "clipboardSanitizedWrite"]
LOOKS = {"light": 1280, "dark": 390}
"""How the page is looked at, and on how wide a screen."""


def two_models() -> list[Any]:
    """A run with something of everything that the page shows."""
    lengths = [{"length": n, "size": 1000, "accuracy": 0.9, "error": None} for n in (200, 500)]
    wrong = [{"input": "0110", "label": 0, "prediction": 1}]
    made = failing("timeout", "it took long", target=("fn_h", "dyck2"), model="=m1", attempts=1)
    for model, code, at in (("=m1", CODE, 1), ("m2", OTHER, None)):
        given: dict[str, Any] = {"model": model, "code": code, "attempts": 1}
        rule = {"generalization": lengths, "recovered": bool(at)}
        made += search(PARITY, solved_at=at, val_wrong=wrong, outcome=rule, **given)
        for trial in (1, 2):
            made += search(SHA, 50, trial=trial, solved_at=None, error="runtime_error", **given)
    return made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(load(write_run(tmp_path_factory.mktemp("run"), two_models()))).as_uri()


@pytest.fixture(autouse=True)
def _quiet(browser: webdriver.Browser, page: str) -> Iterator[None]:
    """Each test opens the page anew, and ends with an empty console and only the page's request."""
    with browser.quiet(page):
        yield


def look(browser: webdriver.Browser, at: str, height: int = 844) -> None:
    """Look at the page in this way."""
    features = [{"name": "prefers-color-scheme", "value": at}]
    browser.devtools("Emulation.setEmulatedMedia", features=features)
    size = {"width": LOOKS[at], "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.devtools("Emulation.setDeviceMetricsOverride", **size)


def test_a_cell_of_two_models_leads_to_both_searches_and_back(browser: webdriver.Browser) -> None:
    cell = ".beside a[href$='fn_a-parity_all-L20']"
    assert browser.run(f'return document.querySelector("{cell}").innerText').split() == [
        *("-45.0", "✓", "=", "100%", "✗", "55.0%")
    ]
    browser.click(cell)
    opened = ".meeting[open]"
    assert browser.comes_true(f"return document.querySelector('{opened} table')?.checkVisibility()")
    assert browser.comes_true(f"return document.activeElement.matches('{opened} > summary')")
    texts = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)"
    assert browser.run(texts, f"{opened} .diff :is(ins, del)") == ["+     odd = '=1+1</script>'"]
    assert browser.run(texts, f"{opened} .diff > pre")[1] == "      return s.count('1') % 2"
    browser.click(f"{opened} thead th + th a")
    point = "document.getElementById('fn_a-parity_all-L20-m2')"
    assert browser.comes_true(f"return {point}.querySelector('.others a')")
    browser.run("document.querySelector('.meeting[open]').open = false")
    browser.click("[id='fn_a-parity_all-L20-m2'] .others a")
    assert browser.comes_true(f"return document.querySelector('{opened}')")


def test_a_cell_that_no_filter_finds_is_faded(browser: webdriver.Browser) -> None:
    faded = (
        "return [...document.querySelectorAll('.beside a')]"
        ".map((a) => [a.href.split('~')[1], a.matches('.faded')])"
    )
    browser.run("location.hash = '?error=timeout'")
    assert browser.comes_true("return document.querySelector('.beside .faded')")
    assert dict(browser.run(faded)) == {
        "fn_a-parity_all-L20": True,
        "fn_h-dyck2-L20": False,
        "fn_l-sha256_parity-L50": True,
    }


def test_a_text_is_copied_as_it_came_and_that_is_said(browser: webdriver.Browser) -> None:
    browser.devtools("Browser.grantPermissions", permissions=_CLIPBOARD)
    browser.run("location.hash = 'fn_a-parity_all-L20-m2'")
    button = "#fn_a-parity_all-L20-m2 .attempt .take:has(+ pre.code)"
    assert browser.comes_true("return document.querySelector(arguments[0])", button)
    browser.click(button)
    said = "return document.querySelector('p[role=status]').textContent"
    assert browser.comes_true(f"{said} === 'Copied: Copy: Program'")
    browser.run("navigator.clipboard.readText().then((text) => { window.read = text; })")
    assert browser.comes_true("return window.read === arguments[0]", OTHER)
    # Without a clipboard, as where the page is no secure context, by the selection.
    browser.run(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "document.addEventListener('copy', () => { window.read = `${getSelection()}`; });"
        "window.read = ''"
    )
    browser.click("#fn_a-parity_all-L20-m2 .prompt summary")
    prompt = "#fn_a-parity_all-L20-m2 .prompt .take"
    assert browser.comes_true("return document.querySelector(arguments[0])", prompt)
    browser.click(prompt)
    assert browser.comes_true("return window.read.startsWith('Find f for bit strings of length')")
    assert browser.comes_true(f"{said} === 'Copied: Copy: Prompt'")


def test_tables_and_plots_are_saved_as_files_of_their_own(
    browser: webdriver.Browser, tmp_path: Path
) -> None:
    browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    look(browser, "dark")
    browser.click("header .wide + .take")
    browser.click(".wide:has(.beside) + .take")
    browser.click("[aria-labelledby=h-length] figure .take")
    solved, beside, plot = _saved(tmp_path, "*What_each*", "*against*", "*parity.svg")
    rows = list(csv.reader(solved.read_text("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["", "solved"]
    assert [row[:2] for row in rows[1:]] == [["'=m1", "1/4"], ["m2", "0/3"]]
    rows = list(csv.reader(beside.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["function, by length", "length 50", "length 20"]
    assert rows[1][0] == "fn_a parity_all"
    assert rows[1][2] == "'-45.0 ✓ = 100% ✗ 55.0%"
    drawn = plot.read_text()
    svg = ET.fromstring(drawn)  # noqa: S314 - our own
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"parity", "length", "100%", "=m1", "m2"} <= set(texts)
    assert "var(" not in drawn
    assert "#0b5fa5" in drawn  # the first series in the light, not in the dark


def _saved(folder: Path, *patterns: str) -> list[Path]:
    """The whole files of these names, once they are there."""
    for _ in range(200):
        found = [next(folder.glob(pattern), None) for pattern in patterns]
        whole = [file for file in found if file and file.suffix in (".csv", ".svg")]
        if len(whole) == len(patterns) and all(file.stat().st_size for file in whole):
            return whole
        time.sleep(0.05)
    raise AssertionError(list(folder.iterdir()))


def test_a_phone_says_solved_mean_and_cost_before_anything_is_scrolled(
    browser: webdriver.Browser,
) -> None:
    look(browser, "dark")
    boxes = browser.run(
        "return [...document.querySelectorAll('.figures > div')].map((box) => {"
        "  const at = box.getBoundingClientRect();"
        "  return [box.firstElementChild.textContent, at.left, at.top,"
        "    innerWidth - at.right, innerHeight - at.bottom];"
        "})"
    )
    first = {name: sides for name, *sides in boxes}
    for name in ("Solved", "Mean test accuracy", "Cost"):
        assert min(first[name]) >= 0, first
    assert browser.run("return document.documentElement.scrollWidth - innerWidth") <= 0
    spilt = browser.run(
        "const box = (e) => e.getBoundingClientRect();"
        "return [...document.querySelectorAll('.beside td a > *')].filter((e) =>"
        "  box(e).left < box(e.parentElement).left || box(e).right > box(e.parentElement).right"
        ").length + [...document.querySelectorAll('.beside td a')].filter((a) =>"
        "  box(a.children[1]).right > box(a.children[2]).left"
        "  && box(a.children[1]).bottom > box(a.children[2]).top).length"
    )
    assert spilt == 0


def test_a_printed_page_has_no_control(browser: webdriver.Browser) -> None:
    browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
    shown = (
        "return [...document.querySelectorAll('button:not(.sort), input, select')]"
        ".filter((e) => e.checkVisibility()).length"
    )
    assert browser.comes_true(f"{shown} > 20")
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    assert browser.run(shown) == 0


@pytest.mark.parametrize("at", LOOKS)
def test_the_rules_of_accessibility_find_nothing_serious(
    browser: webdriver.Browser, at: str
) -> None:
    look(browser, at)
    browser.run(_OPEN_ONE_OF_EACH)
    assert browser.comes_true(
        "return [...document.querySelectorAll('details[data-in][open]')]"
        ".every((filled) => filled.querySelector('.body'))"
    )
    browser.run(_OPEN_ONE_OF_EACH)  # also of what is in there
    if at == "light":
        assert browser.grave() == []
    else:  # of its rules the one on contrast takes longer than all others
        assert browser.grave("color-contrast") == []
        assert browser.poor_contrasts() == []


# Of sections that are alike, one: the rules take seconds for a thousand elements that are shown.
_OPEN_ONE_OF_EACH = """
const seen = new Set();
for (const section of document.querySelectorAll("details")) {
  const kind = section.className === "more" ? section.textContent : section.className;
  section.open = !seen.has(kind);
  seen.add(kind);
}
"""
