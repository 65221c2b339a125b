"""The published numbers: which are compared with which model, and the marks beside them."""

from pathlib import Path
from typing import Any

import pytest

from bench.run.readback import load
from bench.show.paper import join, paper
from bench.show.paper.marks import MEANINGS
from bench.show.paper.paper_tables import PublishedCell
from bench.show.paper.published import published
from targets import registered
from tests.support.made import PARITY, scored, write


@pytest.mark.parametrize(
    ("model", "line", "options", "marked"),
    [
        ("learner:svm", {}, {}, ""),
        ("learner:svm", {}, {"negatives": "hard"}, ""),  # parity has one way of drawing
        ("learner:svm", {"trials": 2}, {}, "c"),
        ("learner:svm", {"length": 50}, {}, "d"),
        ("learner:svm", {"train_size": 50}, {}, "e"),
        ("learner:svm", {"train_size": 0}, {}, ""),  # an earlier version did not tell
        ("learner:svm", {"outcome": {"test_size": 200}}, {}, "f"),
        ("icl:gpt-5", {}, {}, "f"),
        ("icl:gpt-5", {"outcome": {"test_size": 100}}, {}, ""),
        ("gpt-5", {"tools": ["code_interpreter"]}, {}, "b"),
        ("openai/gpt-5-2025-08-07", {"tools": ["python"]}, {}, "bg"),
    ],
)
def test_what_differs_from_the_published_protocol_is_marked(
    tmp_path: Path, model: str, line: dict[str, Any], options: dict[str, Any], marked: str
) -> None:
    trials = line.pop("trials", 3)
    run = write(tmp_path, scored(PARITY, model, *[0.5] * trials, **line), {"options": options})
    (cell,) = paper(join([load(run)]), line.get("length", 100)).table.rows[1].cells
    assert isinstance(cell, PublishedCell)
    assert cell.marks == marked
    assert set(MEANINGS) >= set(marked)


def test_hard_negatives_and_named_columns_are_marked(tmp_path: Path) -> None:
    chess = ("fn_q", "chess")
    attempts = [
        *scored(("fn_g", "palindrome"), "learner:svm", *[0.5] * 3),
        *scored(chess, "learner:svm", *[0.5] * 3, length=36),
    ]
    options = {"negatives": "hard", "tabular_representation": "named"}
    found = paper(join([load(write(tmp_path, attempts, {"options": options}))]))
    assert found.table.tasks == ("palindrome", "chess")
    assert found.table.lengths == (100, 36)
    cells = [cell for cell in found.table.rows[1].cells if isinstance(cell, PublishedCell)]
    assert [(cell.accuracy, cell.marks) for cell in cells] == [(69.7, "a"), (89.4, "a")]
    sources = "arXiv:2510.14331: article, main table, article, tabular."
    assert any(note.endswith(sources) for note in found.table.notes)


def test_a_model_is_compared_with_what_had_the_same_tools() -> None:
    told = published()
    without = told.counterpart("gpt-5", "none", "palindrome")
    with_tools = told.counterpart("gpt-5", "code_interpreter", "palindrome")
    other = told.counterpart("gpt-5", "none", "chess")
    assert without and with_tools and other
    assert without.method == "GPT-5 Thinking WITHOUT tools"
    assert with_tools.method == "LLM-PV GPT-5"
    assert (other.method, other.tools) == ("LLM-PV", "code_interpreter")
    for model, task in (("gpt-5-mini", "dyck2"), ("enumerator", "dyck2"), ("gpt-5", "two_primes")):
        assert told.counterpart(model, "none", task) is None


def test_the_published_numbers_are_of_tasks_that_there_are() -> None:
    told = published()
    assert all(registered(task) for task in told.tasks)
    shares = [share for one in told.methods for share in one.accuracy.values()]
    assert all(0 <= share <= 100 for share in shares)
    main_table = [one for one in told.methods if one.source.table == "article, main table"]
    assert len(main_table) == 15
    assert {len(one.accuracy) for one in main_table} == {13}
    patterns = [pattern for one in told.methods for pattern in one.ours]
    assert patterns == [pattern.casefold() for pattern in patterns]
