"""Search, filters, sorting, links and keys of the page, in a real browser."""

from collections.abc import Iterator

import pytest

from bench.run.readback import load
from bench.show.page import write
from tests.support import webdriver
from tests.support.made import LENGTHS, PARITY, SHA, failing, search
from tests.support.made import write as write_run

HOSTILE = "</script><img src=http://127.0.0.1:9/x onerror=alert(1)>"
ENTER, ESCAPE, DOWN, UP, TAB = "\ue007", "\ue00c", "\ue015", "\ue013", "\ue004"
STATUS = "return document.querySelector('#find output').textContent"
SHOWN = (
    "return [...document.querySelectorAll('.list details')]"
    ".filter((d) => d.matches('.point, .trials') && d.firstElementChild.checkVisibility())"
    ".map((d) => d.id)"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """16 points: 5 lengths by two models, one with two trials, and two functions of one model."""
    attempts = [
        a
        for model, solved_at in (("m1", 1), (HOSTILE, 3))
        for length in LENGTHS
        for a in search(PARITY, length, model=model, solved_at=solved_at, attempts=3)
    ]
    attempts += search(SHA, 50, model="m1", solved_at=None, attempts=2, cost_usd=7.0)
    attempts += search(SHA, 50, model="m1", trial=2, outcome={"recovered": True}, cost_usd=0.5)
    attempts += failing("timeout", "no end in <sight>", target=SHA, length=20, model="m1")
    code = "def f(s):\n    return int(s[0] < 'needle & \"hay\"')\n"
    attempts += search(("fn_g", "palindrome"), 30, model="m1", code=code, cost_usd=None)
    return write(load(write_run(tmp_path_factory.mktemp("run"), attempts))).as_uri()


@pytest.fixture(autouse=True)
def _quiet(browser: webdriver.Browser, page: str) -> Iterator[None]:
    with browser.quiet(page):
        assert browser.comes_true(STATUS)
        yield


def told(browser: webdriver.Browser, expected: str) -> bool:
    return browser.comes_true(f"{STATUS} === arguments[0]", expected)


def at(browser: webdriver.Browser, page: str, fragment: str) -> None:
    """Open the page anew at a fragment."""
    browser.open("about:blank")
    browser.open(f"{page}#{fragment}")


def choose(browser: webdriver.Browser, name: str, *values: str) -> None:
    """Tick these values of a filter, and no others, as a mouse would."""
    browser.run(
        "const [name, values] = arguments;"
        "for (const box of document.querySelectorAll(`#find input[name='${name}']`))"
        "  if (box.checked !== values.includes(box.value)) box.click()",
        name,
        values,
    )


def test_points_programs_and_errors_are_found_from_the_keyboard(
    browser: webdriver.Browser,
) -> None:
    assert browser.run(STATUS) == "14 points"
    browser.type("/palin")
    assert told(browser, "1 of 14 points")
    assert browser.run(SHOWN) == ["fn_g-palindrome-L30-m1"]
    hidden = "return [...document.querySelectorAll('#h-table ~ * tbody tr')].map((r) => r.hidden)"
    assert browser.run(hidden).count(False) == 1
    faded = "return document.querySelectorAll('.heat td a.faded').length"
    assert browser.run(faded) == 12
    sharp = "return [...document.querySelectorAll('.beside td a:not(.faded)')].map((a) => a.hash)"
    assert browser.run(sharp) == ["#series1~fn_g-palindrome-L30"]
    assert browser.run("return location.hash") == "#?find=palin"
    browser.press(ESCAPE)
    assert told(browser, "14 points") and browser.run(faded) == 0
    browser.type('needle & "hay"')
    assert told(browser, "1 of 14 points")
    browser.press(ESCAPE)
    browser.type("<SIGHT> L20")
    assert told(browser, "1 of 14 points")
    assert browser.run(SHOWN) == ["fn_l-sha256_parity-L20-m1"]
    browser.press(ESCAPE)
    browser.press(ESCAPE)
    assert browser.run("return document.activeElement === document.body")
    assert browser.run("return location.hash") == ""


def test_filters_hold_back_points_and_a_link_leads_to_the_same_view(
    browser: webdriver.Browser, page: str
) -> None:
    names = "return [...document.querySelectorAll('#find summary')].map((s) => s.innerText)"
    facets = ("Family", "Length", "Model", "Outcome", "Error", "Attempts")
    assert browser.run(names) == [f"{facet}\nall" for facet in facets]
    for name, values, count in (
        ("outcome", ("solved",), "12 of 14 points"),
        ("outcome", ("unsolved",), "2 of 14 points"),
        ("outcome", ("unsolved", "recovered"), "3 of 14 points"),
        ("outcome", ("recovered",), "1 of 14 points"),
        ("outcome", (), "14 points"),
        ("error", ("timeout",), "1 of 14 points"),
        ("error", (), "14 points"),
        ("attempts", ("3",), "5 of 14 points"),
        ("length", ("50",), "1 of 14 points"),
        ("length", ("50", "30", "20"), "3 of 14 points"),
        ("attempts", (), "10 of 14 points"),
        ("length", ("50",), "4 of 14 points"),
        ("family", ("hash",), "2 of 14 points"),
        ("outcome", ("unsolved",), "1 of 14 points"),
    ):
        choose(browser, name, *values)
        assert told(browser, count), (name, values)
    trials = "fn_l-sha256_parity-L50-m1~trials"
    assert browser.run(SHOWN) == [trials]
    count = "return document.querySelector(`[id='${arguments[0]}'] > summary > .count`).textContent"
    assert browser.run(count, trials) == "1 of 2 trials"
    browser.click(f"[id='{trials}'] > summary")
    assert browser.comes_true(f"{SHOWN}.length === 2")
    at(browser, page, browser.run("return location.hash.slice(1)"))
    assert told(browser, "1 of 14 points")
    assert browser.comes_true(f"{SHOWN}.length === 2")
    shown = (
        "return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility())"
        ".map((e) => e.innerText)"
    )
    assert browser.run(shown, ".heat caption, header tbody th") == ["m1"] * 2
    assert browser.run(shown, ".heat tbody th, .beside tbody th") == ["fn_l sha256_parity"] * 2
    assert browser.run(shown, ".heat thead th ~ th, .beside thead th ~ th") == ["length\n50"] * 2
    assert browser.run("return document.querySelectorAll('li.faded, .curve.faded').length") == 6
    assert len(browser.run(shown, "#find .of-all")) == 1
    choose(browser, "model", HOSTILE)
    assert told(browser, "0 of 14 points")
    assert browser.run(shown, ".heat, .beside") == []
    browser.click("#find button[type=reset]")
    assert told(browser, "14 points")
    assert len(browser.run(shown, ".heat tbody th")) == 4
    assert browser.run(shown, "#find .of-all, li.faded") == []
    at(browser, page, "%?length=51&nothing=1&find=%E0%A4%A")
    assert told(browser, "0 of 14 points")
    for fragment in ("find", "find~x"):
        browser.run("location.hash = '?length=51'")
        assert told(browser, "14 points")
        browser.run("location.hash = arguments[0]", f"{fragment}?length=51&find=%E0%A4%A")
        assert told(browser, "0 of 14 points")
        assert not browser.run("return document.body.innerText.includes('cannot unpack')")
    assert browser.run("return document.images.length") == 0
    assert browser.run("return document.querySelectorAll('#find :checked').length") == 0


def test_a_filter_takes_several_values_from_the_keyboard(browser: webdriver.Browser) -> None:
    browser.run("document.querySelector('#filter-length summary').focus()")
    browser.press(ENTER)
    for key in (TAB, " ", TAB, TAB, " "):
        browser.press(key)
    assert told(browser, "6 of 14 points")
    assert browser.run("return location.hash") == "#?length=20&length=30"
    said = "return document.activeElement.closest('.filter')?.querySelector('summary').innerText"
    assert browser.run(said) == "Length\n20, 30"
    named = "return document.querySelector('#filter-length legend').textContent"
    assert browser.run(named) == "Length"
    browser.press(ESCAPE)
    assert browser.run("return document.activeElement.matches('#filter-length > summary')")
    assert browser.run("return document.querySelectorAll('.filter[open]').length") == 0
    browser.type("j")
    assert browser.run("return document.activeElement.closest('.list') !== null")


def test_tables_are_sorted_by_their_heads(browser: webdriver.Browser, page: str) -> None:
    table = "document.querySelector('#h-table ~ .wide table')"
    column = f"return [...{table}.tBodies[0].rows].map((r) => r.cells[arguments[0]].textContent)"
    before = browser.run(column, 0)
    for way, ends in (("descending", ["$14.50", "-"]), ("ascending", ["$0.010", "-"])):
        browser.click("#h-table ~ .wide th:nth-child(8) button")
        assert browser.run(f"return {table}.tHead.rows[0].cells[7].ariaSort") == way
        costs = browser.run(column, 7)
        assert [costs[0], costs[-1]] == ends
    assert browser.run("return location.hash") == "#?sort=every-point.cost.up"
    at(browser, page, "?sort=every-point.point.down&sort=the-trials-of.x.y&sort=..")
    assert browser.comes_true(f"return {table}.tHead.rows[0].cells[0].ariaSort")
    assert browser.run(column, 0)[0] == "fn_l-sha256_parity-L50-m1"
    browser.click("#h-table ~ .wide th:nth-child(1) button")
    assert browser.run(column, 0) == before
    trials = "fn_l-sha256_parity-L50-m1~trials"
    browser.run("location.hash = arguments[0]", trials)
    assert browser.comes_true(
        "return document.querySelector('.trials .body table button') !== null"
    )
    browser.click(".trials .body th:nth-child(8) button")
    texts = (
        "return [...document.querySelectorAll('.trials .body tbody th')].map((h) => h.innerText)"
    )
    assert browser.run(texts) == ["fn_l-sha256_parity-L50-m1", "fn_l-sha256_parity-L50-t2-m1"]


def test_a_link_leads_to_one_attempt(browser: webdriver.Browser, page: str) -> None:
    points = [name for name in browser.run(SHOWN) if name.startswith("fn_a-parity_all-L50")]
    (point,) = (name for name in points if not name.endswith("-m1"))
    second, first = f"{point}/attempt-2", "fn_a-parity_all-L50-m1/attempt-1"
    at(browser, page, f"{second}?family=hash")
    shown = "return document.getElementById(arguments[0])?.lastElementChild.checkVisibility()"
    assert browser.comes_true(shown, second)
    # It is at the top or the page at its end, and nothing covers it, whatever was opened above it.
    seen = (
        "const head = document.getElementById(arguments[0]).firstElementChild;"
        "const { x, y } = head.getBoundingClientRect();"
        "const ended = scrollY + innerHeight > document.documentElement.scrollHeight - 2;"
        "return (ended || y < innerHeight / 3) && document.elementFromPoint(x + 5, y + 5) === head"
    )
    assert browser.comes_true(seen, second)
    browser.click(f"[id='{second}'] ~ a.link")
    assert browser.run("return location.hash") == f"#{second}?family=hash"
    focus = "return document.activeElement.parentElement.id === arguments[0]"
    assert browser.comes_true(focus, second)
    browser.run("location.hash = arguments[0]", first)
    assert browser.comes_true(focus, first)
    assert told(browser, "14 points")


def test_keys_go_from_point_to_point_and_take_nothing_from_others(
    browser: webdriver.Browser,
) -> None:
    focused = "return document.activeElement.parentElement.id"
    shown = browser.run(SHOWN)
    browser.type("jj")
    assert browser.run(focused) == shown[1]
    browser.press(DOWN)
    browser.press(DOWN)
    browser.press(UP)
    browser.type("k")
    assert browser.run(focused) == shown[1]
    browser.press(ENTER)
    assert browser.comes_true("return document.getElementById(arguments[0]).open", shown[1])
    assert browser.run("return location.hash") == f"#{shown[1]}"
    browser.type("j/jk")
    assert browser.run("return document.activeElement.value") == "jk"
    assert told(browser, "0 of 14 points")
    taken = browser.run(
        "return ['j', '/'].map((key) => !document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true })))"
    )
    assert taken == [False, False]


def test_without_scripts_the_matrix_and_the_list_are_there_and_no_control(
    browser: webdriver.Browser, page: str
) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    at(browser, page, "")
    assert len(browser.run(SHOWN)) == 13
    assert browser.run("return document.querySelectorAll('.heat td a').length") == 13
    controls = "return [...document.querySelectorAll('button, input')]"
    assert browser.run(f"{controls}.filter((c) => c.checkVisibility()).length") == 0
    assert "Scripts are switched off" in browser.run("return document.body.innerText")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
