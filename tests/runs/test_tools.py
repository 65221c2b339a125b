"""Whole runs with the Python tool, over both APIs, against scripted models."""

import json
import os
import re
import signal
import subprocess
from typing import Any

import pytest

from tests.support.replies import Asked, Reply, calling, outputs
from tests.support.server import serve
from tests.support.session import Bench, words

pytestmark = pytest.mark.slow

FILES = "*/transcripts/fn_a-parity_all-L20-a1.json"
PYTHON = words("--model m --tools python --functions fn_a --lengths 20 --attempts 1 --yes")
FIT = """
def f(x):
    return x.count("1") % 2
wrong = sum(f(x) != y for x, y in examples)
print("wrong:", wrong, "of", len(examples))
"""
CHECKED = json.dumps({"code": "def f(x):\n    return x.count('1') % 2\n"})
UNCHECKED = json.dumps({"code": "def f(x):\n    return 0\n"})


def careful(asked: Asked) -> Reply:
    """A model that knows the rule only by what its calls brought."""
    told = outputs(asked)
    if not told:
        return calling(FIT, text="Let me try parity.")
    if len(told) == 1:
        return calling("wrong")
    knows = "wrong: 0 of 100" in told[0] and re.match(r"0\n", told[1])
    return Reply(text=CHECKED if knows else UNCHECKED)


@pytest.mark.parametrize("way", ["--api chat", "--api responses", "--background"])
def test_a_point_is_solved_by_using_the_tool(bench: Bench, way: str) -> None:
    with serve(careful) as server:
        given = (*PYTHON, "--base-url", server.base_url, *words(way))
        first = bench(*given)
        (attempt,) = bench.attempts()
        asked = list(server.questions)
        again = bench(*given, "--replay", "only")
        assert len(server.questions) == len(asked) == 3
    assert (first.returncode, again.returncode) == (0, 0), first.stdout
    assert (attempt["val_acc"], attempt["tools"]) == (1.0, ["python"])
    assert (attempt["turns"], attempt["tool_uses"]) == (3, 2)
    assert attempt["usage"]["input_tokens"] == 3000
    assert attempt["tool_results_chars"] == sum(map(len, outputs(asked[-1])))
    assert attempt["tool_cpu_ms"] > 0
    (replayed,) = bench.attempts()
    assert {k for k in attempt if attempt[k] != replayed[k]} <= {"run_id", "replayed", "eval_ms"}
    assert [one.body["tool_choice"] for one in asked] == ["auto"] * 3
    assert_whole_conversation(asked[-1].body)
    transcript = json.loads(next((bench.reports / "runs").glob(FILES)).read_text())
    calls = [call for turn in transcript["turns"] for call in turn["calls"]]
    assert [call["result"]["text"] for call in calls] == outputs(asked[-1])
    assert (calls[0]["code"], transcript["prompt"]) == (FIT, attempt["prompt"])
    assert transcript["turns"][-1]["text"] == CHECKED


def assert_whole_conversation(body: dict[str, Any]) -> None:
    if "messages" in body:
        roles = [message["role"] for message in body["messages"]]
        assert roles == ["user", "assistant", "tool", "assistant", "tool"]
    else:
        kinds = [item.get("type", item.get("role")) for item in body["input"]]
        turn = ["reasoning", "function_call", "function_call_output"]
        assert kinds == ["user", "reasoning", "message", *turn[1:], *turn]


HOSTILE = (
    "print(open('/etc/passwd').read())",
    "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "import os; os.kill(os.getppid(), 9)",
    "import os; os._exit(0)",
    "while True: pass",
    "x = bytearray(2 ** 31)",
    "print('y' * 10**6)",
)
ODD = Reply(
    text="Several things at once.",
    calls=[
        {"name": "python", "arguments": {"code": "print(len(examples))"}},
        {"id": "b", "name": "browse", "arguments": "{}"},
        {"id": "c", "name": "python", "arguments": "print(1)"},
    ],
)


def troublesome(asked: Asked) -> Reply:
    """Three models: one never answers, one is hostile, and one sends what servers really send."""
    model, told = asked.body["model"], outputs(asked)
    if model == "greedy":
        return calling("1 + 1")
    if model == "hostile":
        return calling(*HOSTILE) if not told else Reply(text=CHECKED)
    if not told:
        return ODD
    return Reply(text=CHECKED if told[0].startswith("100\n") else UNCHECKED)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_what_models_do_with_a_tool_ends_no_run(bench: Bench, api: str) -> None:
    models = ("--model", "greedy,hostile,odd", "--tool-timeout", "1", "--max-tool-calls", "8")
    with serve(troublesome) as server:
        bench(*PYTHON, *models, "--base-url", server.base_url, "--api", api)
        asked: dict[str, list[Asked]] = {model: [] for model in ("greedy", "hostile", "odd")}
        for one in server.questions:
            asked[one.body["model"]].append(one)
    greedy, hostile, odd = sorted(bench.attempts(), key=lambda attempt: str(attempt["model"]))
    assert (greedy["error"], greedy["turns"], greedy["tool_uses"]) == ("tool_limit", 9, 9)
    assert [one.body["tool_choice"] for one in asked["greedy"]] == ["auto"] * 8 + ["none"]
    assert (hostile["val_acc"], odd["val_acc"]) == (1.0, 1.0)
    told = outputs(asked["hostile"][-1])
    assert not any("root:" in result for result in told)
    assert all("started anew" in result for result in told[3:5])
    assert "characters left out" in told[6] and len(told[6]) < 10_000
    assert "[1 call left]" in told[6]
    _, browse, faulty = outputs(asked["odd"][-1])
    assert "no function" in browse and "not a JSON object" in faulty


def test_a_killed_run_pays_for_what_was_in_flight_and_nothing_else(bench: Bench) -> None:
    running: list[subprocess.Popen[bytes]] = []
    deaths = [1, 2]
    """How many results the request holds with which the run is killed."""

    def killing(asked: Asked) -> Reply:
        if deaths and len(outputs(asked)) == deaths[0]:
            deaths.pop(0)
            os.killpg(running[-1].pid, signal.SIGKILL)
        return careful(asked)

    with serve(killing) as server:
        given = (*PYTHON, "--base-url", server.base_url)
        for _ in range(2):
            running.append(bench.start(*given))
            running[-1].wait(timeout=120)
        assert bench(*given).returncode == 0
        assert sorted(server.paid.values()) == [1, 2, 2]
    (attempt,) = bench.attempts()
    assert (attempt["val_acc"], attempt["turns"], attempt["replayed"]) == (1.0, 3, False)
