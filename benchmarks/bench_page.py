"""How large the page of a run is, and how soon a browser shows it and opens a point.

`python benchmarks/bench_page.py [POINTS ...]` makes up a run of so many points (1,008 and 10,000
unless others are given), writes its page and opens it in headless Chromium. It prints the CPU time
to write the page, its bytes, the elements and texts in the browser's document, the time until the
page is drawn, and the time from following a link until the point's program is there. The points are
of 16 questions, and the rest are trials of them; `--models 10` asks ten models.
Needs chromium and chromedriver.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.record.attempt import Attempt
from bench.run.readback import Results
from bench.show.page import write
from tests.support import webdriver
from tests.support.made import NAMES, search

_QUESTIONS = tuple(product(NAMES[:4], (20, 25, 30, 50)))
_DRAWN = """
const done = arguments[0];
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)));
"""
_NODES = """
const walk = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
let nodes = 0;
while (walk.nextNode()) nodes += 1;
return nodes;
"""


def attempts(points: int, models: int) -> Iterator[Attempt]:
    """Two attempts a point, each point with a program of its own."""
    rng = random.Random(0)
    for number in range(points):
        trial, of_trial = divmod(number, len(_QUESTIONS) * models)
        model, at = divmod(of_trial, len(_QUESTIONS))
        weights = ", ".join(str(rng.getrandbits(24)) for _ in range(60))
        code = f"def f(s):\n    w = [{weights}]\n    return sum(map(int, s)) * w[0] % 2\n"
        for made in _search(at, f"m{model}", 2 if number % 3 else None):
            if made.candidate:
                yield replace(
                    made,
                    point=replace(made.point, trial=trial + 1),
                    answer=replace(made.answer, text=json.dumps({"code": code})),
                    candidate=replace(made.candidate, code=code),
                )


@cache
def _search(question: int, model: str, solved_at: int | None) -> list[Attempt]:
    target, length = _QUESTIONS[question]
    return search(target, length, solved_at=solved_at, attempts=2, model=model)


def measure(browser: webdriver.Browser, points: int, models: int) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as name:
        results = Results(Path(name), tuple(attempts(points, models)))
        start = time.process_time()
        page = write(results)
        written = time.process_time() - start
        start = time.monotonic()
        browser.open(page.as_uri())
        browser.run_async(_DRAWN)
        drawn = time.monotonic() - start
        nodes = browser.run(_NODES)
        point = browser.run("return [...document.querySelectorAll('details.point')].at(-1).id")
        start = time.monotonic()
        browser.run("location.hash = arguments[0]", point)
        shown = "return document.getElementById(arguments[0]).querySelector('pre.code') !== null"
        if not browser.comes_true(shown, point):
            raise SystemExit(f"{point} does not open")
        browser.run_async(_DRAWN)
        opened = time.monotonic() - start
        size = page.stat().st_size / 2**20
    return f"{points:9,}{written:11.2f} s{size:9.1f} MiB{nodes:10,}{drawn:9.2f} s{opened:9.2f} s"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("points", type=int, nargs="*", default=[1_008, 10_000])
    parser.add_argument("--models", type=int, default=1)
    given = parser.parse_args()
    print(f"{'points':>9}{'written':>13}{'page':>13}{'nodes':>10}{'drawn':>11}{'opened':>11}")
    with tempfile.TemporaryDirectory() as profile, webdriver.browser(Path(profile)) as browser:
        for points in given.points:
            print(measure(browser, points, given.models), flush=True)


if __name__ == "__main__":
    main()
