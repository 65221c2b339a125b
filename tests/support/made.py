"""Runs made up for the tests of the results: the lines of a real run, without running one."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.options.resolve import assemble
from bench.record.attempt import Attempt
from bench.record.codec import from_json, outcome_from_json, outcome_to_json, to_json
from bench.record.outcome import Outcome, Shortcut
from bench.run.files import RunFiles
from bench.run.manifest import begun

PARITY = ("fn_a", "parity_all")
SHA = ("fn_l", "sha256_parity")
CODE = "def f(s):\n    # the parity of the ones\n    return s.count('1') % 2\n"
LENGTHS = (100, 50, 30, 25, 20)
NAMES = (
    PARITY,
    ("fn_b", "parity_first_half"),
    ("fn_c", "patternmatch1"),
    ("fn_d", "patternmatch2"),
    ("fn_e", "parity_rand_3"),
    ("fn_f", "parity_rand_10"),
    ("fn_g", "palindrome"),
    ("fn_h", "dyck2"),
    ("fn_i", "prime_decimal"),
    ("fn_j", "automata_parity"),
    ("fn_k", "prime_decimal_tf_check"),
    SHA,
)


def search(
    target: tuple[str, str] = PARITY,
    length: int = 20,
    *,
    trial: int = 1,
    solved_at: int | None = 1,
    attempts: int = 3,
    val_acc: float = 0.6,
    test_acc: float | None = None,
    early_stop: bool = True,
    run_id: str = "20260101T000000Z-aaaa",
    model: str = "enumerator",
    effort: str = "high",
    seed: int = 42,
    outcome: dict[str, Any] | None = None,
    **given: Any,
) -> list[Attempt]:
    """The attempts of one search, the last with the outcome; fields of its line may be given."""
    fn, name = target
    prompt = _prompt(f"{name!r}{length}{trial}{seed}", length)
    last = solved_at if solved_at and early_stop else attempts
    test = test_acc if test_acc is not None else (1.0 if solved_at else max(0.0, val_acc - 0.05))
    made = [
        from_json(
            {
                "run_id": run_id,
                "fn": fn,
                "target": name,
                "length": length,
                "trial": trial,
                "attempt": n,
                "seed": seed,
                "dataset_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
                "model": model,
                "reasoning_effort": effort,
                "tools": (),
                "proposer": "enumerator",
                "replayed": False,
                "prompt": prompt,
                "prompt_name": "built-in",
                "train_size": 100,
                "prompt_version": "1",
                "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
                "text": json.dumps({"code": CODE}),
                "contract": "strict",
                "code": CODE,
                "code_sha256": hashlib.sha256(CODE.encode()).hexdigest(),
                "usage": {
                    "input_tokens": 4000,
                    "cached_tokens": 0,
                    "output_tokens": 1000,
                    "reasoning_tokens": 900,
                    "total_tokens": 5000,
                },
                "cost_usd": 0.01,
                "duration_ms": 1500.0,
                "eval_ms": 40.0,
                "val_acc": 1.0 if n == solved_at else val_acc,
                "selected": n == (solved_at or 1),
                "test_acc": test if n == (solved_at or 1) else None,
                "stopped_early": bool(solved_at and early_stop and n == last and last < attempts),
                "isolation": "strong",
                "started_at": "2026-01-01T00:00:00Z",
                **given,
            }
        )
        for n in range(1, last + 1)
    ]
    best = next((a for a in made if a.selected and a.val_acc is not None), None)
    came_of_it = Outcome(
        attempts=len(made),
        allowed=attempts,
        stops_early=early_stop,
        selected=best.attempt if best else None,
        val_acc=best.val_acc if best else None,
        test_acc=best.test_acc if best else None,
        val_size=100,
        test_size=10_000,
        shortcut=Shortcut(rule="number of ones >= 11", accuracy=0.57),
    )
    plain = outcome_to_json(came_of_it) | (outcome or {})
    return [*made[:-1], replace(made[-1], outcome=outcome_from_json(plain))]


@cache
def _prompt(seed: str, length: int) -> str:
    """A hundred examples, the same for the same seed."""
    rng = random.Random(seed)
    lines = (f"{rng.getrandbits(length):0{length}b} -> {i % 2}" for i in range(100))
    return f"Find f for bit strings of length {length}.\n```\n" + "\n".join(lines) + "\n```\n"


def failing(error: str, detail: str = "", *, attempts: int = 2, **given: Any) -> list[Attempt]:
    """A search whose candidates all failed in one way."""
    nothing: dict[str, Any] = {
        "val_acc": None,
        "test_acc": None,
        "selected": False,
        "error": error,
        "error_detail": detail,
    }
    lost = search(solved_at=None, attempts=attempts, **given)
    outcome = lost[-1].outcome and replace(
        lost[-1].outcome, selected=None, val_acc=None, test_acc=None
    )
    return [changed(a, **nothing) for a in (*lost[:-1], replace(lost[-1], outcome=outcome))]


def scored(target: tuple[str, str], model: str, *shares: float, **given: Any) -> list[Attempt]:
    """A trial for each of these test accuracies, at length 100 where no other is given."""
    attempts = []
    for trial, share in enumerate(shares, 1):
        line = {"length": 100, "trial": trial, "model": model, "solved_at": None, **given}
        attempts += search(target, test_acc=share, attempts=1, **line)
    return attempts


def labelled(target: tuple[str, str], *, test_acc: float, **given: Any) -> list[Attempt]:
    """A point at which a model was asked for labels in context, and for nothing else."""
    (one,) = search(target, solved_at=None, attempts=1, test_acc=test_acc, **given)
    outcome = one.outcome and replace(one.outcome, val_acc=None, val_size=None, test_size=100)
    without = dict.fromkeys(("val_acc", "code", "code_sha256", "contract"))
    asked: dict[str, Any] = {"hypothesis": "predictor", "proposer": "icl", "no_label": 0}
    return [changed(replace(one, outcome=outcome), **without, **asked)]


def changed(attempt: Attempt, /, **fields: Any) -> Attempt:
    """The attempt with other values in some fields of its line."""
    return from_json(to_json(attempt) | fields)


def paper_grid(
    attempts: int = 5, run_id: str = "20260101T000000Z-aaaa", seed: int = 1, **given: Any
) -> list[Attempt]:
    """60 points with the outcomes of a middling model."""
    rng = random.Random(seed)

    def points() -> Iterator[Attempt]:
        for row, target in enumerate(NAMES):
            for length in LENGTHS:
                ease = 1.1 - 0.06 * row - length / 250
                solved_at = next((n for n in range(1, attempts + 1) if rng.random() < ease), None)
                made = search(
                    target,
                    length,
                    solved_at=solved_at,
                    attempts=attempts,
                    run_id=run_id,
                    val_acc=0.5 + 0.3 * rng.random(),
                    **given,
                )
                if not solved_at and rng.random() < 0.3:
                    made = failing(
                        rng.choice(("timeout", "no_code", "syntax_error")),
                        "line 3: it went wrong",
                        target=target,
                        length=length,
                        attempts=attempts,
                        run_id=run_id,
                    )
                yield from made

    return list(points())


def write(folder: Path, attempts: Iterable[Attempt], run: dict[str, Any] | None = None) -> Path:
    """A run's folder with these attempts, and a manifest like a run's."""
    attempts = list(attempts)
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(to_json(a)) + "\n" for a in attempts)
    (folder / "results_attempts.jsonl").write_text(lines)
    (folder / "run.json").write_text(json.dumps(manifest(attempts) | (run or {})))
    return folder


def run_files(reports_dir: Path, run_id: str = "r") -> RunFiles:
    """The files of a run that begins."""
    settings = assemble(reports_dir=reports_dir)
    return RunFiles(begun(run_id, settings, "strong", reports_dir), settings)


def manifest(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """The manifest that a whole run with these attempts would have."""
    points = {(a.point.target, a.point.length, a.point.trial, a.point.model) for a in attempts}
    solved = {
        (a.point.target, a.point.length, a.point.trial, a.point.model)
        for a in attempts
        if a.val_acc == 1.0
    }
    return {
        "run_id": attempts[0].run_id if attempts else "20260101T000000Z-aaaa",
        "started_at": "2026-01-01T00:00:00Z",
        "ended_at": "2026-01-01T00:01:30Z",
        "exit_status": int(len(solved) < len(points)),
        "options": {
            "seed": 42,
            "train_size": [100],
            "val_size": 100,
            "test_size": 10_000,
            "negatives": "paper",
        },
        "defaults_changed": {},
        "versions": {
            "python": "3.12.0",
            "project": "0.1.0",
            "git_commit": "0123456789abcdef",
            "git_dirty": False,
        },
        "platform": "Linux",
        "isolation": "strong",
        "datasets": [],
        "counts": {"passed": len(solved), "failed": len(points) - len(solved)},
        "totals": {
            "attempts": len(attempts),
            "replayed": sum(a.answer.replayed for a in attempts),
            "input_tokens": sum(a.answer.usage.input_tokens or 0 for a in attempts),
            "output_tokens": sum(a.answer.usage.output_tokens or 0 for a in attempts),
            "reasoning_tokens": 0,
            "cached_tokens": 0,
            "cost_usd": sum(a.answer.cost_usd or 0 for a in attempts),
        },
    }
