"""Options that make no sense with workers on other machines, or with batches, are refused."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.options.resolve import assemble
from bench.plugin.incompatible import refuse_senseless
from bench.proposers import Registry

HERE, FAR, SOCKET = ["2*popen"], ["popen", "ssh=me@one//chdir=d"], ["socket=one:1//chdir=d"]
EVERY_POINT = "other machines (--tx) do not know what failed or ran here, and would run all points"
BATCH = "--batch: one process holds all searches, as they share batches"


class FakeConfig:
    """As much of a configuration as is looked at."""

    def __init__(self, tx: list[str], options: dict[str, Any]) -> None:
        self._options = {"tx": tx, **options}
        self.option = SimpleNamespace(assertmode="rewrite")
        self.pluginmanager = SimpleNamespace(
            is_blocked=lambda _: False, hasplugin=lambda _: "reruns_ini" in options
        )

    def getoption(self, name: str, default: Any = None) -> Any:
        return self._options.get(name, default)

    def getvalue(self, name: str) -> Any:
        return self._options[name]

    def getini(self, _name: str) -> Any:
        return self._options["reruns_ini"]


def refuse(tx: list[str], *, batch: bool = False, **options: Any) -> None:
    config = cast("pytest.Config", FakeConfig(tx, options))
    refuse_senseless(config, assemble(batch=batch), Registry({}))


@pytest.mark.parametrize("tx", [FAR, SOCKET])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lf": True}, f"--lf: {EVERY_POINT}"),
        ({"failedfirst": True}, f"--ff: {EVERY_POINT}"),
        ({"newfirst": True}, f"--nf: {EVERY_POINT}"),
        ({"reruns": 2}, "--reruns: pytest-rerunfailures reaches no other machine (--tx)"),
        ({"reruns_ini": "1"}, "--reruns: pytest-rerunfailures reaches no other machine (--tx)"),
        ({"batch": True}, BATCH),
    ],
)
def test_what_hosts_cannot_do_is_refused(tx: list[str], options: dict[str, Any], says: str) -> None:
    with pytest.raises(pytest.UsageError) as refused:
        refuse(tx, **options)
    line = str(refused.value)
    assert line.startswith(says) and "\n" not in line and "leave" in line


def test_workers_here_can_do_it() -> None:
    refuse(FAR)
    refuse(HERE, lf=True, failedfirst=True, newfirst=True, reruns=2)
    refuse([], batch=True, lf=True)
    with pytest.raises(pytest.UsageError, match=BATCH):
        refuse(HERE, batch=True)
