"""Who of a ledger's users lives, told by locks: also where process ids are used again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.ledger import alive
from bench.ledger.store import Ledger

ROOT = Path(__file__).parents[2]
USER = """
import sys
from pathlib import Path
from bench.ledger.store import Ledger
print(Ledger(Path(sys.argv[1])).own_number(), flush=True)
sys.stdin.read()
"""

FORK = """
import os, sys
from pathlib import Path
from bench.ledger.alive import is_alive, own_number
users = Path(sys.argv[1], "users")
number = own_number(users)
if os.fork() == 0:
    print(own_number(users) != number, is_alive(users, number), flush=True)
    Path(sys.argv[1], "of the fork").write_text(str(own_number(users)))
    os._exit(0)
os.wait()
print(is_alive(users, number), is_alive(users, int(Path(sys.argv[1], "of the fork").read_text())))
"""


@contextmanager
def user(ledger: Ledger) -> Iterator[int]:
    """Another process that uses the ledger, by its number; killed at the end."""
    command = [sys.executable, "-c", USER, str(ledger.path)]
    other = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    try:
        yield int(other.stdout.readline())
    finally:
        other.kill()
        other.communicate()


def test_a_user_lives_until_its_process_is_killed(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        with user(ledger) as number, user(ledger) as another:
            for _ in range(2):  # asking takes no lock away
                assert ledger.is_alive(number) and ledger.is_alive(another)
            assert ledger.is_alive(ledger.own_number())
            assert len({number, another, ledger.own_number()}) == 3
        assert not ledger.is_alive(number) and not ledger.is_alive(another)
        assert not any(map(ledger.is_alive, (alive.NOBODY, 1, os.getpid(), os.getppid())))


def test_all_names_of_a_ledger_have_the_same_users(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    real, linked = tmp_path / "folder/ledger.sqlite", tmp_path / "link/ledger.sqlite"
    with closing(Ledger(real)) as one, closing(Ledger(linked)) as two, user(one) as number:
        assert one.own_number() == two.own_number()
        assert two.is_alive(number) and one.is_alive(one.own_number())


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    users = alive.users_of(tmp_path / "ledger.sqlite")
    before = alive.own_number(users)
    users.unlink()
    after = alive.own_number(users)
    assert after != before and alive.is_alive(users, after) and users.exists()


def test_a_fork_has_a_number_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True True\nTrue False\n"
