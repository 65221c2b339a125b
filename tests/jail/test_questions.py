"""Nothing that reaches a child follows the labels but the inputs themselves."""

import random
from itertools import pairwise
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.jail import Argument, Limits, Verdict
from bench.jail.outside.questions import questions
from bench.question.dataset import Split, obtain
from bench.question.spec import DatasetSpec
from bench.score.accuracy import accuracy_of
from targets import find
from tests.jail.caller import Caller, Jails, calling

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n")), max_size=30
)


@pytest.fixture(scope="module")
def evaluate(jails: Jails) -> Caller:
    return jails(())


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Split:
    """A test split that is chance to every program which does not compute SHA-256."""
    spec = DatasetSpec(find("fn_l"), 50, train_size=0, val_size=0, test_size=2000, seed=42, trial=1)
    return obtain(spec, Path(tmp_path_factory.mktemp("datasets"))).test


@given(TEXTS, st.randoms(use_true_random=False))
def test_a_child_is_asked_the_same_in_whatever_order_the_split_is(
    inputs: list[str], numbers: random.Random
) -> None:
    again = [*inputs, *numbers.choices(inputs, k=5)] if inputs else []
    numbers.shuffle(again)
    asked = questions(tuple(inputs))
    assert questions(tuple(again)).lines == asked.lines
    lines = asked.lines.decode().split("\n")[:-1]
    assert len(lines) == asked.count == len(set(inputs))
    assert [lines[place] for place in asked.places] == inputs


@settings(max_examples=30)
@given(TEXTS)
def test_codes_return_to_where_the_inputs_stood(inputs: list[str]) -> None:
    asked = questions(tuple(inputs))
    codes = {x: place % 4 for place, x in enumerate(asked.lines.decode().split("\n")[:-1])}
    assert asked.in_order_of_the_split(bytes(codes.values())) == bytes(codes[x] for x in inputs)


def test_the_order_is_not_the_sorted_one() -> None:
    """Where an input stands among the others is not to be had from the number of a call."""
    inputs = [format(i, "08b") for i in range(256)]
    numbers = [int(line, 2) for line in questions(tuple(inputs)).lines.decode().split()]
    assert sorted(numbers) == list(range(256))
    in_order = sum(a < b for a, b in pairwise(numbers))
    assert 100 < in_order < 156


KNOWS = """
import itertools, os, random, sys, threading, time
LABELS = {labels!r}
N = len(LABELS)
calls = itertools.count()
"""
"""A program that knows every label by its place in the file, as public code and a seed would give
it.
"""

ORDER_BY_SEED = """
at = [0] * N
for place, i in enumerate(sorted(range(N), key={numbers}.__getitem__)):
    at[place] = i
def f(x): return LABELS[at[next(calls) % N]]
"""

CHANNELS = {
    "call number": "def f(x): return LABELS[next(calls)]",
    "call number backwards": "def f(x): return LABELS[-1 - next(calls)]",
    "halves": "def f(x): return next(calls) < N // 2",
    "turns": "def f(x): return next(calls) % 2",
    "count of each label so far": (
        "left = [N // 2, N // 2]\n"
        "def f(x):\n    y = int(left[1] > left[0])\n    left[y] -= 1\n    return y"
    ),
    "order by the run's seed": ORDER_BY_SEED.format(
        numbers="memoryview(random.Random('order 42').randbytes(8 * N)).cast('Q')"
    ),
    "order by the candidate's seed": ORDER_BY_SEED.format(
        numbers="[random.random() for _ in range(N)]"
    ),
    "random numbers": "def f(x): return LABELS[int(random.random() * N)]",
    "numbers of the system": "def f(x): return LABELS[int.from_bytes(os.urandom(4), 'little') % N]",
    "hash": "def f(x): return LABELS[hash(x) % N]",
    "address": "def f(x): return LABELS[id(x) // 16 % N]",
    "process": "def f(x): return LABELS[(os.getpid() + os.getppid() + next(calls)) % N]",
    "thread": "def f(x): return LABELS[(threading.get_native_id() + next(calls)) % N]",
    "clock": "def f(x): return LABELS[time.time_ns() % N]",
    "time between calls": (
        "last = time.perf_counter_ns()\n"
        "def f(x):\n    global last\n    before, last = last, time.perf_counter_ns()\n"
        "    return LABELS[(last - before) % N]"
    ),
    "descriptors": (
        "def f(x):\n    numbers = os.fstat(4).st_ino + os.fstat(3).st_ino\n"
        "    return LABELS[(numbers + next(calls)) % N]"
    ),
    "how much waits in the pipe": (
        "import array, fcntl\n"
        "def f(x):\n    left = array.array('i', [0])\n    fcntl.ioctl(4, 0x541B, left)\n"
        "    return LABELS[(left[0] // 51) % N]"
    ),
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_program_that_knows_all_labels_by_place_is_at_chance(
    evaluate: Caller, split: Split, channel: str
) -> None:
    source = KNOWS.format(labels=list(split.labels)) + CHANNELS[channel]
    predictions = evaluate(source, split.inputs).predictions
    assert predictions is not None
    # 0.5 / sqrt(2000) is 1.1 points: five of them.
    assert abs(accuracy_of(predictions, split.labels) - 0.5) < 0.056


LOOKS_AHEAD = """
import gc, sys
MARK = "inp" + "ut-"
texts, done = set(), False

def pulled(iterator, count):
    try:
        return [next(iterator) for _ in range(count)]
    except BaseException:
        return []

def look(x):
    frame, found = sys._getframe(1), []
    while frame:
        found += [frame, dict(frame.f_locals), frame.f_globals, *gc.get_referrers(frame)]
        frame = frame.f_back
    found += gc.get_objects()
    seen = set()
    while found:
        o = found.pop()
        if id(o) in seen:
            continue
        seen.add(id(o))
        if type(o) is str:
            texts.add(o)
        elif hasattr(type(o), "__next__"):
            texts.update(map(str, pulled(o, 3)))
        elif type(o) in (bytes, bytearray):
            texts.add(o.decode("latin-1"))
        found += gc.get_referents(o)
    own = x if type(x) is str else next(iter(x))
    return [text for text in texts if text != MARK and text.count(MARK) > (own in text)]

def f(x):
    global done
    if not done:
        done = True
        ahead = look(x)
        if ahead:
            raise ValueError(repr(ahead))
    return 1
"""


def test_inputs_to_come_are_out_of_reach_of_frames_and_gc(evaluate: Caller) -> None:
    cases: list[tuple[Argument, str]] = [("text", "input-{:03}"), ("features", "input-{:03}:1")]
    for argument, line in cases:
        inputs = [line.format(i) for i in range(500)]
        verdict = evaluate(LOOKS_AHEAD, inputs, argument=argument)
        assert (verdict.error, verdict.detail) == (None, None), argument


LOOKS_FOR_ITS_LIMITS = """
import gc, resource, sys

def look():
    frame, found, seen, numbers = sys._getframe(), list(gc.get_objects()), set(), []
    while frame:
        found += [frame, dict(frame.f_locals), frame.f_globals]
        frame = frame.f_back
    while found:
        o = found.pop()
        if id(o) not in seen:
            seen.add(id(o))
            numbers += [o] if type(o) in (int, float) else []
            found += gc.get_referents(o)
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    limits = [resource.getrlimit(getattr(resource, name)) for name in names]
    return sorted(n for n in [*numbers, *map(max, limits)] if 7_654_000 < n < 7_655_000)

found = look()

def f(x):
    if found or look():
        raise ValueError(repr(found))
    return 1
"""


def test_a_program_cannot_tell_its_split_by_its_limits_nor_see_what_others_have(
    jails: Jails,
) -> None:
    """No matter where it looks. Its memory is no secret: that limit is the same for all splits."""
    jail = jails(()).jail
    limits = [Limits(cpu_seconds=seconds, memory_mib=256) for seconds in (7_654_321, 7_654_987)]

    async def together() -> list[Verdict]:
        verdicts: list[Verdict] = []

        async def one(limits: Limits) -> None:
            verdicts.append(await jail.evaluate(LOOKS_FOR_ITS_LIMITS, ["0"], "text", limits))

        async with anyio.create_task_group() as tasks:
            for each in limits:
                tasks.start_soon(one, each)
        return verdicts

    found = [(verdict.error, verdict.detail) for verdict in jails(()).portal.call(together)]
    assert found == [(None, None)] * 2


LEAVES_FLAGS = """
import fcntl, os
flags = [fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_ACCMODE for fd in (0, 3, 4)]
for fd in (0, 3, 4):
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
def f(x): return any(flags)
"""


def test_what_a_program_does_to_its_descriptors_no_later_one_sees(jails: Jails) -> None:
    evaluate = jails(())
    assert [evaluate(LEAVES_FLAGS, ["0"]).predictions for _ in range(3)] == [b"\0"] * 3


REMEMBERS = """
import random, numpy as np
seen = []
def f(x):
    seen.append(x)
    drawn = random.random() + np.random.random()
    place = len(seen) / 7 + len(set(seen)) / 3 + seen.index(x) % 5
    return (drawn + place) % 1 < 0.5
"""


def test_the_same_inputs_have_the_same_predictions_in_any_order_and_any_jail(
    evaluate: Caller,
) -> None:
    inputs = [format(i, "09b") for i in range(300)]
    first = evaluate(REMEMBERS, inputs).predictions
    assert first is not None
    assert {0, 1} == set(first)
    of = dict(zip(inputs, first, strict=True))
    other = random.Random(5).choices(inputs, k=50) + inputs[::-1]
    with calling() as another:
        assert another(REMEMBERS, inputs).predictions == first
        assert another(REMEMBERS, other).predictions == bytes(of[x] for x in other)
