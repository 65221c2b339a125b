"""Whole runs with the Python tool, over both APIs, against scripted models."""

import json
import math
import os
import random
import re
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import count, groupby
from pathlib import Path
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


REACHING = (
    "import os; print(dict(os.environ))",
    "print(open(f'/proc/{os.getppid()}/environ').read())",
    "print(open('/etc/passwd').read())",
    "print(open(split).read())",
    "import ctypes; print(ctypes.CDLL(None).open(split.encode(), 0))",
    "import gc, re; held = [o for o in gc.get_objects() if type(o) in (list, tuple, dict)]",
    "print({x for o in held for x in re.findall('[01]{20}', repr(o))})",
    "import urllib.request; print(urllib.request.urlopen(url, timeout=1).read())",
    "import socket; print(socket.create_connection(('127.0.0.1', port), 1))",
    "print(open(split, 'a').write('written by a model'))",
)
"""What looks for labels, keys, files and networks. Nothing of it may come back."""
ENDING = (
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


def hostile(asked: Asked, datasets: Path) -> Reply:
    """A model that tries what no model may, with the real places of what it must not see."""
    if outputs(asked):
        return Reply(text=CHECKED)
    host = asked.headers["host"]
    split = next(datasets.glob("parity_all/L20/*/val.txt"))
    places = f"split, url, port = '{split}', 'http://{host}/v1/models', {host.split(':')[1]}"
    return calling(places, *REACHING, *ENDING)


def greedy(asked: Asked) -> Reply:
    """A model that calls thirty times."""
    return calling("1 + 1") if len(outputs(asked)) < 30 else Reply(text=CHECKED)


def odd(asked: Asked) -> Reply:
    """A model whose server sends what servers really send."""
    told = outputs(asked)
    if not told:
        return ODD
    return Reply(text=CHECKED if told[0].startswith("100\n") else UNCHECKED)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_what_models_do_with_a_tool_ends_no_run(bench: Bench, api: str) -> None:
    asked: dict[str, list[Asked]] = {"greedy": [], "hostile": [], "odd": []}

    def troublesome(one: Asked) -> Reply:
        model = one.body["model"]
        asked[model].append(one)
        if model == "hostile":
            return hostile(one, bench.datasets)
        return greedy(one) if model == "greedy" else odd(one)

    models = ("--model", "greedy,hostile,odd", "--tool-timeout", "1")
    with serve(troublesome) as server:
        bench(*PYTHON, *models, "--base-url", server.base_url, "--api", api)
        assert all(one.method == "POST" for one in server.asked)
    of_greedy, of_hostile, of_odd = sorted(bench.attempts(), key=lambda a: str(a["model"]))
    assert (of_greedy["error"], of_greedy["turns"]) == ("tool_limit", 21)
    assert of_greedy["tool_uses"] == 21  # the last answer calls too, though it may not
    assert [one.body["tool_choice"] for one in asked["greedy"]] == ["auto"] * 20 + ["none"]
    assert (of_hostile["val_acc"], of_odd["val_acc"]) == (1.0, 1.0)
    told = outputs(asked["hostile"][-1])
    assert_nothing_was_in_reach(told, of_hostile, bench.datasets)
    *_, exits, loops, fills, prints = told
    assert all("started anew" in result for result in (exits, loops, fills))
    assert "characters left out" in prints and len(prints) < 10_000
    assert "[4 calls left]" in prints
    _, browse, faulty = outputs(asked["odd"][-1])
    assert "no function" in browse and "not a JSON object" in faulty


def assert_nothing_was_in_reach(
    told: Sequence[str], attempt: Mapping[str, Any], datasets: Path
) -> None:
    """No result holds a key, a file, or an input that the prompt does not show."""
    assert not any("sk-test-key" in result or "root:" in result for result in told)
    splits = [
        file.read_text()
        for name in ("val.txt", "test.txt")
        for file in datasets.glob(f"parity_all/L20/*/{name}")
    ]
    shown = set(re.findall("[01]{20}", attempt["prompt"]))
    hidden = set(re.findall("[01]{20}", "".join(splits))) - shown
    found = {x for result in told for x in re.findall("[01]{20}", result)}
    assert found and hidden and not found & hidden
    assert "written by a model" not in "".join(splits)


CALLS, KILLS = 8, 3


def counting(asked: Asked) -> Reply:
    """A model that knows the rule only if each call found what those before it had defined."""
    told = outputs(asked)
    if len(told) < CALLS:
        return calling(f"total = {'total + ' if told else ''}{len(told)}\ntotal")
    sums = [sum(range(number + 1)) for number in range(CALLS)]
    is_right = [text.split("\n")[0] for text in told] == list(map(str, sums))
    return Reply(text=CHECKED if is_right else UNCHECKED)


class Killer:
    """A model that kills runs: one as it asks its n-th question, or a little later."""

    def __init__(self) -> None:
        self.moments: dict[str, tuple[int, float]] = {}
        """By run: the number of the question, and the seconds after it."""
        self.processes: dict[str, Future[int]] = defaultdict(Future)
        self._dead: dict[str, threading.Event] = defaultdict(threading.Event)
        self._numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def __call__(self, asked: Asked) -> Reply:
        run = run_of(asked)
        number = next(self._numbers[run])
        last, seconds = self.moments.get(run, (math.inf, 0.0))
        if number == last:
            threading.Timer(seconds, self._kill, (run,)).start()
        elif number > last:
            self._dead[run].wait(60)  # that it does not end before
        return counting(asked)

    def _kill(self, run: str) -> None:
        os.kill(self.processes[run].result(60), signal.SIGKILL)
        self._dead[run].set()


def run_of(asked: Asked) -> str:
    """The run that asked: each has an API key of its own."""
    return asked.headers["authorization"].removeprefix("Bearer ")


def prompt_of(asked: Asked) -> str:
    """What the conversation of a question began with."""
    given: Any = asked.body.get("messages", asked.body.get("input"))
    return str(given if isinstance(given, str) else given[0]["content"])


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_killed_run_pays_for_what_was_in_flight_and_nothing_else(bench: Bench, api: str) -> None:
    grid = words("--lengths 20,25 --concurrency 2 --model m --tools python --functions fn_a --yes")
    chance, killer = random.Random(api), Killer()
    with serve(killer) as server:
        given = (*grid, "--attempts", "1", "--base-url", server.base_url, "--api", api)
        for run in map(str, range(KILLS)):
            killer.moments[run] = chance.randint(1, 3), chance.uniform(0, 0.02)
            started = bench.start(*given, key=run)
            killer.processes[run].set_result(started.pid)
            assert started.wait() == -signal.SIGKILL
        assert bench(*given, key="last").returncode == 0
        questions = sorted(server.questions, key=run_of)
    assert [(attempt["val_acc"], attempt["turns"]) for attempt in bench.attempts()] == [
        (1.0, CALLS + 1)
    ] * 2
    paid: set[str] = set()
    in_flight: dict[str, str] = {}
    """By prompt: the last question of its conversation."""
    for _, asked in groupby(questions, run_of):
        of_run = list(asked)
        keys = [one.key for one in of_run]
        assert len(keys) == len(set(keys)) and paid & set(keys) <= set(in_flight.values())
        paid |= set(keys)
        in_flight |= {prompt_of(one): one.key for one in of_run}
    assert len(paid) == 2 * (CALLS + 1)
