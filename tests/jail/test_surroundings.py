"""What a candidate finds around it, and whose an exception is said to be: its own or the jail's."""

import threading

import pytest

from bench.jail.inside import one_process
from tests.jail.caller import PARITY, Caller, Jails
from tests.jail.test_hostile import WITHOUT


@pytest.fixture(scope="module", params=WITHOUT)
def evaluate(request: pytest.FixtureRequest, jails: Jails) -> Caller:
    """Jails at every level that there may be here."""
    return jails(WITHOUT[request.param])


@pytest.mark.parametrize(
    "body",
    [
        "sys.stdout.buffer.write(x.encode()); sys.stderr.buffer.write(b'\\n')",
        "print(x, end='', flush=True); print(x, file=sys.stderr); sys.__stdout__.write('\\ud800')",
        "sys.stdout.reconfigure(line_buffering=True)",
        "assert sys.stdout.writable() and not sys.stdout.isatty()",
        "assert sys.stdin.read() == '' and sys.stdin.buffer.read() == b'' and not list(sys.stdin)",
        "import os; assert os.read(0, 9) == b'' and open(0, closefd=False).read() == ''",
    ],
)
def test_streams_have_all_that_streams_have(evaluate: Caller, body: str) -> None:
    verdict = evaluate(f"import sys\ndef f(x):\n    {body}\n    return x.count('1') % 2")
    assert (verdict.error, verdict.detail, verdict.predictions) == (None, None, PARITY)


COROUTINES = """
import asyncio, time

async def parity(x, seconds=0):
    await asyncio.sleep(seconds)
    return x.count("1") % 2

async def gathers(x):
    return sum(await asyncio.gather(*(parity(c, 60) for c in x))) % 2

async def wakes_in_order(x):
    seen = []
    async def one(n):
        await asyncio.sleep(n)
        seen.append(n)
    await asyncio.gather(*map(one, (3, 1, 2)))
    assert seen == [1, 2, 3], seen
    return await parity(x)

async def runs_out_of_time(x):
    try:
        await asyncio.wait_for(parity(x, 9), 3)
    except TimeoutError:
        return await parity(x)

async def asks_a_thread(x):
    return await asyncio.wait_for(asyncio.to_thread(lambda: x.count("1") % 2), 5)

async def queues(x):
    queue = asyncio.Queue(1)
    async def put():
        for c in x:
            await queue.put(c)
        await queue.put(None)
    task, ones = asyncio.create_task(put()), 0
    while (c := await queue.get()) is not None:
        ones += c == "1"
    await task
    return ones % 2

def by_hand(x):
    loop = asyncio.new_event_loop()
    y = loop.run_until_complete(parity(x, 3600))
    loop.close()
    return y
"""


EACH_WAY = """
WAYS = (parity, gathers, wakes_in_order, runs_out_of_time, asks_a_thread, queues)

def f(x):
    found = {way.__name__: asyncio.run(way(x)) for way in WAYS} | {"by_hand": by_hand(x)}
    if len(set(found.values())) > 1:
        raise ValueError(found)
    return found["parity"]
"""


def test_asyncio_runs_pure_computation(evaluate: Caller) -> None:
    verdict = evaluate(COROUTINES + EACH_WAY)
    assert (verdict.error, verdict.detail, verdict.predictions) == (None, None, PARITY)


OF_ONE_PROCESS = """
import multiprocessing, threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.dummy import Pool
from multiprocessing.pool import ThreadPool

def thread_pool(x):
    with ThreadPool(2) as pool:
        return sum(pool.map(int, x)) % 2

def dummy_pool(x):
    with Pool(2) as pool:
        return sum(pool.imap_unordered(int, x)) % 2

def queue(x):
    queue = multiprocessing.SimpleQueue()
    threading.Thread(target=lambda: queue.put(x)).start()
    return queue.get().count("1") % 2

def locks(x):
    lock, again = multiprocessing.Lock(), multiprocessing.RLock()
    with lock, again, again:
        assert not lock.acquire(timeout=0) and again.acquire(False) and not again.release()
    try:
        lock.release()
    except ValueError:
        return x.count("1") % 2

def rendezvous(x):
    event, seats = multiprocessing.Event(), multiprocessing.BoundedSemaphore(1)
    ones = []
    def count():
        with seats:
            ones.append(x.count("1"))
        event.set()
    threading.Thread(target=count).start()
    assert event.wait(5) and seats.get_value() == 1
    return ones[0] % 2

def falls_back(x):
    try:
        with ProcessPoolExecutor(2) as executor:
            return sum(executor.map(int, x)) % 2
    except OSError:
        return x.count("1") % 2

WAYS = (thread_pool, dummy_pool, queue, locks, rendezvous, falls_back)

def f(x):
    found = {way.__name__: way(x) for way in WAYS}
    if len(set(found.values())) > 1:
        raise ValueError(found)
    return found["queue"]
"""


def test_what_processes_would_share_serves_threads(evaluate: Caller) -> None:
    verdict = evaluate(OF_ONE_PROCESS)
    assert (verdict.error, verdict.detail, verdict.predictions) == (None, None, PARITY)


@pytest.mark.parametrize(("kind", "value"), [(0, 1), (1, 1), (1, 2)])
def test_a_lock_is_never_said_to_be_its_last_holders_while_another_thread_takes_it(
    monkeypatch: pytest.MonkeyPatch, kind: int, value: int
) -> None:
    lock = one_process._SemLock(kind, value, value, "", True)
    with lock:
        assert lock._is_mine()
    takes, may_go_on = threading.Event(), threading.Event()

    def ident() -> int:
        if threading.current_thread() is other:
            takes.set()
            assert may_go_on.wait(60)
        return threading.get_ident()

    monkeypatch.setattr(one_process, "get_ident", ident)
    other = threading.Thread(target=lock.acquire)
    other.start()
    assert takes.wait(60)
    is_mine = lock._is_mine()
    may_go_on.set()
    other.join()
    assert not is_mine


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("multiprocessing.Pool(2).map(int, x)", "os.fork"),
        ("multiprocessing.Process(target=int).start()", "os.fork"),
        ("shared_memory.SharedMemory(create=True, size=8)", "shared memory"),
        ("shared_memory.ShareableList([1])", "shared memory"),
    ],
)
def test_what_needs_a_second_process_is_the_jails_refusal(
    evaluate: Caller, body: str, refused: str
) -> None:
    source = "import multiprocessing\nfrom multiprocessing import shared_memory\n"
    verdict = evaluate(f"{source}def f(x):\n    return {body}")
    assert verdict.error == "violation"
    assert verdict.detail is not None and verdict.detail.endswith(f"the jail denies {refused}")


DENIED = "open('/etc/passwd')"


@pytest.mark.parametrize(
    ("body", "error", "detail"),
    [
        (
            f"try: {DENIED}\n    except PermissionError: raise ValueError('mine')",
            "runtime_error",
            "ValueError: mine",
        ),
        (
            f"try: {DENIED}\n    except OSError as e: raise KeyError from e",
            "runtime_error",
            "KeyError: ",
        ),
        (
            f"try: {DENIED}\n    except OSError: return json.loads('{{')",
            "runtime_error",
            "JSONDecodeError: ",
        ),
        (
            f"try: {DENIED}\n    except OSError: pass\n    return 1 // 0",
            "runtime_error",
            "ZeroDivisionError: ",
        ),
        ("raise PermissionError('not you')", "runtime_error", "PermissionError: not you"),
        (
            f"with contextlib.suppress(OSError): {DENIED}\n    return int(x, 2) // 0",
            "runtime_error",
            "ZeroDivisionError",
        ),
        (
            f"try: {DENIED}\n    except OSError: raise",
            "violation",
            "PermissionError: the jail denies open '/etc/passwd'",
        ),
        (
            f"try: {DENIED}\n    finally: len(x)",
            "violation",
            "PermissionError: the jail denies open '/etc/passwd'",
        ),
        (
            "urllib.request.urlopen('http://10.0.0.1')",
            "violation",
            "URLError: <urlopen error the jail denies socket.",
        ),
        (
            "asyncio.run(asyncio.open_connection('10.0.0.1', 80))",
            "violation",
            "PermissionError: the jail denies ",
        ),
        (
            "subprocess.run(['true'])",
            "violation",
            "PermissionError: the jail denies subprocess.Popen",
        ),
    ],
)
def test_a_violation_is_what_the_jail_refused_and_not_what_a_program_made_of_it(
    evaluate: Caller, body: str, error: str, detail: str
) -> None:
    names = ("asyncio", "contextlib", "json", "subprocess", "urllib.request")
    imports = "\n".join(f"import {name}" for name in names if name in body)
    verdict = evaluate(f"{imports}\ndef f(x):\n    {body}")
    assert (verdict.error, (verdict.detail or "")[: len(detail)]) == (error, detail)
    loaded = evaluate(f"{imports}\ndef g(x):\n    {body}\ng('0')")
    assert (loaded.error, loaded.detail) == (error.replace("runtime", "load"), verdict.detail)


def test_what_the_kernel_refused_is_said_to_be_the_jails_doing(evaluate: Caller) -> None:
    verdict = evaluate("import select\ndef f(x): return select.epoll() and 1")
    if verdict.isolation.level == "process":
        assert verdict.error is None
    else:
        said = "refused by the jail: PermissionError: [Errno 1] Operation not permitted"
        assert (verdict.error, verdict.detail) == ("violation", said)
