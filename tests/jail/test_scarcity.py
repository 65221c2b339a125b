"""A machine that runs out of memory under a candidate."""

import signal
from pathlib import Path

import pytest

from bench.jail import JailBroken
from bench.jail.outside import exchange, scarcity
from tests.jail.caller import Jails

DIES = "import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGKILL)\n"


def test_a_process_that_the_kernel_ended_for_want_of_memory_is_no_programs_fault(
    jails: Jails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = tmp_path / "vmstat"
    counts.write_text("pgfault 12\noom_kill 3\n")
    monkeypatch.setattr(scarcity, "VMSTAT", counts)
    monkeypatch.setattr(exchange, "MEMORY", scarcity.Memory())
    evaluate = jails(())
    by_itself = evaluate(DIES)
    assert (by_itself.error, by_itself.detail) == ("crashed", "SIGKILL")
    counts.write_text("pgfault 13\noom_kill 4\n")
    assert evaluate("import os\nos._exit(1)").error == "crashed"  # that was no kernel
    with pytest.raises(JailBroken, match=r"^the machine ran out of memory, .* --eval-memory$"):
        evaluate(DIES)
    assert evaluate(DIES).error == "crashed"  # once for each time


@pytest.mark.parametrize("text", ["", "oom_kill many\n", "xoom_kill 5\n", None, "\udcff"])
def test_where_nobody_counts_nothing_is_said(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scarcity, "VMSTAT", tmp_path / "vmstat")
    memory = scarcity.Memory()
    if text is not None:
        (tmp_path / "vmstat").write_text(text, errors="surrogateescape")
    memory.need()
    (tmp_path / "vmstat").write_text("oom_kill 1\n")
    with pytest.raises(JailBroken):
        memory.need()


def test_a_signal_of_another_kind_is_no_want_of_memory() -> None:
    assert exchange.is_killed(signal.SIGKILL)
    assert not exchange.is_killed(signal.SIGSEGV) and not exchange.is_killed(9 << 8)
