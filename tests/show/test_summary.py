"""What the terminal says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.jail import Lack
from bench.record.attempt import on_test_split
from bench.record.undecided import Undecided
from bench.record.widths import fit
from bench.record.wording import compact, duration, largest_money, money, percent
from bench.run.manifest import Manifest, read
from bench.run.points import group
from bench.show.terminal.summary import summarise
from tests.support.made import PARITY, SHA, changed, failing, manifest, paper_grid, search


def test_a_row_says_the_mark_the_accuracies_and_what_it_took() -> None:
    attempts = search(SHA, 30, solved_at=None) + search(PARITY, 20, solved_at=2)
    lines = summarise(attempts, read(manifest(attempts)), artifacts=["reports/runs/x"])
    solved = next(line for line in lines if line.startswith("fn_a-parity_all-L20"))
    unsolved = next(line for line in lines if line.startswith("fn_l-sha256_parity-L30"))
    # In the grid's order, not in that of the ends
    assert lines.index(solved) < lines.index(unsolved)
    assert re.split(r"\s{2,}", solved)[1:] == [
        "✓",
        "100%",
        "[99.96%, 100%]",
        "2",
        "10.0k",
        "$0.020",
        "3.1 s",
    ]
    assert re.split(r"\s{2,}", unsolved)[1:5] == ["✗ 0.60", "55.0%", "[54.0%, 56.0%]", "3"]
    assert "Solved     1 of 2 points (50.0%, 95 % interval 1.3% to 98.7%)" in lines
    assert lines[-1] == "Artifacts  reports/runs/x"


def test_recovered_points_are_told_from_solved_ones() -> None:
    found = {"input": "0" * 80, "label": 1, "prediction": None, "source": "constant"}
    attempts = (
        search(PARITY, 50, outcome={"recovered": True})
        + search(PARITY, 30, outcome={"recovered": False, "counterexample": found})
        + search(PARITY, 25, outcome={"falsify_error": "timeout: more than 300 s of CPU time"})
        + search(PARITY, 20)
    )
    lines = summarise(attempts, read(manifest(attempts)))
    marks = {row[0]: row[1] for line in lines if len(row := re.split(r"\s{2,}", line)) > 5}
    assert [marks[f"fn_a-parity_all-L{n}"] for n in (50, 30, 25, 20)] == ["✓ =", "✓", "✓", "✓"]
    assert "Recovered  1 of 4 solved points; not known of 2" in lines
    notes = " ".join(" ".join(lines).split())
    where = fit("0" * 80, 50)
    assert f"L30: not the rule: the program fails and the rule says 1 on {where}" in notes
    assert "L25: not known whether it is the rule: timeout: more than 300 s of CPU" in notes


def test_errors_stand_where_there_is_no_accuracy() -> None:
    attempts = failing("timeout") + failing("no_code", target=SHA)
    lines = summarise(attempts, read(manifest(attempts)))
    assert any(re.match(r"fn_a-parity_all-L20\s+✗\s+timeout\s+2", line) for line in lines)
    assert any("no_code" in line for line in lines)


def test_points_that_were_not_asked_are_told_with_their_reason() -> None:
    reason = "no API key:\nset OPENAI_API_KEY"
    lines = summarise(
        [],
        Manifest(),
        {
            "a-L1": Undecided("error", reason),
            "a-L2": Undecided("error", reason),
            "b": Undecided("skipped", "dry run"),
        },
    )
    assert lines[:2] == ["Not decided", "  error    a-L1 and 1 more"]
    assert "           no API key: set OPENAI_API_KEY" in lines
    assert "  skipped  b" in lines
    assert "Attempts   0, 3 points not decided" in lines
    assert "Solved     no point was decided" in lines
    dry = Manifest(options={"dry_run": True})
    assert "Solved     nothing was asked" in summarise(
        [], dry, {"b": Undecided("skipped", "dry run")}
    )


def test_what_an_outage_cut_short_counts_for_nothing_but_its_cost() -> None:
    cut = [
        changed(a, outcome=None, selected=False, test_acc=None) for a in search(SHA, solved_at=None)
    ]
    attempts = search(PARITY) + cut
    lines = summarise(
        attempts, Manifest(), {"fn_l-sha256_parity-L20": Undecided("error", "the server is down")}
    )
    assert any(re.match(r"fn_l-sha256_parity-L20\s+-\s+cut short\s+3", line) for line in lines)
    assert "Solved     1 of 1 point (100%, 95 % interval 2.5% to 100%)" in lines
    assert "Attempts   4, 1 point not decided" in lines
    assert "Cost       $0.040" in lines


def test_costs_that_are_not_known_stand_beside_those_that_are() -> None:
    unpriced = [changed(a, cost_usd=None) for a in search(SHA)]
    says = "not known for enumerator: give --price-input and --price-output"
    alone = summarise(unpriced, Manifest())
    beside = summarise(search(PARITY) + unpriced, Manifest())
    assert [line for line in alone if "known" in line] == [f"Cost       {says}"]
    cost = next(n for n, line in enumerate(beside) if line.startswith("Cost"))
    assert beside[cost : cost + 2] == ["Cost       $0.010", f"           {says}"]
    assert not any("known" in line for line in summarise(search(PARITY), Manifest()))


def test_replayed_answers_count_as_saved() -> None:
    attempts = search(replayed=True) + search(SHA)
    lines = summarise(attempts, read(manifest(attempts)), retries=2)
    assert "Attempts   2, 1 of them replayed, 2 requests retried" in lines
    assert "Cost       $0.010; without the ledger it would have been $0.020" in lines


TORCH = str(Lack("torch", "ModuleNotFoundError: No module named 'torch'"))


def test_what_the_jail_stopped_is_counted() -> None:
    attempts = [
        *failing("violation", "PermissionError: the jail denies os.fork", attempts=2),
        *failing(
            "load_error",
            TORCH,
            attempts=1,
            target=SHA,
        ),
        *failing(
            "load_error",
            "ModuleNotFoundError: No module named 'helpers'",
            attempts=1,
            target=("fn_g", "x"),
        ),
    ]
    late = changed(attempts[-1], fn="fn_b", target="b", error_detail=on_test_split(TORCH))
    lines = summarise([*attempts, late], read(manifest(attempts)))
    assert "Attempts   5, 4 stopped by the jail" in lines


def test_a_note_that_points_share_is_said_once() -> None:
    noted = {"notes": ["not tested at length 200: it is another function at each length"]}
    lines = summarise(
        [a for n in (20, 25, 30) for a in search(PARITY, n, outcome=noted)], Manifest()
    )
    (line,) = (line for line in lines if "not tested" in line)
    assert line.startswith("  fn_a-parity_all-L30 and 2 more: not tested at length 200")


def test_other_lengths_have_a_line_of_means() -> None:
    attempts = [
        a
        for n, accuracy in ((20, 1.0), (25, 0.5), (30, None))
        for a in search(
            PARITY,
            n,
            outcome={"generalization": [{"length": 200, "size": 1000, "accuracy": accuracy}]},
        )
    ]
    assert "Generalize mean accuracy 50.0% at length 200 (3 points, 1 failed)" in summarise(
        attempts, Manifest()
    )


def test_only_a_perfect_validation_is_shown_as_1() -> None:
    assert any(
        "✗ 0.99" in line for line in summarise(search(solved_at=None, val_acc=0.9975), Manifest())
    )


def test_each_value_of_an_axis_has_its_block() -> None:
    attempts = search(model="m1") + search(model="m2", solved_at=None)
    lines = summarise(attempts, read(manifest(attempts)))
    assert lines[0] == "m1"
    assert "m2" in lines
    sizes = search(train_size=20) + search(train_size=100)
    assert summarise(sizes, Manifest())[0] == "20 examples"


def test_what_was_spent_in_vain_stands_beside_the_cost() -> None:
    attempts = search()
    for spent, line in (
        (0.01, "$0.010"),
        (0.13, "$0.010, and up to $0.12 that is in the cost of no attempt"),
        (None, "$0.010"),
    ):
        assert f"Cost       {line}" in summarise(attempts, Manifest(), spent_usd=spent)
    assert "Cost       $0, and up to $0.12 that is in the cost of no attempt" in summarise(
        [], Manifest(), spent_usd=0.12
    )


def test_a_selected_candidate_that_fails_on_the_test_split_says_so() -> None:
    attempts = search(outcome={"error": "timeout"})
    attempts = [changed(a, test_acc=None) for a in attempts]
    assert group(attempts)[0].solved
    assert any(
        line.endswith("solved, and without a test accuracy: timeout")
        for line in summarise(attempts, Manifest())
    )


@given(
    st.lists(
        st.tuples(st.text("ab_-", min_size=1, max_size=120), st.text(max_size=200)), max_size=4
    ),
    st.integers(60, 120),
)
@settings(max_examples=30)
def test_no_line_is_wider_than_asked(names: list[tuple[str, str]], width: int) -> None:
    unasked = {name: Undecided("error", reason) for name, reason in names}
    attempts = [a for name, _ in dict(names).items() for a in search((name, name))]
    lines = summarise(attempts, Manifest(), unasked, width=width)
    assert all(len(line) <= width for line in lines)
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (100, ["val", "test", "95 % interval", "attempts", "tokens", "cost", "time"]),
        (80, ["val", "test", "95 % interval", "cost"]),
        (60, ["val", "test", "cost"]),
    ],
)
def test_a_narrow_terminal_does_without_columns_and_keeps_the_names(
    width: int, columns: list[str]
) -> None:
    attempts = paper_grid()
    lines = summarise(attempts, read(manifest(attempts)), width=width, each_point=True)
    assert max(map(len, lines)) <= width
    assert re.split(r"\s{2,}", lines[0])[1:] == columns
    rows = {line.split()[0] for line in lines if line.startswith("fn_")}
    assert rows == {p.key.id() for p in group(attempts)}


def test_many_kinds_of_error_take_no_room_from_the_names() -> None:
    kinds = ("runtime_error", "no_code", "syntax_error", "timeout")
    attempts = failing("timeout", target=("fn_k", "prime_decimal_tf_check"), length=100, attempts=4)
    attempts = [changed(a, error=kind) for a, kind in zip(attempts, kinds, strict=True)]
    (line,) = (line for line in summarise(attempts, Manifest(), width=80) if line.startswith("fn_"))
    assert re.split(r"\s{2,}", line)[:4] == [
        "fn_k-prime_decimal_tf_check-L100",
        "✗",
        "runtime_error +3",
        "4",
    ]
    foreign = failing("e" * 200)
    assert any(
        line.startswith("fn_a-parity_all-L20  ✗")
        for line in summarise(foreign, Manifest(), width=80)
    )


def test_a_point_without_a_program_is_0_in_the_mean_and_counted() -> None:
    attempts = search(PARITY) + search(PARITY, 25) + failing("no_code", target=SHA)
    said = [line for line in summarise(attempts, Manifest()) if line.startswith("Accuracy")]
    assert said == ["Accuracy   mean test accuracy 66.7%; 1 point without a scored program as 0"]
    assert "Accuracy   mean test accuracy 100%" in summarise(search(), Manifest())


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100%"), (0, "0%"), (0.99996, "99.99%"), (0.9996, "99.96%"), (0.557, "55.7%")],
)
def test_only_all_is_100_per_cent(share: float, text: str) -> None:
    assert percent(share) == text


def test_numbers_read_as_people_write_them() -> None:
    numbers = (0, 999, 4_000, 99_949, 99_950, 123_456, 999_499, 999_500, 4_560_000)
    told = ["0", "999", "4.0k", "99.9k", "100k", "123k", "999k", "1.0M", "4.6M"]
    assert [compact(n) for n in numbers] == told
    most = (0, 0.06 + 1e-17, 0.0601, 0.09999, 12.45, 12.4547)
    rounded_up = ["$0", "$0.060", "$0.061", "$0.10", "$12.45", "$12.46"]
    assert [largest_money(x) for x in most] == rounded_up
    assert [money(x) for x in (None, 0, 0.0042, 0.5, 1234.5)] == [
        "-",
        "$0",
        "$0.0042",
        "$0.50",
        "$1,234.50",
    ]
    assert [duration(s) for s in (0.0421, 0.31, 59.7, 75, 7500)] == [
        "42 ms",
        "0.3 s",
        "1 min 0 s",
        "1 min 15 s",
        "2 h 5 min",
    ]
