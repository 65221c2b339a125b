"""Whole runs in context, over both APIs: odd answers, kills, outages, budgets and replays."""

import json
import os
import signal
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from bench.search.in_context import WIDTH
from bench.show.compare.__main__ import main as compare
from tests.runs.test_paid_runs import kept
from tests.support.replies import Asked, Reply, error
from tests.support.server import serve
from tests.support.session import Bench, words
from tests.support.warm import Run

SIZE = 20
POINT = words(f"--functions fn_a --lengths 20 --icl-test-size {SIZE} --attempts 2 --yes")
PRICES = words("--price-input 0 --price-output 10 --max-output-tokens 1000")
"""An answer costs $0.005, and at most $0.01."""


def inputs_of(asked: Asked) -> list[str]:
    """The inputs whose labels are asked for, in either API."""
    body = asked.body
    prompt = body["input"] if "input" in body else body["messages"][0]["content"]
    fenced = prompt.split("```")[3]
    return [line.rpartition(" ")[2] for line in fenced.split("\n") if line]


def examples_of(asked: Asked) -> list[str]:
    """The inputs of the examples that are shown."""
    body = asked.body
    prompt = body["input"] if "input" in body else body["messages"][0]["content"]
    return [line.partition(" -> ")[0] for line in prompt.split("```")[1].split("\n") if line]


def parity(x: str) -> int:
    return x.count("1") % 2


def oddness(x: str) -> int:
    """Which odd answer an input gets, the same in each run."""
    return int(x, 2) % 8


def right(asked: Asked) -> Reply:
    """Every label, as it was asked for."""
    labels = [parity(x) for x in inputs_of(asked)]
    if len(labels) == 1:
        return Reply(text=str(labels[0]))
    return Reply(text=json.dumps({str(i): y for i, y in enumerate(labels, 1)}))


def cut(asked: Asked) -> Reply:
    """An answer that ran out of tokens, and yet has a label in it."""
    if "messages" in asked.body:
        message = {"role": "assistant", "content": "1"}
        choice = {"index": 0, "finish_reason": "length", "message": message}
        return Reply(fields={"choices": [choice]})
    details = {"reason": "max_output_tokens"}
    return Reply(text="1", fields={"status": "incomplete", "incomplete_details": details})


def odd(asked: Asked) -> Reply:
    """What models really send to a question for one label."""
    (x,) = inputs_of(asked)
    y = parity(x)
    texts = {
        0: f"label: {1 - y}",
        1: "Is it 0 or 1?",
        2: f"<think>label: {1 - y}</think>The label is **{y}**.",
        3: json.dumps({"label": str(y)}),
        5: "",
    }
    return cut(asked) if oddness(x) == 4 else Reply(text=texts.get(oddness(x), str(y)))


def assert_counted(attempt: dict[str, Any], inputs: Sequence[str]) -> None:
    """That wrong labels and answers that are none count as wrong, and the latter apart."""
    none = sum(oddness(x) in (1, 4, 5) for x in inputs)
    wrong = sum(oddness(x) == 0 for x in inputs)
    assert none > 0 and wrong > 0
    assert attempt["no_label"] == none
    assert attempt["test_acc"] == pytest.approx(1 - (none + wrong) / SIZE)
    labels = json.loads(attempt["text"])
    assert len(labels) == SIZE and labels.count(None) == none


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_odd_answers_count_as_wrong_and_are_counted_apart(bench: Bench, api: str) -> None:
    with serve(odd) as server:
        done = bench(*POINT, *words(f"--model icl:m --base-url {server.base_url} --api {api}"))
        asked = [inputs_of(one) for one in server.questions]
        examples = examples_of(server.questions[0])
        names = {one.body["model"] for one in server.questions}
        bodies = json.dumps([one.body for one in server.questions])
    (attempt,) = bench.attempts()
    inputs = sorted(x for some in asked for x in some)
    assert_counted(attempt, inputs)
    assert len(set(inputs)) == SIZE and sum(map(parity, inputs)) == SIZE / 2
    assert not set(inputs) & set(examples) and len(examples) == 100
    assert (attempt["model"], names) == ("icl:m", {"m"})
    assert not any(word in bodies for word in ("fn_a", "parity", "test", "train", "valid"))
    assert (attempt["hypothesis"], attempt["code"], attempt["val_acc"]) == ("predictor", None, None)
    assert (attempt["turns"], attempt["usage"]["output_tokens"]) == (SIZE, SIZE * 500)
    assert attempt["outcome"]["test_size"] == SIZE
    # It is there for its accuracy: a point is solved by validation, which it is not asked for.
    assert done.returncode == 1 and "1 failed" in done.stdout


def test_whatever_ends_a_run_nothing_is_paid_for_twice(bench: Bench) -> None:
    """One point is killed, meets an outage, spends its budget, and is then completed."""
    running: list[Run] = []
    seen: Counter[str] = Counter()
    now = "killed"

    def script(asked: Asked) -> Reply:
        seen[now] += 1
        if now == "killed" and seen[now] == 10:
            os.killpg(running[-1].pid, signal.SIGKILL)
        return error(500) if now == "down" and seen[now] > 2 else right(asked)

    with serve(script) as server:
        given = (*POINT, *PRICES, *words(f"--model icl:m --base-url {server.base_url}"))
        running.append(bench.start(*given))
        running[-1].wait(timeout=120)
        server.wait_until_idle()  # what it had begun to answer is counted
        lost = server.paid.keys() - kept(bench.reports / "ledger.sqlite")
        assert 0 < len(lost) <= WIDTH and len(server.paid) - len(lost) > 0

        now = "down"
        bench(*given, "--max-retries", "0")
        assert bench.manifest()["counts"] == {"error": 1} and bench.attempts() == []

        now = "short"
        before = server.paid.total()
        spent = bench(*given, "--max-cost", "0.012")
        assert server.paid.total() == before + 1 and "1 skipped" in spent.stdout
        assert "budget: --max-cost $0.012: $0.0050 spent" in spent.stdout
        assert bench.attempts() == []

        now = "whole"
        before = server.paid.total()
        bench(*given)
        assert all(times == 1 + (key in lost) for key, times in server.paid.items())
        assert len(server.paid) == SIZE
        missing = server.paid.total() - before
        (attempt,) = bench.attempts()
        replayed = bench(*given, "--replay", "only", key=None)
        assert server.paid.total() == before + missing
    assert (attempt["test_acc"], attempt["no_label"], attempt["replayed"]) == (1.0, 0, False)
    assert attempt["cost_usd"] == pytest.approx(SIZE * 0.005)
    assert attempt["paid_usd"] == pytest.approx(missing * 0.005)
    (again,) = bench.attempts()
    assert replayed.returncode == 1 and again["replayed"]
    own = {"run_id", "replayed", "paid_usd", "eval_ms"}
    assert {name for name in attempt if attempt[name] != again[name]} <= own


def test_a_program_and_labels_of_one_model_stand_side_by_side(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply() if '"code"' in asked.body["input"] else right(asked)

    with serve(answer) as server:
        given = (*POINT, *PRICES, *words(f"--model m,icl:m --base-url {server.base_url}"))
        batched = (*given, "--icl-batch", "6")
        dry = bench(*batched, "--dry-run", key=None)
        assert server.asked == []
        done = bench(*batched, "--concurrency", "2")
        asked = [inputs_of(one) for one in server.questions if "code" not in one.body["input"]]
    # Two attempts at a program, and twenty labels by six at once; each at most $0.01.
    assert "Grid       2 points, up to 6 requests" in dry.stdout
    assert "Cost       at most $0.060" in dry.stdout
    assert sorted(map(len, asked)) == [2, 6, 6, 6]
    program, labels = sorted(bench.attempts(), key=lambda attempt: str(attempt["hypothesis"]))[::-1]
    assert (program["model"], labels["model"]) == ("m", "icl:m")
    assert (program["val_acc"], labels["val_acc"]) == (1.0, None)
    assert (labels["test_acc"], labels["turns"]) == (1.0, 4)
    assert "1 failed, 1 passed" in done.stdout
    assert compare(["--by", "model", str(bench.reports)]) == 0
    assert "icl:m" in capsys.readouterr().out
