"""Whole runs with the Python tool, over both APIs, against scripted models."""

import json
import re
from typing import Any

import pytest

from tests.support.replies import Asked, Reply, calling, outputs
from tests.support.server import serve
from tests.support.session import Bench, words

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_point_is_solved_by_using_the_tool(bench: Bench, api: str) -> None:
    with serve(careful) as server:
        given = (*PYTHON, "--base-url", server.base_url, "--api", api)
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
    assert_whole_conversation(asked[-1].body, api)


def assert_whole_conversation(body: dict[str, Any], api: str) -> None:
    if api == "chat":
        roles = [message["role"] for message in body["messages"]]
        assert roles == ["user", "assistant", "tool", "assistant", "tool"]
    else:
        kinds = [item.get("type", item.get("role")) for item in body["input"]]
        turn = ["reasoning", "function_call", "function_call_output"]
        assert kinds == ["user", "reasoning", "message", *turn[1:], *turn]
