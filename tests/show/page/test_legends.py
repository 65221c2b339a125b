"""The legend of each figure names the curves that are drawn in it."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench.record.attempt import Attempt
from tests.show.page.reading import page_of
from tests.support.made import PARITY, changed, labelled, search

MODELS = ("able", "weak")


def learner(name: str) -> list[Attempt]:
    return [changed(a, hypothesis="predictor") for a in search(model=name, attempts=1)]


def curve_marks(section: str) -> list[tuple[str, str]]:
    """The colour and the outline of the marks of each curve that is drawn."""
    curves = re.findall(r'<g class="curve" style="color: (.*?)">(.*?)</g>', section, re.DOTALL)
    outlines = [re.search(r'class="marks" d="M[-\d. ]+?(m[^M"]+)', curve) for _, curve in curves]
    told = zip(curves, outlines, strict=True)
    return [(colour, outline[1]) for (colour, _), outline in told if outline]


def legend(section: str) -> dict[str, tuple[str, str]]:
    """The colour and the outline beside each name."""
    entries = re.findall(r'style="color: (.*?)".*?d="M0 0(.*?)"/></svg>(.*?)</li>', section)
    return {name: (colour, outline) for colour, outline, name in entries}


@pytest.mark.parametrize(
    "others",
    [
        learner("learner:tree"),  # between the two models
        learner("a_learner"),  # before them
        labelled(PARITY, test_acc=0.9, model="icl:weak"),
        [],
    ],
)
def test_attempts_to_success_has_a_name_for_each_curve(
    tmp_path: Path, others: Iterable[Attempt]
) -> None:
    able = search(model="able", solved_at=2)
    weak = search(model="weak", solved_at=None)
    html = page_of(tmp_path, [*able, *weak, *others])
    section = html.split('<section aria-labelledby="h-attempts">')[1].split("</section>")[0]
    assert list(legend(section)) == list(MODELS)
    assert curve_marks(section) == list(legend(section).values())


def test_a_model_beside_learners_alone_is_named_at_its_curve(tmp_path: Path) -> None:
    html = page_of(tmp_path, [*learner("learner:tree"), *search(model="weak")])
    section = html.split('<section aria-labelledby="h-attempts">')[1].split("</section>")[0]
    assert list(legend(section)) == ["weak"]
