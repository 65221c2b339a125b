"""What a candidate may look like, and what becomes of it, at whatever level this machine gives."""

import sys

import pytest

from bench.jail import BAD_VALUE, RAISED
from tests.jail.caller import PARITY, Caller, Jails, calling


@pytest.fixture(scope="module")
def evaluate(jails: Jails) -> Caller:
    return jails(())


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return x.count('1') % 2",
        (
            "import math\nODD = 2\n"
            "def ones(x): return x.count('1')\ndef f(x): return math.fmod(ones(x), ODD)"
        ),
        "def helper(x): return 0\ndef f(x): return x.count('1') % 2",
        "def parity(x): return x.count('1') % 2\ndef other(x): return 0",
        (
            "from functools import reduce\nfrom statistics import mean\n"
            "def parity(x): return x.count('1') % 2"
        ),
        "f = lambda x: x.count('1') % 2",
        "class Parity:\n    def __call__(self, x): return x.count('1') % 2\nf = Parity()",
        "import functools\n@functools.lru_cache\ndef parity(x): return x.count('1') % 2",
        "f = 3\ndef g(x): return x.count('1') % 2",
        "def f(x): return str(x.count('1') % 2)",
        "def f(x): return float(x.count('1') % 2)",
        "def f(x): return x.count('1') % 2 == 1",
        "print('hello')\ndef f(x):\n    print(x)\n    return x.count('1') % 2",
        "\ufeffdef f(x):\r\n\treturn x.count('1') % 2\r\n",
        "if __name__ == '__main__':\n    raise SystemExit\ndef f(x): return x.count('1') % 2",
        (
            "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: 'str'\n"
            "def f(x): return P(x).x.count('1') % 2"
        ),
    ],
)
def test_programs_that_predict(evaluate: Caller, source: str) -> None:
    verdict = evaluate(source)
    assert (verdict.error, verdict.detail, verdict.predictions) == (None, None, PARITY)
    assert verdict.cpu_ms > 0
    assert verdict.wall_ms > 0


@pytest.mark.parametrize(
    ("source", "error", "detail"),
    [
        ("def f(x:", "syntax_error", "SyntaxError"),
        ("def f(x):\n    return 0\0", "syntax_error", "null bytes"),
        ("x = '\ud800", "syntax_error", ""),
        (
            "import no_such_module\ndef f(x): return 0",
            "load_error",
            "No module named 'no_such_module'",
        ),
        ("1 / 0", "load_error", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)", "load_error", "SystemExit: 0"),
        ("raise MemoryError", "memory", "MemoryError"),
        ("x = 1", "no_function", None),
        ("", "no_function", None),
        ("def f(x): return 'a' * 10**11", "memory", "MemoryError"),
        ("import os\ndef f(x): os._exit(0)", "crashed", "exit status 0"),
        ("import os\ndef f(x): os.abort()", "crashed", "SIGABRT"),
    ],
)
def test_programs_without_predictions(
    evaluate: Caller, source: str, error: str, detail: str | None
) -> None:
    verdict = evaluate(source)
    assert (verdict.error, verdict.predictions) == (error, None)
    assert (
        detail is None
        if verdict.detail is None
        else detail is not None and detail in verdict.detail
    )


def test_one_exception_is_one_wrong_answer(evaluate: Caller) -> None:
    verdict = evaluate("def f(x): return 1 // (x != '1111') and x.count('1') % 2")
    assert verdict.predictions == bytes([0, 1, RAISED, 1, 0])
    assert verdict.error == "runtime_error"
    assert verdict.detail == "ZeroDivisionError: integer division or modulo by zero"


@pytest.mark.parametrize(
    "value", ["None", "2", "-1", "0.5", "'yes'", "[1]", "float('nan')", "(lambda: 1)"]
)
def test_anything_but_zero_and_one_is_a_bad_value(evaluate: Caller, value: str) -> None:
    verdict = evaluate(f"def f(x): return {value} if x == '0000' else 1")
    assert verdict.predictions == bytes([1, 1, 1, 1, BAD_VALUE])
    assert verdict.error == "bad_output"
    assert verdict.detail is not None
    assert "neither 0 nor 1" in verdict.detail


def test_an_exception_goes_before_a_bad_value(evaluate: Caller) -> None:
    verdict = evaluate("def f(x): return None if x < '1' else 1 / 0")
    assert verdict.error == "runtime_error"
    assert verdict.detail == "ZeroDivisionError: division by zero"
    assert verdict.predictions == bytes([BAD_VALUE, BAD_VALUE, RAISED, RAISED, BAD_VALUE])


def test_numpy_scalars_are_predictions(evaluate: Caller) -> None:
    for scalar in ("bool_", "int8", "uint64", "float16", "longdouble", "str_"):
        spelt = evaluate(
            f"import numpy as np\ndef f(x): return np.{scalar}(int(x, 2) % 2)", ["0", "1", "10"]
        )
        assert (spelt.error, spelt.predictions) == (None, bytes([0, 1, 0])), scalar
    verdict = evaluate(
        "import numpy as np\ndef f(x): return np.array([int(c) for c in x]).sum() % 2 == 1"
    )
    assert (verdict.error, verdict.predictions) == (None, PARITY)


def test_features_arrive_as_a_dict(evaluate: Caller) -> None:
    verdict = evaluate(
        "def f(x): return x['x0'] > 1 and x['x1'] == 'c3'",
        ["x0:1.5,x1:c3", "x0:0,x1:c3"],
        argument="features",
    )
    assert (verdict.error, verdict.predictions) == (None, bytes([1, 0]))


def test_no_input_at_all(evaluate: Caller) -> None:
    assert evaluate("def f(x): return 1", []).predictions == b""
    assert evaluate("def f(x): return len(x)", [""]).predictions == b"\0"


def test_a_line_feed_in_an_input_is_refused(evaluate: Caller) -> None:
    with pytest.raises(ValueError, match="line feed"):
        evaluate("def f(x): return 1", ["0\n1"])


def test_the_detail_is_short_and_printable(evaluate: Caller) -> None:
    verdict = evaluate(r"def f(x): raise ValueError('\x1b[31m\n\0' + 'x' * 10**6)")
    assert verdict.detail is not None
    assert verdict.detail.startswith(r"ValueError: \x1b[31m\n\x00xxx")
    assert len(verdict.detail) == 2000
    assert verdict.detail.isprintable()


@pytest.mark.parametrize(
    "number",
    [
        "random.random()",
        "random.Random().random()",
        "(random.seed(), random.random())[1]",
        "random.SystemRandom().random()",
        "secrets.randbelow(2**32) / 2**32",
        "uuid.uuid4().int / 2**128",
        "os.getrandom(1)[0] / 256",
        "np.random.random()",
        "np.random.default_rng().random()",
    ],
)
def test_chance_is_seeded(evaluate: Caller, number: str) -> None:
    if "np." in number:
        number = f"__import__('numpy').{number.removeprefix('np.')}"
    if "os." in number and sys.platform != "linux":
        pytest.skip("not here")
    source = f"import os, random, secrets, uuid\ndef f(x): return {number} < 0.5"
    inputs = [format(i, "06b") for i in range(64)]
    again, another = source, f"{source}  # another program"
    first, second, other = (
        evaluate(program, inputs).predictions for program in (source, again, another)
    )
    assert first is not None
    assert first == second
    assert first != other


def test_a_new_zygote_gives_the_same_predictions(evaluate: Caller) -> None:
    """What no evaluation seeds: the order of sets, and numpy without the program naming numbers."""
    source = "from numpy.matlib import rand\ndef f(x): return (rand(1)[0, 0] < 0.5) ^ hash(x) & 1"
    inputs = [format(i, "06b") for i in range(64)]
    first = evaluate(source, inputs).predictions
    with calling() as another:
        assert another(source, inputs).predictions == first


def test_a_large_split(evaluate: Caller) -> None:
    inputs = [format(i * 2654435761 % 2**32, "0200b") for i in range(20_000)]
    verdict = evaluate("def f(x): return x.count('1') % 2", inputs)
    assert verdict.predictions == bytes(x.count("1") % 2 for x in inputs)


def test_inputs_of_any_size_arrive_whole(evaluate: Caller) -> None:
    inputs = [
        "",
        "1" * 100_000,
        "é" * 16_384,
        "",
        "1\r",
        "\x0b1",
        *(format(i, "b") for i in range(5_000)),
        "",
    ]
    verdict = evaluate("def f(x): return (len(x) + sum(map(ord, x))) % 2", inputs)
    assert (verdict.error, verdict.predictions) == (
        None,
        bytes((len(x) + sum(map(ord, x))) % 2 for x in inputs),
    )


def test_memory_is_measured_and_bounded(evaluate: Caller) -> None:
    kept = "kept = b'x' * (%d << 20)\ndef f(x): return 1"
    fits = evaluate(kept % 100)
    assert fits.error is None
    assert fits.peak_kib is not None
    # The kernel sums a process's pages up in batches, and may be some pages behind.
    assert 99 <= fits.peak_kib / 1024 < 130
    assert evaluate(kept % 300).error == "memory"
