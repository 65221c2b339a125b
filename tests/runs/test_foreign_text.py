"""A run whose answers, names and errors steer a terminal or are no UTF-8: none comes through."""

import json

from bench.record.wording import UNPRINTABLE
from tests.record.test_foreign_text import EVIL
from tests.support.server import GOOD, Reply, error, serve
from tests.support.session import Bench, command, words


def test_nothing_that_steers_a_terminal_or_is_no_utf8_comes_through(bench: Bench) -> None:
    raising = f"def f(x): raise ValueError({EVIL!r})"
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": EVIL}]}
    answers = {
        "code": Reply(text='{"code": "def f(x):\\n    s = \'\\ud800\'\\n    return 0\\n"}'),
        "raises": Reply(text=json.dumps({"code": raising})),
        "refuses": Reply(output=[refusal], text=None),
        "stops": Reply(fields={"status": "incomplete", "incomplete_details": {"reason": EVIL}}),
        "long": error(400, EVIL, code="context_length_exceeded"),
        "wrong": error(404, EVIL, code="model_not_found"),
        "good": Reply(text=EVIL + GOOD, fields={"id": 7_000_000_007, "model": EVIL}),
    }
    with serve(lambda asked: answers[asked.body["model"]]) as server:
        done = bench(
            *words(f"--functions fn_a --lengths 20 --base-url {server.base_url} -n 1"),
            *("--attempts", "1", "--model", ",".join(answers)),
        )
    told = done.stdout + done.stderr
    assert "INTERNALERROR" not in told
    assert "4 failed, 1 passed, 2 errors" in told
    ledger = ("bench.ledger", "--ledger", str(bench.reports / "ledger.sqlite"))
    shown = command(*ledger, "runs") + command(*ledger, "show", "7000000007")
    listed = command("bench.runs", str(bench.reports))
    assert "\\u001b[2J" in told and "\\u001b[2J" in shown and "\\u001b[2J" in listed
    assert not set(told + shown + listed) & set(map(chr, UNPRINTABLE))
    (good,) = (a for a in bench.attempts() if a["model"] == "good")
    assert (good["text"], good["response_id"], good["outcome"]["solved"]) == (
        EVIL + GOOD,
        "7000000007",
        True,
    )
