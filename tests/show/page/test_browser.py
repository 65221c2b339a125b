"""The page in a real browser: it renders, a click opens a point, nothing is logged or leaves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.run.readback import load
from bench.show.page import write
from tests.support import webdriver
from tests.support.made import paper_grid, scored, search
from tests.support.made import write as write_run

ENTER = "\ue007"
PICTURE = os.environ.get("LLMPV_PICTURE")
"""Where the picture of README.md is put, and LLMPV_PICTURE_OF is the run that it shows: see
docs/results.md.
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    generalization = {
        "generalization": [
            {"length": n, "size": 1000, "accuracy": 0.9, "error": None} for n in (200, 500)
        ]
    }
    hostile = (
        "</script><script>document.title = 'taken'</script>"
        "<img src=http://127.0.0.1:9/x onerror=alert(1)>"
    )
    attempts = paper_grid() + search(
        ("evil", "evil"), text=hostile, code=hostile, prompt=hostile, outcome=generalization
    )
    attempts += scored(("often", "often"), "enumerator", 0.2, 0.3)
    return write(load(write_run(tmp_path_factory.mktemp("run"), attempts))).as_uri()


@pytest.fixture(autouse=True)
def _quiet(browser: webdriver.Browser, page: str) -> Iterator[None]:
    """Each test opens the page anew, and ends with an empty console and only the page's request."""
    with browser.quiet(page):
        yield


def test_a_click_on_a_cell_opens_its_point_with_the_program(browser: webdriver.Browser) -> None:
    point = "fn_g-palindrome-L50"
    assert browser.run("return document.querySelectorAll('.heat td a').length") == 62
    assert not browser.run("return document.getElementById(arguments[0]).open", point)
    browser.click(f".heat a[href='#{point}']")
    assert browser.comes_true("return document.getElementById(arguments[0]).open", point)
    program = browser.run(
        "const shown = document.getElementById(arguments[0]);"
        "return shown.querySelector('.attempt[open] pre.code').innerText",
        point,
    )
    assert program.startswith("def f(s):")
    assert browser.comes_true(
        "return document.activeElement.parentElement.id === arguments[0]", point
    )


def test_the_same_cell_opens_its_point_again(browser: webdriver.Browser) -> None:
    point = "fn_g-palindrome-L50"
    cell = f".heat a[href='#{point}']"
    browser.click(cell)
    assert browser.comes_true("return document.getElementById(arguments[0]).open", point)
    browser.run("document.getElementById(arguments[0]).open = false", point)
    browser.click(cell)
    assert browser.comes_true("return document.getElementById(arguments[0]).open", point)


def test_a_click_on_a_cell_of_trials_opens_them_all(browser: webdriver.Browser) -> None:
    trials, second = "often-L100~trials", "often-L100-t2"
    shown = (
        "return document.getElementById(arguments[0]).querySelector('summary').checkVisibility()"
    )
    assert not browser.run(shown, second)
    browser.click(f".heat a[href='#{trials}']")
    assert browser.comes_true("return document.getElementById(arguments[0]).open", trials)
    assert browser.run(shown, second)
    browser.run("document.getElementById(arguments[0]).open = false", trials)
    browser.run("location.hash = arguments[0]", second)
    assert browser.comes_true("return document.getElementById(arguments[0]).open", second)
    assert browser.run("return document.getElementById(arguments[0]).open", trials)


def test_a_cell_with_the_focus_tells_its_number_and_interval(browser: webdriver.Browser) -> None:
    cell = "document.querySelector('.heat a[href$=trials]')"
    told = f"return getComputedStyle({cell}, '::after').content"
    assert browser.run(told) == "none"
    browser.run(
        "const cells = [...document.querySelectorAll('.heat a')];"
        f"cells[cells.indexOf({cell}) - 1].focus()"
    )
    browser.press("\ue004")  # the tabulator, from the cell before it
    assert browser.comes_true(f"return document.activeElement === {cell}")
    said = browser.run(told)
    assert said.startswith('"often-L100: 0 of 2 solved, test accuracy 25.0% (')
    assert said.endswith('chance 50.0%; best shortcut 57.0%"')


@pytest.mark.parametrize("look", ["light", "dark"])
def test_neighbours_on_the_scale_of_accuracy_can_be_told_apart(
    browser: webdriver.Browser, look: str
) -> None:
    features = [{"name": "prefers-color-scheme", "value": look}]
    browser.devtools("Emulation.setEmulatedMedia", features=features)
    ratios = browser.run(_STEPS)
    assert len(ratios) == 5
    assert min(ratios) > 1.25


def test_all_that_scrolls_can_be_reached_by_the_keyboard(
    browser: webdriver.Browser, tmp_path: Path
) -> None:
    browser.screenshot(tmp_path / "phone.png", 390, 800)
    unreachable = browser.run(
        "for (const d of document.querySelectorAll('details')) d.open = true;"
        "return [...document.querySelectorAll('.wide, pre')]"
        ".filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight)"
        ".filter((e) => e.tabIndex < 0 && !e.querySelector('a, button'))"
        ".map((e) => e.textContent.slice(0, 60))"
    )
    assert unreachable == []


def test_the_keyboard_alone_gets_there(browser: webdriver.Browser) -> None:
    browser.run("document.querySelector('.heat a').focus()")
    browser.press(ENTER)
    assert browser.comes_true("return document.querySelector('details.point').open")
    assert browser.comes_true("return document.activeElement.matches('details.point > summary')")
    browser.press(ENTER)
    assert browser.comes_true("return !document.querySelector('details.point').open")


def test_the_prompt_is_filled_in_when_it_is_opened(browser: webdriver.Browser) -> None:
    browser.click(".heat a[href='#fn_a-parity_all-L100']")
    assert browser.comes_true("return document.querySelector('#fn_a-parity_all-L100').open")
    prompt = "document.querySelector('#fn_a-parity_all-L100 .prompt pre').textContent"
    assert browser.run(f"return {prompt}") == ""
    browser.click("#fn_a-parity_all-L100 .prompt summary")
    assert browser.comes_true(
        f"return {prompt}.startsWith('Find f for bit strings of length 100.')"
    )


def test_a_hostile_answer_stays_text(browser: webdriver.Browser) -> None:
    browser.click(".heat a[href='#evil-L20']")
    assert browser.comes_true("return document.querySelector('#evil-L20').open")
    browser.click("#evil-L20 .prompt summary")
    browser.click("#evil-L20 .answer summary")
    assert "taken" not in browser.run("return document.title")
    assert browser.run("return document.images.length") == 0
    for part in (".prompt pre", ".answer pre", "pre.code"):
        text = f"document.querySelector('#evil-L20 {part}').textContent"
        assert browser.comes_true(f"return {text}.startsWith(arguments[0])", "</script><script>")


def test_all_points_open_and_close_at_once(browser: webdriver.Browser) -> None:
    browser.click("button[data-open=yes]")
    assert browser.run("return document.querySelectorAll('details.point[open]').length") == 63
    browser.click("button[data-open=no]")
    assert browser.run("return document.querySelectorAll('details.point[open]').length") == 0


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_text_can_be_read_on_screen_and_on_paper(
    browser: webdriver.Browser, tmp_path: Path, look: str
) -> None:
    media = (
        {"media": "print"}
        if look == "print"
        else {"features": [{"name": "prefers-color-scheme", "value": look}]}
    )
    browser.click(".heat a[href='#fn_h-dyck2-L100']")
    browser.devtools("Emulation.setEmulatedMedia", **media)
    browser.run(
        "for (const d of document.querySelectorAll('#fn_h-dyck2-L100 details')) d.open = true"
    )
    assert browser.poor_contrasts() == []
    assert browser.run("return document.querySelector('button').checkVisibility()") == (
        look != "print"
    )


def test_the_picture_in_the_readme_can_be_made_anew(
    browser: webdriver.Browser, page: str, tmp_path: Path
) -> None:
    browser.open(
        (Path(run).resolve() / "index.html").as_uri()
        if (run := os.environ.get("LLMPV_PICTURE_OF"))
        else page
    )
    file = Path(PICTURE or tmp_path / "report.png")
    browser.screenshot(file, 1080, 960)
    # Of several models: both side by side, below the search field
    browser.run("document.getElementById('h-series')?.scrollIntoView()")
    picture = browser.screenshot(file, 1080, 960)
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert picture.stat().st_size < 150_000
    browser.requests()
    browser.open(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_cell_of_the_heat_map_is_as_wide_as_the_others(
    browser: webdriver.Browser, tmp_path: Path, width: int
) -> None:
    browser.screenshot(tmp_path / "map.png", width, 800)
    widths = browser.run(
        "return [...document.querySelectorAll('.heat td a')].map((a) => a.offsetWidth)"
    )
    assert 70 <= min(widths) <= max(widths) <= min(widths) + 1


def test_a_phone_shows_no_sideways_scroll(browser: webdriver.Browser, tmp_path: Path) -> None:
    browser.screenshot(tmp_path / "phone.png", 390, 800)
    browser.run("for (const d of document.querySelectorAll('.point')) d.open = true")
    assert browser.run("return document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_sheet_of_paper_holds_its_width(browser: webdriver.Browser, tmp_path: Path) -> None:
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    # A4 less margins of 1 cm, at 96 dots to the inch
    browser.screenshot(tmp_path / "sheet.png", 718, 1000)
    assert (
        browser.run(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        <= 0
    )


# The contrast of each step of the scale from chance up to the next.
_STEPS = (
    webdriver.LIGHT
    + """
const at = (step) =>
  light(rgb(getComputedStyle(document.querySelector(`.scale .h${step}`)).backgroundColor)) + 0.05;
return [0, 1, 2, 3, 4].map((step) => at(step) / at(step + 1)).map((r) => Math.max(r, 1 / r));
"""
)
