"""`python -m bench.ledger`, on ledgers of real answers."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bench.ledger.__main__ import main
from bench.ledger.account import Account
from bench.ledger.rows import Paid
from bench.ledger.store import Ledger
from bench.proposers.answer_key import answer_key, canonical
from bench.proposers.proposer import Request
from bench.record.answer import Answer
from bench.record.usage import Usage


def filled(path: Path, run_id: str, *attempts: int) -> list[str]:
    """A ledger with answers to these attempts; their keys."""
    keys = []
    with closing(Ledger(path)) as ledger:
        account = Account(ledger, run_id)
        for number in attempts:
            request = Request(
                point="p", model="m", reasoning_effort="high", prompt="é", trial=1, attempt=number
            )
            body = {"input": "é"}
            keys.append(answer_key(body, "host", request))
            answer = Answer(
                text=f"answer {number} \ud800", usage=Usage(input_tokens=1), cost_usd=0.25
            )
            account.reserve(keys[-1], 1.0)
            account.settle(
                Paid(
                    key=keys[-1],
                    run_id=run_id,
                    host="host",
                    request=request,
                    body=canonical(body),
                    answer=answer,
                )
            )
    return keys


def test_runs_and_what_they_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.sqlite"
    filled(path, "run-one", 1, 2)
    filled(path, "run-two", 3)
    with closing(Ledger(path)) as ledger:
        Account(ledger, "run-two").reserve("left open", 0.0)
    assert main(["--ledger", str(path), "runs"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:1] + row[2:] for row in rows[1:3]] == [
        ["run-one", "2", "$0.5000", "0"],
        ["run-two", "1", "$0.2500", "1"],
    ]
    assert rows[3] == ["in", "all", "3", "$0.7500"]


def test_a_cost_that_is_not_known_is_not_told_as_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.sqlite"

    def costs(*of_answers: float | None) -> list[str]:
        with closing(Ledger(path)) as ledger, ledger.transaction() as db:
            for number, cost in enumerate(of_answers, 1):
                db.execute(
                    "UPDATE answers SET answer = json_set(answer, '$.cost_usd', ?) "
                    "WHERE attempt = ?",
                    (cost, number),
                )
            db.execute("UPDATE runs SET spent_nanousd = 0")
        assert main(["--ledger", str(path), "runs"]) == 0
        _, run, in_all = capsys.readouterr().out.splitlines()
        return [run.split()[3], in_all.split()[3]]

    filled(path, "run", 1, 2)
    assert costs(None, None) == costs(None, 0.0) == ["-", "-"]
    assert costs(0.0, 0.0) == ["$0.0000", "$0.0000"]
    assert costs(0.5, None) == ["$0.5000", "$0.5000"]


def test_a_run_is_counted_once_whatever_the_order_of_its_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.sqlite"
    keys = filled(path, "run", *range(1, 181))
    for costs in ([0.1, 0.2, 0.3], [1e-9, 0.7, 0.1], [0.0015475, 0.0016175, 1e-7]):
        with closing(Ledger(path)) as ledger, ledger.transaction() as db:
            for number, key in enumerate(keys):
                update = (
                    "UPDATE answers SET answer = json_set(answer, '$.cost_usd', ?) WHERE key = ?"
                )
                db.execute(update, (costs[number % 3], key))
            db.execute("UPDATE runs SET spent_nanousd = 0")
        assert main(["--ledger", str(path), "runs"]) == 0
        _, run, in_all = capsys.readouterr().out.splitlines()
        assert run.split()[2:4] == in_all.split()[2:4] == ["180", f"${sum(costs) * 60:,.4f}"]


def test_an_answer_is_shown_by_the_beginning_of_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.sqlite"
    (key,) = filled(path, "run", 1)
    assert main(["--ledger", str(path), "show", key[:8]]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["key"], shown["body"], shown["answer"]["text"]) == (
        key,
        {"input": "é"},
        "answer 1 \ud800",
    )
    assert main(["--ledger", str(path), "show", "nothing"]) == 2
    assert "no answer is there with 'nothing'" in capsys.readouterr().err


def test_what_is_exported_is_imported_byte_for_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, file = tmp_path / "one.sqlite", tmp_path / "two.sqlite", tmp_path / "answers.jsonl"
    filled(one, "run", 1, 2, 3)
    filled(two, "run", 3)
    main(["--ledger", str(one), "export"])
    file.write_text(capsys.readouterr().out)
    assert main(["--ledger", str(two), "import", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: 2 new, 1 were there\n"
    assert main(["--ledger", str(two), "check"]) == 0
    assert "sound: 3 answers, 0 answers to be collected" in capsys.readouterr().out
    damaged = file.read_text().splitlines(keepends=True)
    damaged[2] = (
        damaged[2].replace('"attempt": 3', '"attempt": 4').replace('"attempt": 2', '"attempt": 4')
    )
    damaged[2] = damaged[2].replace('"attempt": 1', '"attempt": 4')
    file.write_text("".join(damaged))
    assert main(["--ledger", str(tmp_path / "three.sqlite"), "import", str(file)]) == 2
    assert "line 3: not an answer (the key is not that of the question)" in capsys.readouterr().err
    for hostile in (b"\xff\xfe", b"[" * 200_000):
        file.write_bytes(hostile)
        assert main(["--ledger", str(tmp_path / "three.sqlite"), "import", str(file)]) == 2
        assert f"{file}, line 1: not an answer" in capsys.readouterr().err
    assert main(["--ledger", str(tmp_path / "three.sqlite"), "import", "no-such"]) == 2
    assert capsys.readouterr().err == "no-such: No such file or directory\n"
    with closing(Ledger(tmp_path / "three.sqlite")) as ledger:
        assert ledger.rows("SELECT * FROM answers") == []


def test_a_damaged_answer_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.sqlite"
    filled(path, "run", 1)
    with closing(Ledger(path)) as ledger, ledger.transaction() as db:
        db.execute("UPDATE answers SET answer = '{\"text\": '")
    for what in ("export", "check"):
        assert main(["--ledger", str(path), what]) in (1, 2)
        told = capsys.readouterr()
        assert "damaged" in told.out + told.err and (told.out + told.err).count("\n") == 1


def test_ledgers_of_two_machines_are_merged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.sqlite", tmp_path / "two.sqlite"
    filled(one, "run-one", 1, 2)
    filled(two, "run-two", 2, 3)
    with closing(Ledger(two)) as ledger:
        account = Account(ledger, "run-two")
        for key in ("to be collected", "lost"):
            account.reserve(key, 1.0)
        account.started("to be collected", "resp_1")
    for new in (1, 0):
        assert main(["--ledger", str(one), "merge", str(two)]) == 0
        assert capsys.readouterr().out == f"{two}: {new} new, {2 - new} were there\n"
    with closing(Ledger(one)) as ledger:
        assert ledger.rows("SELECT run_id, attempt FROM answers ORDER BY attempt") == [
            ("run-one", 1),
            ("run-one", 2),
            ("run-two", 3),
        ]
        assert ledger.rows("SELECT key FROM pending") == [("to be collected",)]
    assert main(["--ledger", str(one), "merge", str(tmp_path / "none.sqlite")]) == 2


def test_check_finds_what_was_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.sqlite"
    first, second = filled(path, "run", 1, 2)
    with closing(Ledger(path)) as ledger, ledger.transaction() as db:
        db.execute("UPDATE answers SET attempt = 7 WHERE key = ?", (first,))
        db.execute("UPDATE answers SET answer = '{}' WHERE key = ?", (second,))
    assert main(["--ledger", str(path), "check"]) == 1
    out = capsys.readouterr().out
    assert (
        f"{first}: is not the key of its question" in out
        and f"{second}: the answer is damaged" in out
    )
    assert main(["--ledger", str(tmp_path / "none.sqlite"), "runs"]) == 2
    assert not (tmp_path / "none.sqlite").exists()
