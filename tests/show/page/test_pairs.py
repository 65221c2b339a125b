"""Which two of many series are compared, chosen in a real browser."""

from pathlib import Path

from bench.run.readback import load
from bench.show.page import write
from tests.support import webdriver
from tests.support.made import search
from tests.support.made import write as write_run


def test_any_two_of_many_series_are_compared(browser: webdriver.Browser, tmp_path: Path) -> None:
    attempts = [a for model in ("m'1", "m2", '"m3"') for a in search(model=model)]
    with browser.quiet(write(load(write_run(tmp_path, attempts))).as_uri()):
        sides = "return [...document.querySelectorAll('.chooser select')].map((s) => s.value)"
        assert browser.comes_true("return document.querySelector('.chooser')")
        first, second, third = browser.run(
            "return [...document.querySelector('.chooser select').options].map((o) => o.value)"
        )
        assert browser.run(sides) == [first, second]
        browser.run(
            "const [select] = document.querySelectorAll('.chooser select');"
            "select.focus(); select.value = arguments[0];"
            "select.dispatchEvent(new Event('change', { bubbles: true }))",
            third,
        )
        assert browser.run(sides) == [second, third]
        compared = "return document.querySelector('.versus[open] table.beside caption')?.innerText"
        assert browser.comes_true(
            f"{compared}.startsWith(arguments[0])", f"{third} against {second}"
        )
        assert browser.run("return document.activeElement.matches('.chooser select')")
        assert browser.run("return location.hash") == "#series3"
        seen = "return [...document.querySelectorAll('.versus')].map((e) => e.checkVisibility())"
        assert browser.run(seen) == [False, False, True]
        browser.click(".verdicts li:first-child a")
        assert browser.comes_true("return document.querySelector('#series1').open")
        assert browser.run(sides) == [first, second]
