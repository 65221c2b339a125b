"""The tables of a paper: what is in them, the published numbers, and each format as it comes."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.record.attempt import Attempt
from bench.run.points import group
from bench.run.readback import load
from bench.show.page import build
from bench.show.paper import Joined, Paper, PaperError, join, paper
from bench.show.paper.__main__ import main
from bench.show.paper.formats import COLUMNS, as_csv, as_latex, as_markdown, as_text, escape_latex
from tests.support.made import NAMES, PARITY, changed, failing, scored, search, write

CYCLES = ("graph_has_cycle", "graph_has_cycle")


SMALL = (
    *scored(PARITY, "enumerator", 1.0, 1.0, 1.0),
    *scored(PARITY, "learner:svm", 0.5, 0.498, 0.502),
    *scored(CYCLES, "learner:svm", 0.9),
    *scored(CYCLES, "learner:svm", 0.7, length=60),
)


def tables(folder: Path, *attempts: Attempt, **options: Any) -> Paper:
    run = {"options": {"seed": 42, "negatives": "paper", **options}}
    return paper(join([load(write(folder, attempts, run))]))


TEXT = """\
Test accuracy at length 100, with 100 examples

method           parity_all  graph_has_cycle
────────────────────────────────────────────
enumerator        100 ± 0.0                -
learner:svm      50.0 ± 0.2             90.0
SVM (published)        49.9           47.0ᶜᵈ
best shortcut    57.0 ± 0.0             57.0

Test accuracy in per cent: mean and standard deviation over 1 to 3 trials; a point without a scored
  program counts as 0.
The best shortcut is the simple rule that does best on the very test split: an upper mark for what
  needs no rule.
Published: LLM Priors for ERM over Programs, arXiv:2510.14331: article, main table.
c: fewer trials here than published.
d: published at another length.

Accuracy against length, with 100 examples

task             method         60   100
────────────────────────────────────────
graph_has_cycle  learner:svm  70.0  90.0
"""

MARKDOWN = """\
### Test accuracy at length 100, with 100 examples

| method | parity_all | graph_has_cycle |
| --- | ---: | ---: |
| enumerator | 100 ± 0.0 | - |
| learner:svm | 50.0 ± 0.2 | 90.0 |
| SVM (published) | 49.9 | 47.0ᶜᵈ |
| best shortcut | 57.0 ± 0.0 | 57.0 |
"""

LATEX = r"""\begin{table}
\centering
\caption{Test accuracy at length 100, with 100 examples}
\begin{tabular}{lrr}
\toprule
method & parity\_all & graph\_has\_cycle \\
\midrule
enumerator & $100 \pm 0.0$ & -- \\
learner:svm & $50.0 \pm 0.2$ & 90.0 \\
SVM (published) & 49.9 & 47.0$^{\mathrm{cd}}$ \\
best shortcut & $57.0 \pm 0.0$ & 57.0 \\
\bottomrule
\end{tabular}
"""


def test_a_small_table_in_each_format(tmp_path: Path) -> None:
    found = tables(tmp_path, *SMALL)
    assert as_text(found) == TEXT
    assert as_markdown(found).startswith(MARKDOWN)
    assert as_latex(found).startswith(LATEX)
    rows = list(csv.reader(io.StringIO(as_csv(found))))
    assert tuple(rows[0]) == COLUMNS
    told = "LLM Priors for ERM over Programs, arXiv:2510.14331, article, main table"
    assert ["methods", "parity_all", "learner:svm", "100", "100", "0.5", "0.002", "3"] in [
        [*row[:5], f"{float(row[5] or 0):.4g}", f"{float(row[6] or 0):.4g}", row[7]]
        for row in rows[1:]
    ]
    published_row = ["", "", "", "0.47", "cd", told]
    about = ["methods", "graph_has_cycle", "SVM (published)", "100", "100"]
    assert [*about, *published_row] in rows
    assert ["length", "graph_has_cycle", "learner:svm", "60", "100", "0.7", "", "1"] in [
        row[:8] for row in rows
    ]


def test_the_command_prints_each_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(write(tmp_path, SMALL))
    for format_, begins in (
        ("text", "Test accuracy at length 100"),
        ("markdown", MARKDOWN),
        ("latex", LATEX),
        ("csv", ",".join(COLUMNS)),
    ):
        assert main([run, "--format", format_]) == 0
        assert capsys.readouterr().out.startswith(begins)
    assert main([run, "--length", "60"]) == 0
    assert "Without a point of this length and number of examples: parity_all." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--length", "7"], "no decided point at length 7; --length: there is 60, 100"),
        (["--train-size", "8"], "no decided point of 8 examples; --train-size: there is 100"),
        (["{run}"], "fn_a-parity_all-L100-enumerator is in {run} and in {run}: give runs of diff"),
        (["{run}/none"], "{run}/none: No such file"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    run = str(write(tmp_path, SMALL))
    assert main([run, *(word.format(run=run) for word in arguments)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert said.format(run=run) in told.err


def test_a_run_without_a_decided_point_has_nothing_to_draw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(write(tmp_path, []))]) == 2
    assert capsys.readouterr().err.endswith(
        ": no point was decided, so that there is nothing to draw\n"
    )


def test_runs_are_joined_and_what_was_cut_short_in_one_may_be_whole_in_another(
    tmp_path: Path,
) -> None:
    whole = [*SMALL]
    cut = [changed(a, outcome=None) for a in SMALL if a.trial == 2]
    only_cut = [changed(a, outcome=None, trial=9) for a in SMALL[:1]]
    runs = [load(write(tmp_path / "cut", [*cut, *only_cut])), load(write(tmp_path / "all", whole))]
    joined = join(runs)
    assert joined.points == join(runs[1:]).points
    assert joined.undecided == 1
    assert "Left out: 1 point that came to no end." in paper(joined).table.notes


def test_points_without_an_attempt_came_to_no_end_either(tmp_path: Path) -> None:
    kinds = {"outage": ("error", 3), "cut": ("unasked", 2), "no table": ("skipped", 4)}
    undecided = [
        {"outcome": outcome, "reason": reason, "points": count}
        for reason, (outcome, count) in kinds.items()
    ]
    cut = [changed(a, outcome=None, trial=9) for a in SMALL[:1]]  # one of the five
    run = load(write(tmp_path / "a", [*SMALL, *cut], {"undecided": undecided}))
    assert "Left out: 5 points that came to no end." in paper(join([run])).table.notes
    # A further run may have asked what has no attempt here.
    other = scored(PARITY, "other", 1.0)
    assert join([run, load(write(tmp_path / "b", other))]).undecided == 1


def test_runs_of_other_data_are_refused_in_one_line(tmp_path: Path) -> None:
    def run(name: str, model: str, sha256: str | None = None, **options: Any) -> Any:
        attempts = scored(PARITY, model, 1.0)
        if sha256:
            attempts = [changed(a, dataset_sha256=sha256) for a in attempts]
        whole = {"seed": 42, "negatives": "paper", "val_size": 100, "test_size": 1000, **options}
        return load(write(tmp_path / name, attempts, {"options": whole}))

    first = run("a", "m")
    for other, said in (
        (run("b", "n", negatives="hard"), r"a has --negatives paper, and .*b hard: their datasets"),
        (run("c", "n", seed=7), r"a has --seed 42, and .*c 7: their datasets differ; give runs of"),
        (run("d", "n", "00"), r"fn_a-parity_all-L100 has another dataset in .*d than in .*a \(ano"),
    ):
        with pytest.raises(PaperError, match=said):
            join([first, other])
    fewer_inputs = run("e", "n", "00", test_size=100)
    assert len(join([first, fewer_inputs]).points) == 2


def test_a_point_without_a_scored_program_counts_as_0(tmp_path: Path) -> None:
    half = [
        *scored(PARITY, "m", 1.0),
        *failing("no_code", target=PARITY, length=100, trial=2, model="m"),
    ]
    assert "| m | 50.0 ± 70.7 |" in as_markdown(tables(tmp_path, *half))


def test_a_task_that_was_published_at_its_own_length_stands_at_it_in_want_of_another(
    tmp_path: Path,
) -> None:
    cycles = scored(CYCLES, "learner:svm", 0.9, 0.9, 0.9, length=300)
    palindromes = scored(("fn_g", "palindrome"), "learner:svm", 0.7, 0.7, 0.7)
    found = tables(tmp_path / "a", *palindromes, *cycles)
    lines = as_markdown(found).splitlines()
    assert lines[2] == "| method | palindrome | graph_has_cycle L300 |"
    assert "| SVM (published) | 69.7 | 47.0 |" in lines
    assert found.table.lengths == (100, 300)
    both = tables(tmp_path / "b", *palindromes, *cycles, *scored(CYCLES, "learner:svm", 0.8))
    assert both.table.lengths == (100, 100)
    fewer = scored(CYCLES, "learner:svm", 0.8, length=300, train_size=20)
    sizes = tables(tmp_path / "d", *palindromes, *cycles, *fewer)
    assert "| graph_has_cycle L300 | learner:svm | 80.0 | 90.0 ± 0.0 |" in as_markdown(sizes)
    assert "train_size,graph_has_cycle,learner:svm,300,20,0.8,,1,,," in as_csv(sizes)
    elsewhere = scored(("fn_g", "palindrome"), "m", 0.7, length=50)
    assert tables(tmp_path / "c", *cycles, *elsewhere).table.tasks == ("graph_has_cycle",)


def test_against_examples_stand_all_sizes_and_the_table_has_the_published_one(
    tmp_path: Path,
) -> None:
    attempts = []
    for size in (20, 100, 200):
        attempts += scored(PARITY, "m", 0.5 + size / 400, train_size=size)
    found = tables(tmp_path, *attempts)
    assert (found.table.examples, len(found.table.rows)) == (100, 2)
    (curves,) = found.curves
    assert (curves.by, curves.values) == ("train_size", (20, 100, 200))
    assert "| parity_all | m | 55.0 | 75.0 | 100 |" in as_markdown(found)
    at_200 = paper(join([load(tmp_path)]), examples=200)
    assert "| m | 100 |" in as_markdown(at_200)


HOSTILE = "a&b%c_d|<b>\\end{table}\x1b[2J\n=1+1"


def test_a_hostile_name_of_a_model_stays_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(write(tmp_path, scored(PARITY, HOSTILE, 1.0)))
    for format_ in ("text", "markdown", "latex", "csv"):
        assert main([run, "--format", format_]) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        if format_ == "latex":
            assert said.count(r"\end{table}") == 1
        if format_ == "markdown":
            assert "<b>" not in said


@given(st.text())
def test_nothing_in_a_name_is_a_command_of_latex(name: str) -> None:
    escaped = escape_latex(name)
    known = r"\\text(backslash|asciitilde|asciicircum|less|greater|periodcentered)\{\}|\\[&%$#_{}]"
    assert not re.search(r"[\\&%$#_{}~^\n]", re.sub(known, "", escaped))


@given(st.integers(40, 200))
def test_text_fits_the_width_and_loses_no_column(width: int) -> None:
    lines = as_text(WIDE_PAPER, width).splitlines()
    assert all(len(line) <= width for line in lines)
    for task in WIDE_PAPER.table.tasks:
        assert any(task in line for line in lines)


def _wide() -> Paper:
    attempts = [a for task in NAMES for n in (100, 20) for a in scored(task, "m", 0.5, length=n)]
    return paper(Joined(group(attempts), {}, 0))


WIDE_PAPER = _wide()


def test_the_page_has_the_table_of_a_run_at_the_published_length(tmp_path: Path) -> None:
    page = build(load(write(tmp_path / "a", SMALL)))
    assert '<h2 id="h-paper" class="of-all">Methods by task</h2>' in page
    assert "<td>47.0ᶜᵈ</td>" in page
    assert "h-paper" not in build(load(write(tmp_path / "b", search())))
